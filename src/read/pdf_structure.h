// SPDX-License-Identifier: AGPL-3.0-or-later
// qpdf: files inside a PDF.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "read/pdf_file.h"

namespace dragoman::read {

/// One attached file; `send` feeds its decoded bytes to a callee that answers false to stop, and says whether all of
/// it came.
struct PdfAttachment {
  std::string name;  // UTF-8; may be empty
  std::function<bool(const std::function<bool(std::string_view)>& eat)> send;
};

/// The files in the name tree EmbeddedFiles (attachments, portfolios), in its order, then those of annotations (page by
/// page), of rich media and of associated files (PDF/A-3) that are not among them. At most `most` and one. What is
/// damaged is left out.
std::vector<PdfAttachment> pdf_attachments(const PdfFile& file, std::size_t most);

}  // namespace dragoman::read
