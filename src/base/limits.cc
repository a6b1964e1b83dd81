// SPDX-License-Identifier: AGPL-3.0-or-later
// The table of limits for people: docs/formats.md and `dragoman limits` show it.
#include "base/limits.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace dragoman {
namespace {

constexpr std::uint64_t kKi = 1024;
constexpr std::uint64_t kMi = kKi * 1024;
constexpr std::uint64_t kGi = kMi * 1024;
constexpr std::uint64_t kTi = kGi * 1024;
constexpr std::uint64_t kMostCount = 4'000'000'000;  // fits 32 bits

template <auto Member>
std::uint64_t get(const Limits& limits) {
  if constexpr (std::is_same_v<std::remove_cvref_t<decltype(limits.*Member)>, std::chrono::milliseconds>) {
    return static_cast<std::uint64_t>((limits.*Member).count());
  } else {
    return limits.*Member;
  }
}

template <auto Member>
void set(Limits& limits, std::uint64_t value) {
  using Type = std::remove_cvref_t<decltype(limits.*Member)>;
  if constexpr (std::is_same_v<Type, std::chrono::milliseconds>) {
    limits.*Member = std::chrono::milliseconds(static_cast<std::int64_t>(value));
  } else {
    limits.*Member = static_cast<Type>(value);
  }
}

struct Range {
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};

template <auto Member>
constexpr LimitRow row(std::string_view name, LimitUnit unit, Range range, std::string_view reason) {
  return {name, reason, unit, range.least, range.most, get<Member>, set<Member>};
}

using enum LimitUnit;

constexpr auto kRows = std::to_array<LimitRow>({
    row<&Limits::max_depth>(
        "max_depth", count, {1, 10'000},
        "containers in containers: a quine unpacks itself for ever, real mail nests fewer than ten"),
    row<&Limits::max_members>("max_members", count, {1, kMostCount},
                              "members of one container: the mailbox of a lifetime holds a few hundred thousand"),
    row<&Limits::max_unpacked_bytes>("max_unpacked_bytes", bytes, {kMi, 1024 * kTi},
                                     "bytes that the members of one container may come to"),
    row<&Limits::max_unpacked_ratio>("max_unpacked_ratio", count, {1, kMostCount},
                                     "the same as a multiple of the container's own size: a zip bomb is small"),
    row<&Limits::ratio_floor_bytes>("ratio_floor_bytes", bytes, {0, kTi},
                                    "bytes below which the ratio is not looked at: small things pack well"),
    row<&Limits::max_pages>("max_pages", count, {1, kMostCount},
                            "pages of one item: a PDF may claim 2,147,483,648 of them"),
    row<&Limits::max_pixels>("max_pixels", count, {10'000, 2'000'000'000},
                             "pixels of one picture that are decoded, A0 at 300 dpi; a larger one is read smaller"),
    row<&Limits::max_words_per_page>("max_words_per_page", count, {1, 200'000},
                                     "words of one page: a dense newspaper page has 15,000"),
    row<&Limits::max_text_bytes>("max_text_bytes", bytes, {kKi, 16 * kGi},
                                 "bytes of text of one item, so that a log of gigabytes does not become one document"),
    row<&Limits::reflow_words_per_page>("reflow_words_per_page", count, {50, 100'000},
                                        "words of a page of text that has no pages of its own"),
    row<&Limits::max_frame_bytes>("max_frame_bytes", bytes, {4 * kMi, 4 * kMi},
                                  "one message between a worker and the program; part of their protocol"),
    row<&Limits::max_reply_bytes>("max_reply_bytes", bytes, {16 * kMi, 64 * kGi},
                                  "all that a worker may say of one item, its members' bytes aside"),
    row<&Limits::worker_address_space>("worker_address_space", bytes, {kGi, kTi},
                                       "address space of a worker: room for mapped models"),
    row<&Limits::worker_resident>("worker_resident", bytes, {128 * kMi, kTi}, "memory of a worker"),
    row<&Limits::worker_recycle_jobs>("worker_recycle_jobs", count, {1, kMostCount},
                                      "jobs after which a worker is replaced, so that leaks do not add up"),
    row<&Limits::read_timeout>("read_timeout", milliseconds, {1'000, 86'400'000},
                               "time that reading one item may take"),
    row<&Limits::ocr_timeout>("ocr_timeout", milliseconds, {1'000, 86'400'000},
                              "time that recognising one page may take"),
});

// A member of Limits without a row would never reach the workers: this does not compile when one is added.
[[maybe_unused]] void count_members(const Limits& limits) {
  [[maybe_unused]] const auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17] = limits;
  static_assert(kRows.size() == 17, "a new limit needs a row in this table");
}

struct Suffix {
  std::string_view text;
  std::uint64_t factor = 1;
};
constexpr Suffix kSizes[] = {
    {"", 1},     {"k", 1'000}, {"K", 1'000}, {"M", 1'000'000}, {"G", 1'000'000'000}, {"T", 1'000'000'000'000},
    {"Ki", kKi}, {"Mi", kMi},  {"Gi", kGi},  {"Ti", kTi}};
constexpr Suffix kTimes[] = {{"ms", 1}, {"s", 1'000}, {"min", 60'000}, {"m", 60'000}, {"h", 3'600'000}};

Failure wrong(const LimitRow& row, std::string message) {
  return fail(
      ErrorKind::malformed,
      std::move(message) + " (" + limit_text(row.unit, row.least) + " to " + limit_text(row.unit, row.most) + ")",
      std::string(row.name));
}

Result<std::uint64_t> value_of(const LimitRow& row, std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return wrong(row, "needs a whole number");
  std::string_view behind = text.substr(static_cast<std::size_t>(end - text.data()));
  if (row.unit == bytes && behind.ends_with('B')) behind.remove_suffix(1);
  const auto factors = row.unit == milliseconds ? std::span<const Suffix>(kTimes) : std::span<const Suffix>(kSizes);
  const auto found =
      std::find_if(factors.begin(), factors.end(), [&](const Suffix& one) { return one.text == behind; });
  if (found == factors.end()) {
    return wrong(row, row.unit == milliseconds ? "needs a time with its unit, as in 90s, 500ms, 2min"
                                               : "needs a number, as in 500, 20k, 64MiB");
  }
  if (number > UINT64_MAX / found->factor) return wrong(row, "is out of range");
  return number * found->factor;
}

}  // namespace

std::span<const LimitRow> limit_rows() {
  return kRows;
}

Result<void> set_limit(Limits& limits, std::string_view assignment) {
  const std::size_t sign = assignment.find('=');
  const std::string_view name = assignment.substr(0, sign);
  const auto row = std::find_if(kRows.begin(), kRows.end(), [&](const LimitRow& one) { return one.name == name; });
  if (sign == std::string_view::npos || row == kRows.end()) {
    return fail(ErrorKind::malformed, "a limit is written NAME=VALUE; `dragoman limits` lists the names",
                std::string(assignment));
  }
  if (!row->changeable()) return fail(ErrorKind::malformed, "this limit is fixed", std::string(name));
  const std::uint64_t value = TRY(value_of(*row, assignment.substr(sign + 1)));
  if (value < row->least || value > row->most) return wrong(*row, "is out of range");
  row->set(limits, value);
  return {};
}

std::string limit_text(LimitUnit unit, std::uint64_t value) {
  std::string_view shown;
  std::uint64_t factor = 1;
  const auto larger = [&](std::string_view name, std::uint64_t size) {
    if (value == 0 || value % size != 0) return;
    shown = name;
    factor = size;
  };
  if (unit == LimitUnit::bytes) {
    shown = "B";
    larger("KiB", kKi);
    larger("MiB", kMi);
    larger("GiB", kGi);
    larger("TiB", kTi);
  }
  if (unit == milliseconds) {
    shown = "ms";
    larger("s", 1'000);
    if (value >= 600'000) larger("min", 60'000);
    if (value >= 36'000'000) larger("h", 3'600'000);
  }
  return std::to_string(value / factor) + std::string(shown);
}

std::vector<std::string> changed_limits(const Limits& limits) {
  std::vector<std::string> changed;
  for (const LimitRow& row : kRows) {
    const std::uint64_t value = row.get(limits);
    if (value != row.get(Limits{})) changed.push_back(std::string(row.name) + "=" + limit_text(row.unit, value));
  }
  return changed;
}

std::vector<std::uint64_t> limit_values(const Limits& limits) {
  std::vector<std::uint64_t> values;
  for (const LimitRow& row : kRows) values.push_back(row.get(limits));
  return values;
}

Result<Limits> limits_from(std::span<const std::uint64_t> values) {
  if (values.size() != kRows.size()) return fail(ErrorKind::malformed, "not the limits of this version");
  Limits limits;
  for (std::size_t i = 0; i < values.size(); ++i) {
    kRows[i].set(limits, values[i]);
    if (kRows[i].get(limits) != values[i]) {
      return fail(ErrorKind::malformed, "a limit is out of range", std::string(kRows[i].name));
    }
  }
  return limits;
}

}  // namespace dragoman
