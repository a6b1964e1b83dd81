// SPDX-License-Identifier: AGPL-3.0-or-later
// Mailboxes: our own walk.
#include <cstddef>
#include <cstdint>

#include "read_content.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return dragoman::read::fuzz_read(
      "From a@example.org Mon Mar  2 10:00:00 2015\nSubject: s\n\nFrom b Mon Mar  2 10:00:00 2015\nTo: b\nDate: ", data,
      size);
}
