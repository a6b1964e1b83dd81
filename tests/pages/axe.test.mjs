// SPDX-License-Identifier: AGPL-3.0-or-later
// axe-core on every screen, in both languages, in light and dark, wide and narrow: no finding that is serious or critical.
// All other findings are printed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { end, kAxe, Reader, sampleCase, Server } from './harness.mjs';
import { emptyCase, fits, furnish, kScenes, kViews, nameOf, pausedAdding, resumeAdding, settle, show } from './scenes.mjs';

let home;
let server;

before(async () => {
  home = await sampleCase();
  furnish(home);
  server = await Server.start(home);
});
after(end);

const kBad = ['serious', 'critical'];

/** The findings on what the page shows now, a line each. */
async function findings(page, where) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(kAxe);
  const found = await page.evaluate(async () => {
    const answer = await window.axe.run(document, { resultTypes: ['violations'] });
    return answer.violations.map((one) => ({
      id: one.id,
      impact: one.impact,
      help: one.help,
      nodes: one.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${node.html.slice(0, 160)} ${node.any.map((check) => check.message).join('; ').slice(0, 200)}`),
      count: one.nodes.length,
    }));
  });
  return found.map((one) => ({ bad: kBad.includes(one.impact), text: `${where}: ${one.impact} ${one.id} (${one.count}): ${one.help}\n    ${one.nodes.join('\n    ')}` }));
}

function judge(t, found) {
  for (const { text } of found.filter(({ bad }) => !bad)) t.diagnostic(text);
  const bad = found.filter((one) => one.bad);
  assert.equal(bad.length, 0, `${bad.length} serious findings:\n${bad.map(({ text }) => text).join('\n')}`);
}

for (const view of kViews) {
  test(`screens: ${nameOf(view)}`, async (t) => {
    const reader = await Reader.open(server, view);
    const found = [];
    for (const scene of kScenes.filter((one) => fits(one, view))) {
      await show(scene, reader);
      found.push(...(await findings(reader.page, scene.name)));
    }
    await reader.close();
    judge(t, found);
  });
}

test('while an add stands, and when the connection is lost', async (t) => {
  const readers = [];
  for (const view of kViews) readers.push([view, await Reader.open(server, view)]);
  const found = [];
  await pausedAdding(readers[0][1]);
  for (const [view, reader] of readers) {
    await reader.goto('/add');
    await settle(reader.page);
    found.push(...(await findings(reader.page, `adding ${nameOf(view)}`)));
  }
  await resumeAdding(readers[0][1]);
  for (const [, reader] of readers) reader.watch.away = true;
  await server.kill();
  for (const [view, reader] of readers) {
    await reader.page.waitForSelector('[data-testid="connection-lost"]');
    await settle(reader.page);
    found.push(...(await findings(reader.page, `lost ${nameOf(view)}`)));
  }
  server = await Server.start(home, server.port);
  for (const [, reader] of readers) {
    await reader.page.waitForSelector('[data-testid="connection-lost"]', { state: 'detached' });
    await reader.close();
  }
  judge(t, found);
});

test('a case with nothing in it', async (t) => {
  const empty = await emptyCase();
  const found = [];
  for (const view of kViews) {
    const reader = await Reader.open(empty, view);
    for (const path of ['/', '/items', '/gaps', '/custody']) {
      await reader.goto(path);
      await settle(reader.page);
      found.push(...(await findings(reader.page, `empty ${path} ${nameOf(view)}`)));
    }
    await reader.close();
  }
  await empty.kill();
  judge(t, found);
});
