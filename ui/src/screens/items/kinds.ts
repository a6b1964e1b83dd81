// SPDX-License-Identifier: AGPL-3.0-or-later
// Which icon stands for an item.
import type { TreeNode } from '../../lib/api/types';
import type { IconName } from '../../lib/components/Icon.svelte';

const kIcons: Record<string, IconName> = {
  mail: 'mail', mbox: 'mail', msg: 'mail', pst: 'mail', emlx: 'mail', tnef: 'mail', vcard: 'text', calendar: 'text',
  image: 'image', jpeg: 'image', png: 'image', tiff: 'image', gif: 'image', bmp: 'image', svg: 'image', heic: 'image',
  zip: 'archive', tar: 'archive', gzip: 'archive', '7z': 'archive', rar: 'archive', bzip2: 'archive', xz: 'archive',
  pdf: 'text', docx: 'text', text: 'text', odt: 'text', rtf: 'text', html: 'text', doc: 'text',
};

export function iconOf(node: Pick<TreeNode, 'kind' | 'type'>): IconName {
  return node.kind === 'folder' ? 'folder' : (kIcons[node.type ?? ''] ?? 'file');
}
