// SPDX-License-Identifier: AGPL-3.0-or-later
// The sockets: HTTP/1.1 on one thread, by Boost.Beast. What a request means is Service's, what takes time is done on
// Lanes; here bytes are read, written and bounded.
#pragma once

#include <functional>

#include "base/log.h"
#include "web/event_hub.h"
#include "web/lanes.h"
#include "web/server_limits.h"
#include "web/service.h"

namespace dragoman::web {

struct ServerParts {
  Service& service;
  Lanes& lanes;
  EventHub& events;
  Log& log;
  const ServerLimits& limits;
  std::function<void(std::uint16_t port)> on_listening;  // accepting from here on
  std::function<void()> on_ending;                       // a signal came: long work should stop
};

/// Returns when SIGINT or SIGTERM came and the connections were closed. conflict when the address is taken.
Result<void> run_server(const ListenAddress& address, const ServerParts& parts);

}  // namespace dragoman::web
