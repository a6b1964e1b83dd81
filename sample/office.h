// SPDX-License-Identifier: AGPL-3.0-or-later
// Office files, books and pages as small as their formats allow, each with something that a reader of the printed
// document would not see: a comment, a struck-out sentence, a hidden sheet, a speaker's note.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "language.h"

namespace dragoman::sample {

using Row = std::vector<std::string>;

struct Sheet {
  std::string name{};
  bool hidden = false;
  std::vector<Row> rows{};
};

struct Slide {
  std::vector<std::string> lines{};
  std::string note{};  // the speaker's; empty: none
  bool hidden = false;
};

// What stands beside the visible lines of a text document. Empty: it has none.
struct Margin {
  std::string comment{};
  std::string struck_out{};
};

std::string write_docx_with(Lang lang, const std::vector<std::string>& lines, const Margin& margin);
std::string write_odt(Lang lang, const std::vector<std::string>& lines, const Margin& margin);
std::string write_rtf(const std::vector<std::string>& lines, const Margin& margin);
std::string write_xlsx(const std::vector<Sheet>& sheets);
std::string write_ods(const std::vector<Sheet>& sheets);
std::string write_pptx(const std::vector<Slide>& slides);
std::string write_odp(const std::vector<Slide>& slides);
// `hidden` is in the markup and shown by no browser.
std::string write_html(Lang lang, std::string_view title, const std::vector<std::string>& lines,
                       std::string_view hidden);
// One file a chapter.
std::string write_epub(Lang lang, std::string_view title, const std::vector<std::vector<std::string>>& chapters);
std::string write_csv(const std::vector<Row>& rows);

}  // namespace dragoman::sample
