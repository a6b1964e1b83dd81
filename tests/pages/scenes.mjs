// SPDX-License-Identifier: AGPL-3.0-or-later
// Every screen in the states worth looking at: what axe examines and what script/screens photographs. A scene brings a
// reader's page there; those that change the case or the server come last and say so.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { forget, homeOf, hook, dragoman, kNarrow, kWide, otherScans, Reader, scratch, Server, until } from './harness.mjs';

const kQuery = 'وزارت OR وزارة OR ministry';

export const kViews = ['en', 'fa'].flatMap((locale) =>
  ['light', 'dark'].flatMap((scheme) => [kWide, kNarrow].map((viewport) => ({ locale, scheme, viewport }))));
export const nameOf = (view) => `${view.locale}-${view.scheme}-${view.viewport.width}`;

/** Something to choose from in a home folder whose name is the same each time. It is removed at the end, so it must be
 *  ours: a file beside it says so, also after a run that was killed. */
export function furnish(home) {
  home.env.HOME = join(tmpdir(), 'reporter');
  const ours = `${home.env.HOME}.dragoman-tests`;
  if (existsSync(home.env.HOME) && !existsSync(ours)) throw new Error(`${home.env.HOME} is there and not of these tests; move it away`);
  writeFileSync(ours, '');
  forget(home.env.HOME);
  forget(ours);
  for (const name of ['Cables 2013', 'Letters', 'Photographs', 'نامه‌ها']) mkdirSync(join(home.env.HOME, name), { recursive: true });
  writeFileSync(join(home.env.HOME, 'minutes of 14 June.txt'), 'Nothing was decided.\n');
}

/** Nothing is loading and nothing has moved for a moment. */
export async function settle(page) {
  await page.evaluate(() => document.fonts.ready.then(() => true));
  let last = '';
  let same = 0;
  await until('the page has come to rest', async () => {
    const now = await page.evaluate(() => {
      const sight = (element) => {
        const box = element.getBoundingClientRect();
        return box.bottom > 0 && box.top < innerHeight && box.width > 0;
      };
      const waiting = [...document.images].filter((image) => sight(image) && image.src !== '' && !image.complete).length;
      const loading = document.querySelectorAll('[aria-busy="true"]').length;
      return `${waiting} ${loading} ${document.body.innerText.length} ${document.querySelectorAll('*').length}`;
    });
    same = now === last && now.startsWith('0 0 ') ? same + 1 : 0;
    last = now;
    return same >= 4;
  }, 20_000);
}

async function hitOf(reader, q, filter) {
  const { json } = await reader.api(`/api/search?q=${encodeURIComponent(q)}&limit=100`);
  const hit = json.hits.find(filter);
  if (!hit) throw new Error(`no hit for ${q}`);
  return `/read/${hit.item}/${hit.page}?q=${encodeURIComponent(q)}`;
}

/** Opens the filters where a narrow window has them behind a button. */
async function showFilters(reader) {
  const button = reader.page.locator(hook('filters-open'));
  if (await button.isVisible()) await button.click();
}

export const kScenes = [
  { name: 'start', go: (reader) => reader.goto('/') },
  { name: 'search', go: (reader) => reader.goto(`/search?q=${encodeURIComponent(kQuery)}`), there: hook('hit') },
  {
    name: 'search-filters',
    narrowOnly: true,
    go: async (reader) => {
      await reader.goto(`/search?q=${encodeURIComponent(kQuery)}`);
      await reader.page.waitForSelector(hook('hit'));
      await showFilters(reader);
    },
  },
  {
    name: 'search-typing',
    go: async (reader) => {
      await reader.goto('/');
      await reader.page.locator(hook('search-input')).click();
      await reader.page.keyboard.insertText('(border OR مرز) report* -draft type:pdf');
    },
    there: hook('query-understood'),
  },
  { name: 'search-nothing', go: (reader) => reader.goto('/search?q=nobodywrotethis') },
  { name: 'search-wrong', statuses: [400], go: (reader) => reader.goto(`/search?q=${encodeURIComponent('border OR (')}`) },
  {
    name: 'read',
    go: async (reader) => reader.goto(await hitOf(reader, 'گزارش', (hit) => hit.source === 'ocr' && hit.lang === 'fa' && hit.paged)),
    there: hook('page-picture'),
  },
  {
    name: 'read-source',
    go: async (reader) => {
      await reader.goto(await hitOf(reader, 'meeting', (hit) => hit.source === 'ocr' && hit.lang === 'en' && hit.paged));
      await reader.page.waitForSelector(hook('page-picture'));
      await settle(reader.page);
      await reader.page.keyboard.press('i');
    },
  },
  {
    name: 'read-mail',
    go: async (reader) => reader.goto(await hitOf(reader, kQuery, (hit) => hit.type === 'mail')),
    there: hook('page-text'),
  },
  { name: 'items', go: (reader) => reader.goto('/items'), there: hook('tree-node'), then: openFolders },
  { name: 'gaps', go: (reader) => reader.goto('/gaps'), there: hook('gap-group') },
  { name: 'gaps-places', go: (reader) => reader.goto('/gaps?kind=truncated'), there: hook('gap-place') },
  {
    name: 'custody',
    go: async (reader) => {
      await reader.goto('/custody');
      await reader.page.locator(hook('verify-start')).click();
    },
    there: hook('verify-result'),
  },
  {
    name: 'add',
    go: async (reader) => {
      await reader.goto('/add');
      await reader.page.locator(hook('place-open')).first().click();
      await reader.page.locator(hook('place'), { hasText: 'Cables' }).click();
    },
    there: `${hook('add-start')}:not([disabled])`,
  },
  {
    name: 'keys',
    wideOnly: true,
    go: async (reader) => {
      await reader.goto(await hitOf(reader, 'گزارش', (hit) => hit.paged));
      await reader.page.waitForSelector(hook('page-picture'));
      await reader.page.keyboard.press('?');
    },
    there: 'dialog[open]',
  },
  { name: 'cite-nothing', statuses: [400, 404, 422], go: (reader) => reader.goto(`/cite?c=${encodeURIComponent(`dragoman:sha256:${'0'.repeat(64)}#page=1&words=1-2`)}`), there: 'h1' },
  { name: 'missing', go: (reader) => reader.goto('/nothing-here'), there: 'h1' },
];

/** The first two levels of the tree. */
async function openFolders(reader) {
  const { page } = reader;
  await page.locator(hook('tree-node')).first().click();
  for (let row = 0; row < 8; row += 1) {
    await page.keyboard.press(reader.locale === 'fa' ? 'ArrowLeft' : 'ArrowRight');
    await page.waitForTimeout(80);
    await page.keyboard.press('ArrowDown');
  }
}

export async function show(scene, reader) {
  for (const status of scene.statuses ?? []) reader.watch.expectedStatuses.add(status);
  await scene.go(reader);
  if (scene.there) await reader.page.waitForSelector(scene.there);
  if (scene.then) await scene.then(reader);
  await settle(reader.page);
}

export function fits(scene, view) {
  const narrow = view.viewport.width < 900;
  return !(scene.narrowOnly && !narrow) && !(scene.wideOnly && narrow);
}

/** An `add` that stands still in the middle: what the screen shows of a running one, and the same for every view. */
export async function pausedAdding(reader) {
  const { upload } = (await reader.api('/api/uploads', json('POST', {}))).json;
  for (const path of await otherScans(9, 6)) {
    const data = readFileSync(path).toString('base64');
    await reader.page.evaluate(async ([to, text]) => {
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      const answer = await fetch(to, { method: 'PUT', body: new Blob([bytes]), headers: { 'X-Dragoman': '1', 'Content-Type': 'application/octet-stream' } });
      if (!answer.ok) throw new Error(`upload: ${answer.status}`);
    }, [`/api/uploads/${upload}?name=${encodeURIComponent(`box 1/${basename(path)}`)}`, data]);
  }
  await reader.api('/api/add', json('POST', { places: [], upload, langs: [], passwords: [] }));
  await until('pages are being recognised', async () => {
    const { json: add } = await reader.api('/api/add');
    return add.phase === 'recognising' && add.pages_done > 0;
  }, 60_000);
  await reader.api('/api/add/pause', json('POST', {}));
  await until('the adding stands', async () => (await reader.api('/api/add')).json.state === 'paused', 60_000);
}
const json = (method, body) => ({ method, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });

/** Resumes, and waits for the end. */
export async function resumeAdding(reader) {
  await reader.api('/api/add/resume', json('POST', {}));
  await until('the adding has ended', async () => (await reader.api('/api/add')).json.state === 'done', 120_000);
}

/** A case in which there is nothing yet, and its server. */
export async function emptyCase() {
  const folder = scratch();
  const home = { folder, env: homeOf(folder), path: join(folder, 'case') };
  await dragoman(home.env, 'new', home.path, '--title', 'The Varzenia letters');
  return Server.start(home);
}

export { Reader };
