// SPDX-License-Identifier: AGPL-3.0-or-later
// Decides which files the leak has, and writes them as they are made: a leak of 700 pages does not
// fit in memory.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "gold.h"
#include "press.h"

namespace dragoman::sample {

struct LeakOptions {
  std::filesystem::path folder;  // gets files/ and gold/
  int pages = 60;
  std::uint64_t seed = 1;
  bool all_producers = false;
};

// What a page is for the plan: pages of each sort in each language are counted against a target.
enum class Sort { clean, degraded, born, text };

class PageBudget {
 public:
  explicit PageBudget(int pages);
  int left(Lang lang, Sort sort) const { return left_[index(lang, sort)]; }
  void spend(const GoldPage& page);

 private:
  static std::size_t index(Lang lang, Sort sort) {
    return static_cast<std::size_t>(lang) * 4 + static_cast<std::size_t>(sort);
  }
  std::array<int, 12> left_{};
};

class Leak {
 public:
  explicit Leak(LeakOptions options);

  Result<void> make();
  const std::vector<LeakItem>& files() const { return files_; }
  const std::vector<std::string>& passwords() const { return passwords_; }

 private:
  Result<void> add(LeakItem item, std::string name);
  // Pages of an item and of what is inside it; a copy costs nothing.
  void pay_for(const LeakItem& item);
  // The same bytes once more, under another name.
  Result<void> add_copy(const LeakItem& original, std::string name);

  // planted.cc: one of each thing a reader must survive.
  Result<void> plant();
  Result<void> plant_damaged();
  Result<void> plant_encrypted();
  Result<void> plant_wrong_extensions();
  Result<void> plant_archives();
  Result<void> plant_mails();
  Result<void> plant_texts();
  Result<void> plant_pictures();
  Result<void> plant_names();
  Result<void> plant_rescan(Lang lang);

  // planted_kinds.cc: one file of every other kind.
  class Kind;
  Result<void> plant_kinds();
  Result<void> plant_documents();
  Result<void> plant_tables();
  Result<void> plant_slides();
  Result<void> plant_pages();
  Result<void> plant_mailboxes();
  Result<void> plant_things();

  // leak.cc: ordinary files, until the budget is spent.
  Result<void> fill();
  Result<void> fill_scans(Lang lang, Sort sort);
  Result<void> fill_born(Lang lang);
  Result<void> fill_text(Lang lang);
  std::string ordinary_name(Lang lang, std::string_view extension);

  LeakOptions options_;
  Prng prng_;
  Press press_;
  PageBudget budget_;
  std::vector<LeakItem> files_;
  std::vector<std::string> passwords_;
  std::set<std::string> counted_;  // hashes whose pages the budget has paid for
  int serial_ = 100;
  std::array<int, 3> born_{};  // by language: the producers take turns
};

}  // namespace dragoman::sample
