// SPDX-License-Identifier: AGPL-3.0-or-later
#include "record/wire.h"

#include <algorithm>
#include <cmath>

#include "base/bytes.h"
#include "base/utf8.h"

namespace dragoman {
namespace {

enum class Tag : std::uint8_t { type = 1, document, page, gap, done, ocr_stats, error, member_count };

constexpr std::size_t kShortText = 200;
constexpr std::size_t kLongText = 1 << 16;
constexpr std::size_t kWordBytes = 1 << 14;
constexpr std::uint8_t kWordsFormat = 1;

Failure broken(const char* rule) {
  return fail(ErrorKind::malformed, rule);
}

template <class Enum>
Result<Enum> enumerator(std::uint8_t value, Enum last) {
  if (value > static_cast<std::uint8_t>(last)) return broken("record holds an unknown kind");
  return static_cast<Enum>(value);
}

template <class Enum>
Result<Enum> get_enumerator(ByteReader& in, Enum last) {
  const std::uint8_t value = TRY(in.u8());
  return enumerator(value, last);
}

bool is_word(std::string_view text) {
  if (text.empty()) return false;
  const auto words = words_of(text);
  return words.size() == 1 && words.front().text == text;
}

void put_word(ByteWriter& out, const Word& word) {
  const unsigned flags = (word.box ? 1U : 0U) | (word.conf ? 2U : 0U) | (static_cast<unsigned>(word.after) << 2);
  out.u8(static_cast<std::uint8_t>(flags));
  out.text(word.text);
  if (word.box) {
    for (const float edge : {word.box->x0, word.box->y0, word.box->x1, word.box->y1}) out.f32(edge);
  }
  if (word.conf) out.u8(static_cast<std::uint8_t>(std::lround(std::clamp(*word.conf, 0.0F, 1.0F) * 255)));
}

Result<Word> get_word(ByteReader& in) {
  Word word;
  const std::uint8_t flags = TRY(in.u8());
  word.after = TRY(enumerator(static_cast<std::uint8_t>(flags >> 2), Break::none));
  word.text = TRY(in.text(kWordBytes));
  if (!is_word(word.text)) return broken("record holds a word that is none");
  if ((flags & 1U) != 0) {
    Box box;
    for (float* edge : {&box.x0, &box.y0, &box.x1, &box.y1}) {
      *edge = TRY(in.f32());
      if (!std::isfinite(*edge) || std::abs(*edge) > 1e6F) return broken("record holds a box out of bounds");
    }
    if (box.x0 > box.x1 || box.y0 > box.y1) return broken("record holds a box inside out");
    word.box = box;
  }
  if ((flags & 2U) != 0) word.conf = static_cast<float>(TRY(in.u8())) / 255.0F;
  return word;
}

void put_words(ByteWriter& out, const std::vector<Word>& words) {
  out.u32(static_cast<std::uint32_t>(words.size()));
  for (const Word& word : words) put_word(out, word);
}

Result<std::vector<Word>> get_words(ByteReader& in, const Limits& limits) {
  const std::uint32_t count = TRY(in.count(6));
  if (count > limits.max_words_per_page) return broken("record holds more words than a page may");
  std::vector<Word> words;
  words.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) words.push_back(TRY(get_word(in)));
  return words;
}

void put(ByteWriter& out, const TypeFound& type) {
  out.u8(static_cast<std::uint8_t>(Tag::type));
  out.text(type.mime);
}

void put(ByteWriter& out, const Document& document) {
  out.u8(static_cast<std::uint8_t>(Tag::document));
  out.u32(document.ordinal);
  out.text(document.kind);
  out.text(document.lang);
  out.text(document.title);
  out.u32(document.first_page.value());
  out.u32(document.last_page.value());
  out.u32(static_cast<std::uint32_t>(document.fields.size()));
  for (const Field& field : document.fields) {
    out.text(field.key);
    out.text(field.value);
    out.text(field.name);
    out.text(field.normal);
  }
}

void put(ByteWriter& out, const Page& page) {
  out.u8(static_cast<std::uint8_t>(Tag::page));
  out.u32(page.number.value());
  out.text(page.label);
  out.f64(page.width);
  out.f64(page.height);
  out.u8(static_cast<std::uint8_t>(page.source));
  out.text(page.engine);
  out.text(page.lang);
  out.f32(page.quality);
  out.f32(page.picture_cover);
  out.u8(page.has_ink ? 1 : 0);
  put_words(out, page.words);
}

void put(ByteWriter& out, const Gap& gap) {
  out.u8(static_cast<std::uint8_t>(Tag::gap));
  out.u8(static_cast<std::uint8_t>(gap.kind));
  out.text(gap.where);
  out.text(gap.detail);
  out.u32(gap.page.value());
}

void put(ByteWriter& out, const ReadDone& done) {
  out.u8(static_cast<std::uint8_t>(Tag::done));
  out.u8(static_cast<std::uint8_t>(done.state));
}

void put(ByteWriter& out, const OcrStats& stats) {
  out.u8(static_cast<std::uint8_t>(Tag::ocr_stats));
  out.f64(stats.cpu_seconds);
  out.f64(stats.recognise_seconds);
  out.f64(stats.reread_seconds);
  out.u32(stats.rereads);
  out.u32(stats.rows_reread);
}

void put(ByteWriter& out, const Error& error) {
  out.u8(static_cast<std::uint8_t>(Tag::error));
  out.u8(static_cast<std::uint8_t>(error.kind));
  out.text(error.message);
  out.text(error.where);
}

void put(ByteWriter& out, const MemberCount& count) {
  out.u8(static_cast<std::uint8_t>(Tag::member_count));
  out.text(count.what);
  out.u64(count.expected);
  out.u64(count.read);
  out.u64(count.unreadable);
}

Result<float> fraction(ByteReader& in) {
  const float value = TRY(in.f32());
  if (!(value >= 0.0F && value <= 1.0F)) return broken("record holds a share outside 0…1");
  return value;
}

Result<double> seconds(ByteReader& in) {
  const double value = TRY(in.f64());
  if (!(value >= 0.0 && value < 1e9)) return broken("record holds an impossible duration");
  return value;
}

Result<Record> get_type(ByteReader& in) {
  return TypeFound{TRY(in.text(kShortText))};
}

Result<Record> get_document(ByteReader& in) {
  Document document;
  document.ordinal = TRY(in.u32());
  document.kind = TRY(in.text(kShortText));
  document.lang = TRY(in.text(kShortText));
  document.title = TRY(in.text(kLongText));
  document.first_page = PageIndex(TRY(in.u32()));
  document.last_page = PageIndex(TRY(in.u32()));
  const std::uint32_t fields = TRY(in.count(16));
  for (std::uint32_t i = 0; i < fields; ++i) {
    Field field;
    field.key = TRY(in.text(kShortText));
    field.value = TRY(in.text(kLongText));
    field.name = TRY(in.text(kShortText));
    field.normal = TRY(in.text(kLongText));
    document.fields.push_back(std::move(field));
  }
  return document;
}

Result<Record> get_page(ByteReader& in, const Limits& limits) {
  Page page;
  page.number = PageIndex(TRY(in.u32()));
  if (page.number.value() == 0 || page.number.value() > limits.max_pages)
    return broken("record holds an impossible page number");
  page.label = TRY(in.text(kShortText));
  if (page.label != label_of(page.label)) return broken("record holds a page label that is none");
  page.width = TRY(in.f64());
  page.height = TRY(in.f64());
  if (!(page.width >= 0 && page.width < 1e6 && page.height >= 0 && page.height < 1e6)) {
    return broken("record holds an impossible page size");
  }
  page.source = TRY(get_enumerator(in, TextSource::human));
  page.engine = TRY(in.text(kShortText));
  page.lang = TRY(in.text(kShortText));
  page.quality = TRY(fraction(in));
  page.picture_cover = TRY(fraction(in));
  page.has_ink = TRY(in.u8()) != 0;
  page.words = TRY(get_words(in, limits));
  return page;
}

Result<Record> get_gap(ByteReader& in) {
  Gap gap;
  gap.kind = TRY(get_enumerator(in, GapKind::missing_dependency));
  gap.where = TRY(in.text(kLongText));
  gap.detail = TRY(in.text(kLongText));
  gap.page = PageIndex(TRY(in.u32()));
  return gap;
}

Result<Record> get_done(ByteReader& in) {
  return ReadDone{TRY(get_enumerator(in, ItemState::failed))};
}

Result<Record> get_stats(ByteReader& in) {
  OcrStats stats;
  stats.cpu_seconds = TRY(seconds(in));
  stats.recognise_seconds = TRY(seconds(in));
  stats.reread_seconds = TRY(seconds(in));
  stats.rereads = TRY(in.u32());
  stats.rows_reread = TRY(in.u32());
  return stats;
}

Result<Record> get_error(ByteReader& in) {
  Error error;
  error.kind = TRY(get_enumerator(in, ErrorKind::cancelled));
  error.message = TRY(in.text(kLongText));
  error.where = TRY(in.text(kLongText));
  return error;
}

Result<Record> get_member_count(ByteReader& in) {
  MemberCount count;
  count.what = TRY(in.text(kShortText));
  count.expected = TRY(in.u64());
  count.read = TRY(in.u64());
  count.unreadable = TRY(in.u64());
  return count;
}

Result<Record> get_record(ByteReader& in, const Limits& limits) {
  switch (static_cast<Tag>(TRY(in.u8()))) {
    case Tag::type: return get_type(in);
    case Tag::document: return get_document(in);
    case Tag::page: return get_page(in, limits);
    case Tag::gap: return get_gap(in);
    case Tag::done: return get_done(in);
    case Tag::ocr_stats: return get_stats(in);
    case Tag::error: return get_error(in);
    case Tag::member_count: return get_member_count(in);
  }
  return broken("record of an unknown kind");
}

}  // namespace

std::string encode(const Record& record) {
  ByteWriter out;
  std::visit([&](const auto& value) { put(out, value); }, record);
  return out.take();
}

Result<Record> decode(std::string_view bytes, const Limits& limits) {
  ByteReader in(bytes);
  Record record = TRY(get_record(in, limits));
  if (in.remaining() != 0) return broken("record is followed by stray bytes");
  return record;
}

std::string encode_child(const ChildHeader& child) {
  ByteWriter out;
  out.u32(child.ordinal);
  out.text(child.name);
  out.u8(child.range ? 1 : 0);
  if (child.range) {
    out.u64(child.range->offset);
    out.u64(child.range->length);
  }
  return out.take();
}

Result<ChildHeader> decode_child(std::string_view bytes) {
  ByteReader in(bytes);
  ChildHeader child;
  child.ordinal = TRY(in.u32());
  child.name = TRY(in.text(kLongText));
  if (child.name.empty()) return broken("record holds a member without a name");
  const std::uint8_t has_range = TRY(in.u8());
  if (has_range > 1) return broken("record holds an unknown kind");
  if (has_range == 1) {
    ByteRange range;
    range.offset = TRY(in.u64());
    range.length = TRY(in.u64());
    child.range = range;
  }
  if (in.remaining() != 0) return broken("record is followed by stray bytes");
  return child;
}

std::string encode_words(const std::vector<Word>& words) {
  ByteWriter out;
  out.u8(kWordsFormat);
  put_words(out, words);
  return out.take();
}

Result<std::vector<Word>> decode_words(std::string_view bytes, const Limits& limits) {
  ByteReader in(bytes);
  if (TRY(in.u8()) != kWordsFormat) return broken("words are kept in a format this version does not know");
  auto words = TRY(get_words(in, limits));
  if (in.remaining() != 0) return broken("words are followed by stray bytes");
  return words;
}

}  // namespace dragoman
