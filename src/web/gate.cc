// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/gate.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <algorithm>
#include <array>
#include <charconv>

namespace dragoman::web {
namespace {

constexpr std::string_view kScheme = "http://";

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& letter : out) letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
  return out;
}

bool is_ipv4(const std::string& host) {
  in_addr address{};
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& host) {
  in6_addr address{};
  return ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

std::string with_brackets(const std::string& host) {
  return is_ipv6(host) ? "[" + host + "]" : host;
}

Failure bad_listen() {
  return fail(ErrorKind::malformed, "this must be an address and a port, as in 127.0.0.1:8484 or [::1]:8484",
              "--listen");
}

Answer refusal(int status, std::string_view detail) {
  return problem(status, status == 421 ? "host" : "origin", "Not answered", detail);
}

}  // namespace

bool ListenAddress::is_loopback() const {
  return host == "localhost" || host == "::1" || (is_ipv4(host) && host.starts_with("127."));
}

bool ListenAddress::is_any() const {
  return host == "0.0.0.0" || host == "::";
}

Result<ListenAddress> parse_listen(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad_listen();
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  ListenAddress address;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (digits.empty() || parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return bad_listen();
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    address.host = lower(host.substr(1, host.size() - 2));
    if (!is_ipv6(address.host)) return bad_listen();
    return address;
  }
  address.host = lower(host);
  const bool letters = std::all_of(address.host.begin(), address.host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
  if (address.host.empty() || !letters) return bad_listen();
  return address;
}

Gate::Gate(const ListenAddress& address) : port_(":" + std::to_string(address.port)), any_(address.is_any()) {
  std::vector<std::string> names{with_brackets(address.host)};
  if (address.is_loopback() || address.is_any()) {
    for (const char* name : {"127.0.0.1", "localhost", "[::1]"}) names.emplace_back(name);
  }
  for (const std::string& name : names) {
    hosts_.push_back(name + port_);
    if (address.port == 80) hosts_.push_back(name);
  }
}

bool Gate::host_is_ours(std::string_view given) const {
  const std::string host = lower(given);
  if (std::find(hosts_.begin(), hosts_.end(), host) != hosts_.end()) return true;
  if (!any_ || !host.ends_with(port_)) return false;
  // A rebinding attack needs a name; whoever writes the address in figures means this machine.
  const std::string name = host.substr(0, host.size() - port_.size());
  const bool bracketed = name.size() > 2 && name.front() == '[' && name.back() == ']';
  return bracketed ? is_ipv6(name.substr(1, name.size() - 2)) : is_ipv4(name);
}

bool Gate::origin_is_ours(const Approach& approach) const {
  return approach.origin.starts_with(kScheme) && lower(approach.origin.substr(kScheme.size())) == lower(approach.host);
}

std::optional<Answer> Gate::refuses_report(const Approach& approach) const {
  if (!host_is_ours(approach.host)) {
    return refusal(421, "this server does not answer under that name; open the address that it printed");
  }
  if (approach.fetch_site == "cross-site" || approach.fetch_site == "same-site") {
    return refusal(403, "another site asks; only the page itself may");
  }
  return std::nullopt;
}

std::optional<Answer> Gate::refuses(const Approach& approach) const {
  if (!host_is_ours(approach.host)) {
    return refusal(421, "this server does not answer under that name; open the address that it printed");
  }
  if (!approach.origin.empty() && !origin_is_ours(approach)) {
    return refusal(403, "another site asks; only the page itself may");
  }
  // "same-site" is another port of this machine: as foreign as any other site.
  if (approach.fetch_site == "cross-site" || approach.fetch_site == "same-site") {
    const bool opens_page = approach.method == Method::get && approach.to_page && approach.fetch_mode == "navigate" &&
                            approach.fetch_dest == "document";
    if (!opens_page) return refusal(403, "another site asks; only the page itself may");
  }
  if (approach.method == Method::get) return std::nullopt;
  if (approach.origin.empty() && approach.fetch_site != "same-origin") {
    return refusal(403, "this request does not say where it comes from; Origin is missing");
  }
  if (approach.own_header != "1") return refusal(403, "the header X-Dragoman: 1 is missing");
  return std::nullopt;
}

}  // namespace dragoman::web
