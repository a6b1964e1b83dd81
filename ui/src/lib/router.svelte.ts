// SPDX-License-Identifier: AGPL-3.0-or-later
// Addresses are the state of the pages: what can be seen can be bookmarked, sent to a colleague with the same case, and
// gone back to. docs/ui.md has the table of addresses.

export type ScreenName = 'search' | 'read' | 'items' | 'gaps' | 'custody' | 'add' | 'cite' | 'missing';

export interface Place {
  screen: ScreenName;
  item: number;
  page: number;
  query: URLSearchParams;
}

const kSimple: Record<string, ScreenName> = {
  '/': 'search',
  '/search': 'search',
  '/items': 'items',
  '/gaps': 'gaps',
  '/custody': 'custody',
  '/add': 'add',
  '/cite': 'cite',
};

export function placeOf(path: string, search: string): Place {
  const query = new URLSearchParams(search);
  const read = /^\/read\/(\d{1,15})(?:\/(\d{1,9}))?$/.exec(path);
  if (read) return { screen: 'read', item: Number(read[1]), page: Number(read[2] ?? 1), query };
  return { screen: kSimple[path] ?? 'missing', item: 0, page: 0, query };
}

class Router {
  place = $state.raw<Place>(placeOf(location.pathname, location.search));
  /** Changes with every step that is not a replacement: what moves the focus to the new screen. */
  steps = $state(0);

  start(): () => void {
    const popped = () => (this.place = placeOf(location.pathname, location.search));
    const clicked = (event: MouseEvent) => {
      if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
      const link = (event.target as Element).closest?.('a[href]');
      if (!(link instanceof HTMLAnchorElement) || link.target !== '' || link.hasAttribute('download')) return;
      const url = new URL(link.href);
      if (url.origin !== location.origin || url.pathname.startsWith('/api/') || url.pathname.startsWith('/originals/'))
        return;
      event.preventDefault();
      this.go(url.pathname + url.search);
    };
    addEventListener('popstate', popped);
    document.addEventListener('click', clicked);
    return () => {
      removeEventListener('popstate', popped);
      document.removeEventListener('click', clicked);
    };
  }

  go(url: string): void {
    history.pushState(null, '', url);
    this.steps += 1;
    this.place = placeOf(location.pathname, location.search);
  }
  /** The same screen in another state (typing, scrolling): no step back to it. */
  replace(url: string): void {
    history.replaceState(history.state, '', url);
    this.place = placeOf(location.pathname, location.search);
  }
}
export const router = new Router();
