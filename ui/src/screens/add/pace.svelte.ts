// SPDX-License-Identifier: AGPL-3.0-or-later
// How fast an `add` goes and how long its present step may take, from what was done in the last minute. Nothing is said
// before there is enough to say it from; a pause, another step or an unknown total forget what was seen.
import type { AddStatus } from '../../lib/api/types';

const kWindowSeconds = 60;
const kLeastSeconds = 8;

interface Sample {
  seconds: number;
  done: number;
}

export interface Pace {
  unit: 'files' | 'pages';
  perMinute: number;
  left: number | null; // seconds; null when it cannot be told
}

class PaceKeeper {
  #phase = '';
  #samples: Sample[] = [];
  now = $state.raw<Pace | null>(null);

  hear(status: AddStatus | null): void {
    if (!status || status.state !== 'running' || status.phase === '' || status.phase === 'settling') {
      this.#samples = [];
      this.now = null;
      return;
    }
    const pages = status.phase === 'recognising';
    const done = pages ? status.pages_done : status.files_done;
    const total = pages ? status.pages_total : status.files_total;
    const last = this.#samples.at(-1);
    if (this.#phase !== status.phase || (last && (last.seconds > status.seconds || last.done > done))) this.#samples = [];
    this.#phase = status.phase;
    this.#samples.push({ seconds: status.seconds, done });
    while ((this.#samples[0]?.seconds ?? 0) < status.seconds - kWindowSeconds) this.#samples.shift();
    const first = this.#samples[0];
    const span = first ? status.seconds - first.seconds : 0;
    const gain = first ? done - first.done : 0;
    if (span < kLeastSeconds || gain < 3) {
      if (this.now?.unit !== (pages ? 'pages' : 'files')) this.now = null;
      return;
    }
    // Receiving learns of files as it walks: its total is not one.
    const left = status.phase !== 'receiving' && total > done ? ((total - done) * span) / gain : null;
    this.now = { unit: pages ? 'pages' : 'files', perMinute: (gain * 60) / span, left };
  }
}
export const pace = new PaceKeeper();
