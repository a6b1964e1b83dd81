// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/target.h"

#include "base/utf8.h"

namespace dragoman::web {
namespace {

/// -1 unless it is a hex digit.
int hex_value(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

enum class Plus : std::uint8_t { is_plus, is_space };

Result<std::string> decode(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == Plus::is_space) {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) return fail(ErrorKind::malformed, "the address has a % without two hex digits");
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  if (!is_valid_utf8(out) || out.find('\0') != std::string::npos) {
    return fail(ErrorKind::malformed, "the address is not UTF-8 text");
  }
  return out;
}

Result<void> parse_query(std::string_view text, Target& target) {
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    std::string name = TRY(decode(part.substr(0, equals), Plus::is_space));
    std::string value;
    if (equals != std::string_view::npos) value = TRY(decode(part.substr(equals + 1), Plus::is_space));
    target.query.emplace_back(std::move(name), std::move(value));
  }
  return {};
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
  if (text.empty() || text.front() != '/') return fail(ErrorKind::malformed, "the address does not begin with a slash");
  Target target;
  const std::size_t question = text.find('?');
  std::string_view path = text.substr(0, question);
  if (question != std::string_view::npos) TRY_VOID(parse_query(text.substr(question + 1), target));
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    target.segments.push_back(TRY(decode(segment, Plus::is_plus)));
    target.path += "/" + target.segments.back();
  }
  return target;
}

}  // namespace dragoman::web
