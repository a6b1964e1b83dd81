// SPDX-License-Identifier: AGPL-3.0-or-later
// Pages for tests and benchmarks: paragraphs shaped by Pango, drawn by Cairo, with the boxes of their words,
// and the damage a scanner does to them. Deterministic.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "record/page.h"

namespace dragoman::ocr::testing {

struct PageText {
  std::vector<std::string> paragraphs;
  std::string font = "DejaVu Serif";
  double size = 12;  // points
  bool rtl = false;
  double width = 595;  // points
  double height = 842;
};

struct RenderedPage {
  Picture picture;
  std::vector<Word> words;  // in reading order, boxes in points: logical width, ink height of the line
};

/// Draws at `dpi`, black on white, margins of 50 points. Lines that do not fit the page are cut off.
RenderedPage render(const PageText& text, double dpi = 200);

/// Made-up paragraphs of about 75 words each; lang is "fa", "ar" or "en".
PageText sample_text(std::string_view lang, std::size_t paragraphs);

/// A picture turned clockwise by quarter turns.
Picture turned(const Picture& picture, int quarter_turns);
/// Turned by degrees (clockwise positive) about its middle, white corners, same size.
Picture skewed(const Picture& picture, double degrees);
/// Where a point of the upright page lies after skewed(): the same turn, in points.
Box skewed(const Box& box, const Picture& picture, double degrees);
/// Gaussian noise.
Picture noisy(const Picture& picture, double sigma, std::uint32_t seed);
/// 3 × 3 mean `times` times, then contrast scaled about the middle grey by `contrast`.
Picture faded(const Picture& picture, int times, double contrast);

}  // namespace dragoman::ocr::testing
