// SPDX-License-Identifier: AGPL-3.0-or-later
// Hands one member of an archive on. Where its bytes stand in the archive as they are (a stored member of a ZIP, any
// of a TAR), only their place is said, so that nobody keeps them twice. Nothing is taken from the archive's own word
// for it: as the bytes come out of the archive's reader they are compared with those of the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "read/input.h"

namespace dragoman::read {

class MemberFeed {
 public:
  /// `start`: where in the input the member's bytes begin, if they stand there as they are. Both are borrowed.
  MemberFeed(const Input& input, ReadSink& sink, ChildHeader header, std::uint64_t start);
  /// The next bytes.
  Result<void> bytes(std::string_view bytes);
  /// Once, last.
  Result<void> end(ChildEnd how);

 private:
  bool stand_there(std::string_view bytes);
  Result<void> begin_sending();

  const Input& input_;
  ReadSink& sink_;
  ChildHeader header_;
  ByteRange range_;  // what was compared so far
  bool sending_ = false;
  std::string scratch_;
};

}  // namespace dragoman::read
