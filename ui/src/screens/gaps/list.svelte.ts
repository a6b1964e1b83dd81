// SPDX-License-Identifier: AGPL-3.0-or-later
// The places of a group of gaps, as far as somebody has scrolled.
import { get } from '../../lib/api/client';
import type { GapInfo, GapList } from '../../lib/api/types';

const kLimit = 200;

export class PlaceList {
  places = $state.raw<GapInfo[]>([]);
  total = $state(0);
  loading = $state(false);
  failed = $state.raw<unknown>(null);
  ended = $state(false);
  #next: string | null = null;
  #abort = new AbortController();

  constructor(
    readonly kind: string,
    readonly cause: string,
  ) {
    void this.more();
  }

  stop(): void {
    this.#abort.abort();
  }

  async more(): Promise<void> {
    if (this.loading || this.ended) return;
    this.loading = true;
    this.failed = null;
    try {
      const answer = await get<GapList>(
        '/api/gaps/list',
        { kind: this.kind, cause: this.cause, cursor: this.#next, limit: kLimit },
        this.#abort.signal,
      );
      this.places = [...this.places, ...answer.gaps];
      this.total = answer.total;
      this.#next = answer.next;
      this.ended = answer.next === null;
    } catch (error) {
      if (!this.#abort.signal.aborted) this.failed = error;
    }
    this.loading = false;
  }
}
