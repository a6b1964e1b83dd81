// SPDX-License-Identifier: AGPL-3.0-or-later
// Where the messages of a mailbox file lie. The file is looked at through a window that moves forward, so that a
// mailbox of any size costs the same memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "record/item.h"

namespace dragoman::read {

/// Whether `text` begins with a line that separates messages: "From ", then an envelope with a time as asctime()
/// writes it, or nothing at all, or whatever stands before a line that is a mail's header field. `after_blank`: the
/// line before is empty, or there is none; else only the strictest form counts.
bool begins_message(std::string_view text, bool after_blank);

class MboxWalk {
 public:
  MboxWalk(int fd, std::uint64_t size) : fd_(fd), size_(size) {}

  /// The next message: the bytes behind its "From " line up to the next one, without the empty line that belongs to
  /// the separator (RFC 4155). Nothing at the end. A Content-Length that ends just before a separator or at the end
  /// of the file is believed (mboxcl, mboxcl2). Errors: io.
  Result<std::optional<ByteRange>> next();

 private:
  Result<void> show(std::uint64_t from, std::uint64_t until);
  Result<bool> separator_at(std::uint64_t offset, bool after_blank);
  Result<std::uint64_t> by_content_length(std::uint64_t from);
  Result<std::uint64_t> by_separator(std::uint64_t from);
  Result<std::uint64_t> without_blank_line(std::uint64_t from, std::uint64_t end);

  int fd_;
  std::uint64_t size_;
  std::uint64_t at_ = 0;  // of the next separator
  std::string window_;
  std::uint64_t window_start_ = 0;
};

}  // namespace dragoman::read
