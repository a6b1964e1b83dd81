// SPDX-License-Identifier: AGPL-3.0-or-later
// PDFs as the leak's sources make them: by Cairo from text, by a scanner from pictures.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "prng.h"
#include "typeset.h"

namespace dragoman::sample {

// Dates are ISO 8601 days: the day of the letter, never that of the run.
std::string cairo_pdf(const std::vector<const TypesetPage*>& pages, std::string_view title,
                      const std::string& iso_date);

// One JPEG a page, as it comes from the scanner, and nothing else on the page.
struct PdfPicture {
  std::string jpeg;
  int width = 0;  // pixels
  int height = 0;
  int dpi = 0;
};
std::string picture_pdf(const std::vector<PdfPicture>& pages, const std::string& iso_date);

// AES-256 (revision 6): `password` is needed to open it.
std::string encrypt_pdf(const std::string& pdf, const std::string& password, Prng& prng);

}  // namespace dragoman::sample
