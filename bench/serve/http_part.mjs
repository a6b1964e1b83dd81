// SPDX-License-Identifier: AGPL-3.0-or-later
// What the server alone takes: starting, searching, pictures, twenty readers.
import { chance, figure, share, sleep, spread } from './figures.mjs';
import { forgetPictures } from './big_case.mjs';
import { Client, picture, search, Server } from './server.mjs';
import { lookAround } from './words.mjs';

const kStarts = 7;
const kQueries = 200;
const kTurns = 60;
const kReaders = 20;

async function starting(program, home) {
  const answers = [];
  for (let i = 0; i < kStarts; ++i) {
    const server = await Server.start(program, home);
    const client = new Client(server);
    await client.enter();
    await client.json('/api/case');
    answers.push(performance.now() - server.began);
    client.leave();
    await server.stop();
  }
  figure('serve: start to the first answer (of /api/case)', share(answers, 1) / 1000, 's', 0.3, spread(answers));
}

async function searching(client, around) {
  const random = chance(1);
  const times = { search: [], facets: [], explain: [] };
  for (let i = 0; i < kQueries; ++i) {
    const word = random.pick(around.words);
    const typed = i % 5 === 0 ? random.pick(around.phrases) : i % 3 === 0 ? `${[...word].slice(0, 3).join('')}*` : word;
    times.search.push((await client.ask(search(typed))).ms);
    times.facets.push((await client.ask(`/api/facets?q=${encodeURIComponent(typed)}`)).ms);
    times.explain.push((await client.ask(`/api/query?q=${encodeURIComponent(typed)}`)).ms);
  }
  figure('HTTP: search, p95', share(times.search, 0.95), 'ms', null, spread(times.search));
  figure('HTTP: facets, p95', share(times.facets, 0.95), 'ms', null, spread(times.facets));
  figure('HTTP: how a query was understood, p95', share(times.explain, 0.95), 'ms', null, spread(times.explain));
}

async function reading(client, around) {
  const random = chance(2);
  const cold = [];
  const warm = [];
  const text = [];
  const thumbs = [];
  const sizes = [];
  let page = 3;
  for (let i = 0; i < kTurns; ++i) {
    // Far from whatever was made ahead; then the next page, after the time a glance takes.
    page = 3 + ((page + 400 + random.below(900)) % (around.largest.pages - 10));
    const first = await client.ask(picture(around.largest, page));
    if (first.status !== 200) throw new Error(`picture: ${first.status} ${first.body}`);
    cold.push(first.ms);
    sizes.push(first.body.length / 1000);
    await sleep(400);
    warm.push((await client.ask(picture(around.largest, page + 1))).ms);
    text.push((await client.ask(`/api/items/${around.largest.id}/pages/${page}`)).ms);
  }
  for (let i = 1; i <= 40; ++i) thumbs.push(client.ask(picture(around.largest, i, 'thumb')));
  const strip = (await Promise.all(thumbs)).map((answer) => answer.ms);
  figure('HTTP: picture of a page, cold, p95', share(cold, 0.95), 'ms', 400, spread(cold));
  figure('HTTP: picture of a page made ahead, p95', share(warm, 0.95), 'ms', 80, spread(warm));
  figure('HTTP: text of a page, p95', share(text, 0.95), 'ms', null, spread(text));
  figure('HTTP: 40 thumbnails at once, until the last', share(strip, 1), 'ms', null, spread(strip));
  figure('picture of a page, size', share(sizes, 0.5), 'kB', null, spread(sizes));
}

/** Looks for a word, opens a hit, turns some pages, as fast as somebody who knows what they want. */
async function oneReader(server, around, number, until) {
  const random = chance(100 + number);
  const client = new Client(server);
  await client.enter();
  const answers = [];
  const note = (kind, answer) => answers.push({ kind, ms: answer.ms, ok: answer.status === 200 || answer.status === 304 });
  const think = () => sleep(150 + random.below(500));
  while (performance.now() < until) {
    const word = random.pick(around.words);
    for (const part of [word.slice(0, 2), word]) {
      const q = encodeURIComponent(part);
      await Promise.all([
        client.ask(search(part)).then((answer) => note('search', answer)),
        client.ask(`/api/facets?q=${q}`).then((answer) => note('facets', answer)),
        client.ask(`/api/query?q=${q}`).then((answer) => note('query', answer)),
      ]);
      await think();
    }
    const item = random.pick(around.items);
    let page = 1 + random.below(item.pages - 5);
    note('item', await client.ask(`/api/items/${item.id}`));
    for (let turn = 0; turn < 4 && performance.now() < until; ++turn, ++page) {
      await Promise.all([
        client.ask(`/api/items/${item.id}/pages/${page}?q=${encodeURIComponent(word)}`).then((answer) => note('text', answer)),
        client.ask(picture(item, page)).then((answer) => note('picture', answer)),
      ]);
      await think();
    }
  }
  client.leave();
  return answers;
}

async function twentyReaders(server, around, seconds) {
  const before = server.cpu();
  const until = performance.now() + seconds * 1000;
  const readers = Array.from({ length: kReaders }, (_, number) => oneReader(server, around, number, until));
  const answers = (await Promise.all(readers)).flat();
  const times = answers.map((answer) => answer.ms);
  figure(`${kReaders} readers for ${seconds} s: p95 of all answers`, share(times, 0.95), 'ms', 200, spread(times));
  figure(`${kReaders} readers: errors`, answers.filter((answer) => !answer.ok).length, '', 0);
  for (const kind of ['search', 'facets', 'query', 'item', 'text', 'picture']) {
    const some = answers.filter((answer) => answer.kind === kind).map((answer) => answer.ms);
    figure(`  ${kind}, p95`, share(some, 0.95), 'ms', null, spread(some));
  }
  figure('  CPU of server and workers', (server.cpu() - before) / seconds, 'cores');
}

async function frontEnd(client) {
  const seen = new Set(['/']);
  const queue = ['/'];
  let bytes = 0;
  let fonts = 0;
  while (queue.length > 0) {
    const path = queue.pop();
    const answer = await client.ask(path, { 'Accept-Encoding': 'gzip' });
    if (answer.status !== 200) continue;
    if (/\.(woff2?|ttf|otf)$/.test(path)) {
      fonts += answer.body.length;
      continue;
    }
    bytes += answer.body.length;
    const { gunzipSync } = await import('node:zlib');
    const text = (answer.headers['content-encoding'] === 'gzip' ? gunzipSync(answer.body) : answer.body).toString();
    for (const [name] of text.matchAll(/[\w.-]+\.(?:js|css|woff2?|svg|ttf|json)\b/g)) {
      for (const guess of [`/assets/${name}`, `/${name}`]) {
        if (!seen.has(guess)) queue.push(guess);
        seen.add(guess);
      }
    }
  }
  figure('front end, all of it, compressed, without fonts', bytes / 1000, 'kB', 300, `fonts ${(fonts / 1000).toFixed(0)} kB`);
}

export async function httpPart(program, home, { seconds }) {
  forgetPictures(home.path);
  await starting(program, home);
  const server = await Server.start(program, home);
  const client = new Client(server);
  await client.enter();
  const around = await lookAround(client);
  const info = await client.json('/api/case');
  console.log(`the case: ${info.items} items, ${info.pages} pages, ${info.words} words; the largest item has ${around.largest.pages} pages`);
  await searching(client, around);
  await reading(client, around);
  await twentyReaders(server, around, seconds);
  await frontEnd(client);
  const memory = server.memory();
  figure('server, peak resident memory', memory.own, 'MiB', 300);
  figure('its largest worker, peak resident memory', memory.worker, 'MiB', 1024);
  client.leave();
  await server.stop();
}
