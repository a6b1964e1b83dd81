// SPDX-License-Identifier: AGPL-3.0-or-later
// The tables of what was received and what was read from it. They hold evidence: nothing here can be made
// again from index.db, and page versions are never deleted once written.
//
//   sources    a folder or file given to `add`, with the label its items' paths begin with
//   contents   one row per distinct blob: type, state, which item stands for it
//   items      one row per path received and per member found; a tree through parent_content
//   documents  what an item says; pages of an item; versions of a page (newest = the one searched)
//   gaps       what could not be read, where and why
//
// Pages, documents and gaps hang on the content, not on the item: a blob is read once however many paths lead
// to it. An item's own state is derived: that of its content if it is the content's primary item, else
// duplicate; items without a content (bytes that could not be had) carry their state themselves.
#pragma once

#include <span>

#include "store/migration.h"

namespace dragoman::evidence {

/// The migrations of this room, to be handed to store::migrate.
std::span<const store::Migration> migrations();

}  // namespace dragoman::evidence
