// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/http.h"

#include <charconv>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "web/base64url.h"

namespace dragoman::web {
namespace {

/// All of the text is one decimal number.
std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

struct StatusOf {
  int status;
  std::string_view title;
};
StatusOf status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::malformed: return {400, "This cannot be understood"};
    case ErrorKind::not_found: return {404, "Not found"};
    case ErrorKind::denied: return {403, "Not allowed"};
    case ErrorKind::conflict: return {409, "Not possible just now"};
    case ErrorKind::limit: return {413, "Too large"};
    case ErrorKind::unsupported: return {415, "Not supported"};
    case ErrorKind::encrypted: return {422, "Encrypted"};
    case ErrorKind::timeout: return {503, "It took too long"};
    case ErrorKind::cancelled: return {503, "Stopped"};
    case ErrorKind::crashed: return {500, "A worker failed"};
    case ErrorKind::io: return {500, "The disk failed"};
  }
  return {500, "Internal error"};
}

constexpr std::uint8_t kCursorVersion = 1;
// Of the digest of kind and question: enough to tell lists apart. A cursor is no secret and grants nothing.
constexpr std::size_t kCursorDigest = 8;

std::string list_mark(std::string_view kind, std::string_view about) {
  Sha256Hasher hasher;
  hasher.update(kind);
  hasher.update(std::string_view("\0", 1));
  hasher.update(about);
  const Sha256 digest = hasher.finish();
  return std::string(reinterpret_cast<const char*>(digest.bytes.data()), kCursorDigest);
}

Failure broken_cursor() {
  return fail(ErrorKind::malformed, "this cursor belongs to no list, or to another one; begin again without it",
              "cursor");
}

}  // namespace

std::optional<std::string> Request::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::vector<std::string> Request::parameters(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : query) {
    if (key == name) values.push_back(value);
  }
  return values;
}

Result<std::int64_t> Request::number(std::string_view name, std::int64_t fallback, std::int64_t low,
                                     std::int64_t high) const {
  const auto text = parameter(name);
  if (!text) return fallback;
  const auto value = whole_number(*text);
  if (!value || *value < low || *value > high) {
    return fail(ErrorKind::malformed, fmt::format("this must be a whole number from {} to {}", low, high),
                std::string(name));
  }
  return *value;
}

Result<std::int64_t> Request::id(std::size_t capture) const {
  CHECK(capture < captures.size());
  const auto value = whole_number(captures[capture]);
  if (!value || *value < 1) return fail(ErrorKind::not_found, "there is nothing under this address");
  return *value;
}

Answer answer_json(const Json& json, int status) {
  Answer answer;
  answer.status = status;
  answer.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return answer;
}

Answer answer_problem(const Error& error) {
  const StatusOf meaning = status_of(error.kind);
  Json json{{"type", fmt::format("/problems/{}", to_string(error.kind))},
            {"title", meaning.title},
            {"status", meaning.status},
            {"detail", error.message}};
  if (!error.where.empty()) json["where"] = error.where;
  Answer answer = answer_json(json, meaning.status);
  answer.type = "application/problem+json";
  return answer;
}

Answer problem(int status, std::string_view kind, std::string_view title, std::string_view detail) {
  Answer answer = answer_json(
      Json{{"type", fmt::format("/problems/{}", kind)}, {"title", title}, {"status", status}, {"detail", detail}},
      status);
  answer.type = "application/problem+json";
  return answer;
}

std::string to_text(const Cursor& cursor) {
  ByteWriter bytes;
  bytes.u8(kCursorVersion);
  bytes.i64(cursor.at);
  return to_base64url(bytes.take() + list_mark(cursor.kind, cursor.about));
}

Result<std::int64_t> cursor_of(const Request& request, std::string_view kind, std::string_view about) {
  const auto text = request.parameter("cursor");
  if (!text) return 0;
  const auto bytes = from_base64url(*text);
  if (!bytes || bytes->size() != 1 + 8 + kCursorDigest) return broken_cursor();
  ByteReader reader(*bytes);
  const std::uint8_t version = TRY(reader.u8());
  const std::int64_t at = TRY(reader.i64());
  if (version != kCursorVersion || at < 0 || bytes->substr(9) != list_mark(kind, about)) return broken_cursor();
  return at;
}

}  // namespace dragoman::web
