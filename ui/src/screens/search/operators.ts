// SPDX-License-Identifier: AGPL-3.0-or-later
// What the search bar offers at the cursor: the operators of docs/query.md with what they do, and values of filters.
import type { FacetAnswer } from '../../lib/api/types';
import { type Key, language, t, term } from '../../lib/i18n';

export interface Offer {
  id: string;
  /** As it is typed: an example, or the value. Shown left to right or right to left as it is. */
  code: string;
  what: string;
  count?: number;
  /** What replaces the text from `from` to the cursor; an explanation alone has none. */
  insert?: string;
  from: number;
}

type Operator = 'phrase' | 'or' | 'not' | 'prefix' | 'group' | 'lang' | 'type' | 'path' | 'author' | 'sent' | 'place' | 'label';
const kOperators: readonly Operator[] = ['phrase', 'or', 'not', 'prefix', 'group', 'lang', 'type', 'path', 'author', 'sent', 'place', 'label'];
const kExample: Record<Operator, Key> = {
  phrase: 'search.example.phrase',
  or: 'search.example.or',
  not: 'search.example.not',
  prefix: 'search.example.prefix',
  group: 'search.example.group',
  lang: 'search.example.lang',
  type: 'search.example.type',
  path: 'search.example.path',
  author: 'search.example.author',
  sent: 'search.example.sent',
  place: 'search.example.place',
  label: 'search.example.label',
};
const kWhat: Record<Operator, Key> = {
  phrase: 'search.operator.phrase',
  or: 'search.operator.or',
  not: 'search.operator.not',
  prefix: 'search.operator.prefix',
  group: 'search.operator.group',
  lang: 'search.operator.lang',
  type: 'search.operator.type',
  path: 'search.operator.path',
  author: 'search.operator.author',
  sent: 'search.operator.sent',
  place: 'search.operator.place',
  label: 'search.operator.label',
};
// Known before anything was found; the facets of the last results add what this case holds.
const kLangs = ['fa', 'ar', 'en'];
const kTypes = ['pdf', 'mail', 'text', 'docx', 'image', 'tiff'];
const kMostValues = 12;

export function operators(): { name: Operator; example: string; what: string }[] {
  return kOperators.map((name) => ({ name, example: t(kExample[name]), what: t(kWhat[name]) }));
}

function explain(name: Operator, from: number, insert?: string): Offer {
  return { id: name, code: t(kExample[name]), what: t(kWhat[name]), from, ...(insert === undefined ? {} : { insert }) };
}

function values(field: 'lang' | 'type', typed: string, from: number, facets: FacetAnswer | null): Offer[] {
  const counted = new Map((facets?.[field] ?? []).map((one) => [one.value, one.count]));
  const known = [...new Set([...counted.keys(), ...(field === 'lang' ? kLangs : kTypes)])].filter((one) => one !== '');
  const name = (value: string) => (field === 'lang' ? language(value) : term('type', value));
  const begins = typed.toLocaleLowerCase();
  return known
    .filter((value) => value.startsWith(begins) || name(value).toLocaleLowerCase().startsWith(begins))
    .slice(0, kMostValues)
    .map((value) => {
      const count = counted.get(value);
      return { id: `${field}-${value}`, code: `${field}:${value}`, what: name(value), insert: `${value} `, from, ...(count === undefined ? {} : { count }) };
    });
}

/** Offers for the text left of the cursor; with an empty field all operators are explained. */
export function offersAt(text: string, cursor: number, facets: FacetAnswer | null): Offer[] {
  if (text.trim() === '') {
    return kOperators.map((name) => {
      const example = t(kExample[name]);
      return { id: name, code: example, what: t(kWhat[name]), insert: example, from: 0 };
    });
  }
  const before = text.slice(0, cursor);
  const quotes = before.match(/["“”„«»＂]/gu)?.length ?? 0;
  if (quotes % 2 === 1) return [explain('phrase', cursor, before.endsWith('"') ? undefined : '" ')];
  const token = /[^\s()]*$/u.exec(before)?.[0] ?? '';
  const start = cursor - token.length;
  const filter = /^-?(lang|type|path|author|sent|place|label):(.*)$/u.exec(token);
  if (filter) {
    const typed = filter[2] ?? '';
    const written = filter[1] as 'lang' | 'type' | 'path' | 'author' | 'sent' | 'place' | 'label';
    if (written !== 'lang' && written !== 'type') return [explain(written, start)];
    const field = written;
    const offers = values(field, typed, cursor - typed.length, facets);
    // A value that is written out needs no offer of itself.
    return offers.length === 1 && offers[0]?.insert?.trim() === typed ? [] : [explain(field, start), ...offers];
  }
  if (token.endsWith('*')) return [explain('prefix', start)];
  if (token.startsWith('-')) return [explain('not', start)];
  if (token === '' && before.endsWith('(')) return [explain('group', start)];
  if (/^(O|OR)$/.test(token)) return [explain('or', start, 'OR ')];
  if (/^(NO|NOT)$/.test(token)) return [explain('not', start, 'NOT ')];
  const names = (['lang', 'type', 'path', 'author', 'sent', 'place', 'label'] as const).filter((name) => token.length >= 2 && name.startsWith(token));
  return names.map((name) => ({ ...explain(name, start, `${name}:`) }));
}

/** A citation that was put into the search field. */
export function citationIn(text: string): string | null {
  const trimmed = text.trim();
  return /^dragoman:sha256:/i.test(trimmed) ? trimmed : null;
}
