// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ocr/engine.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <tesseract/baseapi.h>
#include <tesseract/resultiterator.h>
#pragma GCC diagnostic pop

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "base/clock.h"
#include "base/utf8.h"
#include "ocr/single_thread.h"

namespace dragoman::ocr {
namespace {

struct FreeText {
  void operator()(char* text) const { delete[] text; }  // Tesseract's contract for GetUTF8Text
};

bool is_white_or_control(char32_t c) {
  return c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0x1680 || (c >= 0x2000 && c <= 0x200B) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

/// The engine's word as a Word may hold it. A BOM, white space and bidi controls are the engine's, not the page's.
std::string cleaned(std::string_view raw) {
  std::string text;
  std::size_t offset = 0;
  while (offset < raw.size()) {
    const char32_t c = next_codepoint(raw, offset);
    if (!is_white_or_control(c) && !is_bidi_control(c)) append_utf8(text, c);
  }
  return text;
}

PxBox box_of(const tesseract::ResultIterator& at, tesseract::PageIteratorLevel level) {
  PxBox box;
  if (!at.BoundingBox(level, &box.x0, &box.y0, &box.x1, &box.y1)) return PxBox{};
  return box;
}

std::vector<ReadLine> lines_of(tesseract::ResultIterator& at) {
  std::vector<ReadLine> lines;
  bool new_line = true;
  do {
    new_line = new_line || at.IsAtBeginningOf(tesseract::RIL_TEXTLINE);
    const std::unique_ptr<char, FreeText> raw(at.GetUTF8Text(tesseract::RIL_WORD));
    ReadWord word;
    if (raw) word.text = cleaned(raw.get());
    word.box = box_of(at, tesseract::RIL_WORD);
    word.conf = std::clamp(at.Confidence(tesseract::RIL_WORD) / 100.0F, 0.0F, 1.0F);
    const bool ends_paragraph = at.IsAtFinalElement(tesseract::RIL_PARA, tesseract::RIL_WORD);
    if (!word.text.empty() && !word.box.empty()) {
      if (new_line) lines.push_back(ReadLine{{}, word.box, false});
      new_line = false;
      lines.back().box = joined(lines.back().box, word.box);
      lines.back().words.push_back(std::move(word));
    }
    if (ends_paragraph && !lines.empty()) lines.back().ends_paragraph = true;
  } while (at.Next(tesseract::RIL_WORD));
  return lines;
}

tesseract::PageSegMode mode_of(Layout layout) {
  switch (layout) {
    case Layout::page: return tesseract::PSM_AUTO;
    case Layout::block: return tesseract::PSM_SINGLE_BLOCK;
    case Layout::line: return tesseract::PSM_SINGLE_LINE;
    case Layout::raw_line: return tesseract::PSM_RAW_LINE;
  }
  return tesseract::PSM_AUTO;
}

}  // namespace

std::size_t Reading::word_count() const {
  std::size_t count = 0;
  for (const ReadLine& line : lines) count += line.words.size();
  return count;
}

float Reading::confidence() const {
  double sum = 0;
  double letters = 0;
  for (const ReadLine& line : lines) {
    for (const ReadWord& word : line.words) {
      const auto length = static_cast<double>(codepoint_count(word.text));
      sum += length * static_cast<double>(word.conf);
      letters += length;
    }
  }
  return letters > 0 ? static_cast<float>(sum / letters) : 0;
}

Engine::Engine(std::string lang, std::unique_ptr<tesseract::TessBaseAPI> api)
    : lang_(std::move(lang)), api_(std::move(api)) {}

Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::load(const std::string& lang, const std::string& tessdata) {
  // A name becomes part of a path inside the library: letters, digits, '_' and '/' (script/Arabic) only.
  const bool sound =
      !lang.empty() && lang.find("..") == std::string::npos && lang.front() != '/' &&
      std::all_of(lang.begin(), lang.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '/';
      });
  if (!sound) return fail(ErrorKind::not_found, "not the name of an OCR language: " + escape_for_terminal(lang));
  if (!replacements_in_place())
    return fail(ErrorKind::conflict, "the program was linked without its replacements for the OCR engine's helpers");
  try {
    auto api = std::make_unique<tesseract::TessBaseAPI>();
    // The engine reports a missing file on stderr by itself; our error is what the person sees.
    const std::vector<std::string> names{"debug_file"};
    const std::vector<std::string> values{"/dev/null"};
    const char* path = tessdata.empty() ? nullptr : tessdata.c_str();
    if (api->Init(path, lang.c_str(), tesseract::OEM_LSTM_ONLY, nullptr, 0, &names, &values, false) != 0) {
      std::string package = lang;
      std::replace(package.begin(), package.end(), '_', '-');
      return fail(ErrorKind::not_found,
                  "OCR language " + lang + " is not installed: apt-get install tesseract-ocr-" + package);
    }
    return std::unique_ptr<Engine>(new Engine(lang, std::move(api)));
  } catch (const std::exception& error) {
    return fail(ErrorKind::io, "cannot load OCR language " + lang + ": " + error.what());
  }
}

Result<Reading> Engine::read(PIX* pix, int dpi, Layout layout) {
  const double start = process_cpu_seconds();
  Reading reading;
  reading.lang = lang_;
  try {
    api_->SetPageSegMode(mode_of(layout));
    api_->SetImage(pix);
    api_->SetSourceResolution(dpi);
    if (api_->Recognize(nullptr) != 0) return fail(ErrorKind::malformed, "the OCR engine gave the page up");
    const std::unique_ptr<tesseract::ResultIterator> at(api_->GetIterator());
    if (at && !at->Empty(tesseract::RIL_WORD)) reading.lines = lines_of(*at);
    api_->Clear();
  } catch (const std::bad_alloc&) {
    return fail(ErrorKind::limit, "the OCR engine needs more memory than it may use");
  } catch (const std::exception& error) {
    return fail(ErrorKind::malformed, std::string("the OCR engine failed: ") + error.what());
  }
  reading.cpu_seconds = process_cpu_seconds() - start;
  return reading;
}

std::string Engine::version() {
  return tesseract::TessBaseAPI::Version();
}

}  // namespace dragoman::ocr
