// SPDX-License-Identifier: AGPL-3.0-or-later
// A reporter's way through a case, in English and in Persian, by mouse and by keyboard alone: search, open a hit, see the
// words marked where they are printed, cite them, open the citation elsewhere, walk the gaps, add a folder and find what
// is in it.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { clipboard, Keys, Mouse } from './hands.mjs';
import { end, hook, otherScans, Reader, ready, sampleCase, Server, until } from './harness.mjs';
import { compareWithGold, exactQueries, marksOf } from './ink.mjs';

let other; // a PDF of another leak: its path

before(async () => {
  [other] = await otherScans(7, 1);
});
after(end);

/** Persian digits and separators as plain ones. */
const plain = (text) => text.replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0)).replace(/[٬,\s]/g, '');

/** The total that the page says is `wanted`, and so does the heading that is read out. */
async function showsTotal(page, wanted) {
  await until(`the page says ${wanted} results`, async () =>
    plain(await page.locator(hook('total')).first().innerText()).match(/\d+/)?.[0] === String(wanted));
}

for (const locale of ['en', 'fa']) {
  for (const Hands of [Mouse, Keys]) {
    test(`search, read, cite, gaps, add: ${locale}, ${Hands.title}`, async (t) => {
      const home = await sampleCase(); // each adds to it
      const server = await Server.start(home);
      const reader = await Reader.open(server, { locale });
      await reader.during(t.name, () => journey(t, home, reader, new Hands(reader)));
      await server.kill();
    });
  }
}

/** A gold query that finds a born-digital page and a clean scan, in the reader's own language. */
async function choose(home, locale) {
  const queries = await exactQueries(home);
  return queries.find((one) => one.langs.size === 1 && one.langs.has(locale) && one.born.length > 0 && one.clean.length > 0);
}

async function journey(t, home, reader, hands) {
  const { locale, server } = reader;
  const asked = await choose(home, locale);
  const hand = hands.constructor.name;
  const { page } = reader;
  assert.equal(await page.evaluate(() => document.documentElement.dir), locale === 'fa' ? 'rtl' : 'ltr');
  assert.ok(asked, `the gold has a query in ${locale} with a born-digital page and a clean scan`);

  // Search; the total is the gold's.
  await hands.search(asked.query);
  await page.waitForSelector(hook('hit'));
  await showsTotal(page, asked.total);
  const { json: answer } = await reader.api(`/api/search?q=${encodeURIComponent(asked.query)}&limit=200`);
  assert.equal(answer.total, asked.total, 'the server has the same total');

  // Open a hit: the marks lie over the ink.
  let citation = '';
  for (const gold of [asked.born[0], asked.clean[0]]) {
    const hit = answer.hits.find((one) => one.path === `${home.root}/${gold.path}` && one.page === gold.page);
    assert.ok(hit, `${gold.path} is among the hits`);
    await hands.openHit(hit.item, hit.page);
    const compared = await compareWithGold(page, gold, asked.word);
    t.diagnostic(`${gold.source} ${gold.scan ?? ''}: ${compared.words} words, marks at most ${compared.excess.toFixed(1)} pt larger`);

    // Its citation, and the same words in another tab.
    await page.evaluate(() => navigator.clipboard.writeText(''));
    await hands.copyCitation();
    citation = await until('a citation was copied', async () => clipboard(page));
    assert.match(citation, /^dragoman:sha256:[0-9a-f]{64}#page=\d+&words=\d+(-\d+)?&v=[0-9a-f]{12}$/);
    const { json: resolved } = await reader.api(`/api/resolve?citation=${encodeURIComponent(citation)}`);
    const tab = await reader.context.newPage();
    await tab.goto(`${server.origin}/cite?c=${encodeURIComponent(citation)}`);
    await ready(tab);
    await tab.waitForURL((url) => url.pathname === `/read/${resolved.item}/${resolved.page}`);
    await until('the cited words are marked', async () => {
      const marks = await marksOf(tab, resolved.page, resolved.width, resolved.height, 'cited');
      return resolved.boxes.every((box) =>
        marks.some((mark) => Math.max(...mark.map((side, at) => Math.abs(side - box[at]))) < 3));
    });
    const words = await until('the cited words are marked in the text', () =>
      tab.evaluate((text) => [...document.querySelectorAll(`${text} .cited`)].map((one) => one.innerText).join(' '), hook('page-text')));
    assert.ok(words.includes(resolved.text.split(' ')[0]), `${words} holds ${resolved.text}`);
    await tab.close();

    // Back to the same list.
    if (hands instanceof Mouse) await page.goBack();
    else await hands.key('u');
    await hands.arrived('/search', hook('hit'));
    await showsTotal(page, asked.total);
  }

  // The gaps lead to a place.
  await hands.walkGaps('truncated');

  // A folder is added and can be searched, without the page being loaded anew.
  const word = `zebra${locale}${hand.toLowerCase()}`;
  const folder = join(home.folder, 'home', `papers ${locale} ${hand}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'note.txt'), `The ${word} crossed the border at night.\n`);
  copyFileSync(other, join(folder, 'scan.pdf'));
  await page.evaluate(() => (window.notLoadedAnew = true));
  await addFolder(hands, `papers ${locale} ${hand}`);
  await hands.search(word);
  await until('the new text is found', async () => {
    const hit = page.locator(hook('hit')).first();
    return (await hit.count()) > 0 && (await hit.innerText()).includes(word);
  }, 60_000);
  assert.equal(await page.evaluate(() => window.notLoadedAnew), true);
  await until('the adding has ended', async () => ['done', 'idle'].includes((await reader.api('/api/add')).json.state), 120_000);
}

async function addFolder(hands, name) {
  await hands.goto('add');
  await hands.arrived('/add', `${hook('places')}, ${hook('add-anew')}`);
  if ((await hands.page.locator(hook('add-anew')).count()) > 0) await hands.press(hook('add-anew'));
  await hands.page.waitForSelector(hook('place'));
  await hands.choosePlace('home', name);
  await hands.press(`${hook('add-start')}:not([disabled])`);
  await hands.page.waitForSelector(hook('add-progress'));
}
