// SPDX-License-Identifier: AGPL-3.0-or-later
// How a reader likes to read, kept by the browser: nothing of a case is in it.
import { narrow } from '../../lib/narrow.svelte';
import type { Mode } from './layout';

function stored(key: string): string | null {
  try {
    return localStorage.getItem(`read.${key}`);
  } catch {
    return null;
  }
}
function keep(key: string, value: string): void {
  try {
    localStorage.setItem(`read.${key}`, value);
  } catch {
    // a browser that keeps nothing: the choice lasts as long as the page
  }
}

export const WIDE_MODES: readonly Mode[] = ['side', 'layered', 'picture', 'text'];
export const NARROW_MODES: readonly Mode[] = ['picture', 'layered', 'text'];

function modeOf(text: string | null, modes: readonly Mode[]): Mode {
  return modes.find((mode) => mode === text) ?? modes[0] ?? 'text';
}

class Choices {
  #wide = $state<Mode>(modeOf(stored('mode'), WIDE_MODES));
  #narrow = $state<Mode>(modeOf(stored('mode.narrow'), NARROW_MODES));
  #thumbs = $state(stored('thumbs') === 'yes');
  #margin = $state(stored('margin') === 'yes');
  #unsure = $state(stored('unsure') !== 'no');

  get modes(): readonly Mode[] {
    return narrow.now ? NARROW_MODES : WIDE_MODES;
  }
  /** In a narrow window picture and text take turns. */
  get mode(): Mode {
    return narrow.now ? this.#narrow : this.#wide;
  }
  set mode(mode: Mode) {
    if (narrow.now) this.#narrow = mode;
    else this.#wide = mode;
    keep(narrow.now ? 'mode.narrow' : 'mode', mode);
  }
  get thumbs(): boolean {
    return this.#thumbs;
  }
  set thumbs(shown: boolean) {
    this.#thumbs = shown;
    keep('thumbs', shown ? 'yes' : 'no');
  }
  get margin(): boolean {
    return this.#margin;
  }
  set margin(shown: boolean) {
    this.#margin = shown;
    keep('margin', shown ? 'yes' : 'no');
  }
  /** Words that the recognition was not sure of are underlined. */
  get unsure(): boolean {
    return this.#unsure;
  }
  set unsure(shown: boolean) {
    this.#unsure = shown;
    keep('unsure', shown ? 'yes' : 'no');
  }
}
export const choices = new Choices();
