// SPDX-License-Identifier: AGPL-3.0-or-later
// Taking words away with what proves them: a citation, a quotation with its citation, an annotation as a file.
import { get } from '../../lib/api/client';
import type { CitationAnswer, PageText } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { pageLabel } from '../../lib/page_label';
import { say } from '../../lib/say.svelte';
import { citation, type Span } from './selection';
import { quote } from './text_flow';

/** True when the clipboard took it. Browsers allow it to pages of this machine and of https only. */
async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

export function citationOf(text: PageText, span: Span): string {
  return citation(text.blob, text.page, span, text.v);
}
export function quotationOf(text: PageText, span: Span): string {
  const place = text.label ? ` — ${pageLabel(text.label)}` : '';
  return `“${quote(text.words_list, span[0], span[1])}”${place}\n${citationOf(text, span)}`;
}

/** Copies and says so; hands the text to `byHand` when the browser does not let a page copy. */
export async function copy(text: string, said: string, byHand: (text: string) => void): Promise<void> {
  if (await write(text)) say.aloud(said);
  else byHand(text);
}

/** The W3C Web Annotation of the words, saved by the browser. Throws ApiError. */
export async function saveAnnotation(text: PageText, span: Span): Promise<void> {
  const answer = await get<CitationAnswer>(`/api/items/${text.item}/pages/${text.page}/citation`, {
    v: text.v,
    words: `${span[0]}-${span[1]}`,
  });
  const blob = new Blob([`${JSON.stringify(answer.annotation, null, 2)}\n`], { type: 'application/ld+json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  // Hash and numbers only: names from evidence stay out of file names.
  link.download = `${text.blob.slice(0, 12)}-p${text.page}-w${span[0]}-${span[1]}.jsonld`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  say.aloud(t('read.annotation_saved'));
}

export function citeAddress(text: PageText, span: Span): string {
  return `/cite?c=${encodeURIComponent(citationOf(text, span))}`;
}
