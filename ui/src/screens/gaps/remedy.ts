// SPDX-License-Identifier: AGPL-3.0-or-later
// What can be done about a gap, as precisely as its reason tells. The reason is the program's own English text.
import type { GapKind } from '../../lib/api/types';
import type { IconName } from '../../lib/components/Icon.svelte';
import type { Key } from '../../lib/i18n';

export interface Remedy {
  text: Key;
  command?: string; // for a terminal; capitals stand for what the reader fills in
  toAdd?: boolean; // the screen Add does it as well
}

const kAddAgain = 'dragoman add CASE PATH';

const kRemedies: Record<GapKind, Remedy> = {
  empty: { text: 'gaps.remedy.empty' },
  malformed: { text: 'gaps.remedy.malformed' },
  truncated: { text: 'gaps.remedy.truncated' },
  encrypted: { text: 'gaps.remedy.encrypted', command: 'dragoman retry CASE --passwords FILE', toAdd: true },
  unsupported: { text: 'gaps.remedy.unsupported' },
  type_mismatch: { text: 'gaps.remedy.type_mismatch' },
  limit: { text: 'gaps.remedy.limit', command: 'dragoman retry CASE --kind limit --limit NAME=VALUE' },
  timeout: { text: 'gaps.remedy.timeout', command: 'dragoman retry CASE --kind timeout' },
  crashed: { text: 'gaps.remedy.crashed' },
  io: { text: 'gaps.remedy.io', command: kAddAgain, toAdd: true },
  lost_line: { text: 'gaps.remedy.lost_line' },
  not_transcribed: { text: 'gaps.remedy.not_transcribed' },
  missing_dependency: { text: 'gaps.remedy.missing_dependency', command: 'dragoman doctor' },
};

export function remedyOf(kind: GapKind, detail = ''): Remedy {
  const data = /\btesseract-ocr-[a-z][a-z0-9-]*/.exec(detail);
  if (kind === 'missing_dependency' && data)
    return { text: 'gaps.remedy.install', command: `sudo apt install ${data[0]}`, toAdd: true };
  if (kind === 'encrypted' && /without its key|^the mail is encrypted/.test(detail)) return { text: 'gaps.remedy.key' };
  if (kind === 'unsupported' && /^a link/.test(detail)) return { text: 'gaps.remedy.link' };
  if (kind === 'io' && /changed while/.test(detail)) return { text: 'gaps.remedy.changed', command: kAddAgain, toAdd: true };
  if (kind === 'malformed' && /was altered/.test(detail)) return { text: 'gaps.remedy.altered' };
  if (kind === 'not_transcribed' && /^speech/.test(detail)) return { text: 'gaps.remedy.speech' };
  return kRemedies[kind];
}

export const kGapIcons: Record<GapKind, IconName> = {
  empty: 'file', malformed: 'alert', truncated: 'alert', encrypted: 'lock', unsupported: 'file', type_mismatch: 'info',
  limit: 'gaps', timeout: 'clock', crashed: 'close', io: 'alert', lost_line: 'text', not_transcribed: 'image',
  missing_dependency: 'download',
};
