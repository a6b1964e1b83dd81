// SPDX-License-Identifier: AGPL-3.0-or-later
// Records as a worker that was taken over might send them: any bytes must be refused or decode to a record that
// encodes to the same bytes.
#include <cstdint>
#include <string_view>

#include "record/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto record = dragoman::decode(bytes, dragoman::Limits{});
  if (record) CHECK(dragoman::encode(*record).size() == size);
  const auto words = dragoman::decode_words(bytes, dragoman::Limits{});
  if (words) CHECK(dragoman::encode_words(*words).size() == size);
  static_cast<void>(dragoman::decode_child(bytes));
  return 0;
}
