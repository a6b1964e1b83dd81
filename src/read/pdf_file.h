// SPDX-License-Identifier: AGPL-3.0-or-later
// qpdf behind one door: a PDF's objects. Only files that speak to qpdf include it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

class QPDF;
class QPDFObjectHandle;

namespace dragoman::read {

/// An open PDF; copies share it. `bytes` must outlive all of them.
struct PdfFile {
  // Shared with the attachments that are read after the list of them was made.
  std::shared_ptr<QPDF> qpdf;
  /// "11.3.0"
  static std::string version();
};

/// Passwords are tried in order, the empty one first. Errors: malformed, encrypted.
Result<PdfFile> open_pdf_file(std::string_view bytes, const std::vector<std::string>& passwords);

/// A text string (PDFDocEncoding, UTF-16, UTF-8) or a name as valid UTF-8 of at most `most` bytes; anything else: "".
std::string pdf_text(QPDFObjectHandle object, std::size_t most = 32'000);

/// A text string or the decoded bytes of a stream, at most `most` bytes of them; "" when neither or damaged.
std::string pdf_long_text(QPDFObjectHandle object, std::size_t most);

}  // namespace dragoman::read
