// SPDX-License-Identifier: AGPL-3.0-or-later
// What the tests of the pages share: a case made of the sample leak, a server for it, Chromium, and pages that are
// watched: a request to another host, an error in the console, a breach of the content policy, a dialog or an unexpected
// end is a fault of the test it happens in. Everything is bounded in time, and nothing outlives this process.
import { spawn, spawnSync, execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const kSource = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const kBuild = resolve(process.env.DRAGOMAN_BUILD ?? join(kSource, 'build/release'));
const kProgram = join(kBuild, 'dragoman');
const kChromium = process.env.DRAGOMAN_CHROMIUM ?? '/usr/bin/chromium';
const kActionMs = 10_000;

// Where the front end was built, its packages are.
const modules = [process.env.DRAGOMAN_UI, join(kBuild, 'ui/project'), join(kSource, 'ui')]
  .filter((folder) => folder !== undefined)
  .find((folder) => existsSync(join(folder, 'node_modules/playwright-core')));
if (modules === undefined) throw new Error('playwright-core is not there: npm ci in ui/');
const require = createRequire(join(modules, 'package.json'));
const { chromium } = require('playwright-core');
export const kAxe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

// ----- what goes away with this process
const children = new Set();
const folders = new Set();
function clear() {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
process.on('exit', clear);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

/** A folder of this process's own. */
export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'dragoman-pages-'));
  folders.add(folder);
  return folder;
}

/** A folder that goes away at the end too. */
export function forget(folder) {
  folders.add(folder);
}

/** The environment in which a case is used: keys and state lie beside it, and its folder is the home. */
export function homeOf(folder) {
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const { DRAGOMAN_BUILD: _, ...rest } = process.env;
  return {
    ...rest,
    HOME: home,
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    LC_ALL: 'C.UTF-8',
  };
}

/** Runs a program to its end; 0 and 3 ("there are gaps") are as they should be. */
export async function run(program, args, env, { timeout = 300_000 } = {}) {
  try {
    const done = await promisify(execFile)(program, args, { env, timeout, maxBuffer: 256 << 20 });
    return done.stdout;
  } catch (error) {
    if (error.code === 3) return error.stdout;
    throw new Error(`${program} ${args[0]}: ${error.code ?? error.signal}: ${error.stderr}`);
  }
}

export const dragoman = (env, ...args) => run(kProgram, args, env);
export const dragomanJson = async (env, ...args) => JSON.parse(await dragoman(env, ...args, '--json'));

export function readLines(path) {
  return readFileSync(path, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

async function makeLeak(folder, seed) {
  await run(join(kBuild, 'dragoman-sample'), [folder, '--pages', '60', '--seed', String(seed)], process.env);
}

/** Scanned PDFs of another leak than the case's, to be added: their paths. */
export async function otherScans(seed, most) {
  const folder = scratch();
  await makeLeak(folder, seed);
  const scans = join(folder, 'files/scans');
  return readdirSync(scans, { recursive: true })
    .filter((name) => /\.pdf$/.test(name) && /^[\x20-\x7e]+$/.test(name))
    .sort()
    .slice(0, most)
    .map((name) => join(scans, name));
}

/** Makes `folder/case` of the sample leak in `folder/leak`. */
export async function buildSampleCase(folder) {
  const env = homeOf(folder);
  await makeLeak(join(folder, 'leak'), 1);
  await dragoman(env, 'new', join(folder, 'case'), '--title', 'The Kelmoria papers');
  await dragoman(env, 'add', join(folder, 'case'), join(folder, 'leak/files'));
}

/** A case of the sample leak that may be changed. Reading it takes half a minute: with $DRAGOMAN_PAGES_CASE, where
 *  make_case.mjs put one, it is copied. */
export async function sampleCase() {
  const folder = scratch();
  const made = process.env.DRAGOMAN_PAGES_CASE;
  // Not Node's own: names in the sample are bytes.
  if (made && existsSync(join(made, 'case'))) await run('cp', ['-a', '--reflink=auto', `${made}/.`, folder], process.env);
  else await buildSampleCase(folder);
  const gold = join(folder, 'leak/gold');
  return {
    folder,
    env: homeOf(folder),
    path: join(folder, 'case'),
    root: 'files', // every path of an item begins so
    gold: { pages: readLines(join(gold, 'pages.jsonl')), queries: readLines(join(gold, 'queries.jsonl')) },
  };
}

// ----- server
export class Server {
  /** Starts `dragoman serve` and waits until it says where. */
  static async start(home, port = 0) {
    const server = new Server();
    server.home = home;
    // The server ends with us even when we are killed.
    server.child = spawn(
      'setpriv',
      ['--pdeathsig', 'KILL', kProgram, 'serve', home.path, '--listen', `127.0.0.1:${port}`, '--json'],
      { env: home.env, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    children.add(server.child);
    server.errors = '';
    server.child.stderr.on('data', (data) => (server.errors = (server.errors + data).slice(-20_000)));
    server.ended = new Promise((end) =>
      server.child.on('exit', (code, signal) => {
        children.delete(server.child);
        end({ code, signal });
      }),
    );
    const said = await Promise.race([
      new Promise((told) => createInterface({ input: server.child.stdout }).once('line', told)),
      server.ended.then(() => null),
      new Promise((late) => setTimeout(() => late(null), 20_000).unref()),
    ]);
    if (said === null) throw new Error(`serve did not start: ${server.errors}`);
    server.url = JSON.parse(said).url;
    server.origin = new URL(server.url).origin;
    server.port = Number(new URL(server.url).port);
    return server;
  }

  async kill(signal = 'SIGKILL') {
    this.child.kill(signal);
    await this.ended;
  }
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// ----- browser
let launched;
export function browser() {
  launched ??= chromium.launch({
    executablePath: kChromium,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
    ],
    timeout: 60_000,
  });
  return launched;
}

export async function end() {
  if (launched) await (await launched).close();
  clear();
}

/** What happens in a browser context besides what the test asks for. */
export class Watch {
  constructor(origin) {
    this.origin = origin;
    this.faults = [];
    this.requests = 0;
    /** Set while the server is away: failed requests are then no faults. */
    this.away = false;
    /** Statuses that a test provokes. */
    this.expectedStatuses = new Set();
  }

  fault(text) {
    this.faults.push(text.slice(0, 500));
  }

  async join(context) {
    this.context = context;
    await context.addInitScript(() => {
      window.breaches = [];
      document.addEventListener('securitypolicyviolation', (event) => {
        window.breaches.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
        console.error(`policy broken: ${event.violatedDirective} ${event.blockedURI}`);
      });
      // What the hostile fixtures call.
      window.canary = (id) => {
        window.sung = [...(window.sung ?? []), id];
        console.error(`canary ${id}`);
      };
    });
    // Nothing leaves, and nothing that tries is missed: before DNS, before the policy has a say in fetches of a page.
    await context.route(
      (url) => url.origin !== this.origin && !['data:', 'blob:', 'about:'].includes(url.protocol),
      (route) => {
        this.fault(`asked another host: ${route.request().url()}`);
        return route.abort();
      },
    );
    context.on('request', (request) => {
      this.requests += 1;
      const url = new URL(request.url());
      if (url.origin !== this.origin && !['data:', 'blob:', 'about:'].includes(url.protocol)) {
        this.fault(`asked another host: ${url.href}`);
      }
    });
    context.on('response', (response) => {
      const status = response.status();
      if (status >= 400 && !this.away && !this.expectedStatuses.has(status)) {
        this.fault(`${status} for ${response.request().method()} ${response.url()}`);
      }
    });
    context.on('page', (page) => this.watch(page));
    for (const page of context.pages()) this.watch(page);
  }

  watch(page) {
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      // The browser's own line about a failed request; those are judged by their status above.
      if (/^Failed to load resource/.test(message.text())) {
        if (/net::ERR_/.test(message.text()) && !this.away && !/ERR_ABORTED/.test(message.text())) {
          this.fault(`request failed: ${message.text()} ${message.location().url}`);
        }
        return;
      }
      this.fault(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.fault(`error in the page: ${error.stack ?? error}`));
    page.on('dialog', (dialog) => {
      this.fault(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('crash', () => this.fault('the page crashed'));
    page.on('framenavigated', (frame) => {
      const url = frame.url();
      if (frame.parentFrame() !== null) this.fault(`a frame: ${url}`);
      else if (url !== 'about:blank' && new URL(url).origin !== this.origin) this.fault(`went to ${url}`);
    });
  }
}

const kLanguages = { en: 'en-GB', fa: 'fa-IR' };
export const kWide = { width: 1440, height: 900 };
export const kNarrow = { width: 390, height: 844 };

/** A reader: a browser context that has been let in, with one page on the first screen. */
export class Reader {
  static async open(server, { locale = 'en', scheme = 'light', viewport = kWide, path = '/', touch = false } = {}) {
    const reader = new Reader();
    reader.server = server;
    reader.locale = locale;
    reader.context = await (await browser()).newContext({
      locale: kLanguages[locale],
      colorScheme: scheme,
      viewport,
      reducedMotion: 'reduce',
      timezoneId: 'UTC',
      hasTouch: touch,
      acceptDownloads: false,
      serviceWorkers: 'block',
    });
    reader.context.setDefaultTimeout(kActionMs);
    await reader.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.origin });
    reader.watch = new Watch(server.origin);
    await reader.watch.join(reader.context);
    reader.page = await reader.context.newPage();
    const first = await reader.page.goto(server.url);
    await ready(reader.page);
    const build = process.env.DRAGOMAN_UI_OUT;
    if (build) await reader.useBuild(resolve(build), first.headers()['content-security-policy']);
    if (path !== '/' || build) await reader.goto(path);
    return reader;
  }

  /** For work on the pages: the files of another build than the one inside the program, under the program's policy. */
  async useBuild(folder, policy) {
    const types = { js: 'text/javascript', css: 'text/css', html: 'text/html', svg: 'image/svg+xml', woff2: 'font/woff2' };
    await this.context.route(
      (url) => url.origin === this.server.origin && !/^\/(api|originals|csp-report)/.test(url.pathname) && !url.searchParams.has('token'),
      (route) => {
        const { pathname } = new URL(route.request().url());
        const file = pathname !== '/' && existsSync(join(folder, pathname)) ? join(folder, pathname) : null;
        if (file === null && pathname.startsWith('/assets/')) return route.continue();
        const path = file ?? join(folder, 'index.html');
        return route.fulfill({ path, contentType: types[path.split('.').at(-1)], headers: { 'Content-Security-Policy': policy } });
      },
    );
  }

  /** Opens an address of the pages anew. */
  async goto(path) {
    await this.page.goto(this.server.origin + path);
    await ready(this.page);
  }

  /** A step without loading the page anew, as a link does. */
  async step(path) {
    await this.page.evaluate((to) => {
      const link = document.createElement('a');
      link.href = to;
      document.body.append(link);
      link.click();
      link.remove();
    }, path);
  }

  /** Asks the API with the reader's cookie: the parsed JSON, with its status. */
  async api(path, { method = 'GET', body, headers = {}, page = this.page } = {}) {
    return page.evaluate(
      async ([to, init]) => {
        const response = await fetch(to, init);
        const text = await response.text();
        let json = null;
        try {
          json = JSON.parse(text);
        } catch {
          // left null
        }
        return { status: response.status, type: response.headers.get('content-type'), json, text: text.slice(0, 2000) };
      },
      [path, { method, headers: { 'X-Dragoman': '1', ...headers }, ...(body === undefined ? {} : { body }) }],
    );
  }

  /** Runs a test's body and closes. When it fails, what the page showed is kept in $DRAGOMAN_PAGES_FAILED, if that is
   *  set, and what else had happened is said. */
  async during(name, body) {
    try {
      await body(this);
    } catch (error) {
      const kept = process.env.DRAGOMAN_PAGES_FAILED;
      if (kept) {
        mkdirSync(kept, { recursive: true });
        await this.page.screenshot({ path: join(kept, `${name.replace(/[^a-z0-9]+/gi, '-')}.png`) }).catch(() => undefined);
      }
      error.message += `\nat ${this.page.url()}\n${[...new Set(this.watch.faults)].join('\n')}`;
      await this.context.close();
      throw error;
    }
    await this.close();
  }

  /** Throws when anything happened that should not have; closes. */
  async close() {
    let reports = 0;
    try {
      const answer = await this.api('/api/csp');
      reports = answer.json?.reports ?? -1;
      for (const page of this.context.pages()) {
        const sung = await page.evaluate(() => window.sung ?? []);
        if (sung.length > 0) this.watch.fault(`the canary sang: ${sung}`);
      }
    } finally {
      await this.context.close();
    }
    if (reports !== 0) this.watch.fault(`the server was told of ${reports} breaches of the content policy`);
    if (this.watch.faults.length > 0) throw new Error(`not clean:\n  ${[...new Set(this.watch.faults)].join('\n  ')}`);
  }
}

/** Until the first screen is there and the faces are loaded. */
export async function ready(page) {
  await page.waitForSelector('html[data-ready="true"]', { state: 'attached', timeout: 20_000 });
  await page.evaluate(() => document.fonts.ready.then(() => true));
}

/** Until `check` gives something true; what it gave. */
export async function until(what, check, ms = kActionMs) {
  const deadline = Date.now() + ms;
  for (;;) {
    const got = await check();
    if (got) return got;
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms in vain until ${what}`);
    await new Promise((next) => setTimeout(next, 60));
  }
}

export const hook = (name) => `[data-testid="${name}"]`;

/** Whether setpriv is there: without it a killed test would leave its server behind. */
export function checkTools() {
  if (spawnSync('setpriv', ['--version']).status !== 0) throw new Error('setpriv (util-linux) is not there');
}
checkTools();
