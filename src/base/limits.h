// SPDX-License-Identifier: AGPL-3.0-or-later
// Every bound in one place, each with its reason. A limit reached is a gap, never a silent cut. The table in limits.cc
// says the same to people (`dragoman limits`), takes other values from them (`add --limit`), and carries all values to
// the workers; a member without a row does not build.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dragoman {

struct Limits {
  // Containers. A quine unpacks itself for ever; real mail bundles nest fewer than ten deep.
  std::uint32_t max_depth = 32;
  // Members of one container: a mailbox of a lifetime holds a few hundred thousand.
  std::uint64_t max_members = 1'000'000;
  // Bytes one container may unpack to; and, beyond a floor, as a multiple of its own size, or of what one member was
  // packed in (a zip bomb: deflate packs zeros 1,030 times; real logs and tables stay below 100).
  std::uint64_t max_unpacked_bytes = std::uint64_t{64} << 30;
  std::uint64_t max_unpacked_ratio = 250;
  std::uint64_t ratio_floor_bytes = std::uint64_t{64} << 20;

  // Pages. A PDF may claim 2^31 pages; the format's own trees stop making sense far below.
  std::uint32_t max_pages = 100'000;
  // Pixels of one picture that are decoded: A0 at 300 dpi in grey. Larger ones are read at reduced scale.
  std::uint64_t max_pixels = 140'000'000;
  // Words of one page; a dense newspaper page has 15,000.
  std::uint32_t max_words_per_page = 200'000;
  // Text bytes of one item, so that a log file of gigabytes does not become one document.
  std::uint64_t max_text_bytes = std::uint64_t{256} << 20;
  // A reflowable page: at most this many words, cut at a paragraph (DESIGN.md).
  std::uint32_t reflow_words_per_page = 500;

  // The worker's channels.
  std::uint32_t max_frame_bytes = std::uint32_t{4} << 20;
  std::uint64_t max_reply_bytes = std::uint64_t{256} << 20;

  // One worker: address space leaves room for mapped models; resident memory is checked by the parent.
  std::uint64_t worker_address_space = std::uint64_t{4} << 30;
  std::uint64_t worker_resident = std::uint64_t{1} << 30;
  // Jobs after which a worker is replaced, so that leaks in foreign parsers do not add up.
  std::uint32_t worker_recycle_jobs = 200;
  std::chrono::milliseconds read_timeout{120'000};
  std::chrono::milliseconds ocr_timeout{90'000};

  bool operator==(const Limits&) const = default;
};

enum class LimitUnit : std::uint8_t { count, bytes, milliseconds };

/// One row of the table of limits.
struct LimitRow {
  std::string_view name;    // the member's name
  std::string_view reason;  // one sentence for a person
  LimitUnit unit = LimitUnit::count;
  std::uint64_t least = 0;  // what may be asked for; least == most: fixed
  std::uint64_t most = 0;
  std::uint64_t (*get)(const Limits&) = nullptr;
  void (*set)(Limits&, std::uint64_t) = nullptr;

  bool changeable() const { return least < most; }
};

/// All rows, in the order of the struct.
std::span<const LimitRow> limit_rows();

/// Sets one limit from "name=value": a number, with k, M, G (thousands) or Ki, Mi, Gi, Ti (1,024s), and B or nothing
/// behind it for sizes; a time with ms, s, min or h. `malformed` says what is wrong and what may be written.
Result<void> set_limit(Limits& limits, std::string_view assignment);

/// A value as a person writes it, and as set_limit() takes it: "32", "64GiB", "90s".
std::string limit_text(LimitUnit unit, std::uint64_t value);

/// The limits that differ from the defaults, as "max_depth=64"; none: all are the defaults.
std::vector<std::string> changed_limits(const Limits& limits);

/// All values in the order of the table, and back; values of another table's length are `malformed`.
std::vector<std::uint64_t> limit_values(const Limits& limits);
Result<Limits> limits_from(std::span<const std::uint64_t> values);

}  // namespace dragoman
