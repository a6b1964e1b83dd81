// SPDX-License-Identifier: AGPL-3.0-or-later
// The records of a BIFF stream ([MS-XLS]; BIFF 2 to 8) and the strings in them, which may go on in following records.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "read/code_page.h"

namespace dragoman::read {

struct XlsRecord {
  unsigned type = 0;
  std::string_view data;
  std::size_t at = 0;    // of its head in the stream
  std::size_t next = 0;  // where the next record begins
};

namespace xls {
inline constexpr unsigned kFormula = 0x06;
inline constexpr unsigned kEof = 0x0A;
inline constexpr unsigned kHeader = 0x14;
inline constexpr unsigned kFooter = 0x15;
inline constexpr unsigned kNote = 0x1C;
inline constexpr unsigned kDate1904 = 0x22;
inline constexpr unsigned kFilePass = 0x2F;
inline constexpr unsigned kContinue = 0x3C;
inline constexpr unsigned kCodePage = 0x42;
inline constexpr unsigned kObject = 0x5D;
inline constexpr unsigned kColumns = 0x7D;
inline constexpr unsigned kSheet = 0x85;
inline constexpr unsigned kManyRk = 0xBD;
inline constexpr unsigned kRichString = 0xD6;
inline constexpr unsigned kStyle = 0xE0;
inline constexpr unsigned kDrawings = 0xEB;
inline constexpr unsigned kStrings = 0xFC;
inline constexpr unsigned kSharedString = 0xFD;
inline constexpr unsigned kTextObject = 0x1B6;
inline constexpr unsigned kLink = 0x1B8;
inline constexpr unsigned kNumber = 0x203;
inline constexpr unsigned kLabel = 0x204;
inline constexpr unsigned kBoolean = 0x205;
inline constexpr unsigned kString = 0x207;
inline constexpr unsigned kRow = 0x208;
inline constexpr unsigned kRk = 0x27E;
inline constexpr unsigned kFormat = 0x41E;
inline constexpr unsigned kBegin = 0x809;
inline constexpr unsigned kSeriesText = 0x100D;
}  // namespace xls

/// The record at `at`; false at the end of the stream. One that is cut by the end is given as far as it goes.
bool xls_record(std::string_view stream, std::size_t at, XlsRecord& record);

/// Bytes of a record and of those that continue it, read one after the other.
class XlsRun {
 public:
  /// The record at `at` with its continuations.
  XlsRun(std::string_view stream, const XlsRecord& first);
  std::size_t left_here() const { return pieces_[piece_].size() - at_; }
  bool ended() const { return piece_ + 1 == pieces_.size() && left_here() == 0; }
  std::uint32_t number(unsigned bytes);
  void skip(std::uint64_t bytes);
  /// Characters, one or two bytes each; in a continuation they begin with a byte that says anew which.
  std::string letters(std::uint32_t count, bool wide);
  /// A string of BIFF 8 with its head: count of characters (two bytes), flags, runs of fonts, readings.
  std::string text();
  /// Goes to the start of the next continuation.
  bool next_piece();
  /// Where the record behind the last continuation begins.
  std::size_t next() const { return next_; }
  const std::vector<std::string_view>& pieces() const { return pieces_; }

 private:
  std::vector<std::string_view> pieces_;
  std::size_t piece_ = 0;
  std::size_t at_ = 0;
  std::size_t next_ = 0;
};

/// A string within one record: BIFF 8 with flags, older ones in the code page. `count_bytes`: 1 or 2, of the length.
std::string xls_text(std::string_view data, unsigned count_bytes, bool biff8, const CodePage& page);

/// Bytes of one character each widened from `wide` UTF-16 or Latin-1 ("compressed UTF-16").
std::string xls_letters(std::string_view bytes, bool wide);

}  // namespace dragoman::read
