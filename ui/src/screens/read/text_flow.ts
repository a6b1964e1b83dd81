// SPDX-License-Identifier: AGPL-3.0-or-later
// From the words of a page to paragraphs that can be read: lines that were only broken because the paper or the mail
// ended are joined again, lines that were meant (addresses, lists, tables) stay. Pure functions.
import type { WordRow } from '../../lib/api/types';
import { cut, visible } from '../../lib/evidence';

export interface FlowWord {
  n: number; // of the page, from 1
  text: string; // shown: unseen characters as numbers, cut when it is very long
  more: number; // letters that were cut away
  conf: number | null;
  after: '' | ' ';
  ends: boolean; // a line that was meant ends here
}
export interface Paragraph {
  first: number;
  words: FlowWord[];
}
export interface HeadRow {
  label: FlowWord;
  words: FlowWord[];
}

const kLetters = 600;
/** A line shorter than this share of the longest one was ended on purpose. */
const kShort = 0.72;
const kParagraphWords = 900;

interface Line {
  from: number;
  to: number; // words, counting from 0, half open
  letters: number;
}

function linesOf(rows: readonly WordRow[], from: number, to: number): Line[] {
  const lines: Line[] = [];
  let start = from;
  let letters = 0;
  for (let i = from; i < to; i += 1) {
    letters += (rows[i]?.[0].length ?? 0) + 1;
    if (rows[i]?.[1] !== 'line' && i + 1 < to) continue;
    lines.push({ from: start, to: i + 1, letters });
    start = i + 1;
    letters = 0;
  }
  return lines;
}

/** "From: …", "تاریخ: …": a line of a letter's head, which begins where the one before it ends. */
function isLabelled(rows: readonly WordRow[], line: Line): boolean {
  for (let i = line.from; i < Math.min(line.to, line.from + 3); i += 1) if (rows[i]?.[0].endsWith(':')) return true;
  return false;
}

function paragraph(rows: readonly WordRow[], from: number, to: number, every: boolean): Paragraph {
  const lines = linesOf(rows, from, to);
  const longest = lines.reduce((most, line) => Math.max(most, line.letters), 0);
  const words: FlowWord[] = [];
  for (const [index, line] of lines.entries()) {
    const next = lines[index + 1];
    const meant = every || line.letters < longest * kShort || longest < 36 || (next !== undefined && isLabelled(rows, next));
    for (let i = line.from; i < line.to; i += 1) {
      const row = rows[i];
      if (!row) continue;
      const shown = cut(visible(row[0]), kLetters);
      words.push({
        n: i + 1,
        text: shown.text,
        more: shown.more,
        conf: row[3],
        after: row[1] === 'none' ? '' : ' ',
        ends: meant && i + 1 === line.to && line.to < to,
      });
    }
  }
  return { first: from + 1, words };
}

/** Paragraphs end where the reading says so, and where one would be too long to be drawn at once. `every`: each line was
 *  meant, as the rows of a table are. */
export function flow(rows: readonly WordRow[], every = false): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let from = 0;
  for (let i = 0; i < rows.length; i += 1) {
    const ends = rows[i]?.[1] === 'paragraph' || i + 1 === rows.length;
    const long = i - from >= kParagraphWords && rows[i]?.[1] === 'line';
    if (!ends && !long) continue;
    paragraphs.push(paragraph(rows, from, i + 1, every));
    from = i + 1;
  }
  return paragraphs;
}

const kHeadLabels = new Set(['From:', 'To:', 'Cc:', 'Bcc:', 'Date:', 'Subject:']);

/** A mail's first page begins with its head, a line a field: told from the words, so that they can be marked and cited
 *  like the rest. Empty when the page does not begin so. `rest` is where the body begins, counting from 0. */
export function mailHead(rows: readonly WordRow[]): { head: HeadRow[]; rest: number } {
  const head: HeadRow[] = [];
  let i = 0;
  while (i < rows.length && kHeadLabels.has(rows[i]?.[0] ?? '')) {
    let end = i;
    while (end < rows.length && rows[end]?.[1] !== 'line' && rows[end]?.[1] !== 'paragraph') end += 1;
    const words = paragraph(rows, i, Math.min(rows.length, end + 1), false).words;
    const label = words[0];
    if (!label) break;
    head.push({ label, words: words.slice(1) });
    i = end + 1;
    if (rows[end]?.[1] === 'paragraph') break;
  }
  return { head, rest: i };
}

/** The words themselves, as a quotation has them: as printed, with the line ends of the page as spaces. */
export function quote(rows: readonly WordRow[], first: number, last: number): string {
  let text = '';
  for (let n = first; n <= last; n += 1) {
    const row = rows[n - 1];
    if (!row) break;
    text += row[0];
    if (n < last) text += row[1] === 'none' ? '' : ' ';
  }
  return text;
}
