// SPDX-License-Identifier: AGPL-3.0-or-later
// Folding by table where nearly all text is (Latin, Greek, Cyrillic, Hebrew, Arabic, general punctuation, Arabic
// presentation forms), by ICU for the rest. The tables are made from the same rules on first use, in under 1 ms.
#include "text/fold.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/result.h"
#include "base/utf8.h"
#include "text/fold_table.h"
#include "text/letters.h"

namespace dragoman::text {
namespace {

struct Special {
  char32_t from;
  std::string_view to;
};

// What neither Unicode's compatibility decomposition nor its case folding does. Ascending.
constexpr Special kSpecial[] = {
    {0x00C6, "ae"},
    {0x00D0, "d"},
    {0x00D8, "o"},
    {0x00DE, "th"},
    {0x00DF, "ss"},
    {0x00E6, "ae"},
    {0x00F0, "d"},
    {0x00F8, "o"},
    {0x00FE, "th"},
    {0x0110, "d"},
    {0x0111, "d"},
    {0x0126, "h"},
    {0x0127, "h"},
    {0x0131, "i"},
    {0x0141, "l"},
    {0x0142, "l"},
    {0x0152, "oe"},
    {0x0153, "oe"},
    {0x0166, "t"},
    {0x0167, "t"},
    // Letters that stand for hamza and ayn in transliterations, and primes: mostly left out in plain typing.
    {0x02B9, ""},
    {0x02BA, ""},
    {0x02BB, ""},
    {0x02BC, ""},
    {0x02BD, ""},
    {0x02BE, ""},
    {0x02BF, ""},
    // Arabic script. Targets are the Persian letters, U+06CC and U+06A9.
    {0x0620, "ی"},
    {0x0621, ""},
    {0x0622, "ا"},
    {0x0623, "ا"},
    {0x0624, "و"},
    {0x0625, "ا"},
    {0x0626, "ی"},
    {0x0629, "ه"},
    {0x0640, ""},
    {0x0643, "ک"},
    {0x0649, "ی"},
    {0x064A, "ی"},
    {0x0671, "ا"},
    {0x0672, "ا"},
    {0x0673, "ا"},
    {0x0674, ""},
    {0x06AA, "ک"},
    {0x06BE, "ه"},
    {0x06C0, "ه"},
    {0x06C1, "ه"},
    {0x06C2, "ه"},
    {0x06C3, "ه"},
    {0x06D5, "ه"},
    {0x06E5, ""},
    {0x06E6, ""},
    {0x1E9E, "ss"},
};

const Special* find_special(char32_t c) {
  const auto* found = std::lower_bound(std::begin(kSpecial), std::end(kSpecial), c,
                                       [](const Special& special, char32_t value) { return special.from < value; });
  return found != std::end(kSpecial) && found->from == c ? found : nullptr;
}

// Marks that are accents, points and harakat: canonical combining class 10 and above. Below lie nuktas, viramas and
// kana voicing marks, and at 0 the vowel signs of Indic scripts: they are part of the letter.
bool is_dropped_mark(UChar32 c) {
  return u_getCombiningClass(c) >= 10;
}

void fold_decomposed(UChar32 c, std::string& out) {
  if (is_dropped_mark(c) || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ||
      u_charType(c) == U_FORMAT_CHAR) {
    return;
  }
  if (const Special* special = find_special(static_cast<char32_t>(c))) {
    out += special->to;
    return;
  }
  const int digit = u_charType(c) == U_DECIMAL_DIGIT_NUMBER ? u_charDigitValue(c) : -1;
  if (digit >= 0) {
    out.push_back(static_cast<char>('0' + digit));
    return;
  }
  append_utf8(out, static_cast<char32_t>(u_foldCase(c, U_FOLD_CASE_DEFAULT)));
}

const icu::Normalizer2& nfkd() {
  static const icu::Normalizer2* instance = [] {
    UErrorCode status = U_ZERO_ERROR;
    const auto* found = icu::Normalizer2::getNFKDInstance(status);
    CHECK(U_SUCCESS(status));  // its data is inside libicudata
    return found;
  }();
  return *instance;
}

void fold_slowly(char32_t c, std::string& out) {
  const auto code = static_cast<UChar32>(c);
  if (find_special(c) != nullptr || c > 0x10FFFF) {
    fold_decomposed(code, out);
    return;
  }
  icu::UnicodeString parts;
  if (!nfkd().getDecomposition(code, parts)) {
    fold_decomposed(code, out);
    return;
  }
  for (std::int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1)) fold_decomposed(parts.char32At(i), out);
}

template <std::size_t N>
void fill(std::array<FoldEntry, N>& table, char32_t first) {
  std::string folded;
  for (std::size_t i = 0; i < N; ++i) {
    folded.clear();
    fold_slowly(first + static_cast<char32_t>(i), folded);
    if (folded.size() > sizeof table[i].bytes) {
      table[i].size = FoldTable::kTooLong;
      continue;
    }
    table[i].size = static_cast<std::uint8_t>(folded.size());
    std::memcpy(table[i].bytes, folded.data(), folded.size());
  }
}

// Only letters that runs are made of, or nothing.
bool folds_to_letters(const FoldEntry& entry) {
  if (entry.size == FoldTable::kTooLong) return false;
  const std::string_view text(entry.bytes, entry.size);
  for (std::size_t at = 0; at < text.size();) {
    const LetterKind kind = letter_kind(next_codepoint(text, at));
    if (kind == LetterKind::none || kind == LetterKind::alone) return false;
  }
  return true;
}

void fold_one(const FoldTable& table, char32_t c, std::string& out) {
  if (const FoldEntry* entry = table.find(c)) {
    out.append(entry->bytes, entry->size);
  } else {
    fold_slowly(c, out);
  }
}

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80;
}

}  // namespace

FoldTable::FoldTable() {
  fill(low_, 0);
  fill(punctuation_, 0x2000);
  fill(forms_, 0xFE70);
  for (std::size_t i = 0; i < plain_.size(); ++i) plain_[i] = folds_to_letters(low_[i]);
}

const FoldTable& fold_table() {
  static const FoldTable instance;
  return instance;
}

void fold_append(std::string_view word, std::string& out) {
  const FoldTable& table = fold_table();
  std::size_t at = 0;
  while (at < word.size()) {
    const auto lead = static_cast<unsigned char>(word[at]);
    if (lead < 0x80) {
      out.push_back(lead >= 'A' && lead <= 'Z' ? static_cast<char>(lead + 32) : static_cast<char>(lead));
      ++at;
    } else if (lead >= 0xC2 && lead <= 0xDF && at + 1 < word.size() && is_continuation(word[at + 1])) {
      const auto c = static_cast<char32_t>((lead & 0x1FU) << 6 | (static_cast<unsigned char>(word[at + 1]) & 0x3FU));
      const FoldEntry& entry = table.low(c);
      if (entry.size == FoldTable::kTooLong) {
        fold_slowly(c, out);
      } else {
        out.append(entry.bytes, entry.size);
      }
      at += 2;
    } else {
      fold_one(table, next_codepoint(word, at), out);
    }
  }
}

std::string fold_word(std::string_view word) {
  std::string out;
  out.reserve(word.size());
  fold_append(word, out);
  return out;
}

Folded fold(const RawText& raw) {
  const FoldTable& table = fold_table();
  Folded folded;
  std::string& out = folded.text.utf8;
  auto& runs = folded.map.runs_;
  out.reserve(raw.utf8.size());
  std::size_t expected_raw = 0;  // where the next code point begins if the last run goes on
  std::size_t at = 0;
  while (at < raw.utf8.size()) {
    const std::size_t raw_begin = at;
    const std::size_t normal_begin = out.size();
    fold_one(table, next_codepoint(raw.utf8, at), out);
    const std::size_t normal_size = out.size() - normal_begin;
    if (normal_size == 0) continue;
    const OffsetMap::Run run{normal_begin, raw_begin, static_cast<std::uint8_t>(at - raw_begin),
                             static_cast<std::uint8_t>(normal_size)};
    const bool goes_on = !runs.empty() && expected_raw == raw_begin && runs.back().raw_size == run.raw_size &&
                         runs.back().normal_size == run.normal_size;
    if (!goes_on) runs.push_back(run);
    expected_raw = at;
  }
  folded.map.raw_end_ = raw.utf8.size();
  folded.map.normal_end_ = out.size();
  return folded;
}

ByteOffset OffsetMap::to_raw(ByteOffset normal) const {
  if (normal.value() >= normal_end_) return ByteOffset(raw_end_);
  auto after = std::upper_bound(runs_.begin(), runs_.end(), normal.value(),
                                [](std::size_t value, const Run& run) { return value < run.normal; });
  const Run& run = *std::prev(after);
  return ByteOffset(run.raw + (normal.value() - run.normal) / run.normal_size * run.raw_size);
}

}  // namespace dragoman::text
