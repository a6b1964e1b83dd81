// SPDX-License-Identifier: AGPL-3.0-or-later
// Lists for those who look at a case through a window: heads of pages, paths of a content, gaps, each asked for in
// parts and without decoding words that nobody will see.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "evidence/items.h"
#include "evidence/pages.h"
#include "record/item.h"
#include "record/page.h"
#include "store/database.h"

namespace dragoman::evidence {

// ----- pages

/// A version without its words.
struct VersionHead {
  VersionId id{0};
  Sha256 hash;
  TextSource source = TextSource::none;
  std::string engine;
  std::string lang;
  double quality = 0;
  std::int64_t words = 0;

  std::string v() const { return hash.hex().substr(0, kVersionDigits); }
};

struct PageHead {
  PageRow page;
  std::optional<VersionHead> newest;  // nullopt: nothing was read
};

Result<std::int64_t> page_count(store::Database& db, ContentId content);
/// Pages from number `from` on, at most `limit`.
Result<std::vector<PageHead>> page_heads(store::Database& db, ContentId content, PageIndex from, std::int64_t limit);
/// All readings of a page, newest first.
Result<std::vector<VersionHead>> versions_of(store::Database& db, const PageRow& page);
/// The version whose hash begins with `v` (12 hex digits); not_found otherwise.
Result<VersionRow> version_of_page(store::Database& db, const PageRow& page, const std::string& v);
/// Numbers of the pages whose newest version is among `versions` (ascending), with that version, in page order.
Result<std::vector<std::pair<PageIndex, VersionId>>> pages_of_versions(store::Database& db, ContentId content,
                                                                       const std::vector<VersionId>& versions);

/// A page version with all that a hit shows of it.
struct HitRow {
  VersionRow version;
  PageRow page;
  ContentRow content;
  std::string path;  // of the primary item
  std::string name;
  std::string title;  // of the document that holds the page; may be empty
};
/// not_found when the case does not have the version.
Result<HitRow> hit_row(store::Database& db, VersionId version);

// ----- items

struct PathRow {
  ItemId item{0};
  std::string path;
};
/// By path; at most `limit`.
Result<std::vector<PathRow>> paths_of(store::Database& db, ContentId content, std::int64_t limit);
Result<std::int64_t> member_count(store::Database& db, ContentId content);
/// Contents of the items that have this very path.
Result<std::vector<ContentId>> contents_at(store::Database& db, const std::string& path);

// ----- gaps

struct GapListed {
  std::int64_t id = 0;
  std::optional<ItemId> item;
  std::optional<Sha256> blob;
  std::string path;
  Gap gap;
};

/// A gap's reason with its numbers and names left out, so that equal reasons are equal: "page … of … is damaged".
std::string cause_of(std::string_view detail);
/// The word that names a cause in an address: 16 hex digits.
std::string cause_key(std::string_view cause);

struct GapCause {
  std::string key;
  std::string detail;  // as cause_of() gives it
  std::int64_t count = 0;
  std::string remedy;  // remedy.h
  bool retry = false;  // `retry --kind` may make it better
};
struct GapGroup {
  GapKind kind = GapKind::malformed;
  std::int64_t count = 0;
  std::int64_t items = 0;        // different items, or paths that are none
  std::vector<GapCause> causes;  // most first
};
/// Most first.
Result<std::vector<GapGroup>> gap_groups(store::Database& db);

/// Every gap, one at a time: by path, then page.
Result<void> for_each_gap(store::Database& db, const std::function<Result<void>(const GapListed&)>& visit);

/// Containers that do not hold what they say, or not all of it readable: path of the container, and the count.
Result<void> for_each_shortfall(store::Database& db,
                                const std::function<Result<void>(const std::string& path, const MemberCount&)>& visit);

struct GapQuery {
  std::optional<GapKind> kind;
  std::string cause;           // a key; empty: any
  std::optional<ItemId> item;  // gaps of this item or its content only
};
Result<std::int64_t> gap_count(store::Database& db, const GapQuery& query);
/// In the order of their ids, those behind `after`.
Result<std::vector<GapListed>> gap_list(store::Database& db, const GapQuery& query, std::int64_t after,
                                        std::int64_t limit);
/// Gaps of one page of a content.
Result<std::vector<GapListed>> page_gaps(store::Database& db, ContentId content, PageIndex page);
Result<std::int64_t> content_gap_count(store::Database& db, ContentId content);
/// Of the items whose bytes could not be had.
Result<std::unordered_map<ItemId, std::int64_t>> gap_counts_without_content(store::Database& db);

}  // namespace dragoman::evidence
