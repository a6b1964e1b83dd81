// SPDX-License-Identifier: AGPL-3.0-or-later
// What a browser without a cookie is shown.
#pragma once

#include "web/http.h"

namespace dragoman::web {

/// 401: one page without scripts or links that says, in English and Persian, to open the address that was printed.
Answer locked_page();

}  // namespace dragoman::web
