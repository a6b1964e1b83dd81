// SPDX-License-Identifier: AGPL-3.0-or-later
// One item with all that was read from it: what `read` prints of each item and `show` of one.
#pragma once

#include "cli/command.h"
#include "evidence/items.h"
#include "evidence/listing.h"
#include "evidence/pages.h"

namespace dragoman::cli {

/// {"id","parent","path","sha256","type","state"}: one item without what was read of it.
Json item_head_json(const evidence::ItemRow& item);

/// {"id","parent","path","sha256","type","state","documents":[{"id","kind","lang","title","fields","pages":[…]}],
/// "counts":[…] of a container that says what it holds,"gaps":[…]}. A duplicate has no documents: they are its primary
/// item's.
Result<Json> item_json(store::Database& db, const evidence::ItemRow& item);

/// The same for people: a head line, then each page's text under its number.
Result<void> print_item(store::Database& db, const evidence::ItemRow& item);

/// Text as printed, line by line, each escaped for the terminal.
void print_text(std::string_view text);

/// One line of a gap: "kind  path (place): reason".
std::string gap_line(const evidence::GapListed& gap);

}  // namespace dragoman::cli
