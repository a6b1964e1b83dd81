// SPDX-License-Identifier: AGPL-3.0-or-later
// What a client sends before it is known to be the page: the target of a request, and a cursor in it. A cursor that is
// made comes back as it was.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "web/http.h"
#include "web/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman::web;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Request request;
  if (auto target = parse_target(text)) {
    request.query = std::move(target->query);
    static_cast<void>(request.number("limit", 1, 0, 100));
    static_cast<void>(cursor_of(request, "search", "query"));
  }
  request.query = {{"cursor", to_text({"search", std::string(text), 7})}};
  const auto at = cursor_of(request, "search", text);
  if (!at || *at != 7) std::abort();
  return 0;
}
