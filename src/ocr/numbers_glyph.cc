// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ocr/numbers_glyph.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace dragoman::ocr {
namespace {

#include "ocr/numbers_weights.inc"

constexpr int kGrid = 16;
constexpr std::size_t kPixels = std::size_t{kGrid} * kGrid;
constexpr std::size_t kInputs = kPixels + 4;
constexpr std::size_t kUnits = kHiddenBias.size();
constexpr std::size_t kClasses = kOutputBias.size();
/// In the order of the outputs; the last one is for everything else and is never given, but lowers the
/// confidence of the others.
constexpr std::array<char32_t, kClasses> kMeaning{U'٠', U'١', U'٢', U'٣', U'٤', U'٥', U'٦', U'٧', U'٨', U'٩', U'۴',
                                                  U'۵', U'۶', U'/', U'.', U',', U'-', U':', U'(', U')', U'٪', 0};
static_assert(kWeightsVersion == 1 && kHidden.size() == kInputs * kUnits && kOutput.size() == kUnits * kClasses);

using Inputs = std::array<float, kInputs>;

/// Weights as floats, one row for each input.
struct Network {
  std::array<float, kInputs * kUnits> hidden;
  std::array<float, kUnits * kClasses> output;
};

const Network& network() {
  static const Network only = [] {
    Network made;
    for (std::size_t i = 0; i < made.hidden.size(); ++i)
      made.hidden[i] = static_cast<float>(kHidden[i]) * kHiddenScale[i % kUnits];
    for (std::size_t i = 0; i < made.output.size(); ++i)
      made.output[i] = static_cast<float>(kOutput[i]) * kOutputScale[i % kClasses];
    return made;
  }();
  return only;
}

/// Where pixel `index` of `count` lies among `size` pixels: bilinear.
struct Place {
  int low = 0;
  int high = 0;
  float part = 0;  // of high
};

Place place(int index, int count, int size) {
  const double at = std::clamp((index + 0.5) * size / count - 0.5, 0.0, static_cast<double>(size - 1));
  const int low = std::min(static_cast<int>(at), std::max(0, size - 2));
  return Place{low, std::min(low + 1, size - 1), static_cast<float>(at - low)};
}

Inputs inputs_of(const LineInk& ink, const InkGroup& group, const LineShape& shape) {
  Inputs inputs{};
  const PxBox box = common(PxBox{group.box.x0 - 1, group.box.y0 - 1, group.box.x1 + 1, group.box.y1 + 1}, ink.area);
  const auto dark = [&](int x, int y) {
    const std::size_t at = ink.at(box.x0 + x, box.y0 + y);
    const std::int32_t label = ink.labels[at];
    const bool within = box.x0 + x >= group.box.x0 && box.x0 + x < group.box.x1;  // a part may have been cut in two
    const bool mine =
        label == 0 || (within && std::find(group.labels.begin(), group.labels.end(), label) != group.labels.end());
    return mine ? static_cast<float>(255 - ink.grey[at]) / 255 : 0.0F;
  };
  const int longest = std::max(box.width(), box.height());
  const int columns = std::max(1, (box.width() * kGrid + longest / 2) / longest);
  const int rows = std::max(1, (box.height() * kGrid + longest / 2) / longest);
  for (int y = 0; y < rows; ++y) {
    const Place v = place(y, rows, box.height());
    for (int x = 0; x < columns; ++x) {
      const Place u = place(x, columns, box.width());
      const float upper = dark(u.low, v.low) * (1 - u.part) + dark(u.high, v.low) * u.part;
      const float lower = dark(u.low, v.high) * (1 - u.part) + dark(u.high, v.high) * u.part;
      const int at = (y + (kGrid - rows) / 2) * kGrid + x + (kGrid - columns) / 2;
      inputs[static_cast<std::size_t>(at)] = upper * (1 - v.part) + lower * v.part;
    }
  }
  const std::array<double, 4> measures{group.box.height() / shape.height, group.box.width() / shape.height,
                                       (shape.foot - group.box.y1) / shape.height,
                                       (shape.foot - group.box.y0) / shape.height};
  for (std::size_t i = 0; i < measures.size(); ++i)
    inputs[kPixels + i] = static_cast<float>(std::clamp(measures[i], -2.0, 2.0));
  return inputs;
}

}  // namespace

Glyph classify_glyph(const LineInk& ink, const InkGroup& group, const LineShape& shape) {
  const Inputs inputs = inputs_of(ink, group, shape);
  std::array<float, kUnits> units = kHiddenBias;
  for (std::size_t i = 0; i < kInputs; ++i) {
    const float input = inputs[i];
    if (input == 0) continue;
    const float* row = network().hidden.data() + i * kUnits;
    for (std::size_t j = 0; j < kUnits; ++j) units[j] += input * row[j];
  }
  std::array<float, kClasses> scores = kOutputBias;
  for (std::size_t i = 0; i < kUnits; ++i) {
    if (units[i] <= 0) continue;
    const float* row = network().output.data() + i * kClasses;
    for (std::size_t j = 0; j < kClasses; ++j) scores[j] += units[i] * row[j];
  }
  const auto best = static_cast<std::size_t>(std::max_element(scores.begin(), scores.end() - 1) - scores.begin());
  float sum = 0;
  for (std::size_t i = 0; i + 1 < kClasses; ++i) sum += std::exp(scores[i] - scores[best]);
  const float none = std::exp(std::min(scores.back() - scores[best], 80.0F));
  return Glyph{kMeaning[best], 1 / (sum + none), 1 / sum};
}

}  // namespace dragoman::ocr
