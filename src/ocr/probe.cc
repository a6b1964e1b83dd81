#include "ocr/probe.h"

#include <algorithm>
#include <utility>

#include "ocr/languages.h"
#include "ocr/recogniser.h"
#include "text/language.h"
#include "text/word_list.h"

namespace dragoman::ocr {
namespace {

/// A line of twelve words is enough to tell; a second is read when the first holds fewer than this.
constexpr std::size_t kEnoughWords = 4;
constexpr std::size_t kStrips = 3;

PixPtr strip_of(const ProbeRequest& request, const PxBox& half_scale, bool upside_down) {
  const int pad = 2 * request.ink->letter;
  const PxBox box = grown(scaled(half_scale, 2), pad, pad / 2, pixGetWidth(request.grey), pixGetHeight(request.grey));
  BOX* clip = boxCreate(box.x0, box.y0, box.width(), box.height());
  PixPtr strip(pixClipRectangle(request.grey, clip, nullptr));
  boxDestroy(&clip);
  if (strip && upside_down) pixRotate180(strip.get(), strip.get());
  return strip;
}

struct Try {
  Reading reading;
  double merit = 0;
};

Result<Try> read_strips(const ProbeRequest& request, std::span<const PxBox> strips, Engine& engine, bool upside_down) {
  Try result;
  result.reading.lang = engine.lang();
  for (const PxBox& box : strips) {
    const PixPtr strip = strip_of(request, box, upside_down);
    if (!strip) continue;
    Reading reading = TRY(engine.read(strip.get(), request.dpi, Layout::block));
    result.reading.cpu_seconds += reading.cpu_seconds;
    std::move(reading.lines.begin(), reading.lines.end(), std::back_inserter(result.reading.lines));
    if (result.reading.word_count() >= kEnoughWords) break;
  }
  result.merit = merit_of(result.reading);
  return result;
}

/// The engine whose language the text is, among those of the script it was read in; null when nothing speaks for
/// another one.
Engine* engine_of_text(const ProbeRequest& request, const Reading& reading) {
  const std::vector<Word> words = words_without_boxes(reading);
  const std::string iso = text::language_of(words);
  const text::Script script = script_of_language(reading.lang);
  Engine* best = nullptr;
  double most = text::score_words(words, iso639_1_of(reading.lang)).known;
  for (Engine* engine : request.engines) {
    if (script_of_language(engine->lang()) != script || engine->lang() == reading.lang) continue;
    const std::string other = iso639_1_of(engine->lang());
    const double known = text::score_words(words, other).known + (other == iso ? 0.1 : 0.0);
    if (known > most) {
      most = known;
      best = engine;
    }
  }
  return best;
}

}  // namespace

std::vector<Word> words_without_boxes(const Reading& reading) {
  std::vector<Word> words;
  for (const ReadLine& line : reading.lines)
    for (const ReadWord& word : line.words) words.push_back(Word{word.text, std::nullopt, std::nullopt, Break::space});
  return words;
}

double merit_of(const Reading& reading) {
  const std::string iso = iso639_1_of(reading.lang);
  const double confidence = static_cast<double>(reading.confidence());
  if (text::WordList::find(iso) == nullptr) return confidence;
  const text::WordScore score = text::score_words(words_without_boxes(reading), iso);
  // Too few words to judge by: a form, a page number.
  if (score.words < 3) return confidence;
  return confidence * (0.4 + 0.6 * score.known);
}

Result<ProbeResult> probe(const ProbeRequest& request) {
  ProbeResult best;
  best.engine = request.engines.front();
  const std::vector<PxBox> strips = line_strips(*request.ink, kStrips);
  if (strips.empty()) return best;
  std::vector<text::Script> tried;
  for (Engine* engine : request.engines) {
    const text::Script script = script_of_language(engine->lang());
    if (std::find(tried.begin(), tried.end(), script) != tried.end()) continue;
    tried.push_back(script);
    for (const bool upside_down : {false, true}) {
      const Try result = TRY(read_strips(request, strips, *engine, upside_down));
      best.cpu_seconds += result.reading.cpu_seconds;
      if (result.merit <= best.merit) continue;
      best.merit = result.merit;
      best.upside_down = upside_down;
      Engine* other = engine_of_text(request, result.reading);
      best.engine = other != nullptr ? other : engine;
      if (best.merit >= kGoodMerit) return best;
    }
  }
  return best;
}

}  // namespace dragoman::ocr
