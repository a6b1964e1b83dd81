// SPDX-License-Identifier: AGPL-3.0-or-later
// What kinds of content there are and how they are told apart: by their bytes, never by their name.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace dragoman::read {

/// The readers we have; `none` is a kind that is known by name only.
enum class ReaderKind : std::uint8_t {
  none,
  text,
  csv,
  html,
  mhtml,
  epub,
  dbf,
  sqlite,
  access,
  mail,
  docx,
  xlsx,
  pptx,
  odf,
  zip,
  archive,
  compressed,
  iwork,
  pdf,
  image,
  svg,
  metafile,
  djvu,
  xps,
  media,
  mbox,
  emlx,
  msg,
  tnef,
  pst,
  vcard,
  calendar,
  pkcs7,
  doc,
  rtf,
  ole,
  xls,
  ppt,
};

/// One row of the closed table of types.
struct Type {
  std::string_view mime;        // goes into TypeFound
  std::string_view kind;        // short name: "pdf", "image", "tiff", "text", "mail", "docx", "zip", "xlsx", …
  std::string_view name;        // for people: "a spreadsheet (Office Open XML)"
  std::string_view extensions;  // ordinary endings, separated by spaces; a file that bears another row's
                                // ending is a type_mismatch unless `family` is the same
  std::string_view family;      // kinds whose endings may stand for each other ("text" covers .txt, .csv, .eml…)
  ReaderKind reader = ReaderKind::none;
};

/// All rows.
std::span<const Type> types();

/// A reader as cases keep it: by a name that stays, with the version that rises when it reads better.
struct Reader {
  ReaderKind kind = ReaderKind::none;
  std::string_view name;
  int version = 1;
};
/// All but `none` (readers_table.cc).
std::span<const Reader> readers();
/// The reader of a kind. Of `none`, and of a kind without a row: the name "none" and a version that rises with the
/// types that are known.
Reader reader_of(ReaderKind kind);

/// The row of a mime type, or null.
const Type* type_of_mime(std::string_view mime);
/// What the content is. `head` is the first kHeadBytes (or all) of `size` bytes, `tail` the last kTailBytes (or
/// all). Never null: the row "application/octet-stream" is for what we do not know.
const Type& identify(std::string_view head, std::string_view tail, std::uint64_t size);
/// The row whose extensions hold the ending of `name` (any case), or null when it has none that we know.
const Type* type_of_name(std::string_view name);

inline constexpr std::size_t kHeadBytes = 256 * 1024;
inline constexpr std::size_t kTailBytes = 64 * 1024;

/// Loads the magic database; before the lock.
void warm_up_types();

}  // namespace dragoman::read
