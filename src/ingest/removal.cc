// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/removal.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "evidence/listing.h"
#include "ingest/removal_traces.h"
#include "ingest/workspace.h"
#include "store/scrub.h"
#include "vault/removal.h"
#include "vault/whereabouts.h"

namespace dragoman::ingest {
namespace {

constexpr std::int64_t kMostPaths = 101;

Result<RemovedFile> file_of(store::Database& db, const evidence::ContentRow& row) {
  const auto item = TRY(evidence::item(db, row.primary));
  RemovedFile file{row.sha256, row.size, item ? item->path : std::string(), {}};
  for (evidence::PathRow& other : TRY(evidence::paths_of(db, row.id, kMostPaths))) {
    if (other.item != row.primary) file.others.push_back(std::move(other.path));
  }
  return file;
}

Result<std::vector<RemovedFile>> files_of(store::Database& db, const std::vector<evidence::ContentRow>& rows) {
  std::vector<RemovedFile> files;
  for (const evidence::ContentRow& row : rows) files.push_back(TRY(file_of(db, row)));
  return files;
}

Failure held_elsewhere(const std::vector<RemovedFile>& containers) {
  const std::string more =
      containers.size() == 1 ? std::string() : fmt::format(" (and {} other containers)", containers.size() - 1);
  return fail(
      ErrorKind::conflict,
      fmt::format("nothing was removed: this container holds the same bytes{}; --with-containers removes it too "
                  "and keeps what else was found in it, --keep-containers leaves it as it is",
                  more),
      containers.front().path);
}

vault::BlobSet blobs_of(const evidence::RemovalOrder& order) {
  vault::BlobSet blobs;
  for (const auto& row : order.gone) blobs.insert(row.sha256);
  for (const auto& row : order.containers) blobs.insert(row.sha256);
  return blobs;
}

/// The signed entry names every blob that goes, with its size and the item that stood for it.
vault::EntryContent entry_of(const evidence::RemovalOrder& order) {
  vault::EntryContent entry;
  entry.kind = vault::EntryKind::remove;
  entry.detail = "removed by decision";
  entry.who = order.decision.who;
  entry.why = order.decision.reason;
  for (const auto& row : order.gone) entry.items.push_back({row.sha256, row.size, row.primary});
  for (const auto& row : order.containers) entry.items.push_back({row.sha256, row.size, row.primary});
  return entry;
}

Result<void> note_places_outside(store::Database& db, const evidence::RemovalOrder& order, RemovalReport& report) {
  for (const Sha256& blob : blobs_of(order)) {
    for (const vault::Reference& reference : TRY(vault::references_of(db, blob)))
      report.outside.push_back(reference.path);
  }
  return {};
}

/// The decision and the rows, in one transaction.
Result<void> decide(Workspace& workspace, const evidence::RemovalOrder& order, RemovalReport& report) {
  store::Database& db = workspace.db();
  const vault::BlobSet leaving = blobs_of(order);
  TRY_VOID(note_places_outside(db, order, report));
  TRY_VOID(vault::keep_ranges_of(db, workspace.blobs(), leaving));
  TRY_VOID(workspace.begin());
  TRY_VOID(vault::forget_places(db, leaving));
  TRY_VOID(workspace.sign(entry_of(order)));
  TRY_VOID(evidence::remove_contents(db, order));
  workspace.outdate_index();
  TRY_VOID(workspace.commit());
  const vault::Head head = TRY(vault::custody_head(db));
  report.entry = head.count;
  return {};
}

}  // namespace

Result<RemovalReport> remove(const store::CaseFolder& folder, const std::filesystem::path& key_folder,
                             const RemovalRequest& request) {
  if (request.reason.empty() || !vault::is_statement(request.reason, vault::kMaxWhy) ||
      !vault::is_statement(request.who, vault::kMaxWho)) {
    return fail(ErrorKind::malformed, fmt::format("a reason has 1 to {} bytes and a name at most {}, on one line",
                                                  vault::kMaxWhy, vault::kMaxWho));
  }
  const auto workspace = TRY(Workspace::open(folder, key_folder));
  const evidence::ContentRow target = TRY(request.target(workspace->db()));
  evidence::RemovalPlan plan = TRY(evidence::plan_removal(workspace->db(), target));
  RemovalReport report;
  report.containers = TRY(files_of(workspace->db(), plan.containers));
  report.staying = plan.staying.size();
  const bool something = !plan.gone.empty() || request.containers == Containers::remove;
  if (!report.containers.empty() && something && request.containers == Containers::refuse) {
    return held_elsewhere(report.containers);
  }
  report.removed = TRY(files_of(workspace->db(), plan.gone));
  evidence::RemovalOrder order{std::move(plan.gone), {}, {utc_now().substr(0, 10), request.who, request.reason}};
  if (request.containers == Containers::remove) {
    order.containers = std::move(plan.containers);
    report.removed.insert(report.removed.end(), report.containers.begin(), report.containers.end());
    report.containers.clear();
  }
  if (!report.removed.empty()) TRY_VOID(decide(*workspace, order, report));
  workspace->log().event("removed", {{"files", static_cast<std::int64_t>(report.removed.size())}});
  // Also what was removed before: somebody asked twice because traces were left.
  const auto finished = workspace->finish_removals();
  if (!finished && finished.error().kind == ErrorKind::conflict) {
    return fail(
        ErrorKind::conflict,
        "it is removed, but another program still reads the case, so that traces of it are left: close that and "
        "give the command again",
        finished.error().where);
  }
  TRY_VOID(finished);
  TRY_VOID(workspace->finish());
  return report;
}

Result<void> carry_out_removals(const store::CaseFolder& folder, store::Database& db, vault::BlobStore& blobs) {
  const std::vector<Sha256> unfinished = TRY(evidence::unfinished_removals(db));
  if (unfinished.empty()) return {};
  TRY_VOID(blobs.remove(unfinished));
  TRY_VOID(remove_stray_blobs(db, blobs));
  TRY_VOID(remove_pictures(folder.derived(), unfinished));
  TRY_VOID(remove_index(folder));
  TRY_VOID(store::scrub(db));
  return evidence::finish_removals(db);
}

}  // namespace dragoman::ingest
