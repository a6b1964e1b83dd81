// SPDX-License-Identifier: AGPL-3.0-or-later
// Which search a page was opened from, and the hits before and after it. A page's address holds it all
// (/read/ITEM/PAGE?q=…&lang=…&hit=12), so it survives a reload and works in a new tab.
//
// For the screen that reads: call `hitContext.follow(router.place.query)` in an effect; then `active`, `position`,
// `total`, `next()`, `previous()`, `address(hit)` and `back` say the rest.
import type { Hit } from '../../lib/api/types';
import { address } from '../../lib/api/client';
import { t } from '../../lib/i18n';
import { type Asked, askedOf, parametersOf, Results } from './results.svelte';

class HitContext {
  #results = $state.raw<Results | null>(null);
  /** The rank of the hit that is read, from 0; -1 when a page was not opened from a list of results. */
  rank = $state(-1);

  /** True when there is a search to step through. */
  get active(): boolean {
    return this.#results !== null && this.rank >= 0;
  }
  /** Exact; 0 until the first answer came. */
  get total(): number {
    return this.#results?.total ?? 0;
  }
  /** How many pages the query has under its filters, when its results are those that are shown. */
  totalFor(q: string): number | null {
    return this.#results?.asked.q === q ? this.#results.total : null;
  }
  get hasNext(): boolean {
    return this.active && this.rank + 1 < this.total;
  }
  get hasPrevious(): boolean {
    return this.active && this.rank > 0;
  }
  /** "hit 12 of 340", in the reader's language; empty when not active. */
  get position(): string {
    if (!this.active) return '';
    return t('search.position', { rank: this.rank + 1, total: Math.max(this.total, this.rank + 1) });
  }
  /** The address of the list, at this hit. */
  get back(): string {
    const results = this.#results;
    if (!results) return '/';
    const at = this.rank >= 0 ? `&hit=${this.rank + 1}` : '';
    return `/search?${results.key}${at}`;
  }

  /** The results of a question: those that are there already, or new ones that load nothing yet. */
  resultsOf(asked: Asked): Results {
    const key = parametersOf(asked);
    if (this.#results?.key === key) return this.#results;
    return new Results(asked);
  }
  /** The list of results shows these; they are stepped through from now on. */
  use(results: Results): void {
    this.#results = results;
  }

  /** Takes the search out of a page's address. */
  follow(query: URLSearchParams): void {
    const asked = askedOf(query);
    const hit = Number(query.get('hit') ?? 0);
    this.rank = Number.isSafeInteger(hit) && hit > 0 && asked.q !== '' ? hit - 1 : -1;
    if (this.rank < 0) return;
    if (this.#results?.key !== parametersOf(asked)) this.#results = new Results(asked);
    // What `position` and `hasNext` need; a failure shows when somebody steps.
    void this.#results.load(this.rank).catch(() => undefined);
  }

  /** The hit after this one, which becomes the present one; null at the end. Throws ApiError. */
  next(): Promise<Hit | null> {
    return this.#step(1);
  }
  /** The hit before this one; null at the beginning. */
  previous(): Promise<Hit | null> {
    return this.#step(-1);
  }

  /** Where a hit is read: with the query, the filters and its rank. */
  address(hit: Hit, asked: Asked | null = this.#results?.asked ?? null): string {
    return address(`/read/${hit.item}/${hit.page}`, { ...(asked ?? {}), hit: hit.rank + 1 });
  }

  async #step(by: number): Promise<Hit | null> {
    const results = this.#results;
    const rank = this.rank + by;
    if (!results || this.rank < 0 || rank < 0) return null;
    const hit = await results.load(rank);
    if (hit && this.#results === results) this.rank = rank;
    // The one after the next comes while this one is read.
    if (hit) void results.load(Math.max(0, rank + by)).catch(() => undefined);
    return hit;
  }
}
export const hitContext = new HitContext();
