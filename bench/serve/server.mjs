// SPDX-License-Identifier: AGPL-3.0-or-later
// Starts `dragoman serve`, asks it over kept-alive connections, and knows what memory it takes.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { createInterface } from 'node:readline';

const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

export class Server {
  static async start(program, home) {
    const server = new Server();
    server.began = performance.now();
    server.child = spawn(program, ['serve', home.path, '--listen', '127.0.0.1:0', '--json'], {
      env: home.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.add(server.child);
    server.ended = new Promise((end) => server.child.on('exit', end));
    const said = await Promise.race([
      new Promise((told) => createInterface({ input: server.child.stdout }).once('line', told)),
      server.ended.then(() => null),
      new Promise((late) => setTimeout(() => late(null), 20_000).unref()),
    ]);
    if (said === null) throw new Error('serve did not start');
    server.url = JSON.parse(said).url;
    server.origin = new URL(server.url).origin;
    return server;
  }
  async stop() {
    children.delete(this.child);
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), 5000);
    await this.ended;
    clearTimeout(late);
  }

  /** Peak resident MiB of the server itself and of its largest worker. */
  memory() {
    const peak = (pid) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    const own = peak(this.child.pid);
    let worker = 0;
    for (const thread of readdirSync(`/proc/${this.child.pid}/task`)) {
      const below = readFileSync(`/proc/${this.child.pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean);
      for (const pid of below) worker = Math.max(worker, peak(pid));
    }
    return { own, worker };
  }
  /** CPU seconds of the server and of the workers that live. */
  cpu() {
    const ticks = (pid) => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
      return Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]);
    };
    let all = ticks(this.child.pid);
    for (const thread of readdirSync(`/proc/${this.child.pid}/task`)) {
      const below = readFileSync(`/proc/${this.child.pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean);
      for (const pid of below) all += ticks(pid);
    }
    return all / 100;
  }
}

/** One reader: the cookie, and at most six connections as a browser has. */
export class Client {
  constructor(server) {
    this.server = server;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 6 });
    this.cookie = '';
  }
  async enter() {
    const answer = await this.ask(this.server.url);
    this.cookie = (answer.headers['set-cookie'] ?? []).map((one) => one.split(';')[0]).join('; ');
    if (this.cookie === '') throw new Error(`no cookie: ${answer.status}`);
  }
  /** {status, headers, body, ms}; a connection that breaks is status 0. */
  ask(path, headers = {}) {
    const began = performance.now();
    return new Promise((done) => {
      const request = http.get(
        new URL(path, this.server.origin),
        { agent: this.agent, headers: { ...(this.cookie && { Cookie: this.cookie }), ...headers }, timeout: 30_000 },
        (response) => {
          const pieces = [];
          response.on('data', (piece) => pieces.push(piece));
          response.on('end', () =>
            done({
              status: response.statusCode,
              headers: response.headers,
              body: Buffer.concat(pieces),
              ms: performance.now() - began,
            }),
          );
          response.on('error', () => done({ status: 0, headers: {}, body: Buffer.alloc(0), ms: performance.now() - began }));
        },
      );
      request.on('timeout', () => request.destroy());
      request.on('error', () => done({ status: 0, headers: {}, body: Buffer.alloc(0), ms: performance.now() - began }));
    });
  }
  async json(path) {
    const answer = await this.ask(path);
    if (answer.status !== 200) throw new Error(`${answer.status} for ${path.slice(0, 80)}: ${answer.body.toString().slice(0, 300)}`);
    return JSON.parse(answer.body);
  }
  leave() {
    this.agent.destroy();
  }
}

export const search = (q, more = '') => `/api/search?q=${encodeURIComponent(q)}&limit=50${more}`;
export const picture = (item, page, size = 'screen') =>
  `/api/items/${item.id}/pages/${page}/picture?size=${size}`;
