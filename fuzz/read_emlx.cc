// SPDX-License-Identifier: AGPL-3.0-or-later
// Mails of Apple Mail: the mail behind its length, the property list.
#include <cstddef>
#include <cstdint>

#include "read_content.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return dragoman::read::fuzz_read(
      "90\nFrom: a@example.org\nTo: b@example.org\nDate: Mon, 2 Mar 2015 10:00:00 +0300\nSubject: s\n", data, size);
}
