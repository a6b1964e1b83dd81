// SPDX-License-Identifier: AGPL-3.0-or-later
// What the handlers cost on 20,000 pages, in milliseconds of CPU, so that other work on the machine does not count.
// The figures are printed.
#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "base/clock.h"
#include "web/api_testing_case.h"

namespace dragoman::web {
namespace {

constexpr int kFiles = 400;
constexpr int kPages = 50;
constexpr int kWords = 350;

std::string made_up(std::mt19937& random) {
  std::string text;
  for (int i = 0; i < kWords; ++i) {
    const double u = static_cast<double>(random() % 100'000) / 100'000.0;
    text += "word" + std::to_string(static_cast<int>(20'000 * u * u * u)) + " ";
  }
  return text;
}

void measure(TestingReader& reader, const std::string& target, double limit) {
  std::vector<double> times;
  std::size_t size = 0;
  for (int i = 0; i < 9; ++i) {
    const double before = process_cpu_seconds();
    size = reader.get(target).body.size();
    times.push_back((process_cpu_seconds() - before) * 1e3);
  }
  const double first = times.front();
  std::sort(times.begin(), times.end());
  fmt::print("{:70} first {:7.1f} ms, median {:6.1f} ms, {} bytes\n", target, first, times[times.size() / 2], size);
  EXPECT_LT(times[times.size() / 2], limit) << target;
}

TEST(ApiSpeed, TwentyThousandPages) {
  std::mt19937 random(5);
  TestingCase made;
  for (int file = 0; file < kFiles; ++file) {
    const std::string name = fmt::format("folder{}/file{}.pdf", file % 20, file);
    made.receive(name, name);
    for (std::uint32_t page = 1; page <= kPages; ++page) made.page(name, page, made_up(random));
    ASSERT_TRUE(made.workspace().commit());
  }
  made.receive("long.pdf", "long");
  for (std::uint32_t page = 1; page <= 5'000; ++page) made.page("long", page, "a short page word1", "fa");
  made.end();
  TestingReader reader(made.folder());
  measure(reader, "/api/search?q=word5", 40);
  measure(reader, "/api/search?q=word1 word2", 90);
  measure(reader, "/api/search?q=\"word0 word0\"", 90);
  measure(reader, "/api/search?q=word17*", 250);
  measure(reader, "/api/search?q=word0&from=10000", 90);
  measure(reader, "/api/search?q=word0&limit=20", 60);
  measure(reader, "/api/search?q=word5&folder=leak/folder3&state=read&lang=en", 60);
  measure(reader, "/api/facets?q=word0", 60);
  measure(reader, "/api/facets?q=word1 word2&folder=leak/folder3", 60);
  measure(reader, "/api/tree", 60);
  const std::string item = "/api/items/" + std::to_string(kFiles + 1);
  measure(reader, item + "/pages?limit=5000", 150);
  measure(reader, item + "/pages/77?q=word1", 60);
  measure(reader, item + "/hits?q=word1", 60);
}

}  // namespace
}  // namespace dragoman::web
