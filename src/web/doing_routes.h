// SPDX-License-Identifier: AGPL-3.0-or-later
// The part of the API that does something: adding, uploads, places, verifying, originals; and the case's own head.
#pragma once

#include <vector>

#include "web/adding.h"
#include "web/case_info.h"
#include "web/places.h"
#include "web/routes.h"
#include "web/tickets.h"
#include "web/uploads.h"
#include "web/verifying.h"

namespace dragoman::web {

struct DoingParts {
  CaseInfo& info;
  Adding& adding;
  Verifying& verifying;
  Places& places;
  Uploads& uploads;
  Tickets& tickets;
};

/// The parts must outlive the routes.
std::vector<Route> doing_routes(const DoingParts& parts);

}  // namespace dragoman::web
