// SPDX-License-Identifier: AGPL-3.0-or-later
// Tesseract behind one small type: a picture and a layout in, lines of words out. The only file beside it that
// knows Tesseract's API is engine.cc.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ocr/geometry.h"
#include "ocr/leptonica.h"

namespace tesseract {
class TessBaseAPI;
}

namespace dragoman::ocr {

struct ReadWord {
  std::string text;  // valid UTF-8, not empty; no white space, control or bidi control characters
  PxBox box;
  float conf = 0;  // 0…1
};

/// Words in logical order: the first one of a Persian line stands at its right.
struct ReadLine {
  std::vector<ReadWord> words;  // never empty
  PxBox box;                    // round its words
  bool ends_paragraph = false;
};

struct Reading {
  std::string lang;             // Tesseract's name
  std::vector<ReadLine> lines;  // in reading order
  double cpu_seconds = 0;

  std::size_t word_count() const;
  /// Mean confidence of the words, each counted with its letters; 0 without words.
  float confidence() const;
};

/// How the engine looks for lines: Tesseract's page segmentation modes 3, 6, 7 and 13. `raw_line` does not look at
/// all: the picture is one line.
enum class Layout { page, block, line, raw_line };

class Engine {
 public:
  /// `tessdata` empty: TESSDATA_PREFIX, else the system's. not_found names the missing package; conflict:
  /// the executable does not export single_thread.cc and pix_write_mem.cc, and would use five times the CPU.
  static Result<std::unique_ptr<Engine>> load(const std::string& lang, const std::string& tessdata);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// `pix`: 1 or 8 bpp. Boxes are pixels of it. `dpi` is told to the engine.
  Result<Reading> read(PIX* pix, int dpi, Layout layout);

  const std::string& lang() const { return lang_; }
  static std::string version();

 private:
  Engine(std::string lang, std::unique_ptr<tesseract::TessBaseAPI> api);
  std::string lang_;
  std::unique_ptr<tesseract::TessBaseAPI> api_;
};

}  // namespace dragoman::ocr
