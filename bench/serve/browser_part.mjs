// SPDX-License-Identifier: AGPL-3.0-or-later
// What a reader waits for, in Debian's Chromium: measured inside the page, from the event to the frame that shows its
// outcome.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { forgetPictures } from './big_case.mjs';
import { chance, figure, share, sleep, spread } from './figures.mjs';
import { Client, Server } from './server.mjs';
import { lookAround } from './words.mjs';

const kChromium = process.env.DRAGOMAN_CHROMIUM ?? '/usr/bin/chromium';
const kKeystrokes = 200;
const kTurns = 40;
const kJumps = 40;
const kPaints = 5;
const kPartMs = 240_000;

function playwright(source, build) {
  const folder = [process.env.DRAGOMAN_UI, join(build, 'ui'), join(source, 'ui')]
    .filter((one) => one !== undefined)
    .find((one) => existsSync(join(one, 'node_modules/playwright-core')));
  if (folder === undefined) throw new Error('playwright-core is not there: npm ci in ui/');
  return createRequire(join(folder, 'package.json'))('playwright-core');
}

/** Runs in the page before anything of it: notes events, changes of the results, and the frames after them. */
function instruments() {
  const bench = { keys: [], changes: [], frames: [] };
  globalThis.bench = bench;
  const kResults = '[data-testid="results"], [data-testid="total"], [data-testid="nothing"], [data-testid="hit"]';
  addEventListener('input', (event) => bench.keys.push({ at: event.timeStamp, value: event.target.value }), true);
  addEventListener('keydown', (event) => (bench.pressed = event.timeStamp), true);
  // The frame that shows a change is on its way when the task after the frame's callbacks runs.
  const painted = (then) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => then(performance.now());
    channel.port2.postMessage(0);
  });
  bench.painted = painted;
  const touches = (node) => node !== null && node.nodeType === 1 && (node.closest(kResults) !== null || node.querySelector(kResults) !== null);
  new MutationObserver((records) => {
    const now = performance.now();
    const hit = records.some((record) =>
      touches(record.target.nodeType === 1 ? record.target : record.target.parentElement) &&
      (record.target !== document.body || [...record.addedNodes].some(touches)));
    if (!hit) return;
    const change = { at: now, painted: 0 };
    bench.changes.push(change);
    painted((time) => (change.painted = time));
  }).observe(document, { subtree: true, childList: true, characterData: true });
  performance.setResourceTimingBufferSize(20000);

  /** Milliseconds from the last keystroke until the results of what stands in the field are painted; null: not yet. */
  bench.keystroke = () => {
    const key = bench.keys.at(-1);
    const answer = performance.getEntriesByType('resource').filter((entry) => {
      const url = new URL(entry.name);
      return url.pathname === '/api/search' && url.searchParams.get('q') === key.value && entry.startTime >= key.at;
    })[0];
    if (!answer) return null;
    const change = bench.changes.find((one) => one.at >= answer.responseEnd && one.painted > 0);
    if (!change) return null;
    return { all: change.painted - key.at, asked: answer.startTime - key.at, answered: answer.responseEnd - answer.startTime };
  };

  bench.settled = (most) => new Promise((done) => {
    const began = performance.now();
    const look = () => {
      const time = bench.keystroke();
      if (time !== null || performance.now() - began > most) return done(time);
      setTimeout(look, 20);
    };
    look();
  });

  /** The page whose picture lies at the middle of the window, when it is there sharply. */
  const middle = () => {
    const scroller = document.querySelector('[data-testid="read-pages"]');
    if (!scroller) return 0;
    const frame = scroller.getBoundingClientRect();
    const y = (frame.top + frame.bottom) / 2;
    for (const image of scroller.querySelectorAll('[data-testid="page-picture"]')) {
      const rect = image.getBoundingClientRect();
      const shown = getComputedStyle(image).opacity !== '0' && getComputedStyle(image).visibility !== 'hidden';
      if (rect.top <= y && rect.bottom >= y && shown && image.complete && image.naturalWidth >= 600) {
        return Number(image.dataset.page ?? image.closest('[data-page]')?.dataset.page ?? 0);
      }
    }
    return 0;
  };
  bench.middle = middle;
  /** Until page `wanted` is painted, from `from`; -1 after `most` ms. */
  bench.turned = (wanted, from, most) => new Promise((done) => {
    const began = performance.now();
    const look = () => {
      if (middle() === wanted) return painted((time) => done(time - from));
      if (performance.now() - began > most) return done(-1);
      requestAnimationFrame(look);
    };
    look();
  });

  /** `bench.turn` becomes the time from the next key to page `wanted`. */
  bench.expect = (wanted, most) => {
    bench.turn = new Promise((done) => {
      const pressed = (event) => bench.turned(wanted, event.timeStamp, most).then(done);
      addEventListener('keydown', pressed, { once: true, capture: true });
    });
  };

  /** Scrolls an element to its end in `ms`: gaps between frames, and tasks of more than 50 ms. */
  bench.scroll = (selector, ms) => new Promise((done) => {
    const element = document.querySelector(selector);
    const gaps = [];
    const tasks = [];
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)));
    observer.observe({ type: 'longtask' });
    const began = performance.now();
    let last = 0;
    const step = (time) => {
      if (last > 0) gaps.push(time - last);
      last = time;
      const part = Math.min(1, (performance.now() - began) / ms);
      element.scrollTop = part * (element.scrollHeight - element.clientHeight);
      if (part < 1) return requestAnimationFrame(step);
      setTimeout(() => {
        observer.disconnect();
        done({ gaps, tasks, hits: document.querySelectorAll('[data-testid="hit"]').length });
      }, 1000);
    };
    requestAnimationFrame(step);
  });
}

// Not waitForFunction: that evaluates strings, which the pages' policy forbids.
async function ready(page) {
  const there = await page.evaluate((most) => new Promise((done) => {
    const look = () => {
      if (document.documentElement.dataset.ready === 'true') return done(true);
      if (performance.now() > most) return done(false);
      setTimeout(look, 2);
    };
    look();
  }), 15_000);
  if (!there) throw new Error('the page was not ready after 15 s');
}

async function firstPaint(context, server) {
  const paints = [];
  const useful = [];
  for (let i = 0; i < kPaints; ++i) {
    const page = await context.newPage();
    await page.goto(server.origin);
    await ready(page);
    const times = await page.evaluate(() => new Promise((done) => globalThis.bench.painted((now) =>
      done([performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN, now]))));
    paints.push(times[0]);
    // `ready` looks every 2 ms, and the frame is waited for: a little late, never early.
    useful.push(times[1]);
    await page.close();
  }
  figure('first contentful paint', share(paints, 1), 'ms', null, spread(paints));
  figure('first useful paint (the case is on the screen)', share(useful, 1) / 1000, 's', 0.5, spread(useful));
}

async function typing(context, server, around) {
  const random = chance(7);
  const page = await context.newPage();
  await page.goto(`${server.origin}/search?q=${encodeURIComponent(around.words[0])}`);
  await ready(page);
  const field = page.locator('[data-testid="search-input"]');
  await field.waitFor();
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable');
  const busy = async () => Object.fromEntries((await session.send('Performance.getMetrics')).metrics.map((one) => [one.name, one.value])).ThreadTime;
  const cpu = await busy();
  const times = [];
  let lost = 0;
  while (times.length + lost < kKeystrokes) {
    await field.fill('');
    await sleep(250);
    const word = random.pick(around.words);
    for (const letter of [...word].slice(0, 6)) {
      await field.press('End');
      await page.keyboard.insertText(letter);
      const time = await page.evaluate(() => globalThis.bench.settled(2000));
      if (time === null) lost += 1;
      else times.push(time);
      if (lost > 20) throw new Error('results do not appear');
      if (times.length + lost >= kKeystrokes) break;
    }
  }
  const all = times.map((time) => time.all);
  figure('keystroke to painted results, p95', share(all, 0.95), 'ms', 100, spread(all));
  const asked = times.map((time) => time.asked);
  figure('  of it: until the question is sent, p95', share(asked, 0.95), 'ms', null, spread(asked));
  const answered = times.map((time) => time.answered);
  figure('  of it: until the answer is there, p95', share(answered, 0.95), 'ms', null, spread(answered));
  figure('  keystrokes whose results were not seen', lost, '', 0);
  figure('  CPU of the page, a keystroke', ((await busy()) - cpu) * 1000 / kKeystrokes, 'ms');
  await page.close();
}

async function turning(context, server, around) {
  const random = chance(8);
  const page = await context.newPage();
  const item = around.largest;
  let at = 10;
  await page.goto(`${server.origin}/read/${item.id}/${at}`);
  await ready(page);
  await page.evaluate((wanted) => globalThis.bench.turned(wanted, 0, 10_000), at);
  const warm = [];
  let lost = 0;
  await page.locator('[data-testid="read-pages"]').focus();
  for (let i = 0; i < kTurns; ++i) {
    await sleep(700);
    at += 1;
    await page.evaluate((wanted) => globalThis.bench.expect(wanted, 5000), at);
    await page.keyboard.press('PageDown');
    const time = await page.evaluate(() => globalThis.bench.turn);
    if (time < 0) lost += 1;
    else warm.push(time);
    if (lost > 5) throw new Error('pages do not turn');
  }
  const cold = [];
  for (let i = 0; i < kJumps; ++i) {
    const to = 50 + ((at + 700 + random.below(2500)) % (item.pages - 100));
    at = to;
    const time = await page.evaluate(async ([path, wanted]) => {
      const link = document.createElement('a');
      link.href = path;
      document.body.append(link);
      const from = performance.now();
      link.click();
      link.remove();
      return globalThis.bench.turned(wanted, from, 5000);
    }, [`/read/${item.id}/${to}`, to]);
    if (time < 0) lost += 1;
    else cold.push(time);
    if (lost > 5) throw new Error('pages that are jumped to do not come');
    await sleep(400);
  }
  figure('page turn, made ahead, p95', share(warm, 0.95), 'ms', 80, spread(warm));
  figure('page turn, cold (a jump to a page nobody saw), p95', share(cold, 0.95), 'ms', 400, spread(cold));
  figure('  turns whose picture was not seen', lost, '', 0);
  await page.close();
}

async function scrolling(context, server, around, client) {
  // Words with so many hits that the list is as long as lists get.
  let best = { q: '', total: 0 };
  for (const word of around.words.slice(0, 400)) {
    const { total } = await client.json(`/api/search?q=${encodeURIComponent(word)}&limit=1`);
    if (total > best.total) best = { q: word, total };
    if (best.total >= 10_000) break;
  }
  const page = await context.newPage();
  await page.goto(`${server.origin}/search?q=${encodeURIComponent(best.q)}`);
  await ready(page);
  await page.waitForSelector('[data-testid="hit"]');
  await sleep(500);
  const seen = await page.evaluate(() => globalThis.bench.scroll('[data-testid="results"]', 10_000));
  figure('scrolling through the results: longest frame', share(seen.gaps, 1), 'ms', 50, `${best.total} results in 10 s, ${spread(seen.gaps)}`);
  figure('  tasks of more than 50 ms', seen.tasks.length, '', null, seen.tasks.map((task) => task.toFixed(0)).join(' '));
  figure('  results in the document at the end', seen.hits, '');
  await page.close();
}

/** `only`: the name of one of the parts below; empty: all. */
export async function browserPart(program, home, { source, build, only }) {
  const { chromium } = playwright(source, build);
  forgetPictures(home.path);
  const server = await Server.start(program, home);
  const client = new Client(server);
  await client.enter();
  const around = await lookAround(client);
  const browser = await chromium.launch({
    executablePath: kChromium,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce' });
    await context.addInitScript(instruments);
    const door = await context.newPage();
    await door.goto(server.url);
    await door.close();
    for (const part of [firstPaint, typing, turning, scrolling]) {
      if (only !== '' && part.name !== only) continue;
      const late = sleep(kPartMs).then(() => Promise.reject(new Error('it took too long')));
      try {
        await Promise.race([part(context, server, around, client), late]);
      } catch (error) {
        figure(`${part.name}: ${String(error.message ?? error).split('\n')[0]}`, NaN, '', 0);
      }
    }
  } finally {
    await browser.close();
    client.leave();
    await server.stop();
  }
}
