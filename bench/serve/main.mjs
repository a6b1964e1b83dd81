// SPDX-License-Identifier: AGPL-3.0-or-later
// The order of the measurements; serve_bench says how to call it.
import { cpus, loadavg } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bigCase } from './big_case.mjs';
import { missed } from './figures.mjs';
import { httpPart } from './http_part.mjs';

const source = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const args = process.argv.slice(2);
const option = (name, fallback) => {
  const at = args.indexOf(name);
  return at < 0 ? fallback : args.splice(at, 2)[1];
};
const flag = (name) => {
  const at = args.indexOf(name);
  if (at >= 0) args.splice(at, 1);
  return at >= 0;
};
const pages = Number(option('--pages', 20_000));
const seconds = Number(option('--seconds', 30));
const only = option('--only', '');
const onlyHttp = flag('--http');
const onlyBrowser = flag('--browser');
const build = resolve(args[0] ?? join(source, 'build/release'));

// Whatever happens, it ends.
setTimeout(() => {
  console.error('serve_bench: stopped after 20 minutes');
  process.exit(1);
}, 20 * 60_000).unref();

const home = bigCase(source, build, pages);
const program = join(build, 'dragoman');
console.log(`${cpus().length} cores, load ${loadavg()[0].toFixed(1)} before`);
if (!onlyBrowser && only === '') await httpPart(program, home, { seconds });
if (!onlyHttp) {
  const { browserPart } = await import('./browser_part.mjs');
  await browserPart(program, home, { source, build, only });
}
console.log(`load ${loadavg()[0].toFixed(1)} after; ${missed()} limits missed`);
process.exit(missed() === 0 ? 0 : 1);
