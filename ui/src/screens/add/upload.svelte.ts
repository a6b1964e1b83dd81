// SPDX-License-Identifier: AGPL-3.0-or-later
// Files on their way from the browser to the server. They live outside of the screen: who looks at another one finds the
// upload still going on. Two at a time; a file that fails is tried once more. XMLHttpRequest and not fetch, because
// only it tells how far a large file is.
import { ApiError, address, post, remove } from '../../lib/api/client';
import type { Problem, Upload } from '../../lib/api/types';

const kAtOnce = 2;
const kTries = 2;

export interface Dropped {
  name: string; // with its folders: "box 1/page 9.jpg"
  file: File;
}

class Uploads {
  state = $state<'none' | 'collecting' | 'sending' | 'ready' | 'failed'>('none');
  id = $state('');
  files = $state(0);
  bytes = $state(0);
  filesSent = $state(0);
  bytesSent = $state(0);
  /** Names at the top of what was dropped, for the list of what is added. */
  names = $state.raw<string[]>([]);
  failures = $state.raw<{ name: string; problem: Problem }[]>([]);
  unreadable = $state(0);
  problem = $state.raw<Problem | null>(null);
  #waiting: Dropped[] = [];
  #running = new Map<XMLHttpRequest, number>();
  #sentBytes = 0;
  #run = 0;

  get share(): number {
    return this.bytes > 0 ? Math.min(1, this.bytesSent / this.bytes) : this.files > 0 ? this.filesSent / this.files : 0;
  }

  /** What was dropped or chosen; more may follow while the first is still on its way. */
  async take(collect: () => Promise<Dropped[]>): Promise<void> {
    const run = this.#run;
    const before = this.state;
    if (before !== 'sending') this.state = 'collecting';
    const list = await collect();
    if (run !== this.#run) return;
    if (list.length === 0) {
      if (this.state === 'collecting') this.state = before;
      return;
    }
    this.files += list.length;
    this.bytes += list.reduce((sum, one) => sum + one.file.size, 0);
    this.names = [...new Set([...this.names, ...list.map((one) => one.name.split('/')[0] ?? one.name)])];
    this.#waiting.push(...list);
    this.state = 'sending';
    try {
      if (this.id === '') this.id = (await post<Upload>('/api/uploads')).upload;
    } catch (error) {
      this.problem = error instanceof ApiError ? error.problem : null;
      this.state = 'failed';
      return;
    }
    if (run === this.#run) this.#pump(run);
  }

  /** Those that failed, once more. */
  again(): void {
    this.failures = [];
    this.problem = null;
    this.state = 'sending';
    const failed = this.#failed;
    this.#failed = [];
    this.#waiting.push(...failed);
    this.filesSent -= failed.length;
    this.#pump(this.#run);
  }
  #failed: Dropped[] = [];

  /** Gives up what was uploaded. */
  async cancel(): Promise<void> {
    const id = this.id;
    this.forget();
    if (id !== '') await remove(`/api/uploads/${encodeURIComponent(id)}`).catch(() => undefined);
  }

  /** After the upload became part of an `add`: the server has it now. */
  forget(): void {
    this.#run += 1;
    for (const request of this.#running.keys()) request.abort();
    this.#running.clear();
    this.#waiting = [];
    this.#failed = [];
    this.#sentBytes = 0;
    this.id = '';
    this.files = 0;
    this.bytes = 0;
    this.filesSent = 0;
    this.bytesSent = 0;
    this.names = [];
    this.failures = [];
    this.unreadable = 0;
    this.problem = null;
    this.state = 'none';
  }

  #pump(run: number): void {
    while (this.#running.size < kAtOnce) {
      const next = this.#waiting.shift();
      if (!next) break;
      this.#send(run, next, 1);
    }
    if (this.#running.size === 0 && this.#waiting.length === 0) this.state = this.failures.length > 0 ? 'failed' : 'ready';
  }

  #send(run: number, one: Dropped, attempt: number): void {
    const request = new XMLHttpRequest();
    request.open('PUT', address(`/api/uploads/${encodeURIComponent(this.id)}`, { name: one.name }));
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader('X-Dragoman', '1');
    request.upload.onprogress = (event) => {
      if (run !== this.#run) return;
      this.#running.set(request, event.loaded);
      this.#count();
    };
    request.onloadend = () => {
      if (run !== this.#run) return;
      this.#running.delete(request);
      const done = request.status >= 200 && request.status < 300;
      const retry = !done && attempt < kTries && (request.status === 0 || request.status >= 500);
      if (retry) {
        this.#count();
        this.#send(run, one, attempt + 1);
        return;
      }
      if (!done) {
        this.failures = [...this.failures, { name: one.name, problem: problemOf(request) }];
        this.#failed.push(one);
      } else {
        this.#sentBytes += one.file.size;
      }
      this.filesSent += 1;
      this.#count();
      this.#pump(run);
    };
    this.#running.set(request, 0);
    request.send(one.file);
  }

  #count(): void {
    this.bytesSent = this.#sentBytes + [...this.#running.values()].reduce((sum, sent) => sum + sent, 0);
  }
}
export const uploads = new Uploads();

function problemOf(request: XMLHttpRequest): Problem {
  try {
    const problem = JSON.parse(request.responseText) as Problem;
    if (typeof problem.detail === 'string') return problem;
  } catch {
    // not JSON: said below
  }
  return { type: '/problems/connection', title: '', status: request.status, detail: '' };
}

/** All files of what was dropped, folders walked to their ends. */
export async function droppedFiles(transfer: DataTransfer, unreadable: () => void): Promise<Dropped[]> {
  // Entries must be taken before the first await: the list is emptied when the event is over.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const loose = entries.length > 0 ? [] : [...transfer.files];
  const list: Dropped[] = loose.map((file) => ({ name: file.name, file }));
  for (const entry of entries) await walk(entry, '', list, unreadable);
  return list;
}

async function walk(entry: FileSystemEntry, folder: string, list: Dropped[], unreadable: () => void): Promise<void> {
  const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
  try {
    if (entry.isFile) {
      list.push({ name, file: await new Promise<File>((yes, no) => (entry as FileSystemFileEntry).file(yes, no)) });
      return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      // A browser gives them in parts (Chromium: 100), an empty one is the end.
      const part = await new Promise<FileSystemEntry[]>((yes, no) => reader.readEntries(yes, no));
      if (part.length === 0) return;
      for (const inner of part) await walk(inner, name, list, unreadable);
    }
  } catch {
    unreadable();
  }
}

/** What a file input gave; a folder's files come with their way inside it. */
export function chosenFiles(files: FileList | null): Dropped[] {
  return [...(files ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, file }));
}
