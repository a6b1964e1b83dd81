// SPDX-License-Identifier: AGPL-3.0-or-later
// How many matching pages there are of each language, type, state and folder: counted in one walk of the index.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evidence/tree.h"
#include "search/index.h"
#include "search/query.h"
#include "search/scope.h"
#include "store/database.h"

namespace dragoman::search {

struct FacetCount {
  std::string value;
  std::string label;
  std::uint64_t count = 0;
  std::string parent;  // folders: value of the folder above, "" at the top
};

/// Each list's counts honour the scope's other choices, not its own; chosen values are listed even with 0 pages.
/// Most pages first, except folders.
struct Facets {
  std::uint64_t total = 0;  // pages that fit the whole scope, as search() counts them
  std::uint64_t generation = 0;
  std::vector<FacetCount> langs;
  std::vector<FacetCount> types;
  std::vector<FacetCount> states;
  std::vector<FacetCount> folders;  // as a tree is printed: parents before children, siblings by name
  bool more_folders = false;        // only the largest kMaxFolders are listed
};

inline constexpr std::size_t kMaxFolders = 500;

Result<Facets> facets(store::Database& db, Index& index, const Query& query, const Scope& scope,
                      const evidence::Tree& tree);

}  // namespace dragoman::search
