// SPDX-License-Identifier: AGPL-3.0-or-later
// What a screen reader hears and a small note shows: "copied", "12 results". One live region for all screens.

class Say {
  text = $state('');
  shown = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Heard only. */
  quietly(text: string): void {
    this.text = text;
  }
  /** Heard, and shown for a few seconds. */
  aloud(text: string): void {
    this.text = text;
    this.shown = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.shown = false), 4000);
  }
}
export const say = new Say();
