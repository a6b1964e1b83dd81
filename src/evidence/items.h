// SPDX-License-Identifier: AGPL-3.0-or-later
// Items and contents: every path that was received, every member that was found, and the blobs behind them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "record/item.h"
#include "store/database.h"

namespace dragoman::evidence {

/// What tells that a file on disk is the one received before, without reading it.
struct FileStamp {
  std::int64_t device = 0;
  std::int64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  bool operator==(const FileStamp&) const = default;
};

/// Which reader read a content, and which version of it (read/types.h).
struct ReaderId {
  std::string name;
  int version = 0;
};

struct Source {
  std::int64_t id = 0;
  std::string label;
};

struct ContentRow {
  ContentId id{0};
  Sha256 sha256;
  std::uint64_t size = 0;
  std::string mime;
  std::string kind;
  ItemState state = ItemState::pending;
  ItemId primary{0};
};

struct ItemRow {
  ItemId id{0};
  ItemId parent{0};  // 0: received, not a member
  std::string path;
  std::string name;
  std::uint32_t depth = 0;
  ItemState state = ItemState::pending;
  std::optional<ContentRow> content;
};

/// The source of that absolute path; made with a label derived from `name` that no other source has.
Result<Source> source_of(store::Database& db, std::string_view root_bytes, std::string_view name);

/// Whether the newest item received under that name has this very stamp and its bytes were kept, or were taken out of
/// the case since.
enum class Known : std::uint8_t { no, unchanged, removed };
Result<Known> known_as(store::Database& db, const Source& source, const std::string& name, const FileStamp& stamp);

/// An item's row and whether it was made just now: only then it belongs into a custody entry.
struct Added {
  ItemId id{0};
  bool fresh = false;
  bool removed = false;  // these bytes were taken out of the case (removal.h): the row says only that they came again
};

struct Received {
  const Source& source;
  std::string name;  // relative, UTF-8
  FileStamp stamp;
  std::int64_t epoch = 0;
};
/// A path whose bytes were kept. A second path to a known blob becomes a duplicate; the same path with the
/// same bytes as before only gets the new stamp.
Result<Added> add_received(store::Database& db, const Received& received, const Sha256& blob, std::uint64_t size);
/// A path whose bytes could not be had: state failed and a gap of `kind`.
Result<ItemId> add_unreadable(store::Database& db, const Received& received, const Gap& gap);

struct Member {
  ContentId parent{0};
  ChildHeader header;
  std::int64_t epoch = 0;
};
/// A member whose bytes were kept; found again, it keeps its row.
Result<Added> add_member(store::Database& db, const Member& member, const Sha256& blob, std::uint64_t size);
/// A member whose bytes could not be had, with the gap that says why.
Result<ItemId> add_lost_member(store::Database& db, const Member& member, ItemState state, const Gap& gap);

Result<std::optional<ItemRow>> item(store::Database& db, ItemId id);
/// Items with bytes that the case keeps or kept, withdrawn ones too: what the custody log speaks of.
using KeptVisitor = std::function<Result<void>(ItemId, const Sha256&, std::uint64_t size)>;
Result<void> for_each_kept(store::Database& db, const KeptVisitor& visit);
/// By exact path; not_found otherwise.
Result<ItemRow> item_by_path(store::Database& db, const std::string& path);
Result<std::optional<ContentRow>> content(store::Database& db, ContentId id);
Result<std::optional<ContentRow>> content_of_blob(store::Database& db, const Sha256& blob);
/// All items in the order of their ids; those that were withdrawn or removed are none.
Result<void> for_each_item(store::Database& db, const std::function<Result<void>(const ItemRow&)>& visit);

Result<void> set_type(store::Database& db, ContentId content, const std::string& mime, const std::string& kind);
/// That reader is finished with this content and ended in that state. The content stays pending until
/// finish_content.
Result<void> set_read(store::Database& db, ContentId content, const ReaderId& reader, ItemState state);
/// Gives a content that was read its state: pending while pages wait for OCR, else what the reader said, made
/// worse by pages that could not be recognised (some: partial, all: failed).
Result<void> finish_content(store::Database& db, ContentId content);
/// Encrypted contents, and containers with encrypted members, are read again: there are new passwords.
Result<void> forget_encrypted(store::Database& db);
/// Pages that could not be recognised because a language was not installed wait again.
Result<void> forget_missing_languages(store::Database& db);

/// Contents that are to be read, oldest first, at most `limit`, after `after`.
Result<std::vector<ContentRow>> unread_contents(store::Database& db, ContentId after, int limit);
Result<std::uint64_t> unread_count(store::Database& db);
/// Depth of the primary item of a content.
Result<std::uint32_t> depth_of(store::Database& db, ContentId content);

struct Counts {
  std::map<ItemState, std::int64_t> by_state;
  std::int64_t items = 0;
  std::int64_t pages = 0;
  std::int64_t ocr_pages = 0;
  std::int64_t words = 0;
  std::int64_t bytes = 0;  // of distinct blobs
};
Result<Counts> counts(store::Database& db);

/// Chooses, for every blob with several paths, the path that stands for it: the first by (epoch, depth, path),
/// so that the same set of files gives the same case in whatever order workers finished. Members' paths follow
/// their container's; `moved` hears of each that changed. Called when a run is complete; ends the epoch.
using Moved = std::function<Result<void>(ContentId, const std::string& path)>;
/// The same without the end of the epoch.
Result<void> settle_paths(store::Database& db, const Moved& moved);
Result<void> settle(store::Database& db, const Moved& moved);

Result<std::int64_t> progress_value(store::Database& db, const char* key);
Result<void> set_progress_value(store::Database& db, const char* key, std::int64_t value);

}  // namespace dragoman::evidence
