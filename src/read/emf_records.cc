// SPDX-License-Identifier: AGPL-3.0-or-later
// Enhanced metafiles ([MS-EMF]) and the records of GDI+ in their comments ([MS-EMFPLUS]). Where both are there they
// draw the same: the words of GDI+ are taken only when the others have none.
#include <algorithm>
#include <map>
#include <utility>

#include "read/code_page.h"
#include "read/little_endian.h"
#include "read/metafile.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMostFonts = 65'536;

std::int32_t signed_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::int32_t>(u32_at(bytes, at));
}

// Of types.h's signatures, those that a comment or an image of GDI+ may hold whole.
std::string_view extension_of(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG")) return "png";
  if (bytes.starts_with("\xFF\xD8\xFF")) return "jpg";
  if (bytes.starts_with("GIF8")) return "gif";
  if (bytes.starts_with("%PDF-")) return "pdf";
  return {};
}

/// One walk over the records.
class EmfWalk {
 public:
  explicit EmfWalk(std::uint64_t most) : drawn_(most), plus_(most) {}
  void walk(std::string_view bytes);
  Metafile take();

 private:
  void record(std::uint32_t type, std::string_view record);
  void text(std::string_view record, std::size_t at, bool wide, std::uint64_t& budget);
  void small_text(std::string_view record);
  void poly_text(std::string_view record, bool wide);
  void bitmap(std::string_view record, std::size_t at);
  void comment(std::string_view data);
  void plus_records(std::string_view data);
  void plus_object(unsigned flags, std::string_view data);
  void plus_image(std::string_view data);
  void whole_file(std::string_view bytes);

  Metafile file_;
  PlacedText drawn_;
  PlacedText plus_;
  std::map<std::uint32_t, int> charsets_;  // of fonts, by number
  int charset_ = 0;                        // of the one in use
  std::string object_;                     // of GDI+, over several records
};

void EmfWalk::text(std::string_view record, std::size_t at, bool wide, std::uint64_t& budget) {
  constexpr std::uint32_t kGlyphs = 0x10;
  const std::uint32_t count = u32_at(record, at + 8);
  const std::uint32_t offset = u32_at(record, at + 12);
  if ((u32_at(record, at + 16) & kGlyphs) != 0) {
    file_.glyphs = file_.glyphs || count > 0;
    return;
  }
  const std::string_view letters = slice(record, offset, std::min(budget, std::uint64_t{count} * (wide ? 2 : 1)));
  budget -= letters.size();
  const std::string_view steps = slice(record, u32_at(record, at + 36), std::min<std::uint64_t>(count, budget) * 4);
  std::int64_t width = 0;
  for (std::size_t step = 0; step + 4 <= steps.size(); step += 4) width += u32_at(steps, step);
  const std::string utf8 = wide ? utf8_of_utf16le(letters) : CodePage::of(code_page_of_charset(charset_)).text(letters);
  drawn_.add(signed_at(record, at), signed_at(record, at + 4), utf8, width, count);
}

void EmfWalk::poly_text(std::string_view record, bool wide) {
  std::uint64_t budget = record.size();
  const std::size_t count = std::min<std::size_t>(u32_at(record, 36), record.size() / 40);
  for (std::size_t i = 0; i < count; ++i) text(record, 40 + i * 40, wide, budget);
}

void EmfWalk::small_text(std::string_view record) {
  constexpr std::uint32_t kNoBounds = 0x100;
  constexpr std::uint32_t kSmall = 0x200;
  const std::uint32_t options = u32_at(record, 20);
  const std::size_t at = (options & kNoBounds) != 0 ? 36 : 52;
  const std::uint64_t count = u32_at(record, 16);
  const bool small = (options & kSmall) != 0;
  const std::string_view letters = slice(record, at, small ? count : count * 2);
  const std::string utf8 = small ? CodePage::of(1252).text(letters) : utf8_of_utf16le(letters);
  drawn_.add(signed_at(record, 8), signed_at(record, 12), utf8, 0, 0);
}

// Four numbers: where head and pixels are, each with its length.
void EmfWalk::bitmap(std::string_view record, std::size_t at) {
  add_bitmap(file_, slice(record, u32_at(record, at), u32_at(record, at + 4)),
             slice(record, u32_at(record, at + 8), u32_at(record, at + 12)));
}

void EmfWalk::whole_file(std::string_view bytes) {
  const std::string_view extension = extension_of(bytes);
  if (extension.empty()) return;
  if (file_.pictures.size() >= kMostMetafilePictures) {
    file_.limited = true;
    return;
  }
  file_.pictures.push_back({std::string(extension), {}, std::string(bytes)});
}

void EmfWalk::plus_image(std::string_view data) {
  constexpr std::uint32_t kBitmap = 1;
  constexpr std::uint32_t kPacked = 1;
  if (u32_at(data, 4) == kBitmap && u32_at(data, 24) == kPacked) whole_file(slice(data, 28));
}

void EmfWalk::plus_object(unsigned flags, std::string_view data) {
  constexpr unsigned kImage = 5;
  constexpr unsigned kContinued = 0x8000;
  if ((flags >> 8U & 0x7FU) != kImage) return;
  if ((flags & kContinued) == 0 && object_.empty()) return plus_image(data);
  // Each piece but the last says how long the whole is.
  const bool more = (flags & kContinued) != 0;
  object_ += more ? slice(data, 4) : data;
  if (more && object_.size() < u32_at(data, 0)) return;
  plus_image(object_);
  object_.clear();
}

void EmfWalk::plus_records(std::string_view data) {
  constexpr unsigned kObject = 0x4008;
  constexpr unsigned kDrawString = 0x401C;
  constexpr unsigned kDrawDriverString = 0x4036;
  constexpr std::uint32_t kCharacters = 1;
  for (std::size_t at = 0; at + 12 <= data.size();) {
    const unsigned type = u16_at(data, at);
    const std::uint32_t size = u32_at(data, at + 4);
    if (size < 12) return;
    const std::string_view body = slice(data, at + 12, std::min(u32_at(data, at + 8), size - 12));
    if (type == kObject) plus_object(u16_at(data, at + 2), body);
    if (type == kDrawString) plus_.add_line(utf8_of_utf16le(slice(body, 28, std::uint64_t{u32_at(body, 8)} * 2)));
    if (type == kDrawDriverString) {
      const std::string_view letters = slice(body, 16, std::uint64_t{u32_at(body, 12)} * 2);
      if ((u32_at(body, 4) & kCharacters) != 0) plus_.add_line(utf8_of_utf16le(letters));
    }
    at += size;
  }
}

void EmfWalk::comment(std::string_view data) {
  if (data.starts_with("EMF+")) return plus_records(slice(data, 4));
  // A Mac keeps a PDF of the drawing behind a short head of its own.
  const std::size_t pdf = data.substr(0, 64).find("%PDF-");
  if (pdf != data.npos) whole_file(slice(data, pdf));
}

void EmfWalk::record(std::uint32_t type, std::string_view record) {
  std::uint64_t budget = record.size();
  switch (type) {
    case 82:
      if (charsets_.size() < kMostFonts) charsets_[u32_at(record, 8)] = u8_at(record, 12 + 23);
      break;
    case 37:
      if (const auto font = charsets_.find(u32_at(record, 8)); font != charsets_.end()) charset_ = font->second;
      break;
    case 83: text(record, 36, false, budget); break;
    case 84: text(record, 36, true, budget); break;
    case 96: poly_text(record, false); break;
    case 97: poly_text(record, true); break;
    case 108: small_text(record); break;
    case 80:
    case 81: bitmap(record, 48); break;
    case 76:
    case 77:
    case 78:
    case 79:
    case 114: bitmap(record, 84); break;
    case 70: comment(slice(record, 12, u32_at(record, 8))); break;
    default: break;
  }
}

void EmfWalk::walk(std::string_view bytes) {
  constexpr std::uint32_t kEnd = 14;
  const std::uint64_t letters = u32_at(bytes, 60);
  file_.description = utf8_of_utf16le(slice(bytes, u32_at(bytes, 64), std::min<std::uint64_t>(letters, 1'000) * 2));
  std::replace(file_.description.begin(), file_.description.end(), '\0', '\n');
  file_.whole = false;
  for (std::uint64_t at = 0; at + 8 <= bytes.size();) {
    const std::uint32_t type = u32_at(bytes, static_cast<std::size_t>(at));
    const std::uint32_t size = u32_at(bytes, static_cast<std::size_t>(at) + 4);
    file_.whole = type == kEnd;
    if (size < 8 || file_.whole) break;
    record(type, slice(bytes, at, size));
    at += size;
  }
}

Metafile EmfWalk::take() {
  file_.text = drawn_.text().empty() ? plus_.text() : drawn_.text();
  file_.limited = file_.limited || drawn_.cut() || (drawn_.text().empty() && plus_.cut());
  file_.glyphs = file_.glyphs && plus_.text().empty();
  return std::move(file_);
}

}  // namespace

Metafile read_emf(std::string_view bytes, std::uint64_t most) {
  EmfWalk walk(most);
  walk.walk(bytes);
  return walk.take();
}

}  // namespace dragoman::read
