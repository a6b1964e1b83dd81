// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/verification.h"

#include <algorithm>
#include <vector>

#include "evidence/items.h"
#include "evidence/removal.h"
#include "ingest/workspace.h"
#include "vault/keys.h"

namespace dragoman::ingest {

Result<void> evidence_rows(store::Database& db, const vault::EvidenceRow& row) {
  return evidence::for_each_kept(db, row);
}

Result<void> check_removals_finished(store::Database& db, vault::VerifyReport& report) {
  const std::vector<Sha256> unfinished = TRY(evidence::unfinished_removals(db));
  const bool said = std::any_of(report.faults.begin(), report.faults.end(),
                                [](const vault::Fault& fault) { return fault.what == "removal_unfinished"; });
  if (unfinished.empty() || said) return {};
  report.ok = false;
  report.faults.push_back({"removal_unfinished", "case.db",
                           "a removal was decided and signed, and traces of it may still be there; the next 'dragoman "
                           "remove' or 'add' finishes it"});
  return {};
}

Result<void> record_verification(const store::CaseFolder& folder, const vault::VerifyReport& report) {
  const auto disk = vault::real_disk();
  const auto lock = TRY(store::ExclusiveLock::acquire(folder));
  store::Database db = TRY(folder.open_database(store::Mode::read_write));
  const auto migrations = case_migrations();
  TRY_VOID(store::migrate(db, migrations));
  const auto keys = TRY(vault::default_key_folder());
  auto custody = TRY(vault::Custody::open(folder, db, lock, keys, tool_name(), *disk));
  return vault::record_verification(report, custody, db);
}

}  // namespace dragoman::ingest
