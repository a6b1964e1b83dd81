// SPDX-License-Identifier: AGPL-3.0-or-later
// Heights of the rows of a long list, summed so that "where does row i begin" and "which row is at y" cost log n:
// a Fenwick tree, since a measured height changes one row among 100,000 many times a second.

export class Heights {
  readonly count: number;
  #height: Float64Array;
  #tree: Float64Array;

  /** `of(i)` is the height in pixels of row i, measured or guessed. */
  constructor(count: number, of: (index: number) => number) {
    this.count = count;
    this.#height = new Float64Array(count);
    this.#tree = new Float64Array(count + 1);
    for (let i = 0; i < count; i += 1) {
      const height = of(i);
      this.#height[i] = height;
      const at = i + 1;
      this.#tree[at] = (this.#tree[at] ?? 0) + height;
      const above = at + (at & -at);
      if (above <= count) this.#tree[above] = (this.#tree[above] ?? 0) + (this.#tree[at] ?? 0);
    }
  }

  of(index: number): number {
    return this.#height[index] ?? 0;
  }

  set(index: number, height: number): void {
    const more = height - this.of(index);
    this.#height[index] = height;
    for (let at = index + 1; at <= this.count; at += at & -at) this.#tree[at] = (this.#tree[at] ?? 0) + more;
  }

  /** Where row `index` begins; at `count` the height of all. */
  offset(index: number): number {
    let sum = 0;
    for (let at = Math.min(index, this.count); at > 0; at -= at & -at) sum += this.#tree[at] ?? 0;
    return sum;
  }

  /** The row that holds the pixel y; the first or last row when y lies outside. */
  at(y: number): number {
    let index = 0;
    let rest = y;
    let step = 1;
    while (step * 2 <= this.count) step *= 2;
    for (; step > 0; step >>= 1) {
      const next = index + step;
      const below = this.#tree[next] ?? 0;
      if (next <= this.count && below <= rest) {
        index = next;
        rest -= below;
      }
    }
    return Math.max(0, Math.min(index, this.count - 1));
  }
}
