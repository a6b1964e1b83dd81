// SPDX-License-Identifier: AGPL-3.0-or-later
// index.db follows case.db: it carries the generation of the last commit it took part in, and is rebuilt from
// the newest page versions when it is missing, damaged, of another format, or behind.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "evidence/items.h"
#include "search/sqlite_index.h"
#include "store/case_folder.h"
#include "store/database.h"

namespace dragoman::ingest {

/// What the index is told of a page version.
search::IndexRow index_row(VersionId version, std::span<const Word> words, std::string_view lang,
                           const evidence::ContentRow& content);

/// For the lock's holder: an index that matches the case.
Result<std::unique_ptr<search::SqliteIndex>> open_index_for_writing(const store::CaseFolder& folder,
                                                                    store::Database& db);

/// For readers. An index that does not match is rebuilt first; while another process adds to the case, its index
/// is used as it is; where the case cannot be written, a private one is built in the temporary folder.
Result<std::unique_ptr<search::SqliteIndex>> open_index_for_reading(const store::CaseFolder& folder,
                                                                    store::Database& db);

}  // namespace dragoman::ingest
