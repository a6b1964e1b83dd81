// SPDX-License-Identifier: AGPL-3.0-or-later
// What may still be there of a removed file beside its blob and its rows.
#pragma once

#include <filesystem>
#include <span>

#include "base/digest.h"
#include "base/result.h"
#include "store/case_folder.h"
#include "store/database.h"
#include "vault/blobs.h"

namespace dragoman::ingest {

/// Files under blobs/ that no row speaks of: a run was killed before it committed, and they may have been taken out of
/// what is removed. Whatever they came from is read again by the next `add`.
Result<void> remove_stray_blobs(store::Database& db, vault::BlobStore& blobs);

/// Pictures of their pages, and what a killed conversion left. Nothing else under `derived` is touched, and no link is
/// followed.
Result<void> remove_pictures(const std::filesystem::path& derived, std::span<const Sha256> blobs);

/// index.db with its journal: the next one who opens it makes it anew, out of what is left.
Result<void> remove_index(const store::CaseFolder& folder);

}  // namespace dragoman::ingest
