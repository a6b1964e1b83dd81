// SPDX-License-Identifier: AGPL-3.0-or-later
// What is looked at in an item just now: page, marked words, chosen words, turns; and how one goes from hit to hit. The
// address holds what a colleague would need to see the same; the rest lives as long as the screen.
import { SvelteMap } from 'svelte/reactivity';
import type { PageText } from '../../lib/api/types';
import { number, t } from '../../lib/i18n';
import { router, type Place } from '../../lib/router.svelte';
import { say } from '../../lib/say.svelte';
import { hitContext } from '../search/context.svelte';
import { HitList } from './hits.svelte';
import type { Quarter, Zoom } from './layout';
import { PageStore } from './pages_store.svelte';
import { moved, spanOf, type Span } from './selection';

export interface Chosen {
  page: number;
  span: Span;
  anchor: number; // the end that stays when the run is made longer
  by: 'text' | 'picture' | 'keys';
}
/** What the scroller of pages can be told to do. */
export interface Scroller {
  toPage: (page: number, focus?: boolean) => void;
  toWord: (page: number, word: number) => void;
}

export class Reading {
  readonly store: PageStore;
  readonly hits = new HitList();
  page = $state(1);
  q = $state('');
  zoom = $state<Zoom>('width');
  chosen = $state.raw<Chosen | null>(null);
  linked = $state.raw<{ page: number; word: number } | null>(null);
  /** The hit that stands out: its page and the number of its run of words on that page, from 0. */
  now = $state.raw<{ page: number; run: number } | null>(null);
  cited = $state.raw<{ page: number; span: Span } | null>(null);
  pin = $state.raw<{ page: number; v: string } | null>(null);
  turns = new SvelteMap<number, Quarter>();
  turnOfAll = $state<Quarter>(0);
  /** An address named a page that the item does not have. */
  beyond = $state(0);
  scroller: Scroller | null = null;
  #wanted: { page: number; run: 'first' | 'last' } | null = null;
  #written = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(item: number) {
    this.store = new PageStore(item);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.store.close();
    this.hits.close();
  }

  turn(page: number): Quarter {
    return this.turns.get(page) ?? this.turnOfAll;
  }
  rotate(all: boolean): void {
    const next = ((this.turn(this.page) + 90) % 360) as Quarter;
    if (all) {
      this.turns.clear();
      this.turnOfAll = next;
    } else {
      this.turns.set(this.page, next);
    }
    say.quietly(t('read.turned', { n: next }));
  }

  text(page: number): PageText | null {
    return this.store.texts.get(page)?.text ?? null;
  }
  runNow(page: number): number {
    return this.now?.page === page ? this.now.run : -1;
  }

  // ----- the address

  /** Takes what an address says; scrolls when it is not the one that scrolling wrote. */
  follow(place: Place): void {
    hitContext.follow(place.query);
    const q = place.query.get('q') ?? '';
    const v = place.query.get('v') ?? '';
    const span = spanOf(place.query.get('words'));
    const own = location.pathname + location.search === this.#written;
    if (!own) {
      this.pin = v !== '' ? { page: place.page, v } : null;
      this.cited = span ? { page: place.page, span } : null;
    }
    if (own) return;
    if (q !== this.q) {
      this.q = q;
      void this.hits.load(this.store.item, q);
    }
    this.store.ask(q, this.pin);
    this.page = Math.max(1, place.page);
    this.now = null;
    this.#wanted = q !== '' && !span ? { page: this.page, run: 'first' } : null;
    if (this.store.total > 0) this.arrive();
  }

  /** Goes to the page of the address once it is known which pages there are. */
  arrive(): void {
    const last = this.store.total;
    this.beyond = this.page > last ? this.page : 0;
    this.page = Math.min(Math.max(1, this.page), Math.max(1, last));
    this.scroller?.toPage(this.page);
    if (this.cited?.page === this.page) this.scroller?.toWord(this.page, this.cited.span[0]);
    const text = this.text(this.page);
    if (text) this.arrived(text);
  }

  addressOf(page: number): string {
    const query = new URLSearchParams(router.place.query);
    for (const name of ['q', 'v', 'words']) query.delete(name);
    const parts: [string, string][] = [];
    if (this.q !== '') parts.push(['q', this.q]);
    if (this.pin?.page === page) parts.push(['v', this.pin.v]);
    if (this.cited?.page === page) parts.push(['words', this.cited.span.join('-')]);
    const rest = [...query.entries()];
    const text = new URLSearchParams([...parts, ...rest]).toString();
    return `/read/${this.store.item}/${page}${text === '' ? '' : `?${text}`}`;
  }

  /** Scrolling shows another page: the address follows, not more often than browsers allow. */
  scrolledTo(page: number): void {
    if (page === this.page) return;
    this.page = page;
    this.beyond = 0;
    this.write();
  }
  write(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const url = this.addressOf(this.page);
      if (url === location.pathname + location.search) return;
      this.#written = url;
      router.replace(url);
    }, 200);
  }

  /** Another reading of the page that is read; empty: the newest. Numbers of words are a reading's own, so what was
   *  chosen or cited in the one is not shown in the other. */
  show(v: string): void {
    this.pin = v === '' ? null : { page: this.page, v };
    if (this.cited?.page === this.page) this.cited = null;
    this.unchoose();
    this.store.ask(this.q, this.pin);
    this.write();
  }

  // ----- pages

  goTo(page: number, aloud = true): void {
    const inside = Math.min(this.store.total, Math.max(1, page));
    if (inside < 1) return;
    this.scrolledTo(inside);
    this.scroller?.toPage(inside);
    if (aloud) say.quietly(t('read.page_of', { n: inside, m: this.store.total }));
  }

  search(q: string): void {
    this.q = q;
    this.now = null;
    this.store.ask(q, this.pin);
    void this.hits.load(this.store.item, q);
    this.#wanted = q === '' ? null : { page: this.page, run: 'first' };
    // Another query is no step through the results any more.
    const query = new URLSearchParams(router.place.query);
    query.delete('hit');
    query.delete('q');
    if (q !== '') query.set('q', q);
    const text = query.toString();
    const url = `/read/${this.store.item}/${this.page}${text === '' ? '' : `?${text}`}`;
    this.#written = url;
    router.replace(url);
  }

  // ----- hits

  /** A text came: the hit that was asked for is shown. */
  arrived(text: PageText): void {
    if (this.#wanted?.page !== text.page) return;
    const loaded = this.store.texts.get(text.page);
    if (loaded?.q !== this.q) return;
    if (text.marks.length > 0) {
      this.#show(text, this.#wanted.run === 'first' ? 0 : text.marks.length - 1, false);
      say.quietly(`${t('read.page_of', { n: text.page, m: this.store.total })} · ${this.position}`);
    }
    this.#wanted = null;
  }

  #show(text: PageText, run: number, aloud: boolean): void {
    this.now = { page: text.page, run };
    const mark = text.marks[run];
    if (mark) this.scroller?.toWord(text.page, mark[0]);
    if (aloud) say.quietly(this.position);
  }

  /** The next or previous hit: on this page, on the next page that matches, in the next item of the results. */
  async step(direction: 1 | -1): Promise<void> {
    if (this.q === '') return this.#stepResults(direction);
    const from = this.now?.page === this.page ? this.now : null;
    const text = this.text(this.page);
    if (text && text.marks.length > 0 && this.store.texts.get(this.page)?.q === this.q) {
      const run = from ? from.run + direction : direction > 0 ? 0 : text.marks.length - 1;
      if (run >= 0 && run < text.marks.length) return this.#show(text, run, true);
    }
    const page = this.hits.step(this.page, direction);
    if (page === 0) return this.#stepResults(direction);
    this.#wanted = { page, run: direction > 0 ? 'first' : 'last' };
    this.goTo(page, false);
    const there = this.text(page);
    if (there) this.arrived(there);
    say.quietly(t('read.page_of', { n: page, m: this.store.total }));
  }

  async #stepResults(direction: 1 | -1): Promise<void> {
    if (!hitContext.active) {
      say.aloud(t(this.q === '' ? 'read.no_query' : direction > 0 ? 'read.last_match' : 'read.first_match'));
      return;
    }
    // The results list pages: those of this item were stepped through already.
    try {
      for (;;) {
        const hit = await (direction > 0 ? hitContext.next() : hitContext.previous());
        if (!hit) {
          say.aloud(t(direction > 0 ? 'read.last_result' : 'read.first_result'));
          return;
        }
        if (hit.item === this.store.item) continue;
        router.go(hitContext.address(hit));
        return;
      }
    } catch {
      say.aloud(t('read.step_failed'));
    }
  }

  /** "match 3 of 12"; empty when nothing is searched for. */
  get position(): string {
    const all = this.hits.words;
    if (this.q === '' || all === 0) return '';
    const text = this.now ? this.text(this.now.page) : null;
    if (!this.now || !text) return t('read.matches', { n: all });
    let before = this.hits.before(this.now.page);
    for (const [first, last] of text.marks.slice(0, this.now.run)) before += last - first + 1;
    // A phrase is one match, however many words it has.
    const mark = text.marks[this.now.run];
    const length = mark && /^\s*"[^"]*"\s*$/.test(this.q) ? mark[1] - mark[0] + 1 : 1;
    const whole = all % length === 0 && before % length === 0 ? length : 1;
    return t('read.match_of', { n: before / whole + 1, m: all / whole });
  }

  // ----- choosing words

  choose(page: number, span: Span, by: Chosen['by'], anchor = span[0]): void {
    const now = this.chosen;
    if (now && now.page === page && now.span[0] === span[0] && now.span[1] === span[1]) return;
    this.chosen = { page, span, anchor, by };
  }
  unchoose(): void {
    this.chosen = null;
  }
  /** Word back or forward from what is chosen, else from the hit, else from the page's first word. */
  moveWord(step: 1 | -1, extend: boolean): void {
    const page = this.chosen?.page ?? this.page;
    const text = this.text(page);
    if (!text || text.words_list.length === 0) return;
    let span: Span;
    let anchor: number;
    if (this.chosen) {
      anchor = extend ? this.chosen.anchor : 0;
      span = moved(this.chosen.span, this.chosen.anchor, text.words_list.length, step, extend);
    } else {
      const start = text.marks[Math.max(0, this.runNow(page))]?.[0] ?? 1;
      span = [start, start];
      anchor = start;
    }
    this.choose(page, span, 'keys', anchor === 0 ? span[0] : anchor);
    const moving = this.chosen?.anchor === span[0] ? span[1] : span[0];
    this.scroller?.toWord(page, moving);
    const word = text.words_list[moving - 1]?.[0] ?? '';
    say.quietly(extend ? t('read.words_chosen', { n: span[1] - span[0] + 1 }) : `${number(moving)}: ${word.slice(0, 80)}`);
  }
  /** What a citation is made of: the chosen words, else those of the address, else the hit. */
  get citable(): { page: number; span: Span } | null {
    if (this.chosen) return this.chosen;
    if (this.now) {
      const mark = this.text(this.now.page)?.marks[this.now.run];
      if (mark) return { page: this.now.page, span: mark };
    }
    return this.cited;
  }
}
