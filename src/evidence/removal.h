// SPDX-License-Identifier: AGPL-3.0-or-later
// Taking a file out of the case for good: what goes with it, what stays although it hung on it, and where its bytes
// would still stand. Here are the rows; the bytes are the vault's, the order of it all is ingest/removal.h.
//
// A removed content keeps its row (hash, size) and those of its items (path), with standing `removed`; its pages,
// their versions, documents, fields and gaps are deleted. Names that came out of removed bytes are replaced.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "evidence/items.h"
#include "evidence/report_rows.h"
#include "store/database.h"

namespace dragoman::evidence {

struct RemovalPlan {
  std::vector<ContentRow> gone;        // the file itself first, then what only it leads to
  std::vector<ContentRow> containers;  // from the inside out: their bytes hold those of the file itself
  std::vector<ContentRow> staying;     // was found in it, but also elsewhere
};
/// `content` may be removed already: `gone` is empty then, its containers are listed all the same.
Result<RemovalPlan> plan_removal(store::Database& db, const ContentRow& content);

struct Decision {
  std::string day;  // UTC
  std::string who;
  std::string reason;
};
/// Inside the caller's transaction. `gone` lose all they have, their members too; `containers` lose all of their own,
/// but what else was found in them stays. The index must be made anew after it.
struct RemovalOrder {
  std::vector<ContentRow> gone;
  std::vector<ContentRow> containers;
  Decision decision;
};
Result<void> remove_contents(store::Database& db, const RemovalOrder& order);

/// The decision that took this blob out, if any.
Result<std::optional<RemovalRow>> removal_of(store::Database& db, const Sha256& blob);
/// All that were removed; or only those of which bytes or traces may still be there.
Result<std::vector<Sha256>> removed_blobs(store::Database& db);
Result<std::vector<Sha256>> unfinished_removals(store::Database& db);
/// Their bytes and traces are gone.
Result<void> finish_removals(store::Database& db);

}  // namespace dragoman::evidence
