// SPDX-License-Identifier: AGPL-3.0-or-later
import add from './add.json';
import custody from './custody.json';
import gaps from './gaps.json';
import items from './items.json';
import page from './page.json';
import read from './read.json';
import search from './search.json';
import shell from './shell.json';

export default { ...shell, ...search, ...read, ...items, ...page, ...gaps, ...custody, ...add };
