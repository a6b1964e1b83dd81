// SPDX-License-Identifier: AGPL-3.0-or-later
// Every bound of the server, each with its reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace dragoman::web {

struct ServerLimits {
  // A browser sends 1 to 2 KiB; a long query adds its own length.
  std::uint32_t header_bytes = 16 << 10;
  std::size_t target_bytes = 8 << 10;
  // What is asked for in JSON: passwords and handles.
  std::uint64_t body_bytes = 1 << 20;
  // Twenty readers with the six connections of a browser each, and as many again.
  std::size_t connections = 256;
  // A kept-alive connection on which nothing is asked.
  std::chrono::seconds idle{75};
  // From the first byte of a request to its last, and for each piece of an upload or of an answer.
  std::chrono::seconds transfer{30};
  // Pieces in which an upload is read and written.
  std::size_t piece_bytes = 256 << 10;
  // Searches run in a few ms; two would do for two cores, the third keeps one slow search from holding up the rest.
  std::size_t quick_threads = 3;
  // These wait for a worker most of the time: as many as a browser asks for at once.
  std::size_t picture_threads = 6;
  // Requests that wait for a lane; beyond, the answer is "busy" at once.
  std::size_t waiting = 1024;
  std::chrono::seconds heartbeat{10};
};

}  // namespace dragoman::web
