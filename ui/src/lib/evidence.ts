// SPDX-License-Identifier: AGPL-3.0-or-later
// Strings from evidence on their way to the screen. They are never markup (Svelte writes them as text); here control and
// bidi control characters are made visible, so that a name cannot show itself as another (U+202E "fdp.exe").

// C0, DEL, C1, soft hyphen, ALM, LRM/RLM, line and paragraph separators, embeddings, isolates, invisible operators,
// BOM, interlinear marks, tags. ZWNJ and ZWJ are letters' neighbours in Persian and stay.
// eslint-disable-next-line no-control-regex
const kUnseen =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** The same text with unseen characters written as their numbers: "‮" becomes "⟨202E⟩". */
export function visible(text: string): string {
  return text.replace(kUnseen, (unseen) => `⟨${(unseen.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

/** The first `most` code units, not cutting a letter in two, and how many were left out. */
export function cut(text: string, most: number): { text: string; more: number } {
  if (text.length <= most) return { text, more: 0 };
  const end = /[\ud800-\udbff]/.test(text[most - 1] ?? '') ? most - 1 : most;
  return { text: text.slice(0, end), more: text.length - end };
}
