// SPDX-License-Identifier: AGPL-3.0-or-later
// Born-digital PDFs by the programs that most people use: Chromium prints a web page, LibreOffice a
// DOCX. Only for --producers all: their bytes differ from run to run and machine to machine.
#pragma once

#include <string>

#include "base/result.h"
#include "geometry.h"
#include "letter.h"
#include "typeset.h"

namespace dragoman::sample {

enum class ExternalProducer { chromium, libreoffice };

struct ExternalPdf {
  std::string bytes;
  double page_width = 0;  // points
  double page_height = 0;
};

// not_found with the missing program's name and remedy.
Result<void> check_external_producers();

// Fails with malformed if the program made other pages than the letter has.
Result<ExternalPdf> print_externally(const Letter& letter, const Face& face, ExternalProducer producer);

}  // namespace dragoman::sample
