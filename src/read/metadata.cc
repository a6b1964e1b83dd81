// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/metadata.h"

#include <algorithm>
#include <string_view>

namespace dragoman::read {
namespace {

struct Meaning {
  std::string_view key;
  std::string_view name;
};

// Keys in lower case.
constexpr Meaning kMeanings[] = {
    {"title", "title"},
    {"creator", "author"},
    {"author", "author"},
    {"producer", "producer"},
    {"subject", "subject"},
    {"description", "description"},
    {"keywords", "keywords"},
    {"from", "from"},
    {"to", "to"},
    {"cc", "cc"},
    {"bcc", "bcc"},
    {"message-id", "message_id"},
};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\r\n");
  if (from == text.npos) return {};
  return std::string(text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1));
}

}  // namespace

void understand(std::vector<Field>& fields) {
  for (Field& field : fields) {
    const std::string key = lower(field.key);
    const auto* const found =
        std::find_if(std::begin(kMeanings), std::end(kMeanings), [&](const Meaning& row) { return row.key == key; });
    if (found == std::end(kMeanings)) continue;
    field.name = found->name;
    field.normal = trimmed(field.value);
  }
}

}  // namespace dragoman::read
