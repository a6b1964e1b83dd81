// SPDX-License-Identifier: AGPL-3.0-or-later
// The whole leak, twice: what the issue promises about it, and that it repeats byte for byte.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/digest.h"
#include "base/file.h"
#include "gold.h"
#include "leak.h"

namespace dragoman::sample {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class LeakTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string name = (fs::temp_directory_path() / "dragoman-leak-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root_ = name;
    make(root_ / "one");
    make(root_ / "two");
  }
  static void TearDownTestSuite() { fs::remove_all(root_); }

  static void make(const fs::path& folder) {
    fs::create_directories(folder / "gold");
    Leak leak({.folder = folder, .pages = 60, .seed = 11});
    ASSERT_TRUE(leak.make());
    ASSERT_TRUE(write_gold(folder / "gold", {"1", 11, 60, "cairo", leak.passwords()}, place_items(leak.files())));
  }
  static std::vector<Json> lines(const std::string& name) {
    std::vector<Json> out;
    const std::string text = read_file(root_ / "one/gold" / name, 1u << 30).value();
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      out.push_back(Json::parse(text.substr(at, end - at)));
      at = end + 1;
    }
    return out;
  }
  static std::map<std::string, std::string> hashes(const fs::path& folder) {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      out[entry.path().lexically_relative(folder).string()] = sha256(read_file(entry.path(), 1u << 30).value()).hex();
    }
    return out;
  }

  static fs::path root_;
};
fs::path LeakTest::root_;

TEST_F(LeakTest, RepeatsByteForByte) {
  EXPECT_EQ(hashes(root_ / "one"), hashes(root_ / "two"));
}

TEST_F(LeakTest, GoldHashesAreThoseOfTheFiles) {
  std::map<std::string, std::string> gold;
  for (const Json& item : lines("items.jsonl")) {
    const std::string path = item["path"];
    if (path.find("!/") == std::string::npos) gold[path] = item["sha256"];
  }
  std::map<std::string, std::string> disk;
  for (const auto& [path, hash] : hashes(root_ / "one/files")) disk[gold_path(path)] = hash;
  EXPECT_EQ(gold, disk);
}

TEST_F(LeakTest, HasPagesOfEverySortInEveryLanguage) {
  std::map<std::string, int> count;
  int upside_down = 0;
  const std::vector<Json> pages = lines("pages.jsonl");
  for (const Json& page : pages) {
    const std::string scan = page["scan"].is_null() ? "" : page["scan"].get<std::string>();
    ++count[page["lang"].get<std::string>() + " " + (scan.empty() ? page["source"].get<std::string>() : scan)];
    upside_down += page["upside_down"].get<bool>() ? 1 : 0;
  }
  // One file of every kind is in the smallest leak too, and more than fills its share of pages that are text.
  EXPECT_NEAR(static_cast<double>(pages.size()), 60 + 40, 5);
  for (const std::string lang : {"fa", "ar", "en"}) {
    for (const std::string sort : {"clean", "degraded", "born", "text"}) {
      EXPECT_GE(count[lang + " " + sort], 3) << lang << ' ' << sort;
    }
  }
  EXPECT_GE(upside_down, 1);
}

TEST_F(LeakTest, HasEveryStateAndEveryPlantedGap) {
  std::set<std::string> states, gaps;
  std::set<std::string> paths;
  for (const Json& item : lines("items.jsonl")) {
    states.insert(item["state"]);
    for (const Json& gap : item["gaps"]) gaps.insert(gap["kind"]);
    EXPECT_TRUE(paths.insert(item["path"]).second) << item["path"];
  }
  EXPECT_EQ(states, (std::set<std::string>{"read", "partial", "duplicate", "encrypted", "unsupported", "failed"}));
  EXPECT_EQ(gaps, (std::set<std::string>{"empty", "truncated", "encrypted", "unsupported", "type_mismatch",
                                         "not_transcribed"}));
}

TEST_F(LeakTest, AsksSearchesThatHaveAnswers) {
  std::map<std::string, int> why;
  for (const Json& query : lines("queries.jsonl")) {
    const std::size_t pages = query["expect"].size() + query["expect_scan"].size();
    EXPECT_GE(query["expect"].size(), 1u);
    EXPECT_LE(pages, 20u);
    ++why[query["why"]];
  }
  for (const char* sort : {"arabic_letters_for_persian", "without_zwnj", "western_digits", "persian_digits", "harakat",
                           "alef_forms", "case", "phrase", "prefix", "two_words"}) {
    EXPECT_GE(why[sort], 4) << sort;
  }
}

TEST_F(LeakTest, BoxesLieOnTheirPages) {
  for (const Json& page : lines("pages.jsonl")) {
    for (const Json& word : page["words"]) {
      if (word["box"].is_null()) continue;
      EXPECT_GE(word["box"][0], 0) << page["path"] << word["t"];
      EXPECT_GE(word["box"][1], 0) << page["path"] << word["t"];
      EXPECT_LE(word["box"][2], page["width"]) << page["path"] << word["t"];
      EXPECT_LE(word["box"][3], page["height"]) << page["path"] << word["t"];
      EXPECT_LT(word["box"][0], word["box"][2]) << page["path"] << word["t"];
    }
  }
}

}  // namespace
}  // namespace dragoman::sample
