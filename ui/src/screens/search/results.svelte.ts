// SPDX-License-Identifier: AGPL-3.0-or-later
// The hits of one query under its filters, in their order, any of them at any time: chunks of 50 come when they are
// asked for, a few hundred hits around the last ones stay. The list of results and "next hit" on a page share it.
import { SvelteMap } from 'svelte/reactivity';
import { get } from '../../lib/api/client';
import type { Hit, SearchAnswer } from '../../lib/api/types';

export const FILTERS = ['lang', 'type', 'state', 'folder'] as const;
export type FilterName = (typeof FILTERS)[number];
export interface Asked {
  q: string;
  lang: string[];
  type: string[];
  state: string[];
  folder: string[];
}

export const CHUNK = 50;
const kKept = 40; // chunks
const kAtOnce = 2; // requests

export function askedOf(query: URLSearchParams): Asked {
  const all = (name: FilterName) => [...new Set(query.getAll(name))].filter((value) => value !== '');
  return { q: query.get('q') ?? '', lang: all('lang'), type: all('type'), state: all('state'), folder: all('folder') };
}
/** As in addresses: "q=…&lang=fa"; equal questions give equal texts. */
export function parametersOf(asked: Asked): string {
  const query = new URLSearchParams();
  if (asked.q !== '') query.set('q', asked.q);
  for (const name of FILTERS) for (const value of [...asked[name]].sort()) query.append(name, value);
  return query.toString();
}

export class Results {
  readonly asked: Asked;
  readonly key: string;
  total = $state(0);
  took = $state(0);
  generation = $state(0);
  canonical = $state('');
  failed = $state.raw<unknown>(null); // of a chunk that did not come
  #chunks = new SvelteMap<number, Hit[]>();
  #order: number[] = []; // chunks, the longest unused first
  #coming = new Map<number, { promise: Promise<void>; stop: AbortController }>();
  #wanted: number[] = [];

  constructor(asked: Asked) {
    this.asked = asked;
    this.key = parametersOf(asked);
  }

  /** The hit of a rank, null while it is not there; reactive. */
  hit(rank: number): Hit | null {
    return this.#chunks.get(Math.floor(rank / CHUNK))?.[rank % CHUNK] ?? null;
  }

  /** Loads the chunk of a rank; throws ApiError, or AbortError when stopped. */
  async load(rank: number): Promise<Hit | null> {
    const chunk = Math.floor(rank / CHUNK);
    if (!this.#chunks.has(chunk)) await this.#fetch(chunk);
    return this.hit(rank);
  }

  /** Asks for what stands in rows first…last; what was asked for and is out of sight now is given up. */
  want(first: number, last: number): void {
    const from = Math.floor(Math.max(0, first - 10) / CHUNK);
    const to = Math.floor(Math.min(last + 15, Math.max(0, this.total - 1)) / CHUNK);
    this.#wanted = [];
    for (let chunk = from; chunk <= to; chunk += 1) {
      if (this.#chunks.has(chunk)) this.#touch(chunk);
      else this.#wanted.push(chunk);
    }
    for (const [chunk, { stop }] of this.#coming) if (chunk < from - 1 || chunk > to + 1) stop.abort();
    this.#pump();
  }

  again(): void {
    this.failed = null;
    this.#pump();
  }

  stop(): void {
    for (const { stop } of this.#coming.values()) stop.abort();
    this.#wanted = [];
  }

  #pump(): void {
    while (this.#coming.size < kAtOnce) {
      const chunk = this.#wanted.find((one) => !this.#coming.has(one) && !this.#chunks.has(one));
      if (chunk === undefined || this.failed) return;
      this.#fetch(chunk).then(
        () => this.#pump(),
        (error: unknown) => {
          if (!(error instanceof DOMException && error.name === 'AbortError')) this.failed = error;
          this.#pump();
        },
      );
    }
  }

  #fetch(chunk: number): Promise<void> {
    const coming = this.#coming.get(chunk);
    if (coming && !coming.stop.signal.aborted) return coming.promise;
    const stop = new AbortController();
    const promise = get<SearchAnswer>('/api/search', { ...this.asked, from: chunk * CHUNK, limit: CHUNK }, stop.signal)
      .then((answer) => {
        this.total = answer.total;
        this.generation = answer.generation;
        this.canonical = answer.canonical;
        if (chunk === 0) this.took = answer.took_ms;
        this.#chunks.set(chunk, answer.hits);
        this.#touch(chunk);
      })
      .finally(() => {
        if (this.#coming.get(chunk)?.stop === stop) this.#coming.delete(chunk);
      });
    this.#coming.set(chunk, { promise, stop });
    return promise;
  }

  #touch(chunk: number): void {
    this.#order = [...this.#order.filter((one) => one !== chunk), chunk];
    while (this.#order.length > kKept) {
      const oldest = this.#order.shift();
      if (oldest !== undefined) this.#chunks.delete(oldest);
    }
  }
}
