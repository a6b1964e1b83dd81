// SPDX-License-Identifier: AGPL-3.0-or-later
// What the screen that reads reckons without a browser: where pages lie, how words become paragraphs, what is chosen.
// `npm test` runs it; esbuild (which Vite brings) turns the modules into what Node reads.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';

const source = join(dirname(fileURLToPath(import.meta.url)), '../src/screens/read');
const folder = mkdtempSync(join(tmpdir(), 'dragoman-ui-'));
async function load(name) {
  const outfile = join(folder, `${name}.mjs`);
  buildSync({ entryPoints: [join(source, `${name}.ts`)], bundle: true, format: 'esm', outfile });
  return import(pathToFileURL(outfile).href);
}
const layout = await load('layout');
const flow = await load('text_flow');
const selection = await load('selection');
rmSync(folder, { recursive: true });

const a4 = { width: 595, height: 842 };
const frame = { width: 1200, height: 800, mode: 'picture', zoom: 'width' };

test('a page is fitted to its column, or to the window', () => {
  const width = layout.pictureSize(a4, frame, 0);
  assert.equal(width.across, layout.columns(frame).picture);
  const page = layout.pictureSize(a4, { ...frame, zoom: 'page' }, 0);
  assert.ok(page.down < 800 && page.down > 600);
  assert.equal(layout.pictureSize(a4, { ...frame, zoom: 1 }, 0).width, Math.round((595 * 96) / 72));
});

test('a turned page lies', () => {
  const size = layout.pictureSize(a4, { ...frame, zoom: 1 }, 90);
  assert.equal(size.across, size.height);
  assert.equal(size.down, size.width);
});

test('no page is a mile long or a hair wide', () => {
  for (const page of [{ width: 1, height: 1e9 }, { width: 1e9, height: 1 }, { width: 0.01, height: 0.01 }]) {
    for (const zoom of ['width', 'page', 0.25, 8]) {
      const size = layout.pictureSize(page, { ...frame, zoom }, 0);
      assert.ok(size.width >= 1 && size.width <= 24_001 && size.height >= 1 && size.height <= 24_001, JSON.stringify(size));
    }
  }
});

test('every position belongs to a page', () => {
  const tops = layout.offsets(5000, (page) => 100 + (page % 7));
  assert.equal(layout.pageAt(tops, -5), 1);
  assert.equal(layout.pageAt(tops, 1e12), 5000);
  for (const page of [1, 2, 77, 2500, 4999, 5000]) {
    assert.equal(layout.pageAt(tops, tops[page - 1]), page);
    assert.equal(layout.pageAt(tops, tops[page] - 1), page);
  }
});

test('a column that is too long is shown through a window that holds the place', () => {
  const total = 60_000_000;
  let origin = 0;
  for (let y = 0; y < total - 900; y += 700_001) {
    origin = layout.windowFor(total, y, 900, origin);
    assert.ok(origin >= 0 && origin <= total - layout.kTallest);
    assert.ok(y >= origin && y + 900 <= origin + layout.kTallest, `${y} in ${origin}`);
  }
  assert.equal(layout.windowFor(1_000_000, 999_000, 900, 5), 0);
});

test('zoom steps go from end to end', () => {
  let zoom = 0.25;
  for (let step = 0; step < 40; step += 1) zoom = layout.zoomStep(zoom, 1);
  assert.equal(zoom, 8);
  for (let step = 0; step < 40; step += 1) zoom = layout.zoomStep(zoom, -1);
  assert.equal(zoom, 0.25);
});

/** "one two/three//" : a slash ends a line, two end a paragraph, a hyphen joins. */
function words(text) {
  return [...text.matchAll(/([^\s/-]+)(\/\/|\/|-|\s|$)/g)].map(([, word, after]) => [
    word, { '//': 'paragraph', '/': 'line', '-': 'none' }[after] ?? 'space', null, null,
  ]);
}
const shown = (paragraph) =>
  paragraph.words.map((word) => word.text + (word.ends ? '|' : word.after)).join('').trim();

test('lines that the paper ended are joined, lines that were meant stay', () => {
  const long = 'this line of a letter is as long as the paper lets it be here';
  const joined = flow.flow(words(`${long}/${long}/and it ends.//`));
  assert.equal(joined.length, 1);
  assert.ok(!shown(joined[0]).includes('|'));
  assert.equal(shown(flow.flow(words('12 High Street/Yelkan/Kelmoria//'))[0]), '12 High Street|Yelkan|Kelmoria');
  assert.ok(shown(flow.flow(words(`From: ${long}/To: ${long}//`))[0]).includes('here|To:'));
  assert.deepEqual(flow.flow(words('one//two//')).map((one) => one.first), [1, 2]);
  assert.deepEqual(flow.flow([]), []);
});

test('the rows of a table stay lines, however long they are', () => {
  const row = (text, end) => text.split(' ').map((word, i, all) => [word, i + 1 < all.length ? 'space' : end, null, null]);
  const words = [...row('2113/92 Ministry of Roads and Water Meeting', 'line'), ...row('7203/94 Special Office of the Prime Minister Release', 'paragraph')];
  const ends = (every) => flow.flow(words, every)[0].words.filter((word) => word.ends).length;
  assert.equal(ends(false), 0);
  assert.equal(ends(true), 1);
});

test('words keep their numbers and show what cannot be seen', () => {
  const [paragraph] = flow.flow([['a\u202eb', 'space', null, null], ['x'.repeat(100_000), 'line', null, 0.3]]);
  assert.equal(paragraph.words[0].text, 'a⟨202E⟩b');
  assert.equal(paragraph.words[1].n, 2);
  assert.ok(paragraph.words[1].text.length < 1000 && paragraph.words[1].more > 99_000);
});

test('a mail’s head is told from its words', () => {
  const { head, rest } = flow.mailHead(words('From: Anna <a@b>/Date: today/Subject: A: b//Dear all,/Yours//'));
  assert.deepEqual(head.map((row) => [row.label.text, row.words.map((word) => word.text).join(' ')]), [
    ['From:', 'Anna <a@b>'], ['Date:', 'today'], ['Subject:', 'A: b'],
  ]);
  assert.equal(rest, 8);
  assert.deepEqual(flow.mailHead(words('Dear From: all')).head, []);
});

test('a quotation is as printed', () => {
  assert.equal(flow.quote(words('one two/three//four-five six'), 2, 5), 'two three fourfive');
});

const grid = [];
for (let line = 0; line < 3; line += 1)
  for (let at = 0; at < 4; at += 1)
    grid.push(['w', 'space', [at * 50, line * 20, at * 50 + 40, line * 20 + 12], null]);

test('a drag chooses from word to word, or what it touches', () => {
  assert.deepEqual(selection.sweep(grid, { x: 110, y: 5 }, { x: 60, y: 25 }), [3, 6]);
  assert.deepEqual(selection.sweep(grid, { x: 60, y: 25 }, { x: 110, y: 5 }), [3, 6]);
  assert.deepEqual(selection.sweep(grid, { x: -90, y: -90 }, { x: 500, y: 300 }), [1, 12]);
  assert.equal(selection.sweep(grid, { x: 400, y: 400 }, { x: 500, y: 500 }), null);
  assert.equal(selection.wordAt(grid, { x: 45, y: 5 }, 1), 0);
});

test('a run of words is drawn as bands along its lines', () => {
  assert.deepEqual(selection.bands(grid.slice(2, 6).map((row) => row[2])), [[100, 0, 190, 12], [0, 20, 90, 32]]);
});

test('points of a turned picture are points of the page', () => {
  for (const [turn, x, y] of [[0, 0.25, 0.5], [90, 0.5, 0.25], [180, 0.75, 0.5], [270, 0.5, 0.75]]) {
    const point = selection.unturn(x, y, turn, 100, 200);
    assert.deepEqual([point.x, point.y], [25, 100], `${turn}`);
  }
});

test('spans of addresses', () => {
  assert.deepEqual(selection.spanOf('12-15'), [12, 15]);
  assert.deepEqual(selection.spanOf('7'), [7, 7]);
  for (const wrong of [null, '', '0-3', '5-3', '1-', 'x', '1-2-3', '99999999999']) assert.equal(selection.spanOf(wrong), null);
});

test('words are chosen one after the other, inside the page', () => {
  assert.deepEqual(selection.moved([4, 4], 4, 10, 1, false), [5, 5]);
  assert.deepEqual(selection.moved([4, 6], 4, 10, 1, true), [4, 7]);
  assert.deepEqual(selection.moved([4, 4], 4, 10, -1, true), [3, 4]);
  assert.deepEqual(selection.moved([3, 4], 4, 10, 1, true), [4, 4]);
  assert.deepEqual(selection.moved([10, 10], 10, 10, 1, false), [10, 10]);
});
