// SPDX-License-Identifier: AGPL-3.0-or-later
// Pictures of pages in this page's own memory: fetched as data and shown by object URLs. The server forbids the browser
// to keep them (evidence belongs into the case's folder and nowhere else), so what is read ahead is kept here.
import { getPicture } from './api/client';

const kMostBytes = 96_000_000;

interface Coming {
  url: Promise<string>;
  stop: AbortController;
  waiting: number;
}

export class Pictures {
  #kept = new Map<string, { url: string; bytes: number }>(); // the longest unused first
  #bytes = 0;
  #coming = new Map<string, Coming>();

  /** The object URL of an address that was fetched; undefined when it is not here. */
  at(address: string): string | undefined {
    const kept = this.#kept.get(address);
    if (kept) {
      this.#kept.delete(address);
      this.#kept.set(address, kept);
    }
    return kept?.url;
  }

  /** Fetches unless it is here or on its way. Throws ApiError, or AbortError once every signal that asked has ended. */
  async load(address: string, signal: AbortSignal): Promise<string> {
    const there = this.at(address);
    if (there !== undefined) return there;
    let coming = this.#coming.get(address);
    if (!coming || coming.stop.signal.aborted) {
      coming = this.#fetch(address);
      this.#coming.set(address, coming);
    }
    const joined = coming;
    joined.waiting += 1;
    signal.addEventListener('abort', () => {
      joined.waiting -= 1;
      if (joined.waiting === 0) joined.stop.abort();
    });
    return joined.url;
  }

  close(): void {
    for (const { stop } of this.#coming.values()) stop.abort();
    for (const { url } of this.#kept.values()) URL.revokeObjectURL(url);
    this.#kept.clear();
    this.#bytes = 0;
  }

  #fetch(address: string): Coming {
    const stop = new AbortController();
    const url = getPicture(address, stop.signal)
      .then((picture) => this.#keep(address, picture))
      .finally(() => {
        if (this.#coming.get(address)?.stop === stop) this.#coming.delete(address);
      });
    return { url, stop, waiting: 0 };
  }

  #keep(address: string, picture: Blob): string {
    const url = URL.createObjectURL(picture);
    this.#kept.set(address, { url, bytes: picture.size });
    this.#bytes += picture.size;
    for (const [oldest, { url: old, bytes }] of this.#kept) {
      if (this.#bytes <= kMostBytes || oldest === address) break;
      URL.revokeObjectURL(old);
      this.#kept.delete(oldest);
      this.#bytes -= bytes;
    }
    return url;
  }
}
