// SPDX-License-Identifier: AGPL-3.0-or-later
// The counts beside the results, kept for the search bar, which offers languages and types that the case holds.
import { get } from '../../lib/api/client';
import type { FacetAnswer } from '../../lib/api/types';
import { type Asked, FILTERS, type FilterName, parametersOf } from './results.svelte';

class Facets {
  answer = $state.raw<FacetAnswer | null>(null);
  failed = $state.raw<unknown>(null);
  #key = '';
  #stop: AbortController | null = null;

  /** Asks for the counts of a question; those of the last one stay until they are there. */
  async ask(asked: Asked, generation: number): Promise<void> {
    const key = `${generation} ${parametersOf(asked)}`;
    if (key === this.#key && this.answer) return;
    this.#stop?.abort();
    const stop = new AbortController();
    this.#stop = stop;
    try {
      const answer = await get<FacetAnswer>('/api/facets', { ...asked }, stop.signal);
      if (this.#stop !== stop) return;
      this.#key = key;
      this.answer = answer;
      this.failed = null;
    } catch (error) {
      if (!stop.signal.aborted) this.failed = error;
    }
  }
}
export const facets = new Facets();

/** The same question with one choice more or less. */
export function toggled(asked: Asked, name: FilterName, value: string): Asked {
  const chosen = asked[name];
  return { ...asked, [name]: chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value] };
}
export function cleared(asked: Asked): Asked {
  return { q: asked.q, lang: [], type: [], state: [], folder: [] };
}
export function chosenCount(asked: Asked): number {
  return FILTERS.reduce((sum, name) => sum + asked[name].length, 0);
}
