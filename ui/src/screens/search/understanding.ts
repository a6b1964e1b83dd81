// SPDX-License-Identifier: AGPL-3.0-or-later
// Asks the server how it understands a query, and puts what is wrong with one into the reader's language. The bar and
// the results ask the same questions a moment apart: answers are kept for the last few.
import { ApiError, get } from '../../lib/api/client';
import type { QueryAnswer } from '../../lib/api/types';
import { type Key, number, t } from '../../lib/i18n';

const kKept = 16;
const answers = new Map<string, Promise<QueryAnswer>>();

/** Throws ApiError; a query that is wrong has a `where`. */
export function understand(q: string): Promise<QueryAnswer> {
  const known = answers.get(q);
  if (known) return known;
  const answer = get<QueryAnswer>('/api/query', { q });
  answers.set(q, answer);
  // What failed for another reason than the query is asked again next time.
  answer.catch((error: unknown) => {
    if (!isQueryProblem(error)) answers.delete(q);
  });
  for (const oldest of answers.keys()) {
    if (answers.size <= kKept) break;
    answers.delete(oldest);
  }
  return answer;
}

export function isQueryProblem(error: unknown): error is ApiError {
  return error instanceof ApiError && error.problem.status === 400 && /^character \d+$/.test(error.problem.where ?? '');
}

// The server says it in English; what it can say of a query is a closed list (src/search/query.cc).
const kProblems: readonly [RegExp, Key][] = [
  [/nothing to look for/, 'search.wrong.nothing'],
  [/^NOT leaves out/, 'search.wrong.only_not'],
  [/^a filter holds/, 'search.wrong.filter_place'],
  [/parenthesis closes nothing/, 'search.wrong.unopened'],
  [/parenthesis is not closed/, 'search.wrong.unclosed'],
  [/^AND stands between/, 'search.wrong.and'],
  [/^NOT stands before/, 'search.wrong.not'],
  [/^groups lie too deep/, 'search.wrong.deep'],
  [/^too many words begin so/, 'search.wrong.prefix'],
  [/^too many words/, 'search.wrong.many'],
  [/needs a value/, 'search.wrong.value'],
  [/is a day, a month, a year/, 'search.wrong.time'],
  [/is a latitude and a longitude/, 'search.wrong.place'],
  [/is a number or a range/, 'search.wrong.number'],
  [/quotation mark is not closed/, 'search.wrong.quote'],
  [/^a \* stands for/, 'search.wrong.star'],
  [/query is too long/, 'search.wrong.long'],
];

export interface QueryProblem {
  text: string;
  /** The letter it is about, as offsets into the query's UTF-16; equal at the end of the query. */
  from: number;
  to: number;
}

/** What is wrong with `q`, in words, and where; the server counts letters (code points) from 1. */
export function problemOf(error: ApiError, q: string): QueryProblem {
  const letters = [...q];
  const at = Math.min(Number(error.problem.where?.slice('character '.length) ?? 1) - 1, letters.length);
  const from = letters.slice(0, at).join('').length;
  const key = kProblems.find(([said]) => said.test(error.problem.detail))?.[1];
  return {
    text: key ? t(key) : `${error.problem.detail} (${number(at + 1)})`,
    from,
    to: from + (letters[at]?.length ?? 0),
  };
}
