// SPDX-License-Identifier: AGPL-3.0-or-later
// Whether what was counted a moment ago still holds.
#pragma once

#include "store/database.h"

namespace dragoman::evidence {

/// Another number than this handle was told before when another connection has committed since. Costs microseconds.
Result<std::int64_t> change_mark(store::Database& db);

}  // namespace dragoman::evidence
