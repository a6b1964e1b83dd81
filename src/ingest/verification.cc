// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/verification.h"

#include "evidence/items.h"
#include "ingest/workspace.h"
#include "vault/keys.h"

namespace dragoman::ingest {

Result<void> evidence_rows(store::Database& db, const vault::EvidenceRow& row) {
  return evidence::for_each_kept(db, row);
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
