// SPDX-License-Identifier: AGPL-3.0-or-later
// The inner order of a Word file ([MS-DOC]; Word 6 and 95 as far as they agree): which bytes are which characters
// (piece table), which of them are deleted, hidden or no text, and where its stories (body, notes, comments) stand.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "read/code_page.h"
#include "read/ole.h"

namespace dragoman::read {

/// Character positions, half open.
struct DocRange {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
};

enum class DocStory : std::uint8_t { body, footnotes, headers, macros, comments, endnotes, text_boxes, header_boxes };
inline constexpr std::size_t kDocStories = 8;

struct DocComment {
  std::string author;
  DocRange text;
};

/// What a run of characters is.
struct DocMarks {
  bool deleted = false;
  bool hidden = false;
  bool special = false;  // control characters that stand for a picture, a note's number …
  bool row_end = false;  // the mark behind the last cell of a row
  bool page_before = false;
  bool has_picture = false;
  std::uint32_t picture = 0;  // offset in the stream "Data"
  bool operator==(const DocMarks&) const = default;
};

/// A stretch of characters with the same marks, from one piece: UTF-8, control characters as Word has them.
struct DocStretch {
  std::string_view text;
  const DocMarks& marks;
};

class DocFile {
 public:
  /// encrypted; unsupported (an older or unknown form); malformed. `file` is used during the call only.
  static Result<DocFile> open(OleFile& file, std::uint64_t most_bytes);

  DocRange story(DocStory which) const { return stories_[static_cast<std::size_t>(which)]; }
  std::vector<DocComment> comments() const;
  /// The stretches of a range, in order; stops when `eat` answers false. Word's own bytes may be named by many pieces:
  /// `eat` has to bound the sum.
  template <class Eat>
  void read(DocRange range, Eat&& eat) const;

  bool old_form() const { return old_; }  // Word 6 or 95
  /// A stream was shorter than its directory says, or pieces point outside.
  bool cut() const { return cut_; }
  std::string_view table_stream() const { return old_ ? std::string_view(main_) : std::string_view(table_); }
  std::string_view main_stream() const { return main_; }
  /// The bytes that the FIB's pair `index` (FibRgFcLcb97) names; empty where there are none.
  std::string_view table(std::size_t index) const;

 private:
  struct Piece {
    std::uint32_t cp = 0;
    std::uint32_t end = 0;
    std::uint64_t at = 0;  // offset in main_
    bool wide = false;
    DocMarks marks;  // that the piece itself sets
  };
  struct Run {
    std::uint32_t from = 0;  // offsets in main_
    std::uint32_t to = 0;
    DocMarks marks;
  };
  Result<void> read_head(OleFile& file, std::uint64_t most_bytes);
  void read_stories();
  void read_pieces();
  void read_piece_table(std::string_view plc, const std::vector<DocMarks>& changes);
  void read_runs(std::string_view plc, bool paragraphs, std::vector<Run>& runs) const;
  void choose_code_page();
  std::size_t first_piece(std::uint32_t cp) const;
  DocMarks marks_at(const Piece& piece, std::uint64_t at, std::uint64_t& until) const;
  std::string text_of_bytes(const Piece& piece, std::uint64_t from, std::uint64_t to) const;
  std::vector<std::string> comment_authors() const;

  std::string main_;
  std::string table_;
  bool old_ = false;
  bool cut_ = false;
  CodePage page_ = CodePage::of(1252);
  std::array<DocRange, kDocStories> stories_{};
  std::vector<Piece> pieces_;
  std::vector<Run> characters_;
  std::vector<Run> paragraphs_;
};

template <class Eat>
void DocFile::read(DocRange range, Eat&& eat) const {
  for (std::size_t i = first_piece(range.from); i < pieces_.size() && pieces_[i].cp < range.to; ++i) {
    const Piece& piece = pieces_[i];
    const std::uint64_t width = piece.wide ? 2 : 1;
    const std::uint64_t skipped = range.from > piece.cp ? range.from - piece.cp : 0;
    const std::uint64_t end = piece.at + width * ((piece.end < range.to ? piece.end : range.to) - piece.cp);
    for (std::uint64_t at = piece.at + width * skipped; at < end && at < main_.size();) {
      std::uint64_t until = end;
      const DocMarks marks = marks_at(piece, at, until);
      const std::string text = text_of_bytes(piece, at, until);
      if (!eat(DocStretch{text, marks})) return;
      at = until;
    }
  }
}

}  // namespace dragoman::read
