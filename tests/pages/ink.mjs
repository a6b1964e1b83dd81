// SPDX-License-Identifier: AGPL-3.0-or-later
// Marks against gold: which searches of the sample's gold can be compared exactly, where the ink of their words is, and
// where the page draws its marks, both in points of the page.
import { dragomanJson, hook, until } from './harness.mjs';

/** As docs/folding.md has it, as far as the gold's words need it: the test's own, not the program's. */
export function fold(text) {
  return text
    .normalize('NFKD')
    .replace(/[يىئ]/g, 'ی')
    .replace(/[كڪ]/g, 'ک')
    .replace(/[ةۃۀەہھ]/g, 'ه')
    .replace(/[أإآٱ]/g, 'ا')
    .replace(/ؤ/g, 'و')
    .replace(/[\u0621\u0640\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200c-\u200f\u202a-\u202e\u00ad]/g, '')
    .replace(/[\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .toLowerCase();
}

/** What a printed word is found by. */
export function tokens(word) {
  return fold(word)
    .replace(/(\p{L})['’](\p{L})/gu, '$1$2')
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter(Boolean);
}

/** The gold's searches for one word that the program answers as the gold has it, with the pages to compare. */
export async function exactQueries(home) {
  const pages = new Map(home.gold.pages.map((page) => [`${page.path}\n${page.page}`, page]));
  const found = [];
  for (const query of home.gold.queries) {
    const words = tokens(query.query);
    if (words.length !== 1 || ['prefix', 'phrase', 'without_zwnj'].includes(query.why)) continue;
    const wanted = [...query.expect, ...query.expect_scan];
    const answer = await dragomanJson(home.env, 'search', home.path, query.query, '--limit', '1000');
    const got = new Set(answer.hits.map((hit) => `${hit.path}\n${hit.page}`));
    if (got.size !== wanted.length || !wanted.every((page) => got.has(`${home.root}/${page.path}\n${page.page}`))) continue;
    const golds = wanted.map((page) => pages.get(`${page.path}\n${page.page}`));
    found.push({
      query: query.query,
      word: words[0],
      total: wanted.length,
      langs: new Set(golds.map((page) => page.lang)),
      born: golds.filter((page) => page.source === 'born' && page.width !== null && inkOf(page, words[0]).length > 0),
      clean: golds.filter((page) => page.scan === 'clean' && !page.upside_down && inkOf(page, words[0]).length > 0),
    });
  }
  return found;
}

/** Boxes of the ink of the words that a search for `token` finds on a page of the gold, in points. */
export function inkOf(goldPage, token) {
  return goldPage.words.filter((word) => word.box !== null && tokens(word.t).includes(token)).map((word) => word.box);
}

/** The marks on the picture of a page in points of that page, as they stand on the screen just now. */
export async function marksOf(page, number, width, height, what = 'mark') {
  return page.evaluate(
    ([picture, mark, wanted, w, h]) => {
      const drawn = document.querySelector(`${picture}[data-page="${wanted}"]`);
      if (!drawn || !drawn.complete || drawn.naturalWidth === 0) return [];
      const frame = drawn.getBoundingClientRect();
      return [...drawn.parentElement.querySelectorAll(mark)].map((element) => {
        const box = element.getBoundingClientRect();
        return [
          ((box.left - frame.left) / frame.width) * w,
          ((box.top - frame.top) / frame.height) * h,
          ((box.right - frame.left) / frame.width) * w,
          ((box.bottom - frame.top) / frame.height) * h,
        ];
      });
    },
    [hook('page-picture'), hook(what), number, width, height],
  );
}

const kTolerance = 1.5; // points
const covers = (mark, ink) =>
  mark[0] <= ink[0] + kTolerance && mark[1] <= ink[1] + kTolerance &&
  mark[2] >= ink[2] - kTolerance && mark[3] >= ink[3] - kTolerance;

/** Waits until each ink box of the gold lies in a mark, and says how much larger the marks are at the most. A mark may
 *  not be so large that it would cover by chance: a word's mark stays within its line and near its letters. */
export async function compareWithGold(page, goldPage, token, ms = 10_000) {
  const inks = inkOf(goldPage, token);
  let marks = [];
  const look = async () => {
    marks = await marksOf(page, goldPage.page, goldPage.width, goldPage.height);
    return inks.every((ink) => marks.some((mark) => covers(mark, ink)));
  };
  try {
    await until('the marks cover the ink', look, ms);
  } catch {
    throw new Error(`${goldPage.path} page ${goldPage.page}: ink ${JSON.stringify(inks)}, marks ${JSON.stringify(marks)}`);
  }
  let excess = 0;
  for (const ink of inks) {
    const beyond = marks
      .filter((mark) => covers(mark, ink))
      .map((mark) => Math.max(ink[0] - mark[0], ink[1] - mark[1], mark[2] - ink[2], mark[3] - ink[3]));
    excess = Math.max(excess, Math.min(...beyond));
  }
  // The punctuation that touches a word belongs to it; a line of 14 points is some 20 high.
  if (excess > 14) throw new Error(`${goldPage.path} page ${goldPage.page}: a mark is ${excess} points larger than its word`);
  if (marks.length !== inks.length) {
    throw new Error(`${goldPage.path} page ${goldPage.page}: ${marks.length} marks for ${inks.length} words`);
  }
  return { words: inks.length, excess };
}
