// SPDX-License-Identifier: AGPL-3.0-or-later
// The marks of every search for one word in the sample's gold, on its born-digital pages and its clean scans: a drawn
// rectangle lies over the ink of each word that was searched for.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { end, hook, Reader, sampleCase, Server } from './harness.mjs';
import { compareWithGold, exactQueries } from './ink.mjs';

let home;
let server;

before(async () => {
  home = await sampleCase();
  server = await Server.start(home);
});
after(end);

test('marks lie over the ink', async (t) => {
  const reader = await Reader.open(server);
  const missed = [];
  let pages = 0;
  let words = 0;
  let excess = 0;
  for (const asked of await exactQueries(home)) {
    const q = encodeURIComponent(asked.query);
    const { json } = await reader.api(`/api/search?q=${q}&limit=200`);
    assert.equal(json.total, asked.total, `total of ${asked.query}`);
    for (const gold of [...asked.born, ...asked.clean]) {
      const hit = json.hits.find((one) => one.path === `${home.root}/${gold.path}` && one.page === gold.page);
      await reader.step(`/read/${hit.item}/${hit.page}?q=${q}`);
      await reader.page.waitForSelector(`${hook('page-picture')}[data-page="${hit.page}"]`);
      pages += 1;
      try {
        const compared = await compareWithGold(reader.page, gold, asked.word, 2500);
        words += compared.words;
        excess = Math.max(excess, compared.excess);
      } catch (error) {
        missed.push(`${asked.query}: ${error.message}`);
      }
    }
  }
  t.diagnostic(`${words} words on ${pages} openings of pages; marks at most ${excess.toFixed(1)} pt larger; missed ${missed.length}`);
  for (const miss of missed) t.diagnostic(miss);
  await reader.close();
  assert.ok(pages >= 40, `only ${pages} pages were compared`);
  // One box in a hundred that recognition drew too short is the recognition's and not the pages' fault.
  assert.ok(missed.length <= pages * 0.03, missed.join('\n'));
});
