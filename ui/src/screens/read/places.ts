// SPDX-License-Identifier: AGPL-3.0-or-later
// How the tree names an item (docs/openapi.json: TreeNode.node of an item).
export function nodeOf(item: number): string {
  return `i${item}`;
}
