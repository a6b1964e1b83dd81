// SPDX-License-Identifier: AGPL-3.0-or-later
// Whether the window is narrow: the rail lies at its foot, and what stands at the end side elsewhere opens as a sheet.
// The width is the one that the style sheets use (docs/ui.md, Layout).

const kQuery = matchMedia('(max-width: 899px)');

class Narrow {
  now = $state(kQuery.matches);
  constructor() {
    kQuery.addEventListener('change', () => (this.now = kQuery.matches));
  }
}
export const narrow = new Narrow();
