// SPDX-License-Identifier: AGPL-3.0-or-later
// make_case.mjs FOLDER: the case of the sample leak that the tests of the pages copy (CTest's fixture pages.case).
import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildSampleCase } from './harness.mjs';

const folder = resolve(process.argv[2]);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await buildSampleCase(folder);
