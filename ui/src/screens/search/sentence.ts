// SPDX-License-Identifier: AGPL-3.0-or-later
// How a query was understood, as a sentence in the reader's language: "pages with treaty and the phrase “border post”,
// but not draft, in Persian". The words of the query are pieces of their own, so that each is shown in its own
// direction. Messages hold {places}; what goes there is put in as a marked place and taken out again at the end.
import type { QueryPart } from '../../lib/api/types';
import { type Key, language, t, term } from '../../lib/i18n';
import { prefs } from '../../lib/prefs.svelte';

export interface Piece {
  kind: 'say' | 'word';
  text: string;
}

const kPlace = /\ue000(\d+)\ue001/;

class Sentence {
  #pieces: Piece[] = [];

  word(text: string): string {
    this.#pieces.push({ kind: 'word', text });
    return `\ue000${this.#pieces.length - 1}\ue001`;
  }
  list(parts: string[], type: 'conjunction' | 'disjunction'): string {
    return new Intl.ListFormat(prefs.locale, { type, style: 'long' }).format(parts);
  }
  /** The pieces of a finished text. */
  pieces(text: string): Piece[] {
    return text
      .split(new RegExp(kPlace.source))
      .map((part, i): Piece => (i % 2 === 0 ? { kind: 'say', text: part } : (this.#pieces[Number(part)] as Piece)))
      .filter((piece) => piece.text !== '');
  }
}

/** Filters, and what is made of filters only. */
function narrows(part: QueryPart): boolean {
  return part.kind === 'filter' || (part.parts !== undefined && part.parts.length > 0 && part.parts.every(narrows));
}

function filter(part: QueryPart, sentence: Sentence): string {
  const value = part.value ?? '';
  if (part.field === 'lang') return t('search.query.lang', { value: sentence.word(language(value)) });
  if (part.field === 'type') return t('search.query.type', { value: sentence.word(term('type', value)) });
  if (part.field === 'path') return t(value.includes('*') ? 'search.query.form' : 'search.query.path', { value: sentence.word(value) });
  if (part.field === 'label') return t('search.query.label', { value: sentence.word(value) });
  return t('search.query.field', { field: sentence.word(part.field ?? ''), value: sentence.word(value) });
}

/** What a query of filters alone has in place of words. */
function isNothing(part: QueryPart): boolean {
  return part.kind === 'all_of' && (part.parts ?? []).length === 0;
}
/** A query that narrows down without looking for a word. */
function onlyNarrows(part: QueryPart): boolean {
  return isNothing(part) || part.kind === 'filter' || (part.parts !== undefined && part.parts.every(onlyNarrows));
}

/** The letters of a word or phrase, or of words that are all wanted; null for anything else. */
function letters(part: QueryPart): string | null {
  if (part.kind === 'word' || part.kind === 'phrase') return (part.text ?? '').replace(/\s+/g, '');
  if (part.kind !== 'all_of' || !part.parts?.length) return null;
  const all = part.parts.map(letters);
  return all.includes(null) ? null : all.join('');
}
function spelled(part: QueryPart): string {
  return part.text ?? (part.parts ?? []).map(spelled).join(' ');
}
/** Alternatives that are one word written in several ways ("می رود", "می‌رود"): as it was typed, else null. */
function spelling(part: QueryPart): string | null {
  const all = (part.parts ?? []).map(letters);
  if (all.length < 2 || all[0] === null || all.some((one) => one !== all[0])) return null;
  return spelled(part.parts?.[0] as QueryPart);
}

function describe(part: QueryPart, sentence: Sentence, inner: boolean): string {
  const parts = part.parts ?? [];
  const text = (part.text ?? '').replace(/\*$/, '');
  const group = (inside: string) => (inner && parts.length > 1 ? t('search.query.group', { inside }) : inside);
  switch (part.kind) {
    case 'word':
      return sentence.word(text);
    case 'phrase':
      return t('search.query.phrase', { text: sentence.word(text) });
    case 'prefix':
      return t('search.query.prefix', { text: sentence.word(text) });
    case 'filter':
      return filter(part, sentence);
    case 'any_of': {
      const written = spelling(part);
      if (written !== null) return sentence.word(written);
      return group(sentence.list(parts.map((one) => describe(one, sentence, true)), 'disjunction'));
    }
    case 'all_of': {
      const found = parts.filter((one) => !narrows(one) && !isNothing(one));
      const words = found.map((one) => describe(one, sentence, found.length > 1));
      const filters = parts.filter(narrows).map((one) => describe(one, sentence, true));
      if (words.length === 0) return group(sentence.list(filters, 'conjunction'));
      return group([sentence.list(words, 'conjunction'), ...filters].join(t('search.query.comma')));
    }
    case 'except': {
      const [found, ...left] = parts;
      if (!found) return '';
      const words = left.filter((one) => !narrows(one)).map((one) => describe(one, sentence, true));
      const filters = left.filter(narrows).map((one) => describe(one, sentence, true));
      let said = describe(found, sentence, false);
      if (words.length > 0) said = t('search.query.without', { found: said, left: sentence.list(words, 'disjunction') });
      if (filters.length > 0) said = t('search.query.not', { found: said, left: sentence.list(filters, 'disjunction') });
      return group(said);
    }
  }
}

/** "Pages with …", or with a total "12 pages with …". */
export function sentenceOf(part: QueryPart, total: number | null): Piece[] {
  const sentence = new Sentence();
  const what = describe(part, sentence, false);
  const narrowed = onlyNarrows(part);
  if (total === null) return sentence.pieces(t(narrowed ? 'search.query.pages_narrowed' : 'search.query.pages', { what }));
  let key: Key = total === 0 ? 'search.found.none' : 'search.found';
  if (narrowed) key = total === 0 ? 'search.found.none_narrowed' : 'search.found.narrowed';
  return sentence.pieces(t(key, { n: total, what }));
}
