// SPDX-License-Identifier: AGPL-3.0-or-later
// A grey picture of a page becomes words with boxes and confidence: Tesseract in process, one language a page.
// What is done beside bare recognition: the page is turned upright and its skew taken out, its language is
// found, and what the engine's layout lost is looked for and read again (docs of each step are in its file:
// upright.h, probe.h, coverage.h, placing.h).
//
// Debian's Tesseract spreads one page over all cores and packs each line as PNG; the executable that links this
// room replaces the functions it does both with (single_thread.cc, pix_write_mem.cc). Nothing need be set in the
// environment. For others in the same process: pixWriteMem no longer writes PNG, pixWriteMemPng does.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/strong.h"
#include "record/item.h"
#include "record/page.h"
#include "record/wire.h"

namespace dragoman::ocr {

struct RecogniserSettings {
  /// Tesseract's names of the languages pages may be in; the first is tried first. At least one.
  std::vector<std::string> langs{"fas", "ara", "eng"};
  /// Folder of *.traineddata; empty: TESSDATA_PREFIX, else the system's.
  std::string tessdata;
};

struct OcrRequest {
  PageIndex page{1};
  /// Size of the page as displayed in points; 0: from the picture and its dpi.
  double page_width = 0;
  double page_height = 0;
  /// Tesseract's name of the language to read in; empty: it is found. Must be one of the settings' languages.
  std::string lang;
  /// What neighbouring pages of the same item were read as; a hint that saves the probe, empty: none. A hint
  /// that proves wrong is overruled.
  std::string likely;
};

struct OcrReading {
  /// Words in reading order, boxes in points of the page as given. source ocr, engine "tesseract 5.3.0 fas fast",
  /// lang ISO 639-1, quality the mean confidence. A blank page has no words and no ink.
  Page page;
  /// lost_line: a row of text-like ink that no reading covered, with its place.
  std::vector<Gap> gaps;
  OcrStats stats;
};

/// Not thread-safe: one recogniser, one thread.
class Recogniser {
 public:
  /// Loads every model and warms it up, so that recognise() opens no file and can run in a locked process.
  /// not_found: a language's data is not installed (the message names the package); conflict: the
  /// executable does not export the replacements.
  static Result<std::unique_ptr<Recogniser>> create(RecogniserSettings settings);
  ~Recogniser();
  Recogniser(const Recogniser&) = delete;
  Recogniser& operator=(const Recogniser&) = delete;

  /// Reads one page. `picture` must hold width × height bytes and a dpi of 50…1200, else malformed.
  /// not_found: request.lang is not one of the settings' languages.
  Result<OcrReading> recognise(const Picture& picture, const OcrRequest& request);

 private:
  class Impl;
  explicit Recogniser(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// "fas" → "fa"; a name that is not in the table is returned as it is.
std::string iso639_1_of(std::string_view tesseract_lang);

}  // namespace dragoman::ocr
