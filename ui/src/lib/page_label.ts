// SPDX-License-Identifier: AGPL-3.0-or-later
// What a page is called beside its number. The readers build it of a few words of their own and a name from the document
// ("sheet Budget (hidden), rows 1–87"): their words are known here, so that they can be read in the reader's language;
// the name, and any other label, is shown as it was given.
import { visible } from './evidence';
import { type Key, t, type Values } from './i18n';

const kThings: readonly [RegExp, Key][] = [
  [/^sheet (?<name>.+)$/, 'page.sheet'],
  [/^table (?<name>.+)$/, 'page.table'],
  [/^slide (?<n>\d+)$/, 'page.slide'],
  [/^chapter (?<name>.+)$/, 'page.chapter'],
  [/^rows (?<from>\d+)–(?<to>\d+)$/, 'page.rows'],
  [/^row (?<n>\d+)$/, 'page.row'],
];
const kWords: Record<string, Key> = {
  annotations: 'page.annotations',
  comments: 'page.comments',
  'deleted rows': 'page.deleted_rows',
  'deleted text': 'page.deleted_text',
  'form fields': 'page.form_fields',
  'headers and footers': 'page.headers_and_footers',
  'hidden text': 'page.hidden_text',
  links: 'page.links',
  metadata: 'page.metadata',
  notes: 'page.notes',
  schema: 'page.schema',
};
const kHidden = ' (hidden)';

// A name keeps its own direction inside a sentence of the other one: first-strong isolate … pop.
const isolated = (name: string): string => `\u2068${visible(name)}\u2069`;

function thing(text: string): string | undefined {
  for (const [pattern, key] of kThings) {
    const match = pattern.exec(text);
    if (!match) continue;
    const values: Values = {};
    for (const [name, value] of Object.entries(match.groups ?? {}))
      values[name] = name === 'name' ? isolated(value) : Number(value);
    return t(key, values);
  }
  const key = kWords[text];
  return key === undefined ? undefined : t(key);
}

function part(text: string): string {
  const hidden = text.endsWith(kHidden) ? thing(text.slice(0, -kHidden.length)) : undefined;
  return hidden === undefined ? (thing(text) ?? isolated(text)) : t('page.hidden', { what: hidden });
}

/** Whether the page holds rows of a table: each of its lines is one. */
export function holdsRows(label: string): boolean {
  return /(^|, )rows? \d+(–\d+)?$/.test(label);
}

/** In the reader's language, ready to be shown (isolated names, unseen characters written out). */
export function pageLabel(label: string): string {
  // Only the last comma parts two things: a name may hold one itself.
  const comma = label.lastIndexOf(', ');
  if (comma < 0) return part(label);
  const last = thing(label.slice(comma + 2));
  return last === undefined ? part(label) : t('page.parts', { first: part(label.slice(0, comma)), last });
}
