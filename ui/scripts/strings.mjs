// SPDX-License-Identifier: AGPL-3.0-or-later
// Finds words of the pages that a translator would not find, and files of words that do not fit together:
//   - text or a spoken attribute (aria-label, title, placeholder, alt, label) written into a component, a literal handed
//     to say.*, letters of the Arabic script in any literal;
//   - a key that one language lacks, that stands in two files, that nobody uses;
//   - a plural form that the language needs and the file lacks, and the other way round;
//   - {places} that are not the same in all languages.
// Prints file:line: what, and exits 1 when there is anything.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'svelte/compiler';

const kRoot = join(dirname(fileURLToPath(import.meta.url)), '..');
const kSource = join(kRoot, 'src');
const kLocales = ['en', 'fa'];
// Keys made of a closed word of the server: term(group, word) in the sources.
const kGroups = JSON.parse(readFileSync(join(kRoot, 'scripts', 'strings-groups.json'), 'utf8'));
// Names of languages are written in themselves, whatever the pages' language is.
const kNamedInThemselves = new Set(['lib/components/Settings.svelte']);
// What is written alike in every language: names of algorithms, examples of hashes.
const kNoWords = /^(SHA-256|[0-9a-f:…]+)$/;
const kSpoken = new Set([
  'aria-label', 'aria-description', 'aria-roledescription', 'aria-valuetext', 'aria-placeholder',
  'title', 'placeholder', 'alt', 'label',
]);

const found = [];
const report = (file, line, what) => found.push({ file: relative(kRoot, file), line, what });
const lineOf = (text, offset) => text.slice(0, offset).split('\n').length;
const hasLetters = (text) => /\p{L}/u.test(text);

// ----- the files of words
/** locale → key → {message, file, line} */
const words = new Map();
for (const locale of kLocales) {
  const keys = new Map();
  for (const name of readdirSync(join(kSource, 'i18n', locale)).filter((one) => one.endsWith('.json')).sort()) {
    const file = join(kSource, 'i18n', locale, name);
    const text = readFileSync(file, 'utf8');
    const lines = text.split('\n');
    const seen = new Set();
    lines.forEach((line, i) => {
      // JSON.parse keeps the last of two equal keys and says nothing.
      const key = /^ {2}"([^"]+)"\s*:/.exec(line)?.[1];
      if (key !== undefined && seen.has(key)) report(file, i + 1, `"${key}" stands twice in this file`);
      if (key !== undefined) seen.add(key);
    });
    for (const [key, message] of Object.entries(JSON.parse(text))) {
      const line = lines.findIndex((one) => one.includes(`"${key}"`)) + 1;
      const other = keys.get(key);
      if (other) report(file, line, `"${key}" stands in ${relative(kRoot, other.file)} too`);
      keys.set(key, { message, file, line });
    }
  }
  words.set(locale, keys);
}

const placesOf = (message) => {
  const texts = typeof message === 'string' ? [message] : Object.values(message);
  return [...new Set(texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1])))].sort().join(', ');
};
for (const [locale, keys] of words) {
  const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
  for (const [key, { message, file, line }] of keys) {
    for (const other of kLocales) {
      if (!words.get(other).has(key)) report(file, line, `"${key}" is missing in ${other}`);
    }
    if (typeof message !== 'string') {
      for (const form of forms) if (!(form in message)) report(file, line, `"${key}" lacks the plural form "${form}"`);
      for (const form of Object.keys(message)) {
        if (!forms.includes(form)) report(file, line, `"${key}": ${locale} has no plural form "${form}"`);
      }
    }
    const texts = typeof message === 'string' ? [message] : Object.values(message);
    if (texts.some((text) => text.trim() === '')) report(file, line, `"${key}" is empty`);
    if (locale === 'fa' && texts.some((text) => /[يك]/.test(text) && !text.includes('\u2068'))) {
      report(file, line, `"${key}" has Arabic ي or ك where Persian writes ی and ک`);
    }
  }
}
const [first, ...others] = kLocales;
for (const [key, { message }] of words.get(first)) {
  for (const locale of others) {
    const other = words.get(locale).get(key);
    if (other && placesOf(other.message) !== placesOf(message)) {
      report(other.file, other.line, `"${key}" has the places {${placesOf(other.message)}}, ${first} has {${placesOf(message)}}`);
    }
  }
}

// ----- the sources
const sources = readdirSync(kSource, { recursive: true })
  .map(String)
  .filter((name) => /\.(svelte|ts)$/.test(name) && !name.endsWith('.d.ts'))
  .sort();
const usedKeys = new Set();
const usedBeginnings = new Set(); // t(`prefs.theme.${one}`): the compiler checks that each such key exists

/** String literals that an expression may come to be, with their offsets; what a call makes of its arguments is its own. */
function* literals(node) {
  if (!node || typeof node !== 'object') return;
  if (node.type === 'Literal' && typeof node.value === 'string') yield { text: node.value, at: node.start };
  else if (node.type === 'TemplateLiteral') {
    for (const quasi of node.quasis) yield { text: quasi.value.cooked ?? '', at: quasi.start };
    for (const inner of node.expressions) yield* literals(inner);
  } else if (node.type === 'ConditionalExpression') {
    yield* literals(node.consequent);
    yield* literals(node.alternate);
  } else if (node.type === 'LogicalExpression' || (node.type === 'BinaryExpression' && node.operator === '+')) {
    yield* literals(node.left);
    yield* literals(node.right);
  }
}

function walk(node, visit, above = []) {
  if (!node || typeof node !== 'object') return;
  if (Array.isArray(node)) {
    for (const one of node) walk(one, visit, above);
    return;
  }
  if (typeof node.type === 'string' && visit(node, above) === false) return;
  const next = typeof node.type === 'string' ? [...above, node] : above;
  for (const [name, child] of Object.entries(node)) {
    if (name !== 'loc' && name !== 'metadata' && child && typeof child === 'object') walk(child, visit, next);
  }
}

for (const name of sources) {
  const file = join(kSource, name);
  const text = readFileSync(file, 'utf8');
  for (const match of text.matchAll(/['"`]([a-z][a-z0-9_]*(?:\.[A-Za-z0-9_]+)+)['"`]/g)) usedKeys.add(match[1]);
  for (const match of text.matchAll(/`([a-z][a-z0-9_]*\.[A-Za-z0-9_.]*)\$\{/g)) usedBeginnings.add(match[1]);
  // A module is read as the script of a component: one kind of tree for both.
  const before = name.endsWith('.ts') ? '<script lang="ts">' : '';
  let tree;
  try {
    tree = parse(before === '' ? text : `${before}${text}</script>`, { modern: true, filename: file });
  } catch (error) {
    report(file, error.start?.line ?? 1, `cannot be read: ${error.message}`);
    continue;
  }
  const at = (offset) => lineOf(text, Math.max(0, offset - before.length));
  const complain = (literal, where) => {
    if (hasLetters(literal.text) && !kNoWords.test(literal.text.trim())) report(file, at(literal.at), `${where}: “${literal.text.trim().slice(0, 60)}”`);
  };
  walk(tree, (node, above) => {
    switch (node.type) {
      case 'StyleSheet':
      case 'Comment':
        return false;
      case 'StyleDirective': {
        const parts = Array.isArray(node.value) ? node.value : [node.value];
        for (const part of parts) if (part?.type === 'ExpressionTag') walk(part.expression, seeScript, above);
        return false;
      }
      case 'Attribute': {
        const parts = Array.isArray(node.value) ? node.value : [node.value];
        for (const part of parts) {
          if (!part || part === true) continue;
          if (part.type === 'Text') {
            if (kSpoken.has(node.name)) complain({ text: part.data, at: part.start }, `text in ${node.name}`);
          } else if (kSpoken.has(node.name)) {
            for (const literal of literals(part.expression)) complain(literal, `text in ${node.name}`);
          }
        }
        // Calls inside of attributes (onclick) are looked at; the texts of other attributes are no words.
        for (const part of parts) if (part?.type === 'ExpressionTag') walk(part.expression, seeScript, [...above, node]);
        return false;
      }
      case 'Text': {
        const holder = above.findLast((one) => one.type === 'RegularElement');
        const kept = holder?.attributes?.some((one) => one.name === 'translate');
        if (!kept) complain({ text: node.data, at: node.start + Math.max(0, node.data.search(/\S/)) }, 'text');
        return false;
      }
      case 'ExpressionTag':
        for (const literal of literals(node.expression)) complain(literal, 'text');
        walk(node.expression, seeScript, [...above, node]);
        return false;
      default:
        return seeScript(node);
    }
  });

  function seeScript(node) {
    if (node.type === 'CallExpression') {
      const callee = node.callee;
      if (callee.type === 'MemberExpression' && callee.object.name === 'say') {
        for (const argument of node.arguments) for (const literal of literals(argument)) complain(literal, 'text in say');
      }
      if (callee.type === 'Identifier' && callee.name === 'term') {
        const group = node.arguments[0];
        if (group?.type === 'Literal') {
          if (!kGroups.includes(group.value)) {
            report(file, at(node.start), `term('${group.value}', …): the group is not in scripts/strings-groups.json`);
          }
        }
      }
    }
    if (node.type === 'Literal' && typeof node.value === 'string' && /\p{Script=Arabic}/u.test(node.value) && !kNamedInThemselves.has(name)) {
      report(file, at(node.start), `a literal in the Arabic script: “${node.value.slice(0, 60)}”`);
    }
    return true;
  }
}

// ----- keys that nobody uses
for (const [locale, keys] of words) {
  for (const [key, { file, line }] of keys) {
    const grouped =
      kGroups.some((group) => key.startsWith(`${group}.`)) || [...usedBeginnings].some((one) => key.startsWith(one));
    if (!usedKeys.has(key) && !grouped) report(file, line, `"${key}" is used nowhere (${locale})`);
  }
}
for (const group of kGroups) {
  const there = [...words.get(first).keys()].some((key) => key.startsWith(`${group}.`));
  if (!there) report(join(kRoot, 'scripts', 'strings-groups.json'), 1, `no key begins with "${group}."`);
}

found.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
for (const { file, line, what } of found) console.log(`${file}:${line}: ${what}`);
const count = [...words.get(first).keys()].length;
console.log(found.length === 0 ? `strings: ${count} keys in ${kLocales.length} languages, ${sources.length} sources: nothing found` : `strings: ${found.length} found`);
process.exit(found.length === 0 ? 0 : 1);
