// SPDX-License-Identifier: AGPL-3.0-or-later
// The keyboard: screens add their keys while they are shown, the help lists what holds just now. Letters do nothing
// while somebody types; a key is a KeyboardEvent.key, or two of them ("g s").
import type { Key } from './i18n';

export interface Shortcut {
  keys: string[]; // any of them
  help: Key;
  run: (event: KeyboardEvent, key: string) => void; // key: as in `keys`, whatever the keyboard's language
  inFields?: boolean; // also while typing
}

const kSequenceMs = 1200;

// Where these stand on a Latin keyboard, plain and with Shift.
const kPlaces: Record<string, [string, string]> = {
  Slash: ['/', '?'], BracketLeft: ['[', '{'], BracketRight: [']', '}'], Minus: ['-', '_'], Equal: ['=', '+'],
  Digit0: ['0', ')'],
};
/** The key by its place when the keyboard writes another script: who writes Persian need not change the keyboard. */
function keyOf(event: KeyboardEvent): string {
  if (event.key.length !== 1 || /[!-~ ]/.test(event.key)) return event.key;
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  if (letter !== undefined) return event.shiftKey ? letter : letter.toLowerCase();
  return kPlaces[event.code]?.[event.shiftKey ? 1 : 0] ?? event.key;
}

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'range'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

class Keys {
  groups = $state.raw<{ title: Key; shortcuts: Shortcut[] }[]>([]);
  // What `groups` shows. An effect's teardown reads state as it was before the effects of the same moment: taking one
  // group away from that would take away those that another screen has just added.
  #all: { title: Key; shortcuts: Shortcut[] }[] = [];
  #first = '';
  #at = 0;

  /** Adds a group; the returned function takes it away again (give it to $effect). */
  add(title: Key, shortcuts: Shortcut[]): () => void {
    const group = { title, shortcuts };
    this.groups = this.#all = [...this.#all, group];
    return () => {
      this.groups = this.#all = this.#all.filter((other) => other !== group);
    };
  }

  press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const key = keyOf(event);
    const inField = typing(event.target);
    const sequence = performance.now() - this.#at < kSequenceMs && this.#first !== '' ? `${this.#first} ${key}` : '';
    // The newest group first: a dialog's keys go before those of the screen below it.
    for (const group of [...this.#all].reverse()) {
      for (const shortcut of group.shortcuts) {
        if (inField && !shortcut.inFields) continue;
        if (!shortcut.keys.includes(key) && !(sequence !== '' && shortcut.keys.includes(sequence))) continue;
        this.#first = '';
        shortcut.run(event, key);
        if (!event.defaultPrevented && event.key.length === 1) event.preventDefault();
        return;
      }
    }
    this.#first = inField || key.length !== 1 ? '' : key;
    this.#at = performance.now();
  }
}
export const keys = new Keys();
