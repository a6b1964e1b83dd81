// SPDX-License-Identifier: AGPL-3.0-or-later
// The tree of what was received, as far as it was opened: children come by cursor when they are about to be seen, so a
// folder of 100,000 files is a row until somebody scrolls through it. What the screen draws is a flat list of rows.
import { get } from '../../lib/api/client';
import type { ItemState, TreeAnswer, TreeNode } from '../../lib/api/types';

const kLimit = 500;
// On the way to a node deep inside a long folder: as many as the server gives.
const kMostLimit = 1000;
// With a filter on, folders open by themselves until so many rows show.
const kOpenRows = 60;
// Without one, while all that is shown fits a window.
const kAloneRows = 24;

export interface Branch {
  node: TreeNode;
  parent: Branch | null;
  level: number; // from 1
  index: number; // among its brothers, from 0
  open: boolean;
  loading: boolean;
  failed: unknown;
  children: Branch[];
  next: string | null | undefined; // undefined: nothing was asked for yet
}
/** What is drawn. `node` and `open` are as of the flattening, so that a row that changed is drawn again. */
export interface Row {
  kind: 'node' | 'more';
  branch: Branch;
  node: TreeNode;
  open: boolean;
}

export class TreeModel {
  rows = $state.raw<Row[]>([]);
  loading = $state(true);
  failed = $state.raw<unknown>(null);
  #roots: Branch[] = [];
  #rootNext: string | null = null;
  #known = new Map<string, Branch>();
  #abort = new AbortController();
  #states: readonly ItemState[];

  constructor(states: readonly ItemState[]) {
    this.#states = states;
    void this.#begin();
  }

  stop(): void {
    this.#abort.abort();
  }

  find(node: string): Branch | undefined {
    return this.#known.get(node);
  }

  /** Children are shown; asked for when they are not known yet. */
  async open(branch: Branch): Promise<void> {
    if (branch.node.children === 0 || branch.open) return;
    branch.open = true;
    if (branch.next === undefined) await this.more(branch);
    else this.#flatten();
  }

  close(branch: Branch): void {
    branch.open = false;
    this.#flatten();
  }

  /** The next children of a branch. */
  async more(branch: Branch): Promise<void> {
    if (branch.loading || branch.next === null) return;
    branch.loading = true;
    branch.failed = null;
    this.#flatten();
    try {
      const answer = await this.#ask(branch.node.node, branch.next ?? null);
      this.#take(branch, answer);
    } catch (error) {
      branch.failed = error;
    }
    branch.loading = false;
    if (!this.#abort.signal.aborted) this.#flatten();
  }

  /** Opens all that lies above a node and loads until the node itself is there; undefined: there is no such node. */
  async reveal(node: string): Promise<Branch | undefined> {
    const there = this.#known.get(node);
    if (there) {
      for (let above = there.parent; above; above = above.parent) above.open = true;
      this.#flatten();
      return there;
    }
    const answer = await this.#ask(node, null);
    const way = [...answer.ancestors.map((above) => above.node), node];
    let branch: Branch | undefined;
    for (const key of way) {
      while (!this.#known.has(key)) {
        if (this.#abort.signal.aborted) return undefined;
        if (branch === undefined) {
          if (this.#rootNext === null) return undefined;
          await this.#moreRoots();
        } else {
          if (branch.next === null) return undefined;
          this.#take(branch, await this.#ask(branch.node.node, branch.next ?? null, kMostLimit));
        }
      }
      branch = this.#known.get(key);
      if (branch && key !== node) branch.open = true;
    }
    this.#flatten();
    return branch;
  }

  /** Newer figures for what is shown (an `add` goes on): the sources and the open folders are asked again. */
  async refresh(): Promise<void> {
    const open = [...this.#known.values()].filter((branch) => branch.open && branch.children.length <= kLimit);
    try {
      const roots = await this.#ask('', null);
      this.#merge(null, roots);
      for (const branch of open.slice(0, 20)) {
        const answer = await this.#ask(branch.node.node, null);
        this.#merge(branch, answer);
      }
    } catch {
      return; // what is shown stays; the connection's band says why
    }
    if (!this.#abort.signal.aborted) this.#flatten();
  }

  #ask(node: string, cursor: string | null, limit = kLimit): Promise<TreeAnswer> {
    return get<TreeAnswer>(
      '/api/tree',
      { node, cursor, state: this.#states, limit },
      this.#abort.signal,
    );
  }

  async #begin(): Promise<void> {
    try {
      await this.#moreRoots();
      await this.#openAlone();
    } catch (error) {
      if (!this.#abort.signal.aborted) this.failed = error;
    }
    this.loading = false;
  }

  async #moreRoots(): Promise<void> {
    const answer = await this.#ask('', this.#rootNext);
    for (const node of answer.children) this.#roots.push(this.#branch(node, null, this.#roots.length));
    this.#rootNext = answer.next;
    this.#flatten();
  }

  // With a filter all that leads to what was asked for is opened while it fits; without one whole levels of folders are.
  // Members of a container are its own matter unless they are what was asked for.
  async #openAlone(): Promise<void> {
    if (this.#states.length === 0) {
      let level = this.#roots;
      for (;;) {
        const folders = level.filter((branch) => branch.node.kind === 'folder' && branch.node.children > 0);
        const more = folders.reduce((sum, branch) => sum + branch.node.children, 0);
        if (folders.length === 0 || (level.length > 1 && this.rows.length + more > kAloneRows)) return;
        for (const branch of folders) await this.open(branch);
        level = folders.flatMap((branch) => branch.children);
      }
    }
    const waiting = [...this.#roots];
    while (waiting.length > 0 && this.rows.length < kOpenRows) {
      const branch = waiting.shift();
      if (!branch || branch.node.children === 0) continue;
      await this.open(branch);
      waiting.unshift(...branch.children);
    }
  }

  #branch(node: TreeNode, parent: Branch | null, index: number): Branch {
    const branch: Branch = {
      node, parent, index, level: parent ? parent.level + 1 : 1,
      open: false, loading: false, failed: null, children: [], next: undefined,
    };
    this.#known.set(node.node, branch);
    return branch;
  }

  #take(branch: Branch, answer: TreeAnswer): void {
    for (const node of answer.children) branch.children.push(this.#branch(node, branch, branch.children.length));
    branch.next = answer.next;
  }

  #merge(branch: Branch | null, answer: TreeAnswer): void {
    const list = branch ? branch.children : this.#roots;
    if (branch && answer.node) branch.node = answer.node;
    const fresh: Branch[] = [];
    for (const node of answer.children) {
      const known = this.#known.get(node.node);
      if (known) {
        known.node = node;
        known.index = fresh.length;
        fresh.push(known);
      } else {
        fresh.push(this.#branch(node, branch, fresh.length));
      }
    }
    list.splice(0, list.length, ...fresh);
    if (branch) branch.next = answer.next;
    else this.#rootNext = answer.next;
  }

  #flatten(): void {
    const rows: Row[] = [];
    const add = (list: readonly Branch[]): void => {
      for (const branch of list) {
        rows.push({ kind: 'node', branch, node: branch.node, open: branch.open });
        if (!branch.open) continue;
        add(branch.children);
        if (branch.next !== null) rows.push({ kind: 'more', branch, node: branch.node, open: true });
      }
    };
    add(this.#roots);
    this.rows = rows;
  }
}
