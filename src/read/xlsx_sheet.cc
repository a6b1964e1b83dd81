// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/xlsx_sheet.h"

#include <algorithm>

#include "read/ooxml.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMostColumns = 16'384;
constexpr std::size_t kMostRanges = 16'384;
// A cell holds 32,767 letters; what is longer was not written by a program.
constexpr std::size_t kMostValue = 4 << 20;
constexpr std::size_t kMostSide = 16 << 20;

constexpr std::string_view kEdges = " oddHeader oddFooter evenHeader evenFooter firstHeader firstFooter ";

// "BC23" → 55; 0 when there are no letters.
std::uint64_t column_of(std::string_view reference) {
  std::uint64_t out = 0;
  for (const char c : reference) {
    if (c < 'A' || c > 'Z' || out > kMostColumns) break;
    out = out * 26 + static_cast<std::uint64_t>(c - 'A' + 1);
  }
  return out;
}

bool is_true(std::string_view value) {
  return value == "1" || value == "true";
}

}  // namespace

std::string edge_text(std::string_view coded) {
  std::string out;
  for (std::size_t i = 0; i < coded.size(); ++i) {
    if (coded[i] != '&' || i + 1 == coded.size()) {
      out.push_back(coded[i]);
      continue;
    }
    const char code = coded[++i];
    if (code == '&') out.push_back('&');
    if (code == 'L' || code == 'C' || code == 'R') out.push_back('\n');
    if (code == '"') i = std::min(coded.find('"', i + 1), coded.size());
    if (code == 'K') i += std::min<std::size_t>(6, coded.size() - i);
    if (code < '0' || code > '9') continue;
    while (i + 1 < coded.size() && coded[i + 1] >= '0' && coded[i + 1] <= '9') ++i;
  }
  return out;
}

bool SheetEvents::column_hidden() const {
  return std::any_of(hidden_columns_.begin(), hidden_columns_.end(),
                     [this](const auto& range) { return column_ >= range.first && column_ <= range.second; });
}

void SheetEvents::start_cell(const XmlAttributes& attributes) {
  const std::uint64_t column = column_of(attributes.get("r"));
  column_ = column > 0 ? column : column_ + 1;
  type_ = attributes.get("t");
  style_ = 0;
  number_of(attributes.get("s"), style_);
  value_.clear();
  formula_.clear();
  inline_.clear();
  in_cell_ = true;
}

void SheetEvents::start(std::string_view name, const XmlAttributes& attributes) {
  if (name == "c" || name == "cell") {
    start_cell(attributes);
  } else if (name == "v" && in_cell_) {
    to_ = &value_;
  } else if (name == "f" && in_cell_) {
    to_ = &formula_;
  } else if (name == "rPh") {
    ++readings_;
  } else if (name == "t" && in_cell_) {
    to_ = readings_ == 0 ? &inline_ : nullptr;
  } else if (name == "row") {
    std::uint64_t number = 0;
    row_ = number_of(attributes.get("r"), number) ? number : row_ + 1;
    row_hidden_ = is_true(attributes.get("hidden"));
    column_ = 0;
    cells_.clear();
  } else if (name == "col" && is_true(attributes.get("hidden"))) {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    if (number_of(attributes.get("min"), from) && number_of(attributes.get("max"), to) &&
        hidden_columns_.size() < kMostRanges)
      hidden_columns_.emplace_back(from, to);
  } else if (is_among(name, kEdges)) {
    value_.clear();
    to_ = &value_;
  } else if (name == "dataValidation" && prompts_.size() < kMostSide) {
    for (const char* key : {"promptTitle", "prompt", "errorTitle", "error"}) {
      if (attributes.has(key)) prompts_ += unescaped(attributes.get(key)) + "\n";
    }
  } else if (name == "formula1") {
    value_.clear();
    to_ = &value_;
  }
}

void SheetEvents::text(std::string_view bytes) {
  if (to_ != nullptr && to_->size() < kMostValue) *to_ += bytes;
}

std::string SheetEvents::shown() const {
  if (type_ == "s") {
    std::uint64_t index = 0;
    return number_of(value_, index) ? unescaped(context_.strings.at(static_cast<std::size_t>(index))) : std::string();
  }
  if (type_ == "inlineStr" || (value_.empty() && !inline_.empty())) return unescaped(inline_);
  if (value_.empty()) return formula_.empty() ? std::string() : "=" + formula_;
  if (type_ == "str") return unescaped(value_);
  if (type_ == "b") return value_ == "0" ? "FALSE" : "TRUE";
  if (type_ == "e" || type_ == "d") return value_;
  return date_of_serial(value_, context_.styles.form(static_cast<std::size_t>(style_)), context_.from_1904);
}

void SheetEvents::end_cell() {
  in_cell_ = false;
  const bool hidden = row_hidden_ || (!hidden_columns_.empty() && column_hidden());
  std::string cell = shown();
  if (cell.empty()) return;
  if (hidden == (side_ == Side::hidden)) {
    if (cells_.size() < kMostColumns) cells_.push_back(std::move(cell));
  } else if (hidden) {
    left_out_ = true;
  }
}

void SheetEvents::end(std::string_view name) {
  if (name == "v" || name == "f" || name == "t") {
    to_ = nullptr;
  } else if (name == "c" || name == "cell") {
    end_cell();
  } else if (name == "row") {
    if (!cells_.empty()) sent_ = pages_.row(row_, cells_);
    cells_.clear();
  } else if (name == "rPh") {
    --readings_;
  } else if (is_among(name, kEdges)) {
    to_ = nullptr;
    if (edges_.size() < kMostSide) edges_ += edge_text(value_) + "\n";
  } else if (name == "formula1") {
    to_ = nullptr;
    // A list typed in place of a range.
    if (value_.starts_with('"') && prompts_.size() < kMostSide) prompts_ += value_ + "\n";
  }
}

}  // namespace dragoman::read
