// SPDX-License-Identifier: AGPL-3.0-or-later
// The strings of tests/hostile on every screen, as file names, heads of mails, texts, snippets, queries and addresses:
// nothing of them runs, becomes an element or an address, asks another host, breaks the content policy, moves the layout
// or turns the direction of what stands beside it. And requests as only a hand would write them: each gets its status
// and a problem, never another case's bytes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { dragoman, end, homeOf, hook, kNarrow, kSource, kWide, Reader, run, scratch, Server, until } from './harness.mjs';
import { barIsClean, baseline, inspect } from './inspect.mjs';
import { asReader, checkProblem, raw } from './wire.mjs';

const kFixtures = join(kSource, 'tests/hostile');
const payloads = JSON.parse(readFileSync(join(kFixtures, 'payloads.json'), 'utf8'));
const code = (number) => `kestrel${String(number).padStart(3, '0')}`;
const textOf = (payload) => (payload.hex ? Buffer.from(payload.hex, 'hex').toString('utf8') : payload.text.repeat(payload.repeat ?? 1));
const views = [
  { locale: 'en', viewport: kWide },
  { locale: 'fa', viewport: kNarrow },
];

let home;
let server;

before(async () => {
  const folder = scratch();
  home = { folder, env: homeOf(folder), path: join(folder, 'case') };
  await run('python3', [join(kFixtures, 'make_hostile.py'), join(folder, 'hostile')], process.env);
  await dragoman(home.env, 'new', home.path, '--title', '<img src=x onerror=canary("case")>\u202eesrever');
  await dragoman(home.env, 'add', home.path, join(folder, 'hostile/files'));
  server = await Server.start(home);
});
after(end);

/** Opens screens one after the other in a page that stays, and gathers what is wrong on any of them. */
class Round {
  static async begin(view) {
    const round = new Round();
    round.view = view;
    round.reader = await Reader.open(server, view);
    round.page = round.reader.page;
    round.base = await baseline(round.page);
    round.faults = [];
    round.looked = 0;
    return round;
  }
  /** `address` is opened as a link would; `there` is what shows that it has come. */
  async look(what, address, there) {
    await this.reader.step(address);
    // Not waitForFunction: it would evaluate a string in the page, which the page's policy forbids.
    const came = () =>
      this.page.evaluate(
        ([to, selector]) => location.href === new URL(to, location.origin).href && document.querySelector(selector) !== null,
        [address, there],
      );
    await until('it has come', came, 8000).catch(() => {
      this.faults.push(`${what}: ${there} did not come at ${address.slice(0, 120)}`);
    });
    await this.inspect(what);
  }
  async inspect(what) {
    this.looked += 1;
    for (const fault of await inspect(this.page, this.base)) this.faults.push(`${what}: ${fault}`);
    const sung = await this.page.evaluate(() => window.sung ?? []);
    if (sung.length > 0) this.faults.push(`${what}: the canary sang ${sung}`);
  }
  async end(t) {
    t.diagnostic(`${this.looked} looks, ${this.reader.watch.requests} requests`);
    const faults = [...new Set(this.faults)];
    try {
      await this.reader.close();
    } catch (error) {
      faults.push(error.message);
    }
    assert.equal(faults.length, 0, `${faults.length} faults:\n${faults.slice(0, 40).join('\n')}`);
  }
}

/** Scrolls a list to its end, looking at each screenful. */
async function scrollThrough(round, selector, what) {
  for (let screen = 0; screen < 400; screen += 1) {
    await round.inspect(`${what}, screen ${screen + 1}`);
    const more = await round.page.evaluate((chosen) => {
      const scroller = document.querySelector(chosen);
      if (!scroller) return false;
      const from = scroller.scrollTop;
      scroller.scrollBy(0, scroller.clientHeight * 0.9);
      return scroller.scrollTop > from + 1;
    }, selector);
    if (!more) return screen + 1;
    await round.page.waitForTimeout(90);
  }
  return 400;
}

test('there are at least sixty payloads, each with what it tries', () => {
  assert.ok(payloads.length >= 60, `${payloads.length}`);
  assert.equal(new Set(payloads.map((payload) => payload.id)).size, payloads.length);
  assert.ok(payloads.every((payload) => payload.tries && (payload.text || payload.hex)));
});

for (const view of views) {
  const name = `${view.locale}, ${view.viewport.width} px`;
  describe(name, () => {
    test('names, heads and snippets in the results', async (t) => {
      const round = await Round.begin(view);
      await round.look('all results', '/search?q=kestrel', hook('hit'));
      const screens = await scrollThrough(round, hook('results'), 'results');
      t.diagnostic(`${screens} screenfuls of results`);
      for (const [number, payload] of payloads.entries()) {
        await round.look(payload.id, `/search?q=falcon${String(number).padStart(3, '0')}`, hook('hit'));
      }
      await round.end(t);
    });

    test('texts, heads and names where they are read', async (t) => {
      const round = await Round.begin(view);
      for (const [number, payload] of payloads.entries()) {
        const { json } = await round.reader.api(`/api/search?q=${code(number)}&limit=50`);
        assert.ok(json.total >= 3, `${payload.id} is found ${json.total} times`);
        // In the narrow window one of each kind is enough.
        const hits = view.viewport.width < 900 ? json.hits.filter((hit) => hit.type === 'mail').slice(0, 1) : json.hits;
        for (const hit of hits) {
          const address = `/read/${hit.item}/${hit.page}?q=${code(number)}`;
          await round.look(`${payload.id} (${hit.type})`, address, `${hook('page-text')}, ${hook('page-picture')}`);
        }
        if (/zalgo|embeddings|isolates/.test(payload.id) && !(await barIsClean(round.page))) {
          round.faults.push(`${payload.id}: ink reaches into the bar`);
        }
      }
      await round.end(t);
    });

    test('names in the tree and among the gaps', async (t) => {
      const round = await Round.begin(view);
      await round.look('gaps', '/gaps', hook('gap-group'));
      const groups = (await round.reader.api('/api/gaps')).json.groups;
      for (const group of groups) {
        await round.look(`gaps: ${group.kind}`, `/gaps?kind=${group.kind}`, hook('gap-place'));
        await scrollThrough(round, 'main .screen, main [data-testid="gap-places"]', `gaps ${group.kind}`);
      }
      await round.look('items', '/items', hook('tree-node'));
      const top = (await round.reader.api('/api/tree')).json.children;
      const open = async (node) => {
        const { children } = (await round.reader.api(`/api/tree?node=${encodeURIComponent(node.node)}`)).json;
        await round.look(`tree: ${node.name}`, `/items?node=${encodeURIComponent(node.node)}`, hook('tree-node'));
        await scrollThrough(round, '[role="tree"]', `tree ${node.name}`);
        for (const child of children.filter((one) => one.kind === 'folder' || one.name === 'names.zip')) await open(child);
      };
      for (const node of top) await open(node);
      for (const [screen, there] of [['/custody', 'time'], ['/add', 'h1']]) await round.look(screen, screen, there);
      await round.end(t);
    });

    test('queries and addresses', async (t) => {
      const round = await Round.begin(view);
      // What these ask for is not there or not well-formed; the screens must say so and stay as they are.
      for (const status of [400, 404, 413, 414, 422, 431]) round.reader.watch.expectedStatuses.add(status);
      for (const payload of payloads) {
        const value = encodeURIComponent(textOf(payload).slice(0, 6000));
        for (const address of [`/search?q=${value}`, `/cite?c=${value}`, `/items?node=${value}`, `/gaps?kind=${value}&cause=${value}`]) {
          await round.look(`${payload.id} in ${address.slice(0, 12)}`, address, 'h1, [role="alert"], [role="status"]');
          await round.page.waitForTimeout(20);
          await round.inspect(`${payload.id} in ${address.slice(0, 12)}`);
        }
      }
      for (const path of ['/read/999999/1', '/read/0/0', '/read/1/999999', '/read/x', '/..%2f..%2fetc/passwd', '/nothing<script>']) {
        await round.reader.goto(path);
        await round.inspect(path);
      }
      await round.end(t);
    });
  });
}

test('requests by hand', async (t) => {
  const reader = await Reader.open(server);
  const headers = await asReader(reader);
  const hash = 'ab'.repeat(32);
  const item = (await reader.api('/api/search?q=kestrel&limit=1')).json.hits[0];
  const ask = async (what, target, statuses, options = {}) =>
    t.test(what, async () => checkProblem(await raw(server, target, { headers, ...options }), statuses, what, 'root:x:'));

  // Another case's file, and files of this machine.
  await ask('an original by its hash', `/originals/${hash}`, [400, 404, 410]);
  await ask('an original by a path upwards', '/originals/../../../../etc/passwd', [400, 404, 410]);
  await ask('an original by a path in percent signs', '/originals/%2e%2e%2f%2e%2e%2fetc%2fpasswd', [400, 404, 410]);
  await ask('an original with a NUL', '/originals/a%00b', [400, 404, 410]);
  await ask('the ticket of an item that is not there', '/api/items/99999999/original', [404], { method: 'POST', body: '{}', headers: { ...headers, 'Content-Type': 'application/json' } });
  for (const path of ['/api/../case.db', '/api/%2e%2e/case.db', '/api//etc/passwd', '/api/items/1/../../../case.db', '/api/places/..%2f..%2f', '/api/places/%2fetc']) {
    await ask(`a path upwards: ${path}`, path, [400, 404]);
  }
  for (const path of ['/assets/../../etc/passwd', '/assets/%2e%2e/%2e%2e/case.db', '/assets/..\\..\\case.db']) {
    await ask(`a path upwards: ${path}`, path, [400, 404]);
  }

  // Numbers and cursors.
  for (const id of ['0', '-1', '99999999', '1e3', '9223372036854775808', '0x10', '%20', '1;1']) {
    await ask(`item ${id}`, `/api/items/${id}`, [400, 404]);
    await ask(`page ${id}`, `/api/items/${item.item}/pages/${id}`, [400, 404]);
  }
  await ask('a picture of a page without one', `/api/items/${item.item}/pages/1/picture?size=screen`, [404, 415]);
  await ask('a size that is not there', `/api/items/${item.item}/pages/1/picture?size=../../x`, [400, 404]);
  for (const cursor of ['x', '%00', '../..', 'AAAA', `${'A'.repeat(2000)}`, '%22%7B%7D']) {
    for (const path of ['/api/search?q=kestrel&', '/api/gaps/list?kind=unsupported&', '/api/custody?', '/api/tree?', `/api/items/${item.item}/hits?q=kestrel&`]) {
      await ask(`cursor ${cursor.slice(0, 12)} of ${path}`, `${path}cursor=${cursor}`, [400]);
    }
  }
  await ask('a node made by hand', '/api/tree?node=..%2F..', [400, 404]);
  await ask('a version that is not there', `/api/items/${item.item}/pages/1?v=000000000000`, [400, 404]);
  await ask('words beyond the end', `/api/items/${item.item}/pages/1/citation?words=1-99999999`, [400, 404, 422]);
  await ask('words backwards', `/api/items/${item.item}/pages/1/citation?words=9-2`, [400, 422]);

  // Citations by hand.
  const words = item.citation;
  for (const [what, citation] of [
    ['a file of another case', words.replace(/[0-9a-f]{64}/, hash)],
    ['a page past the end', words.replace(/page=\d+/, 'page=4000000')],
    ['words past the end', words.replace(/words=[\d-]+/, 'words=900000-900001')],
    ['another version', words.replace(/v=[0-9a-f]+/, 'v=ffffffffffff')],
    ['a path', 'dragoman:sha256:../../../../etc/passwd#page=1&words=1'],
    ['no words', words.replace(/&words=[\d-]+/, '')],
    ['a number without end', words.replace(/words=[\d-]+/, `words=${'9'.repeat(400)}`)],
    ['something behind it', `${words}&x=1`],
    ['nothing', ''],
  ]) {
    await ask(`a citation of ${what}`, `/api/resolve?citation=${encodeURIComponent(citation)}`, [400, 404, 422]);
  }

  // What would change something.
  const json = { ...headers, 'Content-Type': 'application/json' };
  const post = (what, path, body, statuses) => ask(what, path, statuses, { method: 'POST', body, headers: json });
  await post('an add of a path', '/api/add', '{"places":["/etc"],"upload":"","langs":[],"passwords":[]}', [400, 404, 409, 422]);
  await post('an add of an upload upwards', '/api/add', '{"places":[],"upload":"../..","langs":[],"passwords":[]}', [400, 404, 409, 422]);
  await post('JSON that is none', '/api/add', '{"places":', [400]);
  await post('JSON that is very deep', '/api/add', '['.repeat(50_000), [400, 413]);
  await post('a body beyond the limit', '/api/add', `{"places":["${'x'.repeat(2 << 20)}"]}`, [413]);
  const { upload } = (await reader.api('/api/uploads', { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } })).json;
  for (const name of ['../up', 'a/../../b', '/etc/passwd', 'a%00b', '', '.', '%2e%2e/x', 'x'.repeat(300), 'a//b']) {
    await ask(`an upload named ${name.slice(0, 20)}`, `/api/uploads/${upload}?name=${encodeURIComponent(name).replaceAll('%2500', '%00').replaceAll('%252e', '%2e')}`, [400, 422], {
      method: 'PUT', body: 'x', headers: { ...headers, 'Content-Type': 'application/octet-stream' },
    });
  }
  assert.equal((await reader.api(`/api/uploads/${upload}`)).json.files, 0, 'no file came in');
  await reader.api(`/api/uploads/${upload}`, { method: 'DELETE' });

  // The server is as it was.
  assert.equal((await reader.api('/api/search?q=kestrel&limit=1')).status, 200);
  await until('nothing is being added', async () => (await reader.api('/api/add')).json.state === 'idle', 2000);
  await reader.close();
});
