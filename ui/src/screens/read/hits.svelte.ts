// SPDX-License-Identifier: AGPL-3.0-or-later
// Which pages of an item match the query, and how many words on each: for stepping from hit to hit, and for the
// densities beside thumbnails and pages. They come in parts; each part is shown as it comes.
import { ApiError, get } from '../../lib/api/client';
import type { ItemHits } from '../../lib/api/types';

/** More pages than this are not listed; they are still found by reading on. */
const kMostPages = 20_000;

export class HitList {
  pages = $state.raw<[number, number][]>([]);
  totalPages = $state(0);
  loading = $state(false);
  error = $state.raw<ApiError | null>(null);
  /** Matching words of all pages that came. */
  readonly words = $derived(this.pages.reduce((sum, [, count]) => sum + count, 0));
  readonly most = $derived(this.pages.reduce((most, [, count]) => Math.max(most, count), 0));
  readonly counts = $derived(new Map(this.pages));
  #stop: AbortController | null = null;

  close(): void {
    this.#stop?.abort();
  }

  async load(item: number, q: string): Promise<void> {
    this.#stop?.abort();
    this.error = null;
    if (q === '') {
      this.pages = [];
      this.totalPages = 0;
      this.loading = false;
      return;
    }
    const stop = new AbortController();
    this.#stop = stop;
    this.loading = true;
    let pages: [number, number][] = [];
    let cursor: string | null = null;
    try {
      do {
        const answer: ItemHits = await get<ItemHits>(`/api/items/${item}/hits`, { q, cursor }, stop.signal);
        pages = [...pages, ...answer.pages];
        this.pages = pages;
        this.totalPages = answer.total_pages;
        cursor = answer.next;
      } while (cursor !== null && pages.length < kMostPages);
      this.loading = false;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return;
      this.loading = false;
      this.pages = [];
      this.totalPages = 0;
      this.error = error instanceof ApiError ? error : null;
    }
  }

  /** Matching words on the pages before this one. */
  before(page: number): number {
    let sum = 0;
    for (const [number, count] of this.pages) {
      if (number >= page) break;
      sum += count;
    }
    return sum;
  }
  /** The next matching page after (or before) a page; 0 when there is none. */
  step(page: number, direction: 1 | -1): number {
    if (direction > 0) return this.pages.find(([number]) => number > page)?.[0] ?? 0;
    let found = 0;
    for (const [number] of this.pages) {
      if (number >= page) break;
      found = number;
    }
    return found;
  }
}
