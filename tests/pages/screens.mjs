// SPDX-License-Identifier: AGPL-3.0-or-later
// screens.mjs OUT [NAME…]: a picture of every screen (or of those named) in both languages, light and dark, wide and
// narrow: OUT/<screen>-<en|fa>-<light|dark>-<1440|390>.png. script/screens runs it.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { end, Reader, sampleCase, Server } from './harness.mjs';
import { emptyCase, fits, furnish, kScenes, kViews, nameOf, pausedAdding, resumeAdding, settle, show } from './scenes.mjs';

const out = resolve(process.argv[2] ?? 'docs/screens');
const only = process.argv.slice(3);
const wanted = (name) => only.length === 0 || only.includes(name);
mkdirSync(out, { recursive: true });
let faults = 0;

async function shoot(name, view, reader) {
  await reader.page.screenshot({ path: join(out, `${name}-${nameOf(view)}.png`), animations: 'disabled', caret: 'hide' });
}
/** A scene that fails is said, and does not keep the others from being made. */
async function attempt(what, make) {
  try {
    await make();
  } catch (error) {
    faults += 1;
    console.error(`${what}: ${error.message.split('\n').slice(0, 6).join('\n  ')}`);
  }
}

const home = await sampleCase();
furnish(home);
let server = await Server.start(home);
for (const view of kViews) {
  const reader = await Reader.open(server, view);
  for (const scene of kScenes.filter((one) => wanted(one.name) && fits(one, view))) {
    await attempt(`${scene.name} ${nameOf(view)}`, async () => {
      await show(scene, reader);
      await shoot(scene.name, view, reader);
    });
  }
  await attempt(nameOf(view), () => reader.close());
}
if (wanted('adding') || wanted('lost')) {
  const readers = [];
  for (const view of kViews) readers.push([view, await Reader.open(server, view)]);
  await attempt('adding', async () => {
    if (!wanted('adding')) return;
    await pausedAdding(readers[0][1]);
    for (const [view, reader] of readers) {
      await reader.goto('/add');
      await settle(reader.page);
      await shoot('adding', view, reader);
    }
    await resumeAdding(readers[0][1]);
  });
  await attempt('lost', async () => {
    if (!wanted('lost')) return;
    for (const [, reader] of readers) {
      await show(kScenes.find((scene) => scene.name === 'search'), reader);
      reader.watch.away = true;
    }
    await server.kill();
    for (const [view, reader] of readers) {
      await reader.page.waitForSelector('[data-testid="connection-lost"]');
      await settle(reader.page);
      await shoot('lost', view, reader);
    }
    server = await Server.start(home, server.port);
  });
}
if (wanted('empty')) {
  const empty = await emptyCase();
  for (const view of kViews) {
    const reader = await Reader.open(empty, view);
    await attempt('empty', async () => {
      await settle(reader.page);
      await shoot('empty', view, reader);
    });
    await attempt(nameOf(view), () => reader.close());
  }
}
await end();
process.exit(faults === 0 ? 0 : 1);
