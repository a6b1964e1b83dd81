// SPDX-License-Identifier: AGPL-3.0-or-later
// The case that is measured: generated PDFs and mails, and the sample leak with its scans. Made once, then kept.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

function run(program, args, env) {
  const done = spawnSync(program, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  if (done.status !== 0 && done.status !== 3) throw new Error(`${program} ended with ${done.status ?? done.signal}`);
}

/** A folder with `case` and `config` in it. */
export function bigCase(source, build, pages) {
  const folder = join(source, `build/bench-case-${pages}`);
  const env = { ...process.env, XDG_CONFIG_HOME: join(folder, 'config'), XDG_STATE_HOME: join(folder, 'state') };
  if (!existsSync(join(folder, 'done'))) {
    console.log(`making a case of ${pages} pages in ${folder} …`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    run(join(build, 'big_leak'), [join(folder, 'files'), String(pages)], env);
    run(join(build, 'dragoman-sample'), [join(folder, 'sample'), '--pages', '60', '--seed', '7'], env);
    renameSync(join(folder, 'sample/files'), join(folder, 'files/sample'));
    run(join(build, 'dragoman'), ['new', join(folder, 'case'), '--title', 'Twenty thousand pages'], env);
    run(join(build, 'dragoman'), ['add', join(folder, 'case'), join(folder, 'files')], env);
    rmSync(join(folder, 'files'), { recursive: true });
    mkdirSync(join(folder, 'done'));
  }
  return { path: join(folder, 'case'), env };
}

/** Pictures made earlier would be no measure of making them. */
export function forgetPictures(path) {
  rmSync(join(path, 'derived/pictures'), { recursive: true, force: true });
}
