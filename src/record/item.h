// SPDX-License-Identifier: AGPL-3.0-or-later
// What was received (items), what an item says (documents) and what could not be read (gaps).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/strong.h"

namespace dragoman {

/// Each input path and each member ends in exactly one of these.
enum class ItemState : std::uint8_t { pending, read, partial, duplicate, encrypted, unsupported, failed };
inline constexpr ItemState kItemStates[] = {ItemState::pending,   ItemState::read,      ItemState::partial,
                                            ItemState::duplicate, ItemState::encrypted, ItemState::unsupported,
                                            ItemState::failed};
std::string_view to_string(ItemState state);
Result<ItemState> item_state_from(std::string_view word);

/// Why something could not be read; closed (DESIGN.md, `status`).
enum class GapKind : std::uint8_t {
  empty,
  malformed,
  truncated,
  encrypted,
  unsupported,
  type_mismatch,
  limit,
  timeout,
  crashed,
  io,
  lost_line,
  not_transcribed,
  missing_dependency,
};
std::string_view to_string(GapKind kind);
Result<GapKind> gap_kind_from(std::string_view word);
/// The gap that an error of a reader or worker leaves behind.
GapKind gap_kind_of(ErrorKind kind);

/// `where` says the place inside the item ("page 3", "offset 8812", a member's name); `detail` the reason in
/// one sentence for a person. Neither quotes the document's text.
struct Gap {
  GapKind kind = GapKind::malformed;
  std::string where;
  std::string detail;
  PageIndex page{0};  // 0 when it is not about one page

  bool operator==(const Gap&) const = default;
};

/// One thing that a format declares about its content (a mail header, a document property), as found and as understood.
struct Field {
  std::string key;        // as the format calls it: "from", "dc:creator", "Exif.Photo.DateTimeOriginal"
  std::string value;      // as found, in UTF-8
  std::string name = {};  // what it means: one of read/metadata.h's names, empty when it is not understood
  // The value in one form: a time as ISO 8601, with its zone ("Z", "+03:30") or without one where the format says none;
  // a place as "latitude,longitude" in degrees; else the value without stray white space.
  std::string normal = {};

  bool operator==(const Field&) const = default;
};

/// What an item says: one or more pages with a head. Fields are what the format itself declares (mail headers,
/// document properties), in the order found.
struct Document {
  std::uint32_t ordinal = 1;  // from 1 within its item
  std::string kind;           // "mail", "text", "pdf", "image", "docx"
  std::string lang;           // ISO 639-1, empty when unknown
  std::string title;
  PageIndex first_page{1};
  PageIndex last_page{0};  // last < first: a document without pages
  std::vector<Field> fields;
};

/// What a container says it holds against what was got out of it. read + unreadable is what was met; it differs from
/// `expected` when the container promises more (or less) than it has.
struct MemberCount {
  std::string what;  // "messages", "folders", "members"
  std::uint64_t expected = 0;
  std::uint64_t read = 0;
  std::uint64_t unreadable = 0;

  bool operator==(const MemberCount&) const = default;
};

/// A run of bytes of a file.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;

  bool operator==(const ByteRange&) const = default;
};

/// A member found inside a container, announced before its bytes.
struct ChildHeader {
  std::uint32_t ordinal = 0;  // from 0, position in its container; unique within it
  std::string name;           // UTF-8 (path_from_bytes), inner folders kept: "a/b.txt"
  // The member's bytes stand in the container as they are: none are sent, the receiver takes them from there.
  std::optional<ByteRange> range = {};
};

/// How the bytes of a member ended.
enum class ChildEnd : std::uint8_t {
  complete,   // all bytes were delivered
  truncated,  // the container ends inside it: what there was is not kept as an item of its own
  encrypted,  // no bytes could be had
  failed,     // no bytes could be had
};

}  // namespace dragoman
