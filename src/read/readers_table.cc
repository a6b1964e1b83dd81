// SPDX-License-Identifier: AGPL-3.0-or-later
// The readers' names and versions, as cases keep them. Who makes a reader better raises its version: what it read is
// then read again by the next `add`. A type that is given to another reader needs no new version: that is seen by
// itself.
#include <algorithm>

#include "read/types.h"

namespace dragoman::read {
namespace {

using enum ReaderKind;

constexpr Reader kReaders[] = {
    {csv, "csv", 1},
    {html, "html", 1},
    {mhtml, "mhtml", 1},
    {epub, "epub", 1},
    {dbf, "dbf", 1},
    {sqlite, "sqlite", 1},
    {access, "access", 1},
    {text, "text", 2},
    {mbox, "mbox", 1},
    {emlx, "emlx", 1},
    {msg, "msg", 1},
    {tnef, "tnef", 1},
    {pst, "pst", 1},
    {vcard, "vcard", 1},
    {calendar, "calendar", 1},
    {pkcs7, "pkcs7", 1},
    {mail, "mail", 3},
    {docx, "docx", 2},
    {xlsx, "xlsx", 1},
    {pptx, "pptx", 1},
    {odf, "odf", 1},
    {doc, "doc", 1},
    {rtf, "rtf", 1},
    {ole, "ole", 2},
    {xls, "xls", 1},
    {ppt, "ppt", 1},
    {zip, "zip", 2},
    {archive, "archive", 2},
    {compressed, "compressed", 2},
    {iwork, "iwork", 1},
    {pdf, "pdf", 3},
    {image, "image", 4},
    {svg, "svg", 1},
    {metafile, "metafile", 1},
    {djvu, "djvu", 1},
    {xps, "xps", 1},
    {media, "media", 1},
};

// What no reader reads is looked at again whenever more types are known or read.
int version_of_none() {
  const auto known = types();
  const auto read = std::count_if(known.begin(), known.end(), [](const Type& type) { return type.reader != none; });
  return static_cast<int>(known.size()) + static_cast<int>(read) * 1000;
}

}  // namespace

std::span<const Reader> readers() {
  return kReaders;
}

Reader reader_of(ReaderKind kind) {
  const auto* const found =
      std::find_if(std::begin(kReaders), std::end(kReaders), [&](const Reader& row) { return row.kind == kind; });
  return found != std::end(kReaders) ? *found : Reader{none, "none", version_of_none()};
}

}  // namespace dragoman::read
