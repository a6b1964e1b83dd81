// SPDX-License-Identifier: AGPL-3.0-or-later
// What was chosen but not started yet: it stays while somebody looks at another screen, and goes with the page.
import type { Place } from '../../lib/api/types';

class Draft {
  source = $state<'machine' | 'browser'>('machine');
  places = $state.raw<Place[]>([]);
  langs = $state.raw<string[] | null>(null); // null: nobody chose; all that the machine can read
  passwords = $state('');
  anew = $state(false); // the summary of the last run was put away
}
export const draft = new Draft();
