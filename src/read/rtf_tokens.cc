// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/rtf_tokens.h"

#include <algorithm>

namespace dragoman::read {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

RtfToken RtfTokens::next() {
  using Kind = RtfToken::Kind;
  while (at_ < rtf_.size() && (rtf_[at_] == '\r' || rtf_[at_] == '\n' || rtf_[at_] == '\0')) ++at_;
  if (at_ == rtf_.size()) return {};
  switch (rtf_[at_]) {
    case '{': return {Kind::open, rtf_.substr(at_++, 1)};
    case '}': return {Kind::close, rtf_.substr(at_++, 1)};
    case '\\': return escape();
    default: break;
  }
  const std::size_t end = std::min(rtf_.find_first_of(std::string_view("\\{}\r\n\0", 6), at_), rtf_.size());
  const RtfToken token{Kind::text, rtf_.substr(at_, end - at_)};
  at_ = end;
  return token;
}

RtfToken RtfTokens::escape() {
  using Kind = RtfToken::Kind;
  ++at_;
  if (at_ == rtf_.size()) return {};
  if (is_letter(rtf_[at_])) return control_word();
  if (rtf_[at_] == '\'' && at_ + 2 < rtf_.size()) {
    const int high = hex_digit(rtf_[at_ + 1]);
    const int low = hex_digit(rtf_[at_ + 2]);
    if (high >= 0 && low >= 0) {
      const RtfToken token{Kind::byte, rtf_.substr(at_, 3), true, high * 16 + low};
      at_ += 3;
      return token;
    }
  }
  return {Kind::symbol, rtf_.substr(at_++, 1)};
}

RtfToken RtfTokens::control_word() {
  const std::size_t from = at_;
  while (at_ < rtf_.size() && is_letter(rtf_[at_])) ++at_;
  RtfToken token{RtfToken::Kind::word, rtf_.substr(from, at_ - from)};
  const bool negative = at_ + 1 < rtf_.size() && rtf_[at_] == '-' && rtf_[at_ + 1] >= '0' && rtf_[at_ + 1] <= '9';
  std::size_t digit = at_ + (negative ? 1 : 0);
  std::int64_t value = 0;
  for (; digit < rtf_.size() && rtf_[digit] >= '0' && rtf_[digit] <= '9'; ++digit) {
    value = std::min<std::int64_t>(value * 10 + (rtf_[digit] - '0'), 0x7FFFFFFF);
    token.has_value = true;
  }
  if (token.has_value) at_ = digit;
  token.value = static_cast<std::int32_t>(negative ? -value : value);
  if (at_ < rtf_.size() && rtf_[at_] == ' ') ++at_;
  if (token.bytes == "bin" && token.value > 0) {
    token.kind = RtfToken::Kind::binary;
    token.bytes = rtf_.substr(at_, static_cast<std::size_t>(token.value));
    at_ += token.bytes.size();
  }
  return token;
}

}  // namespace dragoman::read
