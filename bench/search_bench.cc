// SPDX-License-Identifier: AGPL-3.0-or-later
// Speed and size of the embedded index, and the time of a fixed log of queries, on made-up pages.
//
// usage: search_bench [--pages N] [--folder DIR] [--queries FILE] [--write-queries FILE] [--hash-mb N]
//
// Pages hold about 2.3 KB of words drawn by a Zipf law from 140,000 made-up words, one half of the pages in Arabic
// letters, the other in Latin ones. The same pages and the same log for the same seed, on every machine. The log
// (bench/queries-1000.txt): 60 % one word drawn by document frequency, 20 % two words, 15 % phrases taken from pages,
// 5 % beginnings of words of three or four letters.
//
// All times are CPU of this process. Queries run warm: others of the same kind ran before, not the same ones.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/utf8.h"
#include "search/sqlite_index.h"

namespace dragoman {
namespace {

constexpr std::uint64_t kSeed = 20'240'601;
constexpr std::size_t kWordsPerScript = 70'000;
constexpr std::size_t kPageBytes = 2'300;
constexpr std::size_t kQueries = 1'000;
constexpr double kZipf = 1.05;

// splitmix64: the same numbers everywhere, which the distributions of <random> do not promise.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

// Words of one script, commonest first; shorter ones tend to be commoner.
std::vector<std::string> made_up_words(const std::vector<std::string>& syllables, Random& random) {
  std::vector<std::string> words;
  std::set<std::string> seen;
  while (words.size() < kWordsPerScript) {
    const std::size_t longest = words.size() < 100 ? 1 : words.size() < 3'000 ? 2 : 4;
    const std::size_t length = 1 + random.below(longest);
    std::string word;
    for (std::size_t i = 0; i < length; ++i) word += syllables[random.below(syllables.size())];
    if (seen.insert(word).second) words.push_back(std::move(word));
  }
  return words;
}

std::vector<std::string> syllables_of(const std::vector<std::string>& starts, const std::vector<std::string>& ends) {
  std::vector<std::string> all;
  for (const auto& start : starts) {
    for (const auto& end : ends) all.push_back(start + end);
  }
  return all;
}

class Corpus {
 public:
  Corpus() {
    Random random(kSeed);
    words_[0] = made_up_words(syllables_of({"ب", "پ", "ت", "ج", "چ", "خ", "د", "ر", "ز", "س",
                                            "ش", "ف", "ک", "گ", "ل", "م", "ن", "ه", "و", "ی"},
                                           {"ا", "و", "ی", "ار", "ان", "ست", "م", "ید"}),
                              random);
    words_[1] = made_up_words(
        syllables_of({"b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr", "sh"},
                     {"a", "e", "i", "o", "an", "er", "in", "on", "es"}),
        random);
    double sum = 0;
    for (std::size_t rank = 1; rank <= kWordsPerScript; ++rank) {
      sum += 1.0 / std::pow(static_cast<double>(rank), kZipf);
      cumulative_.push_back(sum);
    }
    for (double& value : cumulative_) value /= sum;
  }

  static std::size_t script_of_page(std::size_t page) { return page % 2; }

  // Always the same words for the same number.
  std::vector<Word> page(std::size_t number) const {
    Random random(kSeed ^ (number * 0x9E3779B97F4A7C15U));
    const auto& vocabulary = words_[script_of_page(number)];
    std::vector<Word> words;
    for (std::size_t bytes = 0; bytes < kPageBytes;) {
      const std::string& text = vocabulary[draw(cumulative_, random)];
      bytes += text.size() + 1;
      words.push_back({text, std::nullopt, std::nullopt, Break::space});
    }
    return words;
  }

  // A word drawn with a chance that goes by the number of pages it is on.
  const std::string& by_document_frequency(std::size_t script, Random& random) {
    auto& table = by_frequency_[script];
    if (table.empty()) {
      double bytes = 0;  // of an average word
      double before = 0;
      for (std::size_t i = 0; i < kWordsPerScript; ++i) {
        bytes += (cumulative_[i] - before) * static_cast<double>(words_[script][i].size() + 1);
        before = cumulative_[i];
      }
      before = 0;
      double sum = 0;
      for (double value : cumulative_) {
        sum += 1 - std::pow(1 - (value - before), kPageBytes / bytes);
        table.push_back(sum);
        before = value;
      }
      for (double& value : table) value /= sum;
    }
    return words_[script][draw(table, random)];
  }

 private:
  static std::size_t draw(const std::vector<double>& cumulative, Random& random) {
    const auto at = std::lower_bound(cumulative.begin(), cumulative.end(), random.unit());
    return std::min(static_cast<std::size_t>(at - cumulative.begin()), cumulative.size() - 1);
  }
  std::vector<std::string> words_[2];
  std::vector<double> cumulative_;
  std::vector<double> by_frequency_[2];
};

std::string made_up_query(std::size_t number, Corpus& corpus, Random& random, std::size_t pages) {
  const std::size_t script = random.below(2);
  const std::size_t kind = number % 20;
  if (kind < 12) return corpus.by_document_frequency(script, random);
  if (kind < 16) {
    return corpus.by_document_frequency(script, random) + " " + corpus.by_document_frequency(script, random);
  }
  if (kind < 19) {
    const auto words = corpus.page(random.below(pages));
    const std::size_t length = 2 + random.below(2);
    const std::size_t first = random.below(words.size() - length);
    std::string phrase = "\"" + words[first].text;
    for (std::size_t i = 1; i < length; ++i) phrase += " " + words[first + i].text;
    return phrase + "\"";
  }
  for (;;) {
    const std::string& word = corpus.by_document_frequency(script, random);
    const std::size_t letters = 3 + random.below(2);
    if (codepoint_count(word) < letters) continue;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < letters; ++i) next_codepoint(word, bytes);
    return word.substr(0, bytes) + "*";
  }
}

std::vector<std::string> made_up_queries(Corpus& corpus, std::uint64_t seed, std::size_t pages) {
  Random random(seed);
  std::vector<std::string> queries;
  for (std::size_t i = 0; i < kQueries; ++i) queries.push_back(made_up_query(i, corpus, random, pages));
  return queries;
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::cerr << "search_bench: " << result.error().message << ' ' << result.error().where << '\n';
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

struct Options {
  std::size_t pages = 200'000;
  std::filesystem::path folder;
  std::filesystem::path queries;
  std::filesystem::path write_queries;
  std::size_t hash_mb = 64;
};

void report(std::string_view name, double value, std::string_view unit, bool at_least, double limit) {
  const bool good = at_least ? value >= limit : value <= limit;
  std::cout << fmt::format("{:<34} {:>9.2f} {:<8} limit {} {:<6} {}\n", name, value, unit,
                           at_least ? ">=" : "<=", limit, good ? "ok" : "MISSED");
}

void build_index(const Options& options, const Corpus& corpus, search::SqliteIndex& index) {
  const double text_start = cpu_seconds();
  double making = 0;
  std::uint64_t bytes = 0;
  for (std::size_t number = 0; number < options.pages; ++number) {
    const double before = cpu_seconds();
    const auto words = corpus.page(number);
    for (const Word& word : words) bytes += word.text.size() + 1;
    making += cpu_seconds() - before;
    const bool arabic = Corpus::script_of_page(number) == 0;
    must(index.add({VersionId(static_cast<std::int64_t>(number + 1)), words, arabic ? "fa" : "en",
                    number % 3 == 0 ? "application/pdf" : "message/rfc822", number % 3 == 0 ? "pdf" : "mail",
                    ContentId(static_cast<std::int64_t>(number / 10 + 1)), fmt::format("leak/{}.bin", number / 10)}));
    if ((number + 1) % 50'000 == 0 || number + 1 == options.pages) must(index.commit(number + 1));
  }
  must(index.finish());
  const double spent = cpu_seconds() - text_start - making;
  const double size = static_cast<double>(std::filesystem::file_size(options.folder / "index.db"));
  std::cout << fmt::format("{} pages, {:.1f} MB of text, index {:.1f} MB, {:.1f} s CPU\n", options.pages,
                           static_cast<double>(bytes) / 1e6, size / 1e6, spent);
  report("index, text per CPU second", static_cast<double>(bytes) / 1e6 / spent, "MB/s", true, 20);
  report("index, size by text", size / static_cast<double>(bytes), "", false, 0.7);
}

std::vector<double> run_queries(search::SqliteIndex& index, const std::vector<std::string>& queries) {
  std::vector<double> milliseconds;
  std::uint64_t total = 0;
  for (const std::string& text : queries) {
    const double before = cpu_seconds();
    const search::Query query = must(search::parse_query(text));
    total += must(index.search(query, {.limit = 20})).total;
    milliseconds.push_back((cpu_seconds() - before) * 1e3);
  }
  std::cout << fmt::format("{} queries, {} hits\n", queries.size(), total);
  return milliseconds;
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size()));
  return values[std::min(at, values.size() - 1)];
}

void report_queries(const std::vector<double>& times, const std::vector<std::string>& queries) {
  report("search, p50", quantile(times, 0.50), "ms CPU", false, 5);
  report("search, p99", quantile(times, 0.99), "ms CPU", false, 80);
  const char* kinds[] = {"one word", "two words", "phrase", "beginning"};
  std::vector<double> of_kind[4];
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const std::string& text = queries[i];
    const std::size_t kind = text[0] == '"' ? 2 : text.back() == '*' ? 3 : text.find(' ') != std::string::npos ? 1 : 0;
    of_kind[kind].push_back(times[i]);
  }
  for (std::size_t kind = 0; kind < 4; ++kind) {
    if (of_kind[kind].empty()) continue;
    std::cout << fmt::format("  {:<10} {:>4} queries: p50 {:6.2f}, p99 {:7.2f}, most {:7.2f} ms CPU\n", kinds[kind],
                             of_kind[kind].size(), quantile(of_kind[kind], 0.5), quantile(of_kind[kind], 0.99),
                             quantile(of_kind[kind], 1.0));
  }
}

std::vector<std::string> read_lines(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  if (lines.empty()) {
    std::cerr << "search_bench: cannot read " << path << '\n';
    std::exit(1);
  }
  return lines;
}

Options parse(int argc, char** argv) {
  Options options;
  options.folder = std::filesystem::temp_directory_path() / "dragoman-search-bench";
  options.queries = DRAGOMAN_SOURCE_DIR "/bench/queries-1000.txt";
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--pages") options.pages = std::stoul(value);
    if (name == "--folder") options.folder = value;
    if (name == "--queries") options.queries = value;
    if (name == "--write-queries") options.write_queries = value;
    if (name == "--hash-mb") options.hash_mb = std::stoul(value);
  }
  return options;
}

int run(const Options& options) {
  Corpus corpus;
  if (!options.write_queries.empty()) {
    std::ofstream file(options.write_queries);
    for (const auto& query : made_up_queries(corpus, kSeed, options.pages)) file << query << '\n';
    return file ? 0 : 1;
  }
  const auto queries = read_lines(options.queries);
  const auto path = options.folder / "index.db";
  std::filesystem::create_directories(options.folder);
  for (const char* ending : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + ending);
  {
    auto writer = must(search::SqliteIndex::open(path, {.hash_bytes = options.hash_mb << 20}));
    build_index(options, corpus, *writer);
  }
  auto reader = must(search::SqliteIndex::open(path, {.read_only = true}));
  run_queries(*reader, made_up_queries(corpus, kSeed + 1, options.pages));
  report_queries(run_queries(*reader, queries), queries);
  std::cout << fmt::format("repeat with: search_bench --pages {}\n", options.pages);
  std::filesystem::remove_all(options.folder);
  return 0;
}

}  // namespace
}  // namespace dragoman

int main(int argc, char** argv) {
  try {
    return dragoman::run(dragoman::parse(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "search_bench: " << error.what() << '\n';
    return 1;
  }
}
