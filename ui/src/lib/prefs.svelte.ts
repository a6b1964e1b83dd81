// SPDX-License-Identifier: AGPL-3.0-or-later
// What a reader chose for this browser: language of the pages, light or dark. Nothing of the case is kept here.

export type Locale = 'en' | 'fa';
export type Theme = 'auto' | 'light' | 'dark';
export const LOCALES: readonly Locale[] = ['en', 'fa'];

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // a browser that keeps nothing: the choice lasts as long as the page
  }
}

function firstLocale(): Locale {
  const chosen = stored('locale');
  if (chosen === 'en' || chosen === 'fa') return chosen;
  return navigator.languages.some((tag) => /^(fa|prs)\b/i.test(tag)) ? 'fa' : 'en';
}

function firstTheme(): Theme {
  const chosen = stored('theme');
  return chosen === 'light' || chosen === 'dark' ? chosen : 'auto';
}

class Prefs {
  #locale = $state<Locale>(firstLocale());
  #theme = $state<Theme>(firstTheme());

  get locale(): Locale {
    return this.#locale;
  }
  set locale(value: Locale) {
    this.#locale = value;
    keep('locale', value);
    this.apply();
  }
  get theme(): Theme {
    return this.#theme;
  }
  set theme(value: Theme) {
    this.#theme = value;
    keep('theme', value);
    this.apply();
  }
  get dir(): 'ltr' | 'rtl' {
    return this.#locale === 'fa' ? 'rtl' : 'ltr';
  }
  /** Puts the choices on the document. */
  apply(): void {
    const root = document.documentElement;
    root.lang = this.#locale;
    root.dir = this.dir;
    if (this.#theme === 'auto') delete root.dataset.theme;
    else root.dataset.theme = this.#theme;
  }
}
export const prefs = new Prefs();
