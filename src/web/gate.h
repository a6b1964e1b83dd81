// SPDX-License-Identifier: AGPL-3.0-or-later
// Who may speak to the server at all, before any cookie is looked at: the page itself, and nobody else's page in the
// same browser. Host keeps out other names that were made to point here (DNS rebinding), Origin and Sec-Fetch-Site
// keep out other sites' forms and scripts, X-Dragoman keeps out what a form can send without asking.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "web/http.h"

namespace dragoman::web {

/// What of a request's head decides; views into it. Empty: the header is not there.
struct Approach {
  Method method = Method::get;
  bool to_page = false;  // not under /api: a document, a script, a picture of the front end
  std::string_view host;
  std::string_view origin;
  std::string_view fetch_site;
  std::string_view fetch_mode;
  std::string_view fetch_dest;
  std::string_view own_header;  // X-Dragoman
};

/// "127.0.0.1:8484", "[::1]:0", "archive.example:8484".
struct ListenAddress {
  std::string host;  // without brackets
  std::uint16_t port = 0;
  bool is_loopback() const;  // 127.0.0.0/8, ::1, localhost
  bool is_any() const;       // 0.0.0.0, ::
};
/// malformed, naming `--listen`.
Result<ListenAddress> parse_listen(std::string_view text);

class Gate {
 public:
  /// With the port that was really taken.
  explicit Gate(const ListenAddress& address);
  /// nullopt: may pass; else what it is answered (403, 421).
  std::optional<Answer> refuses(const Approach& approach) const;
  /// A report of the browser that the content policy was broken: sent by the browser itself, with an Origin or not.
  std::optional<Answer> refuses_report(const Approach& approach) const;

 private:
  bool host_is_ours(std::string_view host) const;
  bool origin_is_ours(const Approach& approach) const;
  std::vector<std::string> hosts_;  // "127.0.0.1:8484"
  std::string port_;                // ":8484"
  bool any_ = false;                // listening on every address: any address in figures is ours
};

}  // namespace dragoman::web
