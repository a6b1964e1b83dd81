// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/langs.h"

#include <sstream>

#include "base/file.h"

namespace dragoman::cli {
namespace {

constexpr std::uint64_t kMaxPasswordFile = 1 << 20;

}  // namespace

Result<std::vector<std::string>> parse_langs(const std::string& list) {
  std::vector<std::string> langs;
  std::istringstream in(list);
  for (std::string lang; std::getline(in, lang, ',');) {
    const bool plain = lang.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") == lang.npos;
    if (lang.empty() || lang.size() > 32 || !plain) {
      return fail(ErrorKind::malformed, "--langs takes Tesseract's names separated by commas, as in fas,ara,eng", lang);
    }
    langs.push_back(lang);
  }
  if (langs.empty()) return fail(ErrorKind::malformed, "--langs names no language");
  return langs;
}

Result<std::vector<std::string>> read_passwords(const std::string& file) {
  std::istringstream in(TRY(read_file(file, kMaxPasswordFile)));
  std::vector<std::string> passwords;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) passwords.push_back(line);
  }
  return passwords;
}

}  // namespace dragoman::cli
