// SPDX-License-Identifier: AGPL-3.0-or-later
// What changes while a reader looks: filters and their totals, stepping through hits and back to the list, a server that
// goes and comes, files that are dropped, an `add` that is paused and cancelled, and `verify` before and after a byte of
// the evidence was changed.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { dragomanJson, end, hook, otherScans, Reader, sampleCase, scratch, Server, until } from './harness.mjs';

let home;
let server;

before(async () => {
  home = await sampleCase();
  server = await Server.start(home);
});
after(end);

const kQuery = 'وزارت OR وزارة OR ministry OR report';
const plain = (text) => text.replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0)).replace(/[٬,]/g, '');
const totalOf = async (page) => Number(plain(await page.locator(hook('total')).first().innerText()).match(/\d+/)?.[0] ?? -1);
const search = (q, filters = '') => `/search?q=${encodeURIComponent(q)}${filters}`;
const totalIs = (page, wanted) => until(`the total is ${wanted}`, async () => (await totalOf(page)) === wanted);

test('facets change the total exactly', async (t) => {
  const reader = await Reader.open(server, { path: search(kQuery) });
  await reader.during(t.name, async () => {
    const { page } = reader;
    await page.waitForSelector(hook('hit'));
    const all = (await dragomanJson(home.env, 'search', home.path, `(${kQuery})`, '--limit', '1')).total;
    await totalIs(page, all);
    for (const [facet, value, filter] of [['lang', 'fa', 'lang:fa'], ['lang', 'ar', 'lang:ar'], ['type', 'pdf', 'type:pdf'], ['type', 'mail', 'type:mail']]) {
      const wanted = (await dragomanJson(home.env, 'search', home.path, `(${kQuery}) ${filter}`, '--limit', '1')).total;
      const choice = page.locator(hook(`facet-${facet}-${value}`));
      assert.equal(Number(plain(await choice.innerText()).match(/\d+/)[0]), wanted, `the count beside ${filter}`);
      await choice.click();
      await totalIs(page, wanted);
      assert.ok(new URL(page.url()).searchParams.getAll(facet).includes(value), 'the filter stands in the address');
      await choice.click();
      await totalIs(page, all);
    }
    // Two of one facet are added up, two facets narrow.
    await page.locator(hook('facet-lang-fa')).click();
    await page.locator(hook('facet-lang-ar')).click();
    await totalIs(page, (await dragomanJson(home.env, 'search', home.path, `(${kQuery}) (lang:fa OR lang:ar)`, '--limit', '1')).total);
    await page.locator(hook('facet-type-pdf')).click();
    await totalIs(page, (await dragomanJson(home.env, 'search', home.path, `(${kQuery}) (lang:fa OR lang:ar) type:pdf`, '--limit', '1')).total);
  });
});

test('a query of filters alone says what it narrows down to, and hits say where they stand', async (t) => {
  const reader = await Reader.open(server, { path: search('label:hidden type:xlsx') });
  await reader.during(t.name, async () => {
    const { page } = reader;
    await page.waitForSelector(hook('hit'));
    const said = plain(await page.locator(hook('total')).first().innerText());
    assert.match(said, /^1 page called “hidden” and of type Spreadsheet/);
    const hit = plain(await page.locator(hook('hit')).first().innerText());
    assert.match(hit, /sheet .?Reserve.? \(hidden\),? row 1/);
    assert.doesNotMatch(hit, /0 matches/);
  });
});

test('next and previous hit, and back to the same place of the list', async (t) => {
  const reader = await Reader.open(server, { path: search(kQuery) });
  await reader.during(t.name, async () => {
    const { page } = reader;
    await page.waitForSelector(hook('hit'));
    const hits = (await reader.api(`/api/search?q=${encodeURIComponent(kQuery)}&limit=200`)).json.hits;
    assert.ok(hits.length > 20);
    const wanted = hits[14];
    const link = page.locator(`${hook('hit')} a[href^="/read/${wanted.item}/${wanted.page}?"]`).first();
    await until('the fifteenth hit is in sight', async () => {
      if ((await link.count()) > 0) return true;
      await page.locator(hook('results')).hover();
      await page.mouse.wheel(0, 400);
      return false;
    });
    await link.scrollIntoViewIfNeeded();
    await page.waitForTimeout(300);
    const placeOf = async () => (await page.locator(`${hook('hit')}[data-rank="14"]`).boundingBox())?.y;
    const before = await placeOf();
    await page.locator(`${hook('hit')}[data-rank="14"] h2 a`).click();
    const at = (hit) => page.waitForURL((url) => url.pathname === `/read/${hit.item}/${hit.page}`);
    await at(wanted);
    await page.waitForSelector(hook('read-pages'));
    // Inside the item there may be more hits; from the last one the next leads to the next page that was found.
    const stepTo = async (key, hit) => {
      for (let step = 0; step < 60; step += 1) {
        if (new URL(page.url()).pathname === `/read/${hit.item}/${hit.page}`) return;
        await page.keyboard.press(key);
        await page.waitForTimeout(80);
      }
      throw new Error(`${key} does not lead to ${hit.item}/${hit.page}: ${page.url()}`);
    };
    const later = hits.slice(15).find((hit) => hit.item !== wanted.item);
    await stepTo('j', later);
    await stepTo('k', wanted);
    await page.keyboard.press('u');
    await page.waitForSelector(`${hook('hit')}[data-rank="14"]`);
    await page.waitForTimeout(300);
    assert.ok(Math.abs((await placeOf()) - before) < 400, 'u leads back to the hit');
    // The browser's own way back keeps the very place.
    await page.goto(server.origin + search(kQuery));
    await page.waitForSelector(hook('hit'));
    for (let wheel = 0; wheel < 6; wheel += 1) {
      await page.locator(hook('results')).hover();
      await page.mouse.wheel(0, 300);
      await page.waitForTimeout(120);
    }
    await page.waitForTimeout(500);
    const seen = await page.evaluate((hit) => {
      for (const element of document.querySelectorAll(hit)) {
        const box = element.getBoundingClientRect();
        if (box.top > 250) return { rank: element.dataset.rank, top: box.top };
      }
      return null;
    }, hook('hit'));
    await page.locator(`${hook('hit')}[data-rank="${seen.rank}"] h2 a`).click();
    await page.waitForSelector(hook('read-pages'));
    await page.waitForTimeout(300);
    await page.goBack();
    const again = page.locator(`${hook('hit')}[data-rank="${seen.rank}"]`);
    await again.waitFor();
    await until('the list stands where it stood', async () => Math.abs((await again.boundingBox()).y - seen.top) < 6, 4000);
  });
});

test('the server goes and comes back', async (t) => {
  const reader = await Reader.open(server, { path: search('report') });
  await reader.during(t.name, async () => {
    const { page } = reader;
    await page.waitForSelector(hook('hit'));
    await page.evaluate(() => (window.notLoadedAnew = true));
    const text = await page.locator(hook('results')).innerText();
    reader.watch.away = true;
    const { port } = server;
    await server.kill();
    await page.waitForSelector(hook('connection-lost'), { timeout: 15_000 });
    // The message takes room: a row below the edge may go.
    const left = await page.locator(hook('results')).innerText();
    assert.ok(left.length > text.length / 2 && text.startsWith(left), `what was shown stays: ${left}`);
    server = await Server.start(home, port);
    await page.waitForSelector(hook('connection-lost'), { state: 'detached', timeout: 15_000 });
    reader.watch.away = false;
    await page.locator(hook('search-input')).click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('ministry');
    const wanted = (await dragomanJson(home.env, 'search', home.path, 'ministry', '--limit', '1')).total;
    await totalIs(page, wanted);
    assert.equal(await page.evaluate(() => window.notLoadedAnew), true);
  });
});

test('a query is asked while the server is away: the page says so, and answers when it is back', async (t) => {
  const reader = await Reader.open(server);
  await reader.during(t.name, async () => {
    const { page } = reader;
    reader.watch.away = true;
    const { port } = server;
    await server.kill('SIGTERM');
    await page.waitForSelector(hook('connection-lost'), { timeout: 15_000 });
    await page.locator(hook('search-input')).click();
    await page.keyboard.insertText('ministry');
    await page.waitForTimeout(1500);
    server = await Server.start(home, port);
    await page.waitForSelector(hook('hit'), { timeout: 20_000 });
  });
});

/** Hands files to the browser, as its own dialog would. */
async function choose(page, paths) {
  await page.waitForSelector(`${hook('add-from-machine')}, ${hook('add-anew')}`);
  if ((await page.locator(hook('add-anew')).count()) > 0) await page.locator(hook('add-anew')).click();
  await page.locator(hook('add-from-browser')).click();
  await page.locator(hook('input-files')).setInputFiles(paths);
}

test('dropped files are added, paused, resumed and searched', async (t) => {
  const scans = await otherScans(11, 4);
  const note = join(scratch(), 'dropped note.txt');
  writeFileSync(note, 'An albatross sat on the embassy.\n');
  const reader = await Reader.open(server, { path: '/add' });
  await reader.during(t.name, async () => {
    const { page } = reader;
    await choose(page, [note, ...scans]);
    await page.locator(hook('add-start')).click();
    await page.waitForSelector(hook('add-progress'));
    await page.locator(hook('add-pause')).click();
    await until('it stands', async () => (await reader.api('/api/add')).json.state === 'paused', 60_000);
    const stood = (await reader.api('/api/add')).json;
    await page.waitForTimeout(1500);
    assert.deepEqual((await reader.api('/api/add')).json.pages_done, stood.pages_done, 'nothing is read while it stands');
    await page.locator(hook('add-resume')).click();
    await until('it has ended', async () => (await reader.api('/api/add')).json.state === 'done', 120_000);
    await page.locator(hook('search-input')).click();
    await page.keyboard.insertText('albatross');
    await page.keyboard.press('Enter');
    await page.waitForSelector(hook('hit'));
    await totalIs(page, 1);
  });
});

test('an add is cancelled, and what was received stays', async (t) => {
  const scans = await otherScans(13, 8);
  const reader = await Reader.open(server, { path: '/add' });
  await reader.during(t.name, async () => {
    const { page } = reader;
    const before = (await reader.api('/api/case')).json;
    await choose(page, scans);
    await page.locator(hook('add-start')).click();
    await page.waitForSelector(hook('add-progress'));
    await until('pages are read', async () => (await reader.api('/api/add')).json.phase === 'recognising', 60_000);
    await page.locator(hook('add-cancel')).click();
    await page.locator(hook('add-cancel-yes')).click();
    await until('it is cancelled', async () => (await reader.api('/api/add')).json.state === 'cancelled', 60_000);
    const now = (await reader.api('/api/case')).json;
    assert.ok(now.items > before.items, 'items were received');
    assert.ok(now.states.pending > 0, 'some of them wait');
  });
});

test('verify says that all is right, and after a changed byte says where not', async (t) => {
  const reader = await Reader.open(server, { path: '/custody' });
  await reader.during(t.name, async () => {
    const { page } = reader;
    const verify = async () => {
      await page.locator(hook('verify-start')).click();
      await until('it is verified', async () => (await reader.api('/api/verify')).json.state === 'done', 60_000);
      await page.waitForSelector(hook('verify-result'));
      return (await reader.api('/api/verify')).json.report;
    };
    const right = await verify();
    assert.equal(right.ok, true, JSON.stringify(right.faults));
    assert.equal(await page.locator(hook('verify-result')).getAttribute('data-ok'), 'true');
    const hash = (await reader.api('/api/search?q=report&limit=1')).json.hits[0].blob;
    const path = [join(home.path, 'blobs', hash.slice(0, 2), hash), join(home.path, 'blobs', hash.slice(0, 2), hash.slice(2, 4), hash), join(home.path, 'blobs', hash.slice(0, 2), hash.slice(2))].find(existsSync);
    assert.ok(path, `where the bytes of ${hash} lie`);
    const bytes = readFileSync(path);
    bytes[Math.floor(bytes.length / 2)] ^= 1;
    const mode = statSync(path).mode;
    chmodSync(path, 0o600);
    writeFileSync(path, bytes);
    chmodSync(path, mode);
    const wrong = await verify();
    assert.equal(wrong.ok, false);
    await until('the page says which', async () => {
      const result = page.locator(hook('verify-result'));
      return (await result.getAttribute('data-ok')) === 'false' && (await result.innerText()).includes(hash.slice(2, 14));
    });
  });
});
