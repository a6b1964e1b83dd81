// A DOCX as small as the format allows: one document part, an explicit break between pages.
#pragma once

#include <string>

#include "letter.h"

namespace dragoman::sample {

std::string write_docx(const Letter& letter);

}  // namespace dragoman::sample
