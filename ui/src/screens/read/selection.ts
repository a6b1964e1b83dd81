// SPDX-License-Identifier: AGPL-3.0-or-later
// Choosing words: by sweeping over the picture, from the browser's own selection, one after the other. Pure functions;
// boxes and points in the page's points, words count from 1, both ends included.
import type { Box, WordRow } from '../../lib/api/types';

export type Span = [number, number];
export interface Point {
  x: number;
  y: number;
}

function distance(box: Box, point: Point): number {
  const dx = Math.max(box[0] - point.x, 0, point.x - box[2]);
  const dy = Math.max(box[1] - point.y, 0, point.y - box[3]);
  return Math.hypot(dx, dy);
}

/** The word at a point, or one that is no further away than `slack`; 0 when there is none. */
export function wordAt(rows: readonly WordRow[], point: Point, slack = 1.5): number {
  let best = 0;
  let least = slack;
  for (let i = 0; i < rows.length; i += 1) {
    const box = rows[i]?.[2];
    if (!box) continue;
    const far = distance(box, point);
    if (far === 0) return i + 1;
    if (far < least) {
      least = far;
      best = i + 1;
    }
  }
  return best;
}

/** The run of words that a drag from one point to another chooses: from word to word, as in a text, where both ends
 *  meet one; else every word that the rectangle touches, and what stands between them in reading order. */
export function sweep(rows: readonly WordRow[], from: Point, to: Point): Span | null {
  const a = wordAt(rows, from, 6);
  const b = wordAt(rows, to, 6);
  if (a > 0 && b > 0) return a < b ? [a, b] : [b, a];
  const [x0, x1] = from.x < to.x ? [from.x, to.x] : [to.x, from.x];
  const [y0, y1] = from.y < to.y ? [from.y, to.y] : [to.y, from.y];
  let first = 0;
  let last = 0;
  for (let i = 0; i < rows.length; i += 1) {
    const box = rows[i]?.[2];
    if (!box || box[2] < x0 || box[0] > x1 || box[3] < y0 || box[1] > y1) continue;
    if (first === 0) first = i + 1;
    last = i + 1;
  }
  return first === 0 ? null : [first, last];
}

/** Boxes in reading order joined along their lines: a run of words is drawn as a band, not as so many boxes. */
export function bands(boxes: readonly Box[]): Box[] {
  const joined: Box[] = [];
  for (const box of boxes) {
    const last = joined[joined.length - 1];
    const height = box[3] - box[1];
    const overlap = last ? Math.min(last[3], box[3]) - Math.max(last[1], box[1]) : 0;
    const apart = last ? Math.max(box[0] - last[2], last[0] - box[2]) : 0;
    if (last && overlap > height * 0.5 && apart < height * 2) {
      joined[joined.length - 1] = [
        Math.min(last[0], box[0]), Math.min(last[1], box[1]), Math.max(last[2], box[2]), Math.max(last[3], box[3]),
      ];
    } else {
      joined.push([...box]);
    }
  }
  return joined;
}

/** A point of the turned picture, as shares of its width and height, in points of the page as it lies. */
export function unturn(x: number, y: number, turned: 0 | 90 | 180 | 270, width: number, height: number): Point {
  if (turned === 90) return { x: y * width, y: (1 - x) * height };
  if (turned === 180) return { x: (1 - x) * width, y: (1 - y) * height };
  if (turned === 270) return { x: (1 - y) * width, y: x * height };
  return { x: x * width, y: y * height };
}

/** "12-15" or "12" as it stands in an address; null when it is no such thing. */
export function spanOf(text: string | null): Span | null {
  const found = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text ?? '');
  if (!found) return null;
  const first = Number(found[1]);
  const last = Number(found[2] ?? found[1]);
  return first >= 1 && last >= first ? [first, last] : null;
}

/** The next or previous word, or the same run with one word more or less; inside of the page. */
export function moved(now: Span, anchor: number, words: number, step: 1 | -1, extend: boolean): Span {
  const inside = (n: number) => Math.min(words, Math.max(1, n));
  if (!extend) {
    const next = inside(step > 0 ? now[1] + 1 : now[0] - 1);
    return [next, next];
  }
  const [first, last] = now;
  const moving = anchor === first ? last : first;
  const next = inside(moving + step);
  return next < anchor ? [next, anchor] : [anchor, next];
}

/** The citation of words, as docs/citation.md writes it. */
export function citation(blob: string, page: number, span: Span, v: string): string {
  return `dragoman:sha256:${blob}#page=${page}&words=${span[0]}-${span[1]}&v=${v}`;
}

function wordOf(node: Node | null, offset: number, end: boolean): HTMLElement | null {
  if (node === null) return null;
  const element = node instanceof Element ? (node.childNodes[end ? offset - 1 : offset] ?? node) : node;
  const from = element instanceof Element ? element : element.parentElement;
  const own = from?.closest<HTMLElement>('[data-w]');
  if (own) return own;
  // Between two words: the one before an end, the one after a beginning.
  const sibling = end ? element.previousSibling : element.nextSibling;
  return sibling instanceof HTMLElement && sibling.dataset.w !== undefined ? sibling : (from?.querySelector<HTMLElement>('[data-w]') ?? null);
}

/** What the browser's selection holds of one page's text; null when it is empty or lies elsewhere. A selection that goes
 *  on into other pages ends at the end of the page it began in. */
export function nativeSpan(selection: Selection | null): { page: number; span: Span } | null {
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const holder = selection.anchorNode instanceof Element ? selection.anchorNode : selection.anchorNode?.parentElement;
  const text = holder?.closest<HTMLElement>('[data-text-of]');
  if (!text) return null;
  const page = Number(text.dataset.textOf);
  const words = text.querySelectorAll<HTMLElement>('[data-w]');
  if (words.length === 0) return null;
  const start = text.contains(range.startContainer) ? wordOf(range.startContainer, range.startOffset, false) : words[0];
  const stop = text.contains(range.endContainer) ? wordOf(range.endContainer, range.endOffset, true) : words[words.length - 1];
  const first = Number(start?.dataset.w ?? 0);
  const last = Number(stop?.dataset.w ?? 0);
  if (first < 1 || last < first) return null;
  return { page, span: [first, last] };
}
