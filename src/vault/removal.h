// SPDX-License-Identifier: AGPL-3.0-or-later
// What a removal does to the bytes: what others need of a container is given a file of its own before the container
// goes, and rows that say where removed bytes stand go with them. The files under blobs/ go last (BlobStore::remove).
#pragma once

#include <span>
#include <unordered_set>

#include "base/digest.h"
#include "base/result.h"
#include "store/database.h"
#include "vault/blobs.h"

namespace dragoman::vault {

using BlobSet = std::unordered_set<Sha256>;

/// Every blob that stays and stands as a range in one of `leaving` gets a file of its own, durable when this returns.
/// Changes no table. io when a container cannot be read (a file outside of the case that is gone or changed), malformed
/// when its bytes are not what they were: nothing is lost then, and the removal must not go on.
Result<void> keep_ranges_of(store::Database& db, BlobStore& blobs, const BlobSet& leaving);

/// Inside the caller's transaction: ranges of `leaving`, and where `leaving` themselves stand, are forgotten.
Result<void> forget_places(store::Database& db, const BlobSet& leaving);

}  // namespace dragoman::vault
