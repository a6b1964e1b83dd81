// SPDX-License-Identifier: AGPL-3.0-or-later
// Words of the pages in the reader's language. the files in src/i18n/<locale>/ hold them, one a screen: a key's value is a text, or an object
// of plural categories ({"one": …, "other": …}) chosen by `n`. {name} is replaced; numbers are written with the
// reader's digits. scripts/strings.mjs finds keys that a file lacks and texts that stand outside of the files.
import en from '../i18n/en';
import fa from '../i18n/fa';
import { type Locale, prefs } from './prefs.svelte';

type Message = string | Record<string, string>;
export type Key = keyof typeof en;
const kMessages: Record<Locale, Record<string, Message>> = { en, fa };
// Persian dates in the Solar Hijri calendar; the ISO date is shown beside where it matters.
const kTags: Record<Locale, string> = { en: 'en-GB', fa: 'fa-IR-u-ca-persian' };

export type Values = Record<string, string | number>;

// Making one of these costs more than a row of a list may: each is made once for a language of the pages.
function kept<T>(make: (tag: string) => T): () => T {
  const made = new Map<Locale, T>();
  return () => {
    const locale = prefs.locale;
    let one = made.get(locale);
    if (one === undefined) {
      one = make(kTags[locale]);
      made.set(locale, one);
    }
    return one;
  };
}
const plurals = kept((tag) => new Intl.PluralRules(tag));
const plainNumbers = kept((tag) => new Intl.NumberFormat(tag));
const percents = kept((tag) => new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 0 }));
const languages = kept((tag) => new Intl.DisplayNames([tag], { type: 'language' }));

/** The text of a key; reactive where it is called from a component. */
export function t(key: Key, values: Values = {}): string {
  const message = kMessages[prefs.locale][key] ?? kMessages.en[key] ?? key;
  let text: string;
  if (typeof message === 'string') {
    text = message;
  } else {
    const category = plurals().select(Number(values.n ?? 0));
    text = message[category] ?? message.other ?? key;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? number(value) : value;
  });
}

/** For keys made of a closed word of the server ("state.read"): the word itself when there is no text. */
export function term(group: string, word: string): string {
  const key = `${group}.${word}`;
  return key in kMessages.en ? t(key as Key) : word;
}

export function number(value: number, options?: Intl.NumberFormatOptions): string {
  if (options === undefined) return plainNumbers().format(value);
  return new Intl.NumberFormat(kTags[prefs.locale], options).format(value);
}

export function percent(share: number): string {
  return percents().format(share);
}

export function bytes(value: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || size >= 100 ? 0 : 1;
  // Persian abbreviates in Latin letters, which tear a line apart; its words are short.
  const unitDisplay = unit === 0 || prefs.locale === 'fa' ? 'long' : 'short';
  return number(size, { style: 'unit', unit: units[unit] ?? 'byte', unitDisplay, maximumFractionDigits: digits });
}

/** An ISO 8601 time for a reader; the text itself when it is none. */
export function dateTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  return new Intl.DateTimeFormat(kTags[prefs.locale], { dateStyle: 'medium', timeStyle: 'short' }).format(time);
}

/** A day (ISO 8601 without a time) for a reader. */
export function day(iso: string): string {
  const time = new Date(`${iso}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(iso) || Number.isNaN(time.getTime())) return iso;
  return new Intl.DateTimeFormat(kTags[prefs.locale], { dateStyle: 'long', timeZone: 'UTC' }).format(time);
}

/** The name of a language by its ISO 639-1 code. */
export function language(code: string): string {
  if (code === '') return t('lang.unknown');
  try {
    return languages().of(code) ?? code;
  } catch {
    return code;
  }
}

/** The name of a language by Tesseract's code ("fas", "aze_cyrl"); names with a capital are scripts ("Arabic"). */
export function scanLanguage(code: string): string {
  if (/^[A-Z]/.test(code)) return t('lang.script', { name: code });
  return language(code.split('_')[0] ?? code);
}

/** A span of time in the two largest units that matter: "3 minutes", "1 hour 20 minutes". */
export function duration(seconds: number): string {
  const part = (value: number, unit: string) => number(value, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 });
  if (seconds < 60) return part(Math.max(1, Math.round(seconds)), 'second');
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return part(minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? part(hours, 'hour') : `${part(hours, 'hour')} ${part(minutes % 60, 'minute')}`;
}
