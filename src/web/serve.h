// SPDX-License-Identifier: AGPL-3.0-or-later
// `dragoman serve`: puts the parts of the server together and runs it until it is told to end.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "web/assets.h"

namespace dragoman::web {

struct ServeOptions {
  std::filesystem::path folder;               // the case
  std::string listen = "127.0.0.1:8484";      // port 0: any that is free
  std::vector<std::filesystem::path> browse;  // what may be added from the page; empty: home and mounted media
  std::span<const Asset> assets;
  bool allow_weaker_sandbox = false;  // as ingest::AddOptions has it; for pictures of pages too
};

struct Listening {
  std::string url;  // with the token: whoever has it is let in
  std::uint16_t port = 0;
  bool loopback = true;
};

/// Blocks until SIGINT or SIGTERM, which it takes over; a second one ends the process at once. `on_ready` is called
/// once, as soon as connections are accepted. Errors: conflict (the port is taken), what opening the case can meet.
Result<void> serve(const ServeOptions& options, const std::function<void(const Listening&)>& on_ready);

}  // namespace dragoman::web
