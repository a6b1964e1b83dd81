// SPDX-License-Identifier: AGPL-3.0-or-later
// The inner order of a PowerPoint 97–2003 file ([MS-PPT]): records within records, and the directory that says which
// saved state of each slide is the last one.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "read/little_endian.h"
#include "read/ole.h"

namespace dragoman::read {

struct PptRecord {
  unsigned type = 0;
  unsigned instance = 0;
  bool container = false;
  std::string_view data;
};

namespace ppt {
inline constexpr unsigned kDocument = 0x03E8;
inline constexpr unsigned kSlide = 0x03EE;
inline constexpr unsigned kSlideAtom = 0x03EF;
inline constexpr unsigned kNotes = 0x03F0;
inline constexpr unsigned kNotesAtom = 0x03F1;
inline constexpr unsigned kPersist = 0x03F3;
inline constexpr unsigned kMainMaster = 0x03F8;
inline constexpr unsigned kShowInfo = 0x03F9;
inline constexpr unsigned kVbaInfoAtom = 0x0400;
inline constexpr unsigned kPlaceholder = 0x0BC3;
inline constexpr unsigned kOutlineRef = 0x0F9E;
inline constexpr unsigned kTextHead = 0x0F9F;
inline constexpr unsigned kTextWide = 0x0FA0;
inline constexpr unsigned kTextBytes = 0x0FA8;
inline constexpr unsigned kString = 0x0FBA;
inline constexpr unsigned kObjectAtom = 0x0FC3;
inline constexpr unsigned kEmbedded = 0x0FCC;
inline constexpr unsigned kLink = 0x0FD7;
inline constexpr unsigned kHeadersFooters = 0x0FD9;
inline constexpr unsigned kSlideList = 0x0FF0;
inline constexpr unsigned kUserEdit = 0x0FF5;
inline constexpr unsigned kObjectStorage = 0x1011;
inline constexpr unsigned kTagBlob = 0x138B;
inline constexpr unsigned kDirectory = 0x1772;
inline constexpr unsigned kComment = 0x2EE0;
inline constexpr unsigned kEncryption = 0x2F14;
inline constexpr unsigned kShape = 0xF004;
inline constexpr unsigned kTextBox = 0xF00D;
}  // namespace ppt

/// The record at `at`, cut at the end of the bytes; `at` moves behind it. False at the end.
bool ppt_record(std::string_view bytes, std::size_t& at, PptRecord& record);

/// Deepest nesting that is followed; PowerPoint's own files need some ten.
inline constexpr unsigned kPptDepth = 32;

/// Calls `eat(record)` for the records in `bytes` and, where it answers true and the record is a container, for those
/// within it, in order.
template <class Eat>
void each_ppt_record(std::string_view bytes, Eat&& eat, unsigned depth = 0) {
  PptRecord record;
  for (std::size_t at = 0; ppt_record(bytes, at, record);) {
    const bool inside = eat(record);
    if (inside && depth < kPptDepth && (record.container || record.type == ppt::kTagBlob))
      each_ppt_record(record.data, eat, depth + 1);
  }
}

class PptFile {
 public:
  /// encrypted; malformed. `file` is used during the call only.
  static Result<PptFile> open(OleFile& file, std::uint64_t most_bytes);
  /// The record of type `type` that the directory has under `id`; an empty one when there is none.
  PptRecord persisted(std::uint32_t id) const;
  const PptRecord& document() const { return document_; }
  std::uint64_t size() const { return stream_.size(); }
  /// Slides in the order of the stream, for files whose list of slides is lost.
  std::vector<PptRecord> loose(unsigned type) const;
  /// The directory is damaged, or the stream is shorter than it says.
  bool cut() const { return cut_; }

 private:
  void read_directory(std::uint32_t edit);
  PptRecord record_at(std::uint64_t offset) const;
  std::string stream_;
  std::map<std::uint32_t, std::uint32_t> offsets_;
  PptRecord document_;
  std::uint32_t document_id_ = 0;
  bool encrypted_ = false;
  bool cut_ = false;
};

}  // namespace dragoman::read
