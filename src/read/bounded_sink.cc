// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/bounded_sink.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/utf8.h"
#include "read/metadata.h"
#include "read/reflow.h"

namespace dragoman::read {
namespace {

// Below the wire's own bounds (record/wire.cc), so that a record that passes here passes there.
constexpr std::size_t kShortText = 180;
constexpr std::size_t kLongText = 32 * 1024;
constexpr std::size_t kFields = 500;
constexpr std::size_t kFieldBytes = std::size_t{2} << 20;
constexpr std::uint32_t kGaps = 10'000;
// What must still fit into a reply after its last page: gaps, the state.
constexpr std::uint64_t kReserve = 4 << 20;

std::string clipped(std::string_view text, std::size_t most) {
  std::string valid = to_valid_utf8(text.substr(0, most + 4));
  if (valid.size() <= most) return valid;
  while (most > 0 && (static_cast<unsigned char>(valid[most]) & 0xC0U) == 0x80U) --most;
  valid.resize(most);
  return valid;
}

float bounded(float value) {
  return std::isfinite(value) ? std::clamp(value, -9e5F, 9e5F) : 0.0F;
}

float share(float value) {
  return std::isfinite(value) ? std::clamp(value, 0.0F, 1.0F) : 0.0F;
}

Box bounded(const Box& box) {
  const Box finite{bounded(box.x0), bounded(box.y0), bounded(box.x1), bounded(box.y1)};
  return {std::min(finite.x0, finite.x1), std::min(finite.y0, finite.y1), std::max(finite.x0, finite.x1),
          std::max(finite.y0, finite.y1)};
}

std::size_t wire_bytes(const Word& word) {
  return word.text.size() + 5 + (word.box ? 16U : 0U) + (word.conf ? 1U : 0U);
}

}  // namespace

Result<void> BoundedSink::gap(Gap gap) {
  if (++gaps_ > kGaps) return {};
  if (gaps_ == kGaps) gap = Gap{GapKind::limit, "", "there are more gaps than are listed", PageIndex{0}};
  gap.where = clipped(gap.where, kLongText);
  gap.detail = clipped(gap.detail, kLongText);
  sent_ += gap.where.size() + gap.detail.size() + 16;
  return inner_.record(std::move(gap));
}

Result<void> BoundedSink::document(const Document& given) {
  Document document = given;
  document.kind = clipped(document.kind, kShortText);
  document.lang = clipped(document.lang, kShortText);
  bool shortened = document.title.size() > kLongText;
  document.title = clipped(document.title, kLongText);
  std::size_t bytes = 0;
  std::vector<Field> fields;
  for (const auto& [key, value, name, normal] : document.fields) {
    bytes += std::min(key.size(), kShortText) + 2 * std::min(value.size(), kLongText) + 16;
    shortened = shortened || value.size() > kLongText || key.size() > kShortText;
    if (fields.size() == kFields || bytes > kFieldBytes) {
      shortened = true;
      break;
    }
    fields.push_back({clipped(key, kShortText), clipped(value, kLongText)});
  }
  understand(fields, document.kind);
  document.fields = std::move(fields);
  sent_ += bytes + document.title.size() + 64;
  TRY_VOID(inner_.record(std::move(document)));
  if (!shortened) return {};
  cut_ = true;
  return gap(Gap{GapKind::limit, "document fields", "a field was longer than is kept", PageIndex{0}});
}

Result<void> BoundedSink::page(const Page& given) {
  const PageIndex number = given.number;
  if (full_ || sent_ + kReserve > limits_.max_reply_bytes) {
    if (std::exchange(full_, true)) return {};
    cut_ = true;
    return gap(Gap{GapKind::limit, "page " + std::to_string(number.value()),
                   "the text from this page on is more than one item may give", PageIndex{0}});
  }
  Page page = given;
  page.engine = clipped(page.engine, kShortText);
  page.lang = clipped(page.lang, kShortText);
  page.label = label_of(page.label);
  page.quality = share(page.quality);
  page.picture_cover = share(page.picture_cover);
  const bool sized = page.width > 0 && page.height > 0 && page.width < 9e5 && page.height < 9e5;
  if (!sized) page.width = page.height = 0;
  split_long_words(page.words);
  std::size_t bytes = 256;
  std::size_t fit = 0;
  for (Word& word : page.words) {
    bytes += wire_bytes(word);
    if (fit == limits_.max_words_per_page || bytes > limits_.max_frame_bytes) break;
    if (word.box) word.box = bounded(*word.box);
    ++fit;
  }
  const bool shortened = fit < page.words.size();
  page.words.resize(fit);
  sent_ += bytes;
  TRY_VOID(inner_.record(std::move(page)));
  if (!shortened) return {};
  cut_ = true;
  return gap(
      Gap{GapKind::limit, "page " + std::to_string(number.value()), "the page holds more words than are kept", number});
}

Result<void> BoundedSink::record(const Record& record) {
  if (const auto* found = std::get_if<Page>(&record)) return page(*found);
  if (const auto* found = std::get_if<Document>(&record)) return document(*found);
  if (const auto* found = std::get_if<Gap>(&record)) return gap(*found);
  return inner_.record(record);
}

Result<void> BoundedSink::begin_child(const ChildHeader& child) {
  ChildHeader header = child;
  header.name = clipped(header.name, kLongText);
  if (header.name.empty()) header.name = "member-" + std::to_string(header.ordinal);
  return inner_.begin_child(header);
}

}  // namespace dragoman::read
