// SPDX-License-Identifier: AGPL-3.0-or-later
// What was measured, beside what is allowed.
const all = [];

/** `limit` null: for information. */
export function figure(name, value, unit, limit = null, note = '') {
  const missed = limit !== null && !(value <= limit);
  all.push({ name, missed });
  const shown = Number.isFinite(value) ? (value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(2)) : 'none';
  const allowed = limit === null ? '' : `limit <= ${limit}${missed ? '  MISSED' : ''}`;
  console.log(`${name.padEnd(58)} ${shown.padStart(9)} ${unit.padEnd(5)} ${allowed.padEnd(22)} ${note}`.trimEnd());
}

export const missed = () => all.filter((one) => one.missed).length;

/** The value below which that share of the values lies. */
export function share(values, part) {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)];
}

/** "p50 3.1, max 9.9, n 200" */
export function spread(values) {
  const round = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
  return `p50 ${round(share(values, 0.5))}, max ${round(share(values, 1))}, n ${values.length}`;
}

/** splitmix32: the same choices every time. */
export function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  return {
    below: (bound) => next() % bound,
    pick: (list) => list[next() % list.length],
  };
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
