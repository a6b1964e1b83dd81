// SPDX-License-Identifier: AGPL-3.0-or-later
// How right the readings of a case are, measured against the gold of the sample leak it was made from.
//
//   accuracy GOLD CASE [LABEL]        e.g. accuracy leak/gold mycase files
//
// For each kind of page (producer or scan kind, by language): the share of the gold's words that the case has, in
// order, after folding (word recall), and the share of those whose box is right. A box is right if it spans at
// least 80 % of the gold word's ink width with at most 25 % of its own width outside, and its vertical middle lies
// in the gold line. Exit status 1 when a limit is missed.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "evidence/items.h"
#include "evidence/pages.h"
#include "ingest/workspace.h"
#include "store/case_folder.h"
#include "text/tokens.h"

namespace {

using dragoman::Box;
using dragoman::Error;
using dragoman::Failure;
using dragoman::PageIndex;
using dragoman::Result;
using dragoman::Word;
using nlohmann::json;

struct GoldPage {
  std::string path;
  std::uint32_t number = 1;
  std::string group;  // "clean fa"
  bool boxes = false;
  std::vector<Word> words;
  std::vector<std::optional<std::pair<float, float>>> lines;  // vertical extent of each word's line
};

struct Score {
  std::size_t pages = 0;
  std::size_t missing_pages = 0;
  std::size_t gold_tokens = 0;
  std::size_t found_tokens = 0;
  std::size_t boxes = 0;
  std::size_t right_boxes = 0;
};

std::string kind_of(const json& page) {
  if (page["source"] == "scan") {
    const std::string scan = page["scan"].is_null() ? "photo" : page["scan"].get<std::string>();
    return page["producer"] == "camera" ? "photo" : scan;
  }
  const std::string producer = page["producer"];
  return producer.starts_with("text/") ? "text" : producer;
}

GoldPage gold_page(const json& line) {
  GoldPage page;
  page.path = line["path"];
  page.number = line["page"];
  page.group = kind_of(line) + " " + line["lang"].get<std::string>();
  for (const json& entry : line["words"]) {
    Word word;
    word.text = entry["t"];
    if (!entry["box"].is_null()) {
      const auto& box = entry["box"];
      word.box = Box{box[0], box[1], box[2], box[3]};
      page.boxes = true;
    }
    page.lines.emplace_back();
    if (!entry["line"].is_null()) page.lines.back() = std::pair<float, float>(entry["line"][0], entry["line"][1]);
    page.words.push_back(std::move(word));
  }
  return page;
}

std::vector<dragoman::text::Token> plain_tokens(const std::vector<Word>& words) {
  auto tokens = dragoman::text::tokens_of(words);
  std::erase_if(tokens, [](const auto& token) { return token.joined; });
  return tokens;
}

/// Pairs (gold, read) of a longest common subsequence of two token sequences.
std::vector<std::pair<std::size_t, std::size_t>> align(const std::vector<dragoman::text::Token>& gold,
                                                       const std::vector<dragoman::text::Token>& read) {
  const std::size_t columns = read.size() + 1;
  std::vector<std::uint32_t> best((gold.size() + 1) * columns, 0);
  for (std::size_t i = gold.size(); i-- > 0;) {
    for (std::size_t j = read.size(); j-- > 0;) {
      best[i * columns + j] = gold[i].text == read[j].text
                                  ? best[(i + 1) * columns + j + 1] + 1
                                  : std::max(best[(i + 1) * columns + j], best[i * columns + j + 1]);
    }
  }
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t i = 0, j = 0; i < gold.size() && j < read.size();) {
    if (gold[i].text == read[j].text) {
      pairs.emplace_back(i++, j++);
    } else if (best[(i + 1) * columns + j] >= best[i * columns + j + 1]) {
      ++i;
    } else {
      ++j;
    }
  }
  return pairs;
}

bool is_right(const Box& gold, const std::pair<float, float>& line, const Box& read) {
  const float shared = std::min(gold.x1, read.x1) - std::max(gold.x0, read.x0);
  if (shared < 0.8F * gold.width()) return false;
  if (read.width() - shared > 0.25F * read.width()) return false;
  return read.middle_y() >= line.first && read.middle_y() <= line.second;
}

void score_page(const GoldPage& gold, const std::vector<Word>& read, Score& score) {
  const auto gold_tokens = plain_tokens(gold.words);
  const auto read_tokens = plain_tokens(read);
  const auto pairs = align(gold_tokens, read_tokens);
  ++score.pages;
  score.gold_tokens += gold_tokens.size();
  score.found_tokens += pairs.size();
  for (const auto& [g, r] : pairs) {
    const std::size_t word = gold_tokens[g].word.value() - 1;
    const Word& printed = gold.words[word];
    const Word& found = read[read_tokens[r].word.value() - 1];
    if (!printed.box || !gold.lines[word]) continue;
    ++score.boxes;
    score.right_boxes += found.box && is_right(*printed.box, *gold.lines[word], *found.box);
  }
}

/// Limits of the project's first goal: word recall by kind and language; 0: no limit is set.
double recall_limit(const std::string& group) {
  if (group.starts_with("clean")) return 0.97;
  if (group.starts_with("degraded")) return 0.85;
  if (group.starts_with("photo")) return 0;
  if (group.ends_with(" en")) return 0.99;
  return group.ends_with(" fa") ? 0.96 : 0.92;
}

Result<std::vector<Word>> words_of_page(dragoman::store::Database& db, const std::string& path, std::uint32_t number) {
  const auto item = TRY(dragoman::evidence::item_by_path(db, path));
  if (!item.content) return std::vector<Word>();
  const auto page = TRY(dragoman::evidence::page(db, item.content->id, PageIndex(number)));
  if (!page || page->newest == dragoman::VersionId(0)) return std::vector<Word>();
  auto version = TRY(dragoman::evidence::version(db, page->newest));
  return std::move(version.words);
}

Result<std::map<std::string, Score>> measure(const std::filesystem::path& gold, const std::string& case_path,
                                             const std::string& label) {
  const auto folder = TRY(dragoman::store::CaseFolder::open(case_path));
  auto db = TRY(dragoman::ingest::open_for_reading(folder));
  std::map<std::string, Score> scores;
  std::ifstream lines(gold / "pages.jsonl");
  if (!lines) return dragoman::fail(dragoman::ErrorKind::not_found, "is not there", (gold / "pages.jsonl").string());
  for (std::string line; std::getline(lines, line);) {
    const GoldPage page = gold_page(json::parse(line));
    Score& score = scores[page.group];
    const auto words = words_of_page(db, label + "/" + page.path, page.number);
    score.missing_pages += !words || words->empty();
    score_page(page, words ? *words : std::vector<Word>(), score);
  }
  return scores;
}

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 1.0 : static_cast<double>(part) / static_cast<double>(whole);
}

bool print_scores(const std::map<std::string, Score>& scores) {
  constexpr double kBoxLimit = 0.95;
  bool ok = true;
  fmt::print("{:<16} {:>5} {:>8} {:>8} {:>7}  {:>7} {:>8}\n", "pages of", "n", "words", "recall", "limit", "boxes",
             "limit");
  for (const auto& [group, score] : scores) {
    const double recall = share(score.found_tokens, score.gold_tokens);
    const double boxes = share(score.right_boxes, score.boxes);
    const double limit = recall_limit(group);
    const bool boxed = score.boxes > 0;
    const bool right = recall >= limit && (!boxed || boxes >= kBoxLimit || limit == 0);
    ok = ok && right;
    fmt::print("{:<16} {:>5} {:>8} {:>7.2f}% {:>6.0f}%  {:>7} {:>8} {}\n", group, score.pages, score.gold_tokens,
               recall * 100, limit * 100, boxed ? fmt::format("{:.2f}%", boxes * 100) : "-", boxed ? "95%" : "-",
               right ? "" : "BELOW");
    if (score.missing_pages > 0) fmt::print("{:<16} {} pages without any word\n", "", score.missing_pages);
  }
  return ok;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: accuracy GOLD CASE [LABEL]\n", stderr);
    return 2;
  }
  const auto scores = measure(argv[1], argv[2], argc > 3 ? argv[3] : "files");
  if (!scores) {
    fmt::print(stderr, "accuracy: {}: {}\n", scores.error().where, scores.error().message);
    return 2;
  }
  return print_scores(*scores) ? 0 : 1;
}
