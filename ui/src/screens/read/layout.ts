// SPDX-License-Identifier: AGPL-3.0-or-later
// Where the pages of an item lie in their scroller, before any of them is drawn: sizes come from the list of pages, so
// that 5,000 pages can be scrolled without a jump. Pure functions; CSS pixels unless said otherwise.
import type { Direction, PageHead } from '../../lib/api/types';

export type Mode = 'side' | 'layered' | 'picture' | 'text';
/** Fitted, or a factor where 1 shows a point as 1/72 inch. */
export type Zoom = 'width' | 'page' | number;
export type Quarter = 0 | 90 | 180 | 270;

export const kZoomLeast = 0.25;
export const kZoomMost = 8;
const kPixelsPerPoint = 96 / 72;
/** Above each page stands its number. */
export const kLabel = 32;
export const kGap = 20;
export const kPad = 16;
const kPictureMost = 960;
const kTextMost = 656;
/** A page drawn larger than this is no page any more but an attempt: a point wide and a mile long. */
const kSideMost = 24_000;
const kSideLeast = 16;

export interface Frame {
  width: number; // of what the scroller shows
  height: number;
  mode: Mode;
  zoom: Zoom;
}

/** Widths that pictures are fitted to and texts are set in. */
export interface Columns {
  picture: number;
  text: number;
  alone: number; // of a text that has no picture
}

export function columns(frame: Frame): Columns {
  const inner = Math.max(160, frame.width - 2 * kPad);
  const alone = Math.min(inner, kTextMost);
  if (frame.mode !== 'side') return { picture: Math.min(inner, kPictureMost), text: alone, alone };
  const text = Math.min(kTextMost, Math.max(280, Math.round(inner * 0.46)));
  return { picture: Math.min(kPictureMost, Math.max(120, inner - text - kGap)), text, alone };
}

export function isPaged(head: Pick<PageHead, 'width' | 'height'> | undefined): boolean {
  return head !== undefined && head.width > 0 && head.height > 0;
}

export interface PictureSize {
  scale: number; // pixels a point
  width: number; // as it lies, before it is turned
  height: number;
  across: number; // of what it takes up, turned
  down: number;
}

export function pictureSize(head: Pick<PageHead, 'width' | 'height'>, frame: Frame, turned: Quarter): PictureSize {
  const lies = turned === 90 || turned === 270;
  const across = lies ? head.height : head.width;
  const down = lies ? head.width : head.height;
  const fit = columns(frame).picture / across;
  let scale: number;
  if (frame.zoom === 'width') scale = fit;
  else if (frame.zoom === 'page') scale = Math.min(fit, Math.max(160, frame.height - kLabel - 2 * kPad) / down);
  else scale = frame.zoom * kPixelsPerPoint;
  scale = Math.min(scale, kSideMost / across, kSideMost / down);
  scale = Math.max(scale, kSideLeast / Math.max(across, down));
  const width = Math.max(1, Math.round(head.width * scale));
  const height = Math.max(1, Math.round(head.height * scale));
  return { scale, width, height, across: lies ? height : width, down: lies ? width : height };
}

/** The zoom as a factor, for a page. */
export function factor(size: PictureSize): number {
  return size.scale / kPixelsPerPoint;
}

const kSteps = [0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
export function zoomStep(now: number, direction: 1 | -1): number {
  const next = direction > 0 ? kSteps.find((step) => step > now * 1.01) : [...kSteps].reverse().find((step) => step < now * 0.99);
  return next ?? (direction > 0 ? kZoomMost : kZoomLeast);
}
export function clampZoom(zoom: number): number {
  return Math.min(kZoomMost, Math.max(kZoomLeast, zoom));
}

const kRightToLeft = new Set(['ar', 'fa', 'ur', 'ckb', 'ps', 'he', 'yi', 'sd', 'ug', 'dv', 'azb', 'prs']);
const kArabicScript = new Set(['ar', 'fa', 'ur', 'ckb', 'ps', 'sd', 'ug', 'azb', 'prs']);
export function directionOf(lang: string): Direction {
  return kRightToLeft.has(lang) ? 'rtl' : 'ltr';
}
export function isArabicScript(lang: string): boolean {
  return kArabicScript.has(lang);
}

/** How high a text will be, until it is there and can be measured. */
export function textHeight(head: Pick<PageHead, 'words' | 'lang'>, width: number): number {
  const perLine = Math.max(20, (width - 40) / 8.2);
  const lines = Math.ceil((head.words * 6.4) / perLine) + 3;
  return Math.round(lines * 17 * (isArabicScript(head.lang) ? 1.9 : 1.55) + 40);
}

/** Where every page begins; one more entry says where the last one ends. */
export function offsets(count: number, heightOf: (page: number) => number): Float64Array {
  const tops = new Float64Array(count + 1);
  tops[0] = kPad;
  for (let page = 1; page <= count; page += 1) tops[page] = (tops[page - 1] ?? 0) + heightOf(page) + kGap;
  return tops;
}

/** The page whose row holds the position; the first or the last beyond the ends. */
export function pageAt(tops: Float64Array, y: number): number {
  let low = 1;
  let high = tops.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tops[middle] ?? 0) <= y) low = middle + 1;
    else high = middle;
  }
  return Math.max(1, low);
}

/** Browsers end an element at some 17 or 33 million pixels: a longer column is shown through a window of it. */
export const kTallest = 12_000_000;

/** Where that window begins, so that y lies well inside of it. `now` stays as long as it may. */
export function windowFor(total: number, y: number, height: number, now: number): number {
  if (total <= kTallest) return 0;
  const margin = kTallest / 8;
  const last = total - kTallest;
  const inside = now <= last && (now === 0 || y > now + margin) && (now === last || y + height < now + kTallest - margin);
  return inside ? now : Math.round(Math.min(last, Math.max(0, y - kTallest / 2)));
}
