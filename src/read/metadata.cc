// SPDX-License-Identifier: AGPL-3.0-or-later
// A key is looked up as it is, in lower case, then without its prefix. A few fields are understood together: a time of
// EXIF with the zone beside it, a latitude with its longitude, a camera's model with its make.
#include "read/metadata.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>

#include "read/coordinates.h"
#include "read/moment.h"

namespace dragoman::read {
namespace {

// In a mail these mean something else than in a document.
constexpr Meaning kInMail[] = {{"date", "sent", Form::time}};
// OpenDocument 1.2, part 1, 4.3.2: dc:creator and dc:date are those of the last change.
constexpr Meaning kInOpenDocument[] = {{"dc:creator", "last_author"}, {"dc:date", "modified", Form::time}};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

/// One space for any run of white space, none at the ends.
std::string trimmed(std::string_view text) {
  std::string out;
  bool gap = false;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0') {
      gap = !out.empty();
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    out += c;
  }
  return out;
}

const Meaning* in_table(std::span<const Meaning> table, std::string_view key) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const Meaning& row) { return row.key == key; });
  return found == table.end() ? nullptr : &*found;
}

const Meaning* in_all(std::string_view key) {
  static const auto by_key = [] {
    std::unordered_map<std::string_view, const Meaning*> map;
    for (const Meaning& row : meanings()) map.emplace(row.key, &row);
    return map;
  }();
  const auto found = by_key.find(key);
  return found == by_key.end() ? nullptr : found->second;
}

bool is_open_document(std::string_view kind) {
  return kind.size() == 3 && kind.starts_with("od");
}

bool is_mail(std::string_view kind) {
  return kind == "mail" || kind == "msg" || kind == "mime";
}

/// The last part of "dc:creator", "Xmp.dc.creator", "Iptc.Application2.Byline", "dcterms.created".
std::string_view without_prefix(std::string_view key) {
  const std::size_t colon = key.rfind(':');
  if (colon != key.npos) return key.substr(colon + 1);
  const bool dotted = key.starts_with("exif.") || key.starts_with("xmp.") || key.starts_with("iptc.") ||
                      key.starts_with("dc.") || key.starts_with("dcterms.");
  return dotted ? key.substr(key.rfind('.') + 1) : key;
}

const Meaning* meaning_of(std::string_view key, std::string_view kind) {
  const std::string low = lower(key);
  if (low.starts_with("custom:") || low.starts_with("user:")) return nullptr;  // a person's own words
  if (is_mail(kind)) {
    if (const Meaning* found = in_table(kInMail, low)) return found;
  }
  if (is_open_document(kind)) {
    if (const Meaning* found = in_table(kInOpenDocument, low)) return found;
  }
  if (const Meaning* found = in_all(key)) return found;
  if (const Meaning* found = in_all(low)) return found;
  // EXIF's thumbnails repeat what the picture says.
  if (low.starts_with("exif.thumbnail.")) return nullptr;
  return in_all(without_prefix(low));
}

// ----- fields that need another one

const Field* sibling(const std::vector<Field>& fields, std::string_view key) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.key == key; });
  return found == fields.end() ? nullptr : &*found;
}

/// The key with `from` as its end replaced.
std::string renamed(std::string_view key, std::string_view from, std::string_view to) {
  return std::string(key.substr(0, key.size() - from.size())) + std::string(to);
}

/// EXIF 2.31, 4.6.5: OffsetTime, OffsetTimeOriginal, OffsetTimeDigitized.
std::string with_exif_zone(const std::vector<Field>& fields, const Field& field, std::string moment) {
  const std::size_t mark = field.key.rfind("DateTime");
  const bool exif = field.key.starts_with("Exif.") && mark != std::string::npos;
  // "2014-10-03T12:00:00": without a zone.
  if (!exif || moment.size() != 19) return moment;
  const Field* offset = sibling(fields, "Exif.Photo.OffsetTime" + field.key.substr(mark + 8));
  return offset == nullptr ? moment : moment + zone_of(offset->value);
}

std::string place_beside(const std::vector<Field>& fields, const Field& field) {
  constexpr std::string_view kLatitude = "GPSLatitude";
  if (!field.key.ends_with(kLatitude)) return place_of(field.value);
  const auto value = [&](std::string_view end) {
    const Field* found = sibling(fields, renamed(field.key, kLatitude, end));
    return found == nullptr ? std::string() : found->value;
  };
  const auto latitude = coordinate_of(field.value, value("GPSLatitudeRef"));
  const auto longitude = coordinate_of(value("GPSLongitude"), value("GPSLongitudeRef"));
  return latitude && longitude ? place_text(*latitude, *longitude) : std::string();
}

/// "Canon EOS 400D" of make "Canon" and model "EOS 400D" or "Canon EOS 400D".
std::string device_of(const std::vector<Field>& fields, const Field& field) {
  const std::string model = trimmed(field.value);
  const std::size_t at = lower(field.key).rfind("model");
  if (at == std::string::npos) return model;
  const std::string prefix = field.key.substr(0, at);
  const Field* make = sibling(fields, prefix + "Make");
  if (make == nullptr) make = sibling(fields, prefix + "make");
  if (make == nullptr) return model;
  const std::string maker = trimmed(make->value);
  const std::string first = lower(maker.substr(0, maker.find(' ')));
  return first.empty() || lower(model).starts_with(first) ? model : maker + " " + model;
}

// ----- forms

/// "Received: … ; date" (RFC 5321, 4.4).
std::string moment_behind_semicolon(std::string_view value) {
  const std::size_t semicolon = value.rfind(';');
  return moment_of(semicolon == value.npos ? value : value.substr(semicolon + 1));
}

std::optional<std::uint64_t> digits(std::string_view text) {
  if (text.empty() || text.size() > 12) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

/// "PT1H2M3.5S" (ISO 8601).
std::string seconds_of_iso(std::string_view text) {
  std::uint64_t total = 0;
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= '0' && c <= '9') || c == '.' || c == ',') continue;
    const std::string_view number = text.substr(from, i - from);
    const auto value = digits(number.substr(0, number.find_first_of(".,")));
    const std::uint64_t unit = c == 'D' ? 86'400 : c == 'H' ? 3'600 : c == 'M' ? 60 : c == 'S' ? 1 : 0;
    if (c != 'T' && (!value || unit == 0)) return {};
    total += value.value_or(0) * unit;
    from = i + 1;
  }
  return from == text.size() ? std::to_string(total) : std::string();
}

/// "1:02:03.4", "62.5", "PT1M2S" → whole seconds.
std::string seconds_of(std::string_view text) {
  if (text.starts_with('P')) return seconds_of_iso(text.substr(1));
  if (text.ends_with(" s")) text.remove_suffix(2);
  if (text.size() > 40) return {};
  std::uint64_t total = 0;
  for (int part = 0; part < 4; ++part) {
    const std::size_t colon = text.find(':');
    std::string_view number = text.substr(0, colon);
    if (colon == text.npos) number = number.substr(0, number.find_first_of(".,"));
    const auto value = digits(number);
    if (!value) return {};
    total = total * 60 + *value;
    if (colon == text.npos) return std::to_string(total);
    text.remove_prefix(colon + 1);
  }
  return {};
}

/// "<a@b> <c@d>" → "a@b c@d".
std::string ids_of(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '<' || c == '>' || c == ','; }, ' ');
  return trimmed(out);
}

std::string normal_of(const std::vector<Field>& fields, const Field& field, const Meaning& meaning) {
  switch (meaning.form) {
    case Form::time:
      return with_exif_zone(fields, field,
                            meaning.name == "received" ? moment_behind_semicolon(field.value) : moment_of(field.value));
    case Form::place: return place_beside(fields, field);
    case Form::duration: return seconds_of(trimmed(field.value));
    case Form::number: {
      const std::string text = trimmed(field.value);
      return digits(text) ? text : std::string();
    }
    case Form::ids: return ids_of(field.value);
    case Form::text: break;
  }
  return meaning.name == "device" ? device_of(fields, field) : trimmed(field.value);
}

}  // namespace

void understand(std::vector<Field>& fields, std::string_view kind) {
  for (Field& field : fields) {
    const Meaning* meaning = meaning_of(field.key, kind);
    if (meaning == nullptr) continue;
    std::string_view name = meaning->name;
    std::string normal;
    if (name == "location") {
      normal = place_of(field.value);
      if (!normal.empty()) name = "place";
    }
    if (normal.empty()) normal = normal_of(fields, field, *meaning);
    field.name = name;
    field.normal = std::move(normal);
  }
}

}  // namespace dragoman::read
