// SPDX-License-Identifier: AGPL-3.0-or-later
// Decides what happens with a request once its head is there: refused, answered from memory, or handed on. Knows HTTP
// by its meaning only; the sockets are server.cc's.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/file.h"
#include "vault/originals.h"
#include "web/assets.h"
#include "web/gate.h"
#include "web/router.h"
#include "web/session.h"
#include "web/target.h"
#include "web/tickets.h"
#include "web/uploads.h"

namespace dragoman::web {

/// A request's head; views into it. Empty: not there.
struct Head {
  std::optional<Method> method;  // none of ours: nullopt
  std::string_view target;
  std::string_view host, origin, cookie, fetch_site, fetch_mode, fetch_dest, own_header;
  std::string_view content_type, etag, encodings;
  bool has_body = false;
};

/// What is to be done.
struct Plan {
  enum class Kind : std::uint8_t {
    answer,  // send `answer`
    handle,  // read the body, run `route` with `request`
    upload,  // the body goes into `upload`
    file,    // send `answer` with the bytes of `file`
    events,  // the stream of events
  };
  Kind kind = Kind::answer;
  Answer answer;
  const Route* route = nullptr;
  std::int64_t route_number = -1;  // for the log; -1: no route of the table
  Request request;
  std::unique_ptr<UploadFile> upload;
  UniqueFd file;
  std::string set_cookie;  // goes with whatever answer; may be empty
};

class Service {
 public:
  struct Parts {
    Sessions& sessions;
    Uploads& uploads;
    Tickets& tickets;
    vault::Originals& originals;
    std::span<const Asset> assets;
  };
  /// The parts must outlive it.
  Service(Parts parts, std::vector<Route> routes);

  /// The address is known only when the socket is bound; before it, everything is refused.
  void listening(const ListenAddress& address) { gate_.emplace(address); }
  /// For the server's one thread.
  Plan plan(const Head& head);
  /// After the last piece of an upload.
  Answer upload_answer(const std::string& upload) const;

 private:
  Plan plan_api(const Head& head, Target target, Plan plan);
  Plan plan_upload(Target target, Plan plan);
  Plan plan_original(const std::string& ticket, Plan plan);
  Plan plan_asset(const Head& head, const Target& target, Plan plan) const;
  std::optional<Plan> enter(const Head& head, const Target& target, Plan& plan);

  Parts parts_;
  Router router_;
  std::optional<Gate> gate_;
  std::uint64_t reports_ = 0;  // of broken content policy, since the start
};

/// Headers that every answer carries unless it says them itself.
std::span<const std::pair<std::string_view, std::string_view>> common_headers();

}  // namespace dragoman::web
