// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sandbox/job.h"

#include <algorithm>

#include <fmt/format.h>

#include "record/item.h"
#include "sandbox/channel.h"

namespace dragoman::sandbox {

JobContext::JobContext(JobChannels channels, int input_fd, std::string request)
    : channels_(channels), input_fd_(input_fd), request_(std::move(request)) {}

Result<void> JobContext::record(std::string_view bytes) {
  if (bytes.size() > channels_.max_frame_bytes) {
    return fail(ErrorKind::limit, fmt::format("a record is larger than {} bytes", channels_.max_frame_bytes));
  }
  // The parent counts heads too, so that empty records are not free.
  const std::uint64_t cost = bytes.size() + kFrameHead;
  if (cost > channels_.max_reply_bytes - std::min(sent_, channels_.max_reply_bytes)) {
    return fail(ErrorKind::limit, fmt::format("a reply is larger than {} bytes", channels_.max_reply_bytes));
  }
  TRY_VOID(send_frame(channels_.record_fd, 'R', bytes));
  sent_ += cost;
  return {};
}

Result<void> JobContext::begin_child(std::string_view header) {
  CHECK(!child_open_);
  if (header.size() > kMaxChildHeader) {
    return fail(ErrorKind::limit, fmt::format("the head of a member is larger than {} bytes", kMaxChildHeader));
  }
  TRY_VOID(send_frame(channels_.blob_fd, 'B', header));
  child_open_ = true;
  return {};
}

Result<void> JobContext::child_bytes(std::string_view bytes) {
  CHECK(child_open_);
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, kMaxChildData);
    TRY_VOID(send_frame(channels_.blob_fd, 'D', part));
    bytes.remove_prefix(part.size());
  }
  return {};
}

Result<void> JobContext::end_child(std::uint8_t how) {
  CHECK(child_open_);
  CHECK(how <= static_cast<std::uint8_t>(ChildEnd::failed));
  const char status = static_cast<char>(how);
  TRY_VOID(send_frame(channels_.blob_fd, 'E', {&status, 1}));
  child_open_ = false;
  return {};
}

}  // namespace dragoman::sandbox
