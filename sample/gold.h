// SPDX-License-Identifier: AGPL-3.0-or-later
// What is true about the leak: its items, pages, words, documents. docs/gold.md is the contract.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "geometry.h"
#include "letter.h"

namespace dragoman::sample {

inline constexpr int kGoldSchema = 1;

struct GoldWord {
  std::string text{};
  std::optional<Rect> box{};
  double line_top = 0;  // with a box only
  double line_bottom = 0;
};

struct GoldPage {
  int page = 1;
  Lang lang = Lang::en;
  std::string source{};  // scan, born, text
  std::string producer{};
  std::string scan{};  // clean, degraded, or empty
  int dpi = 0;         // 0: not a picture
  bool upside_down = false;
  std::string face{};
  double width = 0;  // points; 0: reflowable
  double height = 0;
  std::string label{};    // what the reader calls the page beside its number
  std::string planted{};  // a word that stands on this page and nowhere else
  std::string text{};
  std::vector<GoldWord> words{};
};

struct GoldDocument {
  int page_from = 1;
  int page_to = 1;
  std::string kind{};
  Lang lang = Lang::en;
  std::string from{}, to{}, number{}, date{}, subject{}, marking{};
  std::vector<DateMention> dates{};
};

struct GoldGap {
  std::string kind{};
  std::string where{};
};

// A file of the leak, or a member of one.
struct LeakItem {
  std::string name{};  // raw bytes, relative to its parent
  std::string type{};
  std::string state = "read";
  std::string producer{};
  std::string scan{};
  std::vector<GoldGap> gaps{};
  std::vector<LeakItem> children{};
  std::vector<GoldPage> pages{};
  std::vector<GoldDocument> documents{};
  std::vector<GoldPage> locked_pages{};  // what a password would bring to light
  std::string locked_sha256{};           // of the bytes behind it, where they are an item of their own

  // Emptied once the item is written to disk; the hash stays. Nobody can have the bytes of a member
  // that is encrypted or cut: no hash then.
  std::string bytes{};
  bool has_bytes = true;
  std::string sha256{};
};

// Hashes an item and everything inside it.
void seal(LeakItem& item);

// A path as the gold writes it: bytes that are not UTF-8 as %XX.
std::string gold_path(std::string_view raw);

struct PlacedItem {
  const LeakItem* item = nullptr;
  std::string path{};  // as the gold writes it
  bool duplicate = false;
  std::vector<std::string> children{};
};

// All items in canonical order (depth, then path bytes), without what lies inside duplicates.
std::vector<PlacedItem> place_items(const std::vector<LeakItem>& files);

struct GoldHeader {
  std::string version{};
  std::uint64_t seed = 0;
  int pages = 0;
  std::string producers{};
  std::vector<std::string> passwords{};
};

Result<void> write_gold(const std::filesystem::path& folder, const GoldHeader& header,
                        const std::vector<PlacedItem>& items);

}  // namespace dragoman::sample
