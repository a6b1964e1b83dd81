// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/encoding.h"

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "base/utf8.h"
#include "record/page.h"
#include "text/word_list.h"

namespace dragoman::read {
namespace {

using namespace std::string_view_literals;

// How much of a text is looked at to choose an 8-bit encoding.
constexpr std::size_t kSampleBytes = 64 * 1024;
// Known-word share from which an Arabic-script reading is taken whatever ICU says; random letters stay below 0.1.
constexpr double kClearlyKnown = 0.25;

struct ConverterClose {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
struct DetectorClose {
  void operator()(UCharsetDetector* detector) const { ucsdet_close(detector); }
};

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

bool is_text_control(std::uint8_t c) {
  return c >= 0x20 || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\b' || c == 0x1B || c == 0x1A ||
         c == 0x0B;
}

std::size_t count_controls(std::string_view bytes) {
  return static_cast<std::size_t>(std::count_if(
      bytes.begin(), bytes.end(), [](char c) { return !is_text_control(static_cast<std::uint8_t>(c)) || c == 0x7F; }));
}

// ICU in pieces, so that a text of hundreds of megabytes does not need its UTF-16 form whole.
std::optional<Decoded> convert(std::string_view bytes, const char* encoding) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, ConverterClose> from(ucnv_open(encoding, &status));
  if (U_FAILURE(status) || !from) return std::nullopt;
  Decoded out;
  out.encoding = encoding;
  out.utf8.reserve(bytes.size() + bytes.size() / 8);
  std::array<UChar, 4096> units;
  std::array<char, 3 * 4096 + 8> utf8;
  const char* source = bytes.data();
  const char* const end = bytes.data() + bytes.size();
  UChar pending = 0;  // a lead surrogate whose other half is in the next piece
  for (bool more = true; more;) {
    UChar* target = units.data();
    if (pending != 0) *target++ = pending;
    pending = 0;
    status = U_ZERO_ERROR;
    ucnv_toUnicode(from.get(), &target, units.data() + units.size(), &source, end, nullptr, true, &status);
    more = status == U_BUFFER_OVERFLOW_ERROR;
    if (U_FAILURE(status) && !more) return std::nullopt;
    if (more && target > units.data() && U16_IS_LEAD(target[-1])) pending = *--target;
    UErrorCode utf8_status = U_ZERO_ERROR;
    std::int32_t written = 0;
    u_strToUTF8WithSub(utf8.data(), static_cast<std::int32_t>(utf8.size()), &written, units.data(),
                       static_cast<std::int32_t>(target - units.data()), 0xFFFD, nullptr, &utf8_status);
    if (U_FAILURE(utf8_status)) return std::nullopt;
    out.utf8.append(utf8.data(), static_cast<std::size_t>(written));
  }
  out.malformed = out.utf8.find("\xEF\xBF\xBD") != out.utf8.npos;
  return out;
}

struct Utf8Census {
  std::size_t good = 0;  // well-formed sequences of two bytes and more
  std::size_t bad = 0;   // bytes that fit no sequence
};

Utf8Census utf8_census(std::string_view bytes, bool cut) {
  Utf8Census census;
  for (std::size_t at = 0; at < bytes.size();) {
    if (byte_at(bytes, at) < 0x80) {
      ++at;
      continue;
    }
    const std::size_t start = at;
    const char32_t c = next_codepoint(bytes, at);
    const bool torn = cut && bytes.size() - start < 4;
    if (at - start > 1 && c != 0xFFFD) {
      ++census.good;
    } else if (at - start > 1) {
      ++census.good;  // a U+FFFD that is really there
    } else if (!torn) {
      ++census.bad;
    }
  }
  return census;
}

// UTF-8 with a flaw or two: one bad byte in twenty good sequences, or only a torn last one.
bool is_mostly_utf8(const Utf8Census& census) {
  return census.bad == 0 || census.bad * 20 <= census.good;
}

bool is_plausible(char32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || c == '\f' || (c >= 0x20 && c < 0x7F) || (c >= 0xA0 && c < 0x0590) ||
         (c >= 0x0590 && c < 0x0780) || (c >= 0x2010 && c < 0x2070) || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x20A0 && c < 0x20D0) || (c >= 0x3000 && c < 0xA000) || (c >= 0xAC00 && c < 0xD7A4) ||
         (c >= 0xFB50 && c < 0xFE00) || (c >= 0xFE70 && c <= 0xFEFF) || (c >= 0xFF00 && c < 0xFFF0) ||
         (c >= 0x1F300 && c < 0x1FB00);
}

double plausible_share(std::string_view utf8) {
  std::size_t good = 0;
  std::size_t all = 0;
  for (std::size_t at = 0; at < utf8.size(); ++all) good += is_plausible(next_codepoint(utf8, at)) ? 1U : 0U;
  return all == 0 ? 0 : static_cast<double>(good) / static_cast<double>(all);
}

// UTF-16 or UTF-32 without a mark: the reading in which nearly every character is an ordinary one.
const char* wide_encoding(std::string_view bytes) {
  const std::string_view sample = bytes.substr(0, kSampleBytes);
  const auto zeros = static_cast<std::size_t>(std::count(sample.begin(), sample.end(), '\0'));
  if (sample.size() < 4 || zeros * 20 < sample.size()) return nullptr;
  const char* best = nullptr;
  double best_share = 0.95;
  for (const char* encoding : {"UTF-32LE", "UTF-32BE", "UTF-16LE", "UTF-16BE"}) {
    const std::optional<Decoded> decoded = convert(sample.substr(0, sample.size() / 4 * 4), encoding);
    if (!decoded) continue;
    const double share = plausible_share(decoded->utf8);
    if (share > best_share) {
      best = encoding;
      best_share = share;
    }
  }
  return best;
}

struct Mark {
  std::string_view bytes;
  const char* encoding;
};
constexpr Mark kMarks[] = {{"\xEF\xBB\xBF"sv, "UTF-8"},
                           {"\xFF\xFE\0\0"sv, "UTF-32LE"},
                           {"\0\0\xFE\xFF"sv, "UTF-32BE"},
                           {"\xFF\xFE"sv, "UTF-16LE"},
                           {"\xFE\xFF"sv, "UTF-16BE"}};

const Mark* mark_of(std::string_view bytes) {
  for (const Mark& mark : kMarks) {
    if (bytes.starts_with(mark.bytes)) return &mark;
  }
  return nullptr;
}

// From the line of the first byte above 0x7F on: what tells 8-bit encodings apart.
std::string_view telling_sample(std::string_view bytes) {
  const auto high =
      std::find_if(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  const auto first = static_cast<std::size_t>(high - bytes.begin());
  const std::size_t line = first == 0 ? bytes.npos : bytes.rfind('\n', first - 1);
  const std::size_t start = line == bytes.npos || first - line > 4096 ? (first > 256 ? first - 256 : 0) : line + 1;
  return bytes.substr(start, kSampleBytes);
}

// Whether words with high bytes are made of them throughout (Arabic, Cyrillic) or hold one or two (é in Latin).
bool has_high_words(std::string_view sample) {
  std::size_t whole = 0;
  std::size_t mixed = 0;
  std::size_t high = 0;
  std::size_t low = 0;
  const auto finish = [&] {
    if (high > 0) (high >= 2 && low == 0 ? whole : mixed) += 1;
    high = low = 0;
  };
  for (const char c : sample) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) {
      ++high;
    } else if (std::isalpha(byte) != 0) {
      ++low;
    } else {
      finish();
    }
  }
  finish();
  return whole > mixed;
}

double known_share(std::string_view sample, const char* encoding) {
  const std::optional<Decoded> decoded = convert(sample, encoding);
  if (!decoded) return 0;
  const std::vector<Word> words = words_of(decoded->utf8);
  return std::max(text::score_words(words, "fa").known, text::score_words(words, "ar").known);
}

struct Guess {
  std::string name;
  int confidence = 0;
};

Guess icu_guess(std::string_view sample) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UCharsetDetector, DetectorClose> detector(ucsdet_open(&status));
  if (U_FAILURE(status)) return {};
  ucsdet_setText(detector.get(), sample.data(), static_cast<std::int32_t>(sample.size()), &status);
  const UCharsetMatch* match = ucsdet_detect(detector.get(), &status);
  if (U_FAILURE(status) || match == nullptr) return {};
  Guess guess;
  guess.name = ucsdet_getName(match, &status);
  guess.confidence = ucsdet_getConfidence(match, &status);
  return U_FAILURE(status) ? Guess{} : guess;
}

// Cyrillic as DOS wrote it, which ICU does not know: small letters are at 0xA0…0xAF and 0xE0…0xEF, capitals at
// 0x80…0x9F; no other encoding's text keeps to these.
bool is_dos_cyrillic(std::string_view sample) {
  std::size_t small = 0;
  std::size_t capital = 0;
  std::size_t other = 0;
  for (const char c : sample) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) continue;
    if (byte < 0xA0) {
      ++capital;
    } else if (byte < 0xB0 || (byte >= 0xE0 && byte < 0xF2)) {
      ++small;
    } else {
      ++other;
    }
  }
  return small >= 10 && small > 2 * capital && other * 50 <= small;
}

std::string narrow_encoding(std::string_view bytes) {
  const std::string_view sample = telling_sample(bytes);
  const Guess guess = icu_guess(sample);
  if (!has_high_words(sample)) {
    const bool central = guess.name == "ISO-8859-2" || guess.name == "windows-1250" || guess.name == "ISO-8859-9" ||
                         guess.name == "windows-1254";
    return central && guess.confidence >= 50 ? guess.name : "windows-1252";
  }
  if (is_dos_cyrillic(sample)) return "IBM866";
  const double windows = known_share(sample, "windows-1256");
  const double iso = known_share(sample, "ISO-8859-6");
  if (std::max(windows, iso) >= kClearlyKnown) return windows >= iso ? "windows-1256" : "ISO-8859-6";
  const bool other_script = !guess.name.starts_with("ISO-8859-1") && !guess.name.starts_with("windows-1252") &&
                            !guess.name.starts_with("UTF-") && !guess.name.empty();
  if (other_script && guess.confidence >= 25) return guess.name;
  return windows > 0.05 ? "windows-1256" : "windows-1252";
}

Decoded as_utf8(std::string_view bytes) {
  Decoded out;
  out.encoding = "UTF-8";
  out.malformed = !is_valid_utf8(bytes);
  out.utf8 = out.malformed ? to_valid_utf8(bytes) : std::string(bytes);
  return out;
}

}  // namespace

bool looks_like_text(std::string_view bytes, bool cut) {
  if (bytes.empty()) return false;
  if (const Mark* mark = mark_of(bytes); mark != nullptr && mark->bytes[0] != '\xEF') {
    const std::string_view sample = bytes.substr(mark->bytes.size(), kSampleBytes);
    const std::optional<Decoded> decoded = convert(sample, mark->encoding);
    if (decoded && (sample.empty() || plausible_share(decoded->utf8) >= 0.9)) return true;
  }
  if (bytes.find('\0') != bytes.npos) return wide_encoding(bytes) != nullptr;
  if (count_controls(bytes) * 200 > bytes.size()) return false;
  const Utf8Census census = utf8_census(bytes, cut);
  if (is_mostly_utf8(census)) return true;
  const std::optional<Decoded> decoded = convert(telling_sample(bytes), narrow_encoding(bytes).c_str());
  return decoded && plausible_share(decoded->utf8) >= 0.9;
}

Decoded decode_text(std::string_view bytes) {
  if (const Mark* mark = mark_of(bytes); mark != nullptr) {
    const std::string_view rest = bytes.substr(mark->bytes.size());
    if (mark->bytes[0] == '\xEF') return as_utf8(rest);
    std::optional<Decoded> decoded = convert(rest, mark->encoding);
    if (decoded && (rest.empty() || plausible_share(std::string_view(decoded->utf8).substr(0, kSampleBytes)) >= 0.5))
      return std::move(*decoded);
  }
  if (bytes.find('\0') != bytes.npos) {
    if (const char* wide = wide_encoding(bytes)) {
      if (std::optional<Decoded> decoded = convert(bytes, wide)) return std::move(*decoded);
    }
    return as_utf8(bytes);
  }
  if (is_mostly_utf8(utf8_census(bytes, false))) return as_utf8(bytes);
  const std::string encoding = narrow_encoding(bytes);
  if (std::optional<Decoded> decoded = convert(bytes, encoding.c_str())) return std::move(*decoded);
  return as_utf8(bytes);
}

Decoded decode_as(std::string_view bytes, std::string_view charset) {
  if (charset.empty()) return decode_text(bytes);
  std::string name(charset);
  const auto is = [&](std::string_view what) {
    return std::equal(name.begin(), name.end(), what.begin(), what.end(),
                      [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
  };
  const bool ascii =
      std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (is("utf-8") || is("utf8")) {
    if (is_valid_utf8(bytes)) return as_utf8(bytes);
    Decoded other = decode_text(bytes);
    other.malformed = true;
    return other;
  }
  if (is("us-ascii") || is("ascii") || is("unknown-8bit") || is("default")) {
    Decoded other = decode_text(bytes);
    other.malformed = other.malformed || (!ascii && is("us-ascii"));
    return other;
  }
  // Mail programs that say iso-8859-1 mean windows-1252 (WHATWG Encoding Standard, section 4.2).
  if (is("iso-8859-1") || is("latin1")) name = "windows-1252";
  std::optional<Decoded> decoded = convert(bytes, name.c_str());
  if (decoded && !decoded->malformed) return std::move(*decoded);
  Decoded other = decode_text(bytes);
  other.malformed = true;
  if (decoded && other.encoding != "UTF-8") return std::move(*decoded);
  return other;
}

void warm_up_encodings() {
  for (const char* name :
       {"UTF-8",        "UTF-16LE",     "UTF-16BE",     "UTF-32LE",     "UTF-32BE",   "windows-1250", "windows-1251",
        "windows-1252", "windows-1254", "windows-1255", "windows-1256", "ISO-8859-1", "ISO-8859-2",   "ISO-8859-6",
        "ISO-8859-8",   "ISO-8859-9",   "KOI8-R",       "IBM437",       "IBM866",     "GB18030",      "Shift_JIS"}) {
    convert("a\xC1 b", name);
  }
  decode_text("caf\xE9 \xC7\xE1\xD3\xE1\xC7\xE3 \xDA\xE1\xED\xDF\xE3\n");
}

}  // namespace dragoman::read
