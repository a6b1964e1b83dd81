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

/// Writes the outcome into the custody log, signed with this user's key. conflict while somebody adds to the case.
Result<void> record_verification(const store::CaseFolder& folder, const vault::VerifyReport& report);

}  // namespace dragoman::ingest
