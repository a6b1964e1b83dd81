// SPDX-License-Identifier: AGPL-3.0-or-later
// qpdf: files attached to a PDF.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dragoman::read {

/// One attached file; `send` feeds its decoded bytes to a callee that answers false to stop, and says whether all of
/// it came.
struct PdfAttachment {
  std::string name;  // UTF-8; may be empty
  std::function<bool(const std::function<bool(std::string_view)>& eat)> send;
};

/// The files in the name tree EmbeddedFiles, in its order. `bytes` must outlive the calls of `send`. Errors:
/// malformed, encrypted.
Result<std::vector<PdfAttachment>> pdf_attachments(std::string_view bytes, const std::vector<std::string>& passwords);

}  // namespace dragoman::read
