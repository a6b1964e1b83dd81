// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ocr/recogniser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/clock.h"
#include "ocr/coverage.h"
#include "ocr/engine.h"
#include "ocr/ink.h"
#include "ocr/languages.h"
#include "ocr/numbers.h"
#include "ocr/placing.h"
#include "ocr/probe.h"
#include "ocr/sheet.h"
#include "ocr/tighten.h"
#include "ocr/upright.h"
#include "text/language.h"
#include "text/word_list.h"

namespace dragoman::ocr {
namespace {

/// Below this a reading is doubted and tried another way. Right readings of degraded pages have 0.6 and more, of
/// clean ones 0.8; a page on its head or in the wrong script 0.3 and less.
constexpr double kDoubtful = 0.5;
/// The engine follows lines that slope less than this by itself, and turning costs a tenth of a reading.
constexpr double kLevelFrom = 0.4;
/// More rows than this are not read one by one.
constexpr std::size_t kMostRows = 40;

/// One page on its way through the steps.
struct Work {
  const Picture* given = nullptr;
  PixPtr grey;  // what is read: scaled, turned, levelled
  Ink ink;      // of the same, half scale
  Frame frame;
  Engine* engine = nullptr;
  bool probed = false;
  Reading reading;
  std::vector<UncoveredRow> lost;
  OcrStats stats;
};

Result<void> turn(Work& work, int quarters) {
  if (quarters == 0) return {};
  PixPtr grey(pixRotateOrth(work.grey.get(), quarters));
  PixPtr ink(pixRotateOrth(work.ink.pix.get(), quarters));
  if (!grey || !ink) return fail(ErrorKind::limit, "no memory to turn the page");
  work.grey = std::move(grey);
  work.ink = ink_from(std::move(ink));
  work.frame.quarter_turns = (work.frame.quarter_turns + quarters) % 4;
  work.frame.width = pixGetWidth(work.grey.get());
  work.frame.height = pixGetHeight(work.grey.get());
  return {};
}

Result<void> level(Work& work) {
  const double degrees = skew_of(work.ink.pix.get());
  if (std::abs(degrees) < kLevelFrom) return {};
  const auto radians = static_cast<l_float32>(degrees * 3.14159265358979 / 180);
  PixPtr grey(pixRotateAMGray(work.grey.get(), radians, 255));
  PixPtr ink(pixRotateShearCenter(work.ink.pix.get(), radians, L_BRING_IN_WHITE));
  if (!grey || !ink) return fail(ErrorKind::limit, "no memory to level the page");
  work.grey = std::move(grey);
  work.ink = ink_from(std::move(ink));
  work.frame.skew = degrees;
  return {};
}

/// Everything that is done before anything is read.
Result<Work> prepared(const Picture& picture) {
  Work work;
  work.given = &picture;
  Sheet sheet = TRY(sheet_of(picture));
  work.grey = std::move(sheet.grey);
  work.frame.scale = sheet.factor;
  work.frame.width = pixGetWidth(work.grey.get());
  work.frame.height = pixGetHeight(work.grey.get());
  PixPtr ink = TRY(ink_of(work.grey.get()));
  work.ink = ink_from(std::move(ink));
  if (work.ink.blank()) return work;
  if (lies_on_its_side(work.ink.pix.get())) TRY_VOID(turn(work, 1));
  TRY_VOID(level(work));
  return work;
}

Break break_after(const ReadLine& line, std::size_t word) {
  if (word + 1 < line.words.size()) return Break::space;
  return line.ends_paragraph ? Break::paragraph : Break::line;
}

Page page_of(const Work& work, const OcrRequest& request) {
  const Picture& given = *work.given;
  Page page;
  page.number = request.page;
  page.width = request.page_width > 0 ? request.page_width : given.points(given.width);
  page.height = request.page_height > 0 ? request.page_height : given.points(given.height);
  page.source = TextSource::ocr;
  page.has_ink = !work.ink.blank();
  page.picture_cover = 1;
  if (work.engine != nullptr) {
    page.engine = fmt::format("tesseract {} {} fast", Engine::version(), work.engine->lang());
    page.lang = iso639_1_of(work.engine->lang());
  } else {
    page.engine = fmt::format("tesseract {}", Engine::version());
  }
  page.quality = work.reading.confidence();
  // A page whose size is known from elsewhere may differ from the picture's by a rounding.
  const double x_ratio = page.width / given.points(given.width);
  const double y_ratio = page.height / given.points(given.height);
  for (const ReadLine& line : work.reading.lines) {
    for (std::size_t i = 0; i < line.words.size(); ++i) {
      const ReadWord& word = line.words[i];
      Box box = on_page(word.box, work.frame, given);
      box.x0 = static_cast<float>(box.x0 * x_ratio);
      box.x1 = static_cast<float>(box.x1 * x_ratio);
      box.y0 = static_cast<float>(box.y0 * y_ratio);
      box.y1 = static_cast<float>(box.y1 * y_ratio);
      page.words.push_back(Word{word.text, box, word.conf, break_after(line, i)});
    }
  }
  return page;
}

std::vector<Gap> gaps_of(const Work& work, const OcrRequest& request) {
  std::vector<Gap> gaps;
  for (const UncoveredRow& row : work.lost) {
    const Box box = on_page(row.box, work.frame, *work.given);
    gaps.push_back(Gap{GapKind::lost_line,
                       fmt::format("page {}, y {:.0f}–{:.0f} pt", request.page.value(), box.y0, box.y1),
                       "a row that looks like writing was not read", request.page});
  }
  return gaps;
}

}  // namespace

class Recogniser::Impl {
 public:
  static Result<std::unique_ptr<Impl>> create(RecogniserSettings settings);
  Result<OcrReading> recognise(const Picture& picture, const OcrRequest& request);

 private:
  Result<void> find_language(Work& work, const OcrRequest& request);
  Result<void> read_first(Work& work);
  Result<void> doubt(Work& work, const OcrRequest& request);
  Result<void> try_language(Work& work, const OcrRequest& request);
  Result<void> cover(Work& work);
  Result<void> read_again(Work& work, Engine& engine, Layout layout);
  Engine* engine_named(std::string_view lang);
  std::vector<Engine*> ordered(text::Script look, std::string_view likely);

  std::vector<std::unique_ptr<Engine>> engines_;
};

Result<std::unique_ptr<Recogniser::Impl>> Recogniser::Impl::create(RecogniserSettings settings) {
  if (settings.langs.empty()) return fail(ErrorKind::not_found, "no OCR language is given");
  auto impl = std::make_unique<Impl>();
  // What the engine opens late — the sink of its messages — is opened by reading a picture without words.
  const PixPtr blank(pixCreate(64, 64, 8));
  if (!blank) return fail(ErrorKind::limit, "no memory for the OCR engine");
  pixSetAll(blank.get());
  for (const std::string& lang : settings.langs) {
    if (impl->engine_named(lang) != nullptr) continue;
    auto engine = TRY(Engine::load(lang, settings.tessdata));
    TRY(engine->read(blank.get(), kReadingDpi, Layout::line));
    impl->engines_.push_back(std::move(engine));
  }
  return impl;
}

Engine* Recogniser::Impl::engine_named(std::string_view lang) {
  for (const auto& engine : engines_)
    if (engine->lang() == lang) return engine.get();
  return nullptr;
}

/// All engines, the likeliest first: the hint, then those of the script the ink looks like, then the settings'
/// order.
std::vector<Engine*> Recogniser::Impl::ordered(text::Script look, std::string_view likely) {
  std::vector<Engine*> engines;
  for (const auto& engine : engines_) engines.push_back(engine.get());
  const auto rank = [&](const Engine* engine) {
    if (!likely.empty() && engine->lang() == likely) return 0;
    return look != text::Script::none && script_of_language(engine->lang()) == look ? 1 : 2;
  };
  std::stable_sort(engines.begin(), engines.end(), [&](const Engine* a, const Engine* b) { return rank(a) < rank(b); });
  return engines;
}

Result<void> Recogniser::Impl::find_language(Work& work, const OcrRequest& request) {
  if (!request.lang.empty()) {
    work.engine = engine_named(request.lang);
    if (work.engine == nullptr)
      return fail(ErrorKind::not_found, "OCR language " + request.lang + " is not among those loaded");
    return {};
  }
  const text::Script look = look_of(work.ink);
  work.engine = engine_named(request.likely);
  const bool fits =
      work.engine != nullptr && (look == text::Script::none || look == script_of_language(work.engine->lang()));
  if (fits) return {};
  const std::vector<Engine*> engines = ordered(look, request.likely);
  const ProbeRequest ask{work.grey.get(), kReadingDpi, &work.ink, engines};
  const ProbeResult found = TRY(probe(ask));
  work.probed = true;
  work.stats.recognise_seconds += found.cpu_seconds;
  work.engine = found.engine;
  if (found.upside_down) TRY_VOID(turn(work, 2));
  return {};
}

Result<void> Recogniser::Impl::read_first(Work& work) {
  work.reading = TRY(work.engine->read(work.grey.get(), kReadingDpi, Layout::page));
  work.stats.recognise_seconds += work.reading.cpu_seconds;
  return {};
}

/// Reads the page once more and keeps the better reading.
Result<void> Recogniser::Impl::read_again(Work& work, Engine& engine, Layout layout) {
  Reading again = TRY(engine.read(work.grey.get(), kReadingDpi, layout));
  work.stats.reread_seconds += again.cpu_seconds;
  ++work.stats.rereads;
  if (merit_of(again) <= merit_of(work.reading)) return {};
  work.reading = std::move(again);
  work.engine = &engine;
  return {};
}

/// A reading nobody can believe: the page may stand on its head or be in another language after all.
Result<void> Recogniser::Impl::doubt(Work& work, const OcrRequest& request) {
  const double merit = merit_of(work.reading);
  if (merit >= kDoubtful || work.ink.blank()) return {};
  std::vector<Engine*> engines = ordered(look_of(work.ink), work.engine->lang());
  if (!request.lang.empty()) engines = {work.engine};
  const ProbeRequest ask{work.grey.get(), kReadingDpi, &work.ink, engines};
  const ProbeResult found = TRY(probe(ask));
  work.stats.reread_seconds += found.cpu_seconds;
  const bool other = found.upside_down || found.engine != work.engine;
  if (found.merit <= merit || !other) return {};
  if (!found.upside_down) return read_again(work, *found.engine, Layout::page);
  TRY_VOID(turn(work, 2));
  const Reading before = work.reading;
  Engine* engine_before = work.engine;
  TRY_VOID(read_again(work, *found.engine, Layout::page));
  if (work.reading.lines.size() == before.lines.size() && merit_of(work.reading) == merit_of(before)) {
    work.engine = engine_before;  // no better: back to how it stood
    TRY_VOID(turn(work, 2));
  }
  return {};
}

/// Persian read as Arabic has the right letters mostly; the words tell.
Result<void> Recogniser::Impl::try_language(Work& work, const OcrRequest& request) {
  if (!request.lang.empty()) return {};
  const std::vector<Word> words = words_without_boxes(work.reading);
  const Language* language = find_iso(text::language_of(words));
  if (language == nullptr) return {};
  Engine* other = engine_named(language->tesseract);
  if (other == nullptr || other == work.engine) return {};
  const double here = text::score_words(words, iso639_1_of(work.engine->lang())).known;
  const double there = text::score_words(words, language->iso).known;
  if (there <= here + 0.1) return {};
  return read_again(work, *other, Layout::page);
}

Result<void> Recogniser::Impl::cover(Work& work) {
  std::vector<UncoveredRow> rows = uncovered_rows(work.ink, work.reading);
  if (rows.empty()) return {};
  const bool right_to_left = text::is_right_to_left(script_of_language(work.engine->lang()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i >= kMostRows) {
      if (rows[i].surely_text) work.lost.push_back(rows[i]);
      continue;
    }
    ++work.stats.rows_reread;
    Reading found = TRY(read_row(work.grey.get(), rows[i], work.reading, *work.engine));
    work.stats.reread_seconds += found.cpu_seconds;
    if (found.lines.empty() && rows[i].surely_text) work.lost.push_back(rows[i]);
    for (ReadLine& line : found.lines) insert_line(work.reading, std::move(line), right_to_left);
  }
  return {};
}

Result<OcrReading> Recogniser::Impl::recognise(const Picture& picture, const OcrRequest& request) {
  const double start = process_cpu_seconds();
  Work work = TRY(prepared(picture));
  TRY_VOID(find_language(work, request));
  if (!work.ink.blank()) {
    TRY_VOID(read_first(work));
    TRY_VOID(doubt(work, request));
    TRY_VOID(try_language(work, request));
    TRY_VOID(cover(work));
    tighten(work.reading, work.grey.get());
    if (lacks_indic_digits(work.engine->lang())) repair_numbers(work.reading, work.grey.get());
  }
  OcrReading result;
  result.page = page_of(work, request);
  result.gaps = gaps_of(work, request);
  result.stats = work.stats;
  result.stats.cpu_seconds = process_cpu_seconds() - start;
  return result;
}

Recogniser::Recogniser(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Recogniser::~Recogniser() = default;

Result<std::unique_ptr<Recogniser>> Recogniser::create(RecogniserSettings settings) {
  auto impl = TRY(Impl::create(std::move(settings)));
  return std::unique_ptr<Recogniser>(new Recogniser(std::move(impl)));
}

Result<OcrReading> Recogniser::recognise(const Picture& picture, const OcrRequest& request) {
  return impl_->recognise(picture, request);
}

}  // namespace dragoman::ocr
