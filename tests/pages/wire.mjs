// SPDX-License-Identifier: AGPL-3.0-or-later
// Requests as no browser sends them: the target goes onto the wire as it is written, "..", blanks and all.
import { connect } from 'node:net';

/** Sends one request and gives status, headers (lower case) and body, at most 4 MiB of it. */
export function raw(server, target, { method = 'GET', headers = {}, body = '' } = {}) {
  return new Promise((done, fail) => {
    const socket = connect(server.port, '127.0.0.1');
    socket.setTimeout(10_000, () => socket.destroy(new Error(`no answer to ${method} ${target.slice(0, 80)}`)));
    const all = { Host: `127.0.0.1:${server.port}`, Connection: 'close', ...headers };
    if (body !== '') all['Content-Length'] = String(Buffer.byteLength(body));
    const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.write(`${method} ${target} HTTP/1.1\r\n${head}\r\n${body}`);
    const pieces = [];
    let size = 0;
    socket.on('data', (piece) => {
      pieces.push(piece);
      size += piece.length;
      if (size > 4 << 20) socket.destroy();
    });
    socket.on('error', (error) => (pieces.length > 0 ? undefined : fail(error)));
    socket.on('close', () => {
      const text = Buffer.concat(pieces).toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      const lines = text.slice(0, Math.max(end, 0)).split('\r\n');
      const answer = { status: Number(/^HTTP\/1\.1 (\d+)/.exec(lines[0])?.[1] ?? 0), headers: {}, body: text.slice(end + 4) };
      for (const line of lines.slice(1)) {
        const colon = line.indexOf(':');
        answer.headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
      }
      done(answer);
    });
  });
}

/** The headers with which a reader's own page asks. */
export async function asReader(reader) {
  const cookies = await reader.context.cookies(reader.server.origin);
  return {
    Cookie: cookies.map((cookie) => `${cookie.name}=${cookie.value}`).join('; '),
    Origin: reader.server.origin,
    'Sec-Fetch-Site': 'same-origin',
    'X-Dragoman': '1',
  };
}

/** Throws unless the answer is a problem (RFC 9457) with one of the statuses that says nothing of what was sent. */
export function checkProblem(answer, statuses, what, secret = '') {
  const shown = `${what}: ${answer.status} ${answer.headers['content-type']} ${answer.body.slice(0, 300)}`;
  if (!statuses.includes(answer.status)) throw new Error(`${shown}; wanted ${statuses}`);
  if (!/^application\/problem\+json/.test(answer.headers['content-type'] ?? '')) throw new Error(`no problem: ${shown}`);
  const body = answer.headers['transfer-encoding'] === 'chunked' ? answer.body.replace(/^[0-9a-f]+\r\n|\r\n0\r\n\r\n$/g, '') : answer.body;
  const problem = JSON.parse(Buffer.from(body, 'latin1').toString('utf8'));
  for (const key of ['type', 'title', 'status', 'detail']) {
    if (problem[key] === undefined || problem[key] === '') throw new Error(`no ${key}: ${shown}`);
  }
  if (problem.status !== answer.status) throw new Error(`two statuses: ${shown}`);
  if (!/\.$|[a-z0-9)"]$/i.test(problem.detail)) throw new Error(`no sentence: ${shown}`);
  if (secret !== '' && answer.body.includes(secret)) throw new Error(`gives away: ${shown}`);
}
