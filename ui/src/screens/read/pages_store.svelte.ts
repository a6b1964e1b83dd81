// SPDX-License-Identifier: AGPL-3.0-or-later
// One item and its pages as they come: the item, the sizes of all pages in chunks, the texts of pages that are looked at
// and of their neighbours, and their pictures. Requests for what was scrolled past are given up.
import { SvelteMap } from 'svelte/reactivity';
import { ApiError, get, pictureAddress } from '../../lib/api/client';
import type { ItemInfo, PageHead, PagesAnswer, PageText } from '../../lib/api/types';
import { Pictures } from '../../lib/pictures';

export interface Loaded {
  text: PageText | null;
  q: string; // that its marks are of
  v: string; // that was asked for; empty: the newest
  error: unknown;
}
export type PictureSizeName = 'thumb' | 'screen' | 'large';

const kChunk = 1000;
const kTextsKept = 48;

function aborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

export class PageStore {
  readonly item: number;
  info = $state.raw<ItemInfo | null>(null);
  error = $state.raw<unknown>(null);
  total = $state(0);
  /** Page n at n - 1; pages that did not come yet are undefined. */
  heads = $state.raw<(PageHead | undefined)[]>([]);
  /** The heads of all pages came. */
  complete = $state(false);
  /** The query could not be understood: texts come without marks. */
  badQuery = $state.raw<ApiError | null>(null);
  texts = new SvelteMap<number, Loaded>();
  #q = '';
  #pin: { page: number; v: string } | null = null;
  #coming = new Map<number, { q: string; v: string; stop: AbortController }>();
  #stop = new AbortController();
  readonly pictures = new Pictures();
  #ahead = new Map<string, AbortController>();

  constructor(item: number) {
    this.item = item;
  }

  close(): void {
    this.#stop.abort();
    for (const { stop } of this.#coming.values()) stop.abort();
    for (const stop of this.#ahead.values()) stop.abort();
    this.pictures.close();
  }

  /** The item and the pages around `page` first, then all others. */
  async open(page: number): Promise<void> {
    this.error = null;
    const signal = this.#stop.signal;
    try {
      const near = Math.max(1, page - 200);
      const [info, first] = await Promise.all([
        get<ItemInfo>(`/api/items/${this.item}`, {}, signal),
        get<PagesAnswer>(`/api/items/${this.item}/pages`, { from: near, limit: kChunk }, signal),
      ]);
      this.total = first.total;
      this.#take(first);
      this.info = info;
      await this.#rest(signal);
    } catch (error) {
      if (!aborted(error)) this.error = error;
    }
  }

  async #rest(signal: AbortSignal): Promise<void> {
    for (let from = 1; from <= this.total; from += 1) {
      if (this.heads[from - 1]) continue;
      const answer = await get<PagesAnswer>(`/api/items/${this.item}/pages`, { from, limit: kChunk }, signal);
      if (answer.pages.length === 0) break;
      this.total = answer.total;
      this.#take(answer);
      from += answer.pages.length - 1;
    }
    this.complete = true;
  }

  #take(answer: PagesAnswer): void {
    const heads = this.heads.slice(0, answer.total);
    heads.length = answer.total;
    for (const head of answer.pages) {
      const before = heads[head.page - 1];
      if (before && before.v !== head.v && this.#pin?.page !== head.page) this.texts.delete(head.page);
      heads[head.page - 1] = head;
    }
    this.heads = heads;
  }

  /** An `add` may have read more of it: asks again, keeps what is shown. */
  async refresh(page: number): Promise<void> {
    const signal = this.#stop.signal;
    try {
      const near = Math.max(1, page - 200);
      const [info, answer] = await Promise.all([
        get<ItemInfo>(`/api/items/${this.item}`, {}, signal),
        get<PagesAnswer>(`/api/items/${this.item}/pages`, { from: near, limit: kChunk }, signal),
      ]);
      this.total = answer.total;
      this.#take(answer);
      this.info = info;
      this.error = null;
      await this.#rest(signal);
    } catch (error) {
      if (!aborted(error) && this.info === null) this.error = error;
    }
  }

  /** What marks are made of, and the reading that an address asks for. */
  ask(q: string, pin: { page: number; v: string } | null): void {
    this.#q = q;
    this.#pin = pin;
    this.badQuery = null;
  }
  v(page: number): string {
    return this.#pin?.page === page ? this.#pin.v : '';
  }

  /** The texts of these pages, the first ones first; all others that are still coming are given up. */
  want(pages: readonly number[]): void {
    for (const [page, { stop }] of this.#coming) {
      if (pages.includes(page)) continue;
      stop.abort();
      this.#coming.delete(page);
    }
    for (const page of pages) if (page >= 1 && page <= this.total) this.#need(page);
    if (this.texts.size <= kTextsKept) return;
    for (const page of this.texts.keys()) {
      if (this.texts.size <= kTextsKept) break;
      if (!pages.includes(page)) this.texts.delete(page);
    }
  }

  /** The connection came back: what did not come is asked for again. */
  retry(): void {
    for (const [page, loaded] of [...this.texts]) if (loaded.error) this.again(page);
  }
  again(page: number): void {
    this.texts.delete(page);
    this.#need(page);
  }

  #need(page: number): void {
    const v = this.v(page);
    const q = this.badQuery ? '' : this.#q;
    const there = this.texts.get(page);
    if (there && there.q === q && there.v === v) return;
    const coming = this.#coming.get(page);
    if (coming && coming.q === q && coming.v === v) return;
    coming?.stop.abort();
    const stop = new AbortController();
    this.#coming.set(page, { q, v, stop });
    get<PageText>(`/api/items/${this.item}/pages/${page}`, { q, v }, stop.signal)
      .then((text) => {
        this.texts.set(page, { text, q, v, error: null });
      })
      .catch((error: unknown) => {
        if (aborted(error)) return;
        if (error instanceof ApiError && error.problem.status === 400 && q !== '' && error.problem.where !== 'v') {
          this.badQuery = error;
          if (this.#coming.get(page)?.stop === stop) this.#coming.delete(page);
          this.#need(page);
          return;
        }
        // A text that is there stays, with the marks it has.
        this.texts.set(page, { text: there?.v === v ? there.text : null, q, v, error });
      })
      .finally(() => {
        if (this.#coming.get(page)?.stop === stop) this.#coming.delete(page);
      });
  }

  // ----- pictures

  picture(page: number, size: PictureSizeName): string {
    return pictureAddress(this.item, page, size);
  }
  /** Fetches pictures that are looked at next; what is no longer wanted is given up. */
  readAhead(addresses: readonly string[]): void {
    for (const [address, stop] of this.#ahead) {
      if (addresses.includes(address)) continue;
      stop.abort();
      this.#ahead.delete(address);
    }
    for (const address of addresses) {
      if (this.#ahead.has(address)) continue;
      const stop = new AbortController();
      this.#ahead.set(address, stop);
      // Whoever shows it asks again, and hears what is wrong.
      this.pictures.load(address, stop.signal).catch(() => undefined);
    }
  }
}
