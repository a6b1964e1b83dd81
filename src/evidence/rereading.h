// SPDX-License-Identifier: AGPL-3.0-or-later
// Reading again. What an earlier reading said is awaited while a content is read once more; what the new reading says
// again stands, what it does not say is withdrawn: its pages are not searched, its members are not listed, but
// versions, blobs and custody stay, so that a citation keeps resolving. A reading that did not come to its end
// withdraws nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/strong.h"
#include "evidence/items.h"
#include "store/database.h"

namespace dragoman::evidence {

/// How a row of pages, items or documents stands to the newest reading of its content (column `standing`).
enum class Standing : std::uint8_t {
  live,
  awaited,    // of an earlier reading, while the content is read again; counts as live
  withdrawn,  // the newest reading does not have it
  removed,    // taken out of the case by a person (removal.h)
};

/// Contents that one version of one reader read, of one type.
struct ReadBy {
  ReaderId reader;
  std::string mime;
  std::int64_t contents = 0;
};
/// All there are; one walk over the contents.
Result<std::vector<ReadBy>> readings(store::Database& db);
/// They are to be read again.
Result<void> forget_reading(store::Database& db, const ReadBy& read);

/// Hears of versions that are not searched any more.
using Withdrawn = std::function<Result<void>(VersionId)>;

/// Before a content is handed to a reader.
Result<void> begin_reading(store::Database& db, ContentId content);
/// Behind the last word of a reader; `whole`: it came to its end.
Result<void> end_reading(store::Database& db, ContentId content, bool whole, const Withdrawn& withdrawn);

/// Withdraws the pages of a content and, where they come from nowhere else, its members and theirs.
Result<void> withdraw_content(store::Database& db, ContentId content, const Withdrawn& withdrawn);

}  // namespace dragoman::evidence
