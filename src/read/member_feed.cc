// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/member_feed.h"

#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <utility>

namespace dragoman::read {
namespace {

// Enough to tell packed bytes from stored ones.
constexpr std::size_t kFirstLook = 512;
constexpr std::size_t kPiece = std::size_t{64} << 10;

}  // namespace

MemberFeed::MemberFeed(const Input& input, ReadSink& sink, ChildHeader header, std::uint64_t start)
    : input_(input), sink_(sink), header_(std::move(header)), range_{start, 0} {}

bool MemberFeed::stand_there(std::string_view bytes) {
  std::uint64_t at = range_.offset + range_.length;
  if (at > input_.size || bytes.size() > input_.size - at) return false;
  bool first = range_.length == 0;
  while (!bytes.empty()) {
    scratch_.resize(std::min(bytes.size(), first ? kFirstLook : kPiece));
    first = false;
    const ssize_t got = ::pread(input_.fd, scratch_.data(), scratch_.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    const auto length = static_cast<std::size_t>(got);
    if (bytes.substr(0, length) != std::string_view(scratch_).substr(0, length)) return false;
    bytes.remove_prefix(length);
    at += length;
  }
  return true;
}

// What was compared is sent after all, from the file, where it is the same.
Result<void> MemberFeed::begin_sending() {
  sending_ = true;
  TRY_VOID(sink_.begin_child(header_));
  for (std::uint64_t sent = 0; sent < range_.length;) {
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(range_.length - sent, kPiece));
    const std::string bytes = TRY(read_at(input_.fd, range_.offset + sent, piece));
    if (bytes.empty()) return fail(ErrorKind::io, "the file became shorter while it was read");
    TRY_VOID(sink_.child_bytes(bytes));
    sent += bytes.size();
  }
  return {};
}

Result<void> MemberFeed::bytes(std::string_view bytes) {
  if (!sending_ && stand_there(bytes)) {
    range_.length += bytes.size();
    return {};
  }
  if (!sending_) TRY_VOID(begin_sending());
  return sink_.child_bytes(bytes);
}

Result<void> MemberFeed::end(ChildEnd how) {
  if (!sending_) {
    if (how == ChildEnd::complete && range_.length > 0) header_.range = range_;
    TRY_VOID(sink_.begin_child(header_));
  }
  return sink_.end_child(how);
}

}  // namespace dragoman::read
