// SPDX-License-Identifier: AGPL-3.0-or-later
// Tesseract called bare in a loop that also decodes: what the recogniser is measured against.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dragoman::bench {

struct CleanPage {
  std::filesystem::path file;
  unsigned page = 1;
  std::string lang;  // Tesseract's name
};

/// The upright pages of the leak's clean scans, by its gold (OUT/gold/pages.jsonl); at most `most`, spread evenly
/// over the languages.
std::vector<CleanPage> clean_pages(const std::filesystem::path& leak, std::size_t most);

struct BareFigures {
  double native_seconds = 0;  // CPU, pictures read at the resolution they have
  double scaled_seconds = 0;  // CPU, scaled to 200 dpi first
};

/// Decodes each page and reads it in its right language, with PSM 3 and nothing else.
BareFigures bare_loop(const std::vector<CleanPage>& pages);

}  // namespace dragoman::bench
