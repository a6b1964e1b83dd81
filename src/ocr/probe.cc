// SPDX-License-Identifier: AGPL-3.0-or-later
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

double weighed(double confidence, double known) {
  return confidence * (0.4 + 0.6 * known);
}

PixPtr strip_of(const ProbeRequest& request, const PxBox& half_scale, bool upside_down) {
  const int pad = 2 * request.ink->letter;
  const PxBox box = grown(scaled(half_scale, 2), pad, pad / 2, pixGetWidth(request.grey), pixGetHeight(request.grey));
  BOX* clip = boxCreate(box.x0, box.y0, box.width(), box.height());
  PixPtr strip(pixClipRectangle(request.grey, clip, nullptr));
  boxDestroy(&clip);
  if (strip && upside_down) pixRotate180(strip.get(), strip.get());
  return strip;
}

Result<Reading> read_strips(const ProbeRequest& request, std::span<const PxBox> strips, Engine& engine,
                            bool upside_down) {
  Reading result;
  result.lang = engine.lang();
  for (const PxBox& box : strips) {
    const PixPtr strip = strip_of(request, box, upside_down);
    if (!strip) continue;
    Reading reading = TRY(engine.read(strip.get(), request.dpi, Layout::block));
    result.cpu_seconds += reading.cpu_seconds;
    std::move(reading.lines.begin(), reading.lines.end(), std::back_inserter(result.lines));
    if (result.word_count() >= kEnoughWords) break;
  }
  return result;
}

struct Verdict {
  Engine* engine = nullptr;  // of the reading's script, whose language the words are
  double merit = 0;
};

/// Persian and Arabic read as each other keep most of their letters: the words tell which they are, and how sound
/// the reading is.
Verdict verdict_of(const ProbeRequest& request, const Reading& reading, Engine& read_with) {
  const std::vector<Word> words = words_without_boxes(reading);
  const std::string iso = text::language_of(words);
  const text::Script script = script_of_language(reading.lang);
  Verdict verdict{&read_with, merit_of(reading)};
  double most = text::score_words(words, iso639_1_of(reading.lang)).known;
  for (Engine* engine : request.engines) {
    if (script_of_language(engine->lang()) != script || engine == &read_with) continue;
    const std::string other = iso639_1_of(engine->lang());
    const double known = text::score_words(words, other).known;
    if (known + (other == iso ? 0.1 : 0.0) <= most) continue;
    most = known;
    verdict = Verdict{engine, weighed(static_cast<double>(reading.confidence()), known)};
  }
  return verdict;
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
  // Too few words to judge by: a form, a page number, or letters of another script taken for digits.
  if (score.words < 3) return weighed(confidence, 0.4);
  return weighed(confidence, score.known);
}

Result<ProbeResult> probe(const ProbeRequest& request) {
  ProbeResult best;
  best.engine = request.engines.front();
  const std::vector<PxBox> strips = line_strips(*request.ink, kStrips);
  if (strips.empty()) return best;
  // One language of each script both ways up, then the others, until a reading convinces.
  std::vector<Engine*> engines;
  std::vector<Engine*> others;
  for (Engine* engine : request.engines) {
    const text::Script script = script_of_language(engine->lang());
    const bool first = std::none_of(engines.begin(), engines.end(), [&](const Engine* earlier) {
      return script_of_language(earlier->lang()) == script;
    });
    (first ? engines : others).push_back(engine);
  }
  engines.insert(engines.end(), others.begin(), others.end());
  for (Engine* engine : engines) {
    for (const bool upside_down : {false, true}) {
      const Reading reading = TRY(read_strips(request, strips, *engine, upside_down));
      best.cpu_seconds += reading.cpu_seconds;
      const Verdict verdict = verdict_of(request, reading, *engine);
      if (verdict.merit <= best.merit) continue;
      best.merit = verdict.merit;
      best.upside_down = upside_down;
      best.engine = verdict.engine;
      if (best.merit >= kGoodMerit) return best;
    }
  }
  return best;
}

}  // namespace dragoman::ocr
