// SPDX-License-Identifier: AGPL-3.0-or-later
// What readers type: words and phrases that stand on pages of the case, some common, some rare.
import { search } from './server.mjs';

const kSeedWords = ['گزارش', 'وزارت', 'تقرير', 'الوزارة', 'report', 'meeting', 'border', 'نامه'];

/** The item with most pages, others that have pictures, and words by language. */
export async function lookAround(client) {
  const items = new Map();
  const texts = [];
  for (const q of kSeedWords) {
    const answer = await client.json(search(q));
    for (const hit of answer.hits) {
      if (!hit.paged) continue;
      items.set(hit.item, { id: hit.item, sha256: hit.blob, pages: hit.pages });
      if (texts.length < 60) texts.push([hit.item, hit.page]);
    }
  }
  const words = new Set();
  const phrases = [];
  for (const [item, page] of texts) {
    const text = await client.json(`/api/items/${item}/pages/${page}`);
    const plain = text.words_list.map((row) => row[0].replace(/[^\p{L}\p{N}\u200c]/gu, '')).filter((word) => [...word].length > 2);
    for (const word of plain) words.add(word);
    for (let i = 5; i + 2 < plain.length; i += 37) phrases.push(`${plain[i]} ${plain[i + 1]}`);
  }
  const sorted = [...items.values()].sort((a, b) => b.pages - a.pages);
  return { largest: sorted[0], items: sorted.filter((item) => item.pages > 50), words: [...words], phrases };
}
