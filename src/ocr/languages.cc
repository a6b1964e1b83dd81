// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ocr/languages.h"

#include <algorithm>
#include <iterator>

#include "ocr/recogniser.h"

namespace dragoman::ocr {
namespace {

using text::Script;

// Debian's tesseract-ocr-* packages whose scripts this project reads, and the larger Latin and Cyrillic ones.
constexpr Language kLanguages[] = {
    {"ara", "ar", Script::arabic},   {"aze", "az", Script::latin},  {"bul", "bg", Script::cyrillic},
    {"ces", "cs", Script::latin},    {"dan", "da", Script::latin},  {"deu", "de", Script::latin},
    {"ell", "el", Script::greek},    {"eng", "en", Script::latin},  {"fas", "fa", Script::arabic},
    {"fin", "fi", Script::latin},    {"fra", "fr", Script::latin},  {"heb", "he", Script::hebrew},
    {"hun", "hu", Script::latin},    {"ita", "it", Script::latin},  {"kmr", "ku", Script::latin},
    {"nld", "nl", Script::latin},    {"nor", "no", Script::latin},  {"pol", "pl", Script::latin},
    {"por", "pt", Script::latin},    {"pus", "ps", Script::arabic}, {"ron", "ro", Script::latin},
    {"rus", "ru", Script::cyrillic}, {"snd", "sd", Script::arabic}, {"spa", "es", Script::latin},
    {"srp", "sr", Script::cyrillic}, {"swe", "sv", Script::latin},  {"tgk", "tg", Script::cyrillic},
    {"tur", "tr", Script::latin},    {"uig", "ug", Script::arabic}, {"ukr", "uk", Script::cyrillic},
    {"urd", "ur", Script::arabic},   {"uzb", "uz", Script::latin},  {"yid", "yi", Script::hebrew},
};

}  // namespace

const Language* find_language(std::string_view tesseract_lang) {
  const auto* found = std::find_if(std::begin(kLanguages), std::end(kLanguages),
                                   [&](const Language& language) { return language.tesseract == tesseract_lang; });
  return found == std::end(kLanguages) ? nullptr : found;
}

const Language* find_iso(std::string_view iso) {
  const auto* found = std::find_if(std::begin(kLanguages), std::end(kLanguages),
                                   [&](const Language& language) { return language.iso == iso; });
  return found == std::end(kLanguages) ? nullptr : found;
}

text::Script script_of_language(std::string_view tesseract_lang) {
  const Language* language = find_language(tesseract_lang);
  return language == nullptr ? Script::other : language->script;
}

std::string iso639_1_of(std::string_view tesseract_lang) {
  const Language* language = find_language(tesseract_lang);
  return std::string(language == nullptr ? tesseract_lang : language->iso);
}

}  // namespace dragoman::ocr
