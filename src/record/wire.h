// SPDX-License-Identifier: AGPL-3.0-or-later
// The wire form of records: what crosses the channel between a worker and the process that spawned it.
// The worker is not trusted: decoding checks every length, count, number and string before use, and a record
// that breaks a rule of its struct (a word with white space, a box inside out) is `malformed`.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/limits.h"
#include "base/result.h"
#include "record/item.h"
#include "record/page.h"

namespace dragoman {

/// What a reader found the bytes to be. `mime` is from our closed table (read/types.h).
struct TypeFound {
  std::string mime;
  bool operator==(const TypeFound&) const = default;
};

/// The reader's last word about the item's own bytes.
struct ReadDone {
  ItemState state = ItemState::read;
  bool operator==(const ReadDone&) const = default;
};

/// Figures about one OCR page that the benchmark and the progress bar want.
struct OcrStats {
  double cpu_seconds = 0;         // all of the job
  double recognise_seconds = 0;   // inside the engine, first reading
  double reread_seconds = 0;      // inside the engine, further readings
  std::uint32_t rereads = 0;      // of the whole page: in another language, the other way up
  std::uint32_t rows_reread = 0;  // single rows that the first reading had lost
  bool operator==(const OcrStats&) const = default;
};

using Record = std::variant<TypeFound, Document, Page, Gap, ReadDone, OcrStats, Error, MemberCount>;

std::string encode(const Record& record);
Result<Record> decode(std::string_view bytes, const Limits& limits);

std::string encode_child(const ChildHeader& child);
Result<ChildHeader> decode_child(std::string_view bytes);

/// Words in the form they are kept in the case database (before compression): little endian, format 1.
std::string encode_words(const std::vector<Word>& words);
Result<std::vector<Word>> decode_words(std::string_view bytes, const Limits& limits);

}  // namespace dragoman
