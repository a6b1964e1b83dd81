// SPDX-License-Identifier: AGPL-3.0-or-later
// What the server tells by itself (server-sent events): the case's figures, how an `add` and a `verify` go, and whether
// the connection stands. A browser opens the stream again by itself; until then every screen keeps what it has.
//
// A browser has six connections to one server, for all its tabs, and a stream holds one: a tab that is not seen gives
// its stream up after a while and opens it again when it is looked at.
import type { AddStatus, CaseInfo, Hello, VerifyStatus } from './api/types';

class Connection {
  state = $state<'opening' | 'open' | 'lost' | 'refused'>('opening');
  /** Grows when the connection came back: screens that failed ask again. */
  returns = $state(0);
  lose(): void {
    if (this.state !== 'refused') this.state = 'lost';
  }
  open(): void {
    if (this.state === 'lost') this.returns += 1;
    this.state = 'open';
  }
}
export const connection = new Connection();

const kUnseenMs = 5_000;

class Live {
  info = $state<CaseInfo | null>(null);
  add = $state<AddStatus | null>(null);
  verify = $state<VerifyStatus | null>(null);
  #stream: EventSource | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #unseen: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    document.addEventListener('visibilitychange', () => {
      clearTimeout(this.#unseen);
      if (document.visibilityState === 'hidden') this.#unseen = setTimeout(() => this.#rest(), kUnseenMs);
      else if (this.#stream === null) this.start();
    });
  }

  #rest(): void {
    clearTimeout(this.#retry);
    this.#stream?.close();
    this.#stream = null;
  }

  start(): void {
    this.#stream?.close();
    const stream = new EventSource('/api/events');
    this.#stream = stream;
    const hear = <T>(name: string, use: (value: T) => void) =>
      stream.addEventListener(name, (event) => use(JSON.parse((event as MessageEvent<string>).data) as T));
    hear<Hello>('hello', () => connection.open());
    hear<CaseInfo>('case', (value) => (this.info = value));
    hear<AddStatus>('add', (value) => (this.add = value));
    hear<VerifyStatus>('verify', (value) => (this.verify = value));
    stream.onerror = () => {
      connection.lose();
      // After an answer that is no stream (a restart, a cookie that ran out) the browser does not try again.
      if (stream.readyState !== EventSource.CLOSED) return;
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => void this.#again(), 1500);
    };
  }

  async #again(): Promise<void> {
    try {
      const answer = await fetch('/api/case', { credentials: 'same-origin' });
      if (answer.status === 401) {
        connection.state = 'refused';
        return;
      }
    } catch {
      // still away
    }
    if (this.#stream !== null) this.start();
  }
}
export const live = new Live();
