// SPDX-License-Identifier: AGPL-3.0-or-later
#include "evidence/change.h"

namespace dragoman::evidence {

Result<std::int64_t> change_mark(store::Database& db) {
  return db.number("PRAGMA data_version");
}

}  // namespace dragoman::evidence
