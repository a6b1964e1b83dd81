// SPDX-License-Identifier: AGPL-3.0-or-later
// Pictures of pages over HTTP.
#pragma once

#include <vector>

#include "pages/picture_maker.h"
#include "web/routes.h"

namespace dragoman::web {

/// GET /api/items/{id}/pages/{page}/picture?size=thumb|screen|large (screen when not said) &blob=<64 hex>.
///
/// An item's id belongs to one case, and another case may be served under the same address tomorrow: only a request
/// that names the blob gets an answer that a browser may keep without asking again. `maker` must outlive the routes.
std::vector<Route> picture_routes(pages::PictureMaker& maker);

}  // namespace dragoman::web
