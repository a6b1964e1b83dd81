// SPDX-License-Identifier: AGPL-3.0-or-later
// What a verification needs beyond the vault: the items that evidence knows, and a writer's hold of the case to note
// the outcome.
#pragma once

#include "base/result.h"
#include "store/case_folder.h"
#include "vault/verify.h"

namespace dragoman::ingest {

/// For vault::VerifyOptions::evidence.
Result<void> evidence_rows(store::Database& db, const vault::EvidenceRow& row);

/// A removal that was decided and of which traces may be left (free pages of case.db, the index) is a fault as well,
/// also when its bytes are gone from blobs/ already. Behind vault::verify.
Result<void> check_removals_finished(store::Database& db, vault::VerifyReport& report);

/// Writes the outcome into the custody log, signed with this user's key. conflict while somebody adds to the case.
Result<void> record_verification(const store::CaseFolder& folder, const vault::VerifyReport& report);

}  // namespace dragoman::ingest
