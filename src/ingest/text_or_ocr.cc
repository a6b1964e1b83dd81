// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/text_or_ocr.h"

#include <algorithm>

#include "text/word_list.h"

namespace dragoman::ingest {
namespace {

// Running text in a language we have a word list for has 0.8…1.0 of its words in the list; visual-order or
// badly encoded text layers have below 0.2, someone else's OCR of a poor scan lies between (docs/formats.md).
constexpr float kTrustedQuality = 0.5F;
// Fewer words than this say nothing about quality: a page number, a stamp.
constexpr std::size_t kWordsToJudge = 12;
// A page that is mostly picture and has but a few words is a scan with a typed header or footer.
constexpr float kMostlyPicture = 0.5F;
constexpr std::size_t kFewWords = 40;
// Below a tenth of the page a picture is a logo, a signature, a seal.
constexpr float kPictureWorthReading = 0.1F;
// OCR words below this confidence inside a picture are more often texture than text.
constexpr float kMinimumAddedConfidence = 0.5F;
constexpr std::size_t kMinimumAddedWords = 3;

bool has_word_list(const std::string& lang) {
  return lang == "fa" || lang == "ar" || lang == "en";
}

// Which parts of a page are under words, on a coarse grid. Building it costs the words plus the cells, however
// the boxes lie: words come from a worker that may have been taken over.
class Cover {
 public:
  explicit Cover(const Page& page) : scale_x_(kCells / page.width), scale_y_(kCells / page.height) {
    for (const Word& word : page.words) {
      if (!word.box) continue;
      const std::size_t x0 = cell(word.box->x0 * scale_x_);
      const std::size_t y0 = cell(word.box->y0 * scale_y_);
      const std::size_t x1 = cell(word.box->x1 * scale_x_) + 1;
      const std::size_t y1 = cell(word.box->y1 * scale_y_) + 1;
      ++at(x0, y0);
      --at(x1, y0);
      --at(x0, y1);
      ++at(x1, y1);
    }
    for (std::size_t y = 0; y <= kCells; ++y) {
      for (std::size_t x = 1; x <= kCells; ++x) at(x, y) += at(x - 1, y);
    }
    for (std::size_t y = 1; y <= kCells; ++y) {
      for (std::size_t x = 0; x <= kCells; ++x) at(x, y) += at(x, y - 1);
    }
  }
  bool holds_middle_of(const Box& box) {
    return at(cell((box.x0 + box.x1) / 2 * scale_x_), cell(box.middle_y() * scale_y_)) > 0;
  }

 private:
  static constexpr std::size_t kCells = 512;
  static std::size_t cell(double position) {
    return static_cast<std::size_t>(std::clamp(position, 0.0, static_cast<double>(kCells - 1)));
  }
  int& at(std::size_t x, std::size_t y) { return counts_[y * (kCells + 1) + x]; }

  double scale_x_;
  double scale_y_;
  std::vector<int> counts_ = std::vector<int>((kCells + 1) * (kCells + 1), 0);
};

Page merge(Page text_layer, const Page& ocr) {
  std::vector<Word> added;
  Cover cover(text_layer);
  for (const Word& word : ocr.words) {
    if (!word.box || !word.conf || *word.conf < kMinimumAddedConfidence) continue;
    if (!cover.holds_middle_of(*word.box)) added.push_back(word);
  }
  if (added.size() < kMinimumAddedWords) return text_layer;
  if (!text_layer.words.empty()) text_layer.words.back().after = Break::paragraph;
  text_layer.words.insert(text_layer.words.end(), added.begin(), added.end());
  text_layer.engine += " + " + ocr.engine;
  return text_layer;
}

}  // namespace

PageChoice choose(const Page& page) {
  if (!page.paged()) return PageChoice::text;
  if (page.words.empty()) return page.has_ink || page.picture_cover > 0 ? PageChoice::ocr : PageChoice::text;
  const bool judged = page.words.size() >= kWordsToJudge && has_word_list(page.lang);
  if (judged && page.quality < kTrustedQuality) return PageChoice::better;
  if (page.picture_cover >= kMostlyPicture && page.words.size() < kFewWords) return PageChoice::ocr;
  // A full-page picture under trusted words is a scan that already carries its text.
  if (page.picture_cover >= kPictureWorthReading && page.picture_cover < 0.9F) return PageChoice::both;
  return PageChoice::text;
}

Page bring_together(PageChoice choice, Page text_layer, Page ocr) {
  switch (choice) {
    case PageChoice::text: return text_layer;
    case PageChoice::ocr: return ocr;
    case PageChoice::better: {
      const double known = text::score_words(ocr.words, ocr.lang).known;
      return known > static_cast<double>(text_layer.quality) ? ocr : text_layer;
    }
    case PageChoice::both: return merge(std::move(text_layer), ocr);
  }
  return ocr;
}

}  // namespace dragoman::ingest
