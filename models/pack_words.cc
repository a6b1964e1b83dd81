// SPDX-License-Identifier: AGPL-3.0-or-later
// Packs word lists for the program: words on stdin, one a line, are folded with the program's own folding and
// written as sorted 32-bit hashes, little endian. Built and run by CMake (models/word_lists.cmake).
//
// usage: pack_words OUT < words
#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "text/fold.h"
#include "text/word_hash.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: pack_words OUT < words\n";
    return 2;
  }
  std::vector<std::uint32_t> hashes;
  std::string word;
  while (std::getline(std::cin, word)) {
    const std::string folded = dragoman::text::fold_word(word);
    if (!folded.empty()) hashes.push_back(dragoman::text::word_hash(folded));
  }
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  std::ofstream out(argv[1], std::ios::binary);
  for (std::uint32_t hash : hashes) {
    for (int shift = 0; shift < 32; shift += 8) out.put(static_cast<char>((hash >> shift) & 0xFFU));
  }
  out.flush();
  if (!out || hashes.size() < 10'000) {
    std::cerr << "pack_words: cannot write " << argv[1] << ", or the dictionary is damaged (" << hashes.size()
              << " words)\n";
    return 1;
  }
  return 0;
}
