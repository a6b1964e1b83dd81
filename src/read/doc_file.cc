// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/doc_file.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "read/encoding.h"
#include "read/little_endian.h"

namespace dragoman::read {
namespace {

constexpr std::uint16_t kWord97 = 193;  // nFib from which the file has Word 97's form ([MS-DOC] 2.5.1)
constexpr std::uint16_t kWord6 = 101;
constexpr std::size_t kPairs = 0x9A;  // FibRgFcLcb97
constexpr std::size_t kPage = 512;    // of formatted disk pages
constexpr std::size_t kChpx = 12;     // pairs of FibRgFcLcb97
constexpr std::size_t kPapx = 13;
constexpr std::size_t kClx = 33;
constexpr std::size_t kCommentRefs = 4;
constexpr std::size_t kCommentTexts = 5;
constexpr std::size_t kCommentOwners = 36;
constexpr std::size_t kCommentBytes = 30;  // ATRDPre10

// Sprms that we look at ([MS-DOC] 2.6).
constexpr unsigned kDeleted = 0x0800;
constexpr unsigned kSpecial = 0x0855;
constexpr unsigned kHidden = 0x083C;
constexpr unsigned kPicture = 0x6A03;
constexpr unsigned kRowEnd = 0x2417;
constexpr unsigned kPageBefore = 0x2407;
constexpr unsigned kTableDefinition = 0xD608;
constexpr unsigned kTabs = 0xC615;

// Bytes of a sprm's operand, by the three highest bits of its code.
std::size_t operand_size(unsigned sprm, std::string_view rest) {
  switch (sprm >> 13U) {
    case 0:
    case 1: return 1;
    case 3: return 4;
    case 7: return 3;
    case 6:
      if (sprm == kTableDefinition) return std::size_t{u16_at(rest, 0)} + 1;
      if (sprm == kTabs && u8_at(rest, 0) == 255) {
        const std::size_t deleted = u8_at(rest, 1);
        return 3 + 4 * deleted + 3 * std::size_t{u8_at(rest, 2 + 4 * deleted)};
      }
      return std::size_t{u8_at(rest, 0)} + 1;
    default: return 2;
  }
}

void apply(std::string_view properties, DocMarks& marks) {
  while (properties.size() >= 3) {
    const unsigned sprm = u16_at(properties, 0);
    properties.remove_prefix(2);
    const bool on = (u8_at(properties, 0) & 1U) != 0;
    switch (sprm) {
      case kDeleted: marks.deleted = on; break;
      case kSpecial: marks.special = on; break;
      case kHidden: marks.hidden = on; break;
      case kRowEnd: marks.row_end = on; break;
      case kPageBefore: marks.page_before = on; break;
      case kPicture:
        marks.has_picture = true;
        marks.picture = u32_at(properties, 0);
        break;
      default: break;
    }
    properties = slice(properties, operand_size(sprm, properties));
  }
}

std::string read_whole(OleFile& file, const OleEntry& stream, std::uint64_t most, bool& cut) {
  OleBytes read = file.read(stream, most);
  cut = cut || !read.whole;
  return std::move(read.bytes);
}

}  // namespace

Result<DocFile> DocFile::open(OleFile& file, std::uint64_t most_bytes) {
  DocFile doc;
  TRY_VOID(doc.read_head(file, most_bytes));
  doc.read_stories();
  doc.read_pieces();
  if (doc.pieces_.empty()) return fail(ErrorKind::malformed, "the table of the document's text cannot be read");
  if (!doc.old_) {
    doc.read_runs(doc.table(kChpx), false, doc.characters_);
    doc.read_runs(doc.table(kPapx), true, doc.paragraphs_);
  }
  doc.choose_code_page();
  return doc;
}

Result<void> DocFile::read_head(OleFile& file, std::uint64_t most_bytes) {
  const OleEntry* main = file.find("WordDocument");
  if (main == nullptr) return fail(ErrorKind::malformed, "the stream of the document's text is missing");
  main_ = read_whole(file, *main, most_bytes, cut_);
  const std::uint16_t version = u16_at(main_, 2);
  const std::uint16_t flags = u16_at(main_, 10);
  if (main_.size() < 0x80 || (u16_at(main_, 0) & 0xFF00U) != 0xA500)
    return fail(ErrorKind::malformed, "the head of the document cannot be read");
  if (version < kWord6) return fail(ErrorKind::unsupported, "the document is of a Word older than version 6");
  if ((flags & 0x100U) != 0) return fail(ErrorKind::encrypted, "the document is encrypted and cannot be opened");
  old_ = version < kWord97;
  if (old_) return {};
  const OleEntry* table = file.find((flags & 0x200U) != 0 ? "1Table" : "0Table");
  if (table == nullptr) table = file.find((flags & 0x200U) != 0 ? "0Table" : "1Table");
  if (table == nullptr) return fail(ErrorKind::malformed, "the stream of the document's tables is missing");
  table_ = read_whole(file, *table, most_bytes, cut_);
  return {};
}

std::string_view DocFile::table(std::size_t index) const {
  if (old_) return {};
  return slice(table_, u32_at(main_, kPairs + 8 * index), u32_at(main_, kPairs + 8 * index + 4));
}

// The stories follow each other in one row of characters (FibRgLw97).
void DocFile::read_stories() {
  const std::size_t counts = old_ ? 0x34 : 0x4C;
  std::uint32_t at = 0;
  for (std::size_t i = 0; i < kDocStories; ++i) {
    const std::uint32_t count = std::min<std::uint32_t>(u32_at(main_, counts + 4 * i), 0x7FFFFFFFU - at);
    stories_[i] = {at, at + count};
    at += count;
  }
}

void DocFile::read_pieces() {
  const std::string_view clx = old_ ? slice(main_, u32_at(main_, 0x160), u32_at(main_, 0x164)) : table(kClx);
  std::vector<DocMarks> changes;  // properties that pieces may name
  std::string_view rest = clx;
  while (rest.size() >= 3 && u8_at(rest, 0) == 1) {
    const std::size_t bytes = u16_at(rest, 1);
    apply(slice(rest, 3, bytes), changes.emplace_back());
    rest = slice(rest, 3 + bytes);
  }
  if (u8_at(rest, 0) == 2) read_piece_table(slice(rest, 5, u32_at(rest, 1)), changes);
  if (!pieces_.empty() || !old_) return;
  // A file that was never saved fast has its text in one row of bytes.
  Piece piece;
  piece.at = u32_at(main_, 0x18);
  piece.end = stories_.back().to;
  if (piece.at < main_.size() && piece.end > 0) pieces_.push_back(piece);
}

void DocFile::read_piece_table(std::string_view plc, const std::vector<DocMarks>& changes) {
  if (plc.size() < 16) return;
  const std::size_t count = (plc.size() - 4) / 12;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view descriptor = slice(plc, 4 * (count + 1) + 8 * i, 8);
    const std::uint32_t fc = u32_at(descriptor, 2);
    const std::uint16_t change = u16_at(descriptor, 6);
    Piece piece;
    piece.cp = u32_at(plc, 4 * i);
    piece.end = u32_at(plc, 4 * i + 4);
    piece.wide = !old_ && (fc & 0x40000000U) == 0;
    piece.at = old_ || piece.wide ? fc & 0x3FFFFFFFU : (fc & 0x3FFFFFFFU) / 2;
    const bool ordered = piece.end > piece.cp && (pieces_.empty() || piece.cp >= pieces_.back().end);
    if (!ordered || piece.end > 0x7FFFFFFFU) {
      cut_ = cut_ || piece.end != piece.cp;
      continue;
    }
    cut_ = cut_ || piece.at + (piece.wide ? 2U : 1U) * std::uint64_t{piece.end - piece.cp} > main_.size();
    if (!old_ && (change & 1U) != 0 && change >> 1U < changes.size()) piece.marks = changes[change >> 1U];
    pieces_.push_back(piece);
  }
}

// Formatted disk pages: 512 bytes that give the properties of runs of bytes ([MS-DOC] 2.9.33 and 2.9.174).
void DocFile::read_runs(std::string_view plc, bool paragraphs, std::vector<Run>& runs) const {
  if (plc.size() < 12) return;
  const std::size_t count = (plc.size() - 4) / 8;
  const std::size_t pages = std::min(count, main_.size() / kPage + 1);  // each is named once
  const std::size_t most = main_.size() / 2;
  const std::size_t step = paragraphs ? 13 : 1;
  for (std::size_t i = 0; i < pages && runs.size() < most; ++i) {
    const std::uint64_t number = u32_at(plc, 4 * (count + 1) + 4 * i) & 0x3FFFFFU;
    const std::string_view page = slice(main_, number * kPage, kPage);
    const std::size_t many = u8_at(page, kPage - 1);
    for (std::size_t r = 0; r < many; ++r) {
      const std::size_t at = std::size_t{2} * u8_at(page, 4 * (many + 1) + step * r);
      if (at == 0) continue;
      std::size_t bytes = u8_at(page, at);
      std::size_t from = at + 1;
      if (paragraphs) {
        bytes = bytes == 0 ? 2 * std::size_t{u8_at(page, from++)} : 2 * bytes - 1;
        from += 2;
        bytes -= std::min<std::size_t>(bytes, 2);
      }
      Run run;
      run.from = u32_at(page, 4 * r);
      run.to = u32_at(page, 4 * r + 4);
      apply(slice(page, from, bytes), run.marks);
      if (run.from < run.to && run.marks != DocMarks()) runs.push_back(run);
    }
  }
  std::stable_sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.from < b.from; });
}

// Bytes of Word 97 and later are windows-1252 by the standard; Arabic and Persian editions were looser. Older files use
// the code page of their language.
void DocFile::choose_code_page() {
  std::string sample;
  for (const Piece& piece : pieces_) {
    if (piece.wide || sample.size() > 64 * 1024) continue;
    sample += slice(main_, piece.at, std::min<std::uint64_t>(piece.end - piece.cp, 16 * 1024));
  }
  if (old_) page_ = CodePage::of(code_page_of_language(u16_at(main_, 6)));
  const bool ascii =
      std::all_of(sample.begin(), sample.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii || (old_ && page_.number() != 1252)) return;
  // Control characters would pass for binary data.
  std::replace_if(
      sample.begin(), sample.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  if (decode_text(sample).encoding == "windows-1256") page_ = CodePage::of(1256);
}

std::size_t DocFile::first_piece(std::uint32_t cp) const {
  const auto found =
      std::upper_bound(pieces_.begin(), pieces_.end(), cp, [](std::uint32_t at, const Piece& p) { return at < p.end; });
  return static_cast<std::size_t>(found - pieces_.begin());
}

// The marks of the byte at `at`, and in `until` the end of those that share them.
DocMarks DocFile::marks_at(const Piece& piece, std::uint64_t at, std::uint64_t& until) const {
  DocMarks marks = piece.marks;
  until = std::min<std::uint64_t>(until, main_.size());
  for (const std::vector<Run>* runs : {&characters_, &paragraphs_}) {
    const auto next = std::upper_bound(runs->begin(), runs->end(), at,
                                       [](std::uint64_t where, const Run& run) { return where < run.from; });
    if (next != runs->end()) until = std::min<std::uint64_t>(until, next->from);
    if (next == runs->begin()) continue;
    const Run& run = *std::prev(next);
    if (at >= run.to) continue;
    until = std::min<std::uint64_t>(until, run.to);
    marks.deleted = marks.deleted || run.marks.deleted;
    marks.hidden = marks.hidden || run.marks.hidden;
    marks.special = marks.special || run.marks.special;
    marks.row_end = marks.row_end || run.marks.row_end;
    marks.page_before = marks.page_before || run.marks.page_before;
    if (run.marks.has_picture) {
      marks.has_picture = true;
      marks.picture = run.marks.picture;
    }
  }
  // Runs end between characters; those of a damaged file may not.
  if (piece.wide && (until - at) % 2 != 0) until = std::min<std::uint64_t>(until + 1, main_.size() + 1);
  return marks;
}

std::string DocFile::text_of_bytes(const Piece& piece, std::uint64_t from, std::uint64_t to) const {
  const std::string_view bytes = slice(main_, from, to - from);
  return piece.wide ? utf8_of_utf16le(bytes) : page_.text(bytes);
}

// A list of strings of UTF-16, each with its length before it ([MS-DOC] 2.9.287).
std::vector<std::string> DocFile::comment_authors() const {
  std::vector<std::string> names;
  for (std::string_view rest = table(kCommentOwners); rest.size() >= 2;) {
    const std::size_t units = u16_at(rest, 0);
    names.push_back(utf8_of_utf16le(slice(rest, 2, 2 * units)));
    rest = slice(rest, 2 + 2 * units);
  }
  return names;
}

std::vector<DocComment> DocFile::comments() const {
  std::vector<DocComment> comments;
  const DocRange story = this->story(DocStory::comments);
  const std::string_view refs = table(kCommentRefs);
  const std::string_view texts = table(kCommentTexts);
  const std::vector<std::string> authors = comment_authors();
  const std::size_t count = refs.size() < 4 ? 0 : (refs.size() - 4) / (4 + kCommentBytes);
  std::uint32_t last = 0;
  for (std::size_t i = 0; i < count && 4 * i + 8 <= texts.size(); ++i) {
    const std::string_view about = slice(refs, 4 * (count + 1) + kCommentBytes * i, kCommentBytes);
    const std::uint32_t from = u32_at(texts, 4 * i);
    const std::uint32_t to = u32_at(texts, 4 * i + 4);
    if (from < last || to < from || to > story.to - story.from) break;
    last = to;
    const std::size_t author = u16_at(about, 20);
    comments.push_back(
        {author < authors.size() ? authors[author] : std::string(), {story.from + from, story.from + to}});
  }
  if (comments.empty() && story.to > story.from) comments.push_back({{}, story});
  return comments;
}

}  // namespace dragoman::read
