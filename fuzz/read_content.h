// SPDX-License-Identifier: AGPL-3.0-or-later
// What every reader's fuzzer does: bytes with a format's signature in front, read with tight limits.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "base/file.h"
#include "read/reader.h"

namespace dragoman::read {

struct NullSink : ReadSink {
  Result<void> record(const Record& record) override {
    CHECK(decode(encode(record), Limits{}).has_value());
    return {};
  }
  Result<void> begin_child(const ChildHeader&) override { return {}; }
  Result<void> child_bytes(std::string_view) override { return {}; }
  Result<void> end_child(ChildEnd) override { return {}; }
};

inline int fuzz_read(std::string_view front, const unsigned char* data, std::size_t size) {
  static const bool warm = (warm_up(), true);
  const UniqueFd fd(::memfd_create("fuzz", 0));
  std::string bytes(front);
  bytes.append(reinterpret_cast<const char*>(data), size);
  if (!warm || !write_all(fd.get(), bytes)) return 0;
  ReadRequest request{"fuzz", {"password"}, {}};
  request.limits.max_pages = 20;
  request.limits.max_members = 100;
  request.limits.max_unpacked_bytes = 1 << 20;
  request.limits.max_pixels = 1 << 20;
  NullSink sink;
  CHECK(read_content(fd.get(), request, sink).has_value());
  return 0;
}

}  // namespace dragoman::read
