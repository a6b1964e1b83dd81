// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sandbox/channel.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/uio.h>

#include "base/bytes.h"

namespace dragoman::sandbox {
namespace {

std::uint32_t length_in(std::string_view head) {
  std::uint32_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) length |= std::uint32_t{static_cast<std::uint8_t>(head[1 + i])} << (8 * i);
  return length;
}

/// Cut on a code point so that it stays valid.
std::string short_text(std::string_view text, std::size_t max) {
  if (text.size() <= max) return std::string(text);
  while (max > 0 && (static_cast<std::uint8_t>(text[max]) & 0xC0U) == 0x80U) --max;
  return std::string(text.substr(0, max));
}

constexpr std::size_t kMaxErrorText = 4000;

}  // namespace

std::string frame_head(char tag, std::size_t length) {
  CHECK(length <= 0xFFFFFFFFU);
  std::string head(1, tag);
  for (int shift = 0; shift < 32; shift += 8) head.push_back(static_cast<char>((length >> shift) & 0xFFU));
  return head;
}

Result<void> FrameParser::feed(std::string_view bytes, FrameSink& sink) {
  while (!bytes.empty()) {
    if (head_.size() < kFrameHead) {
      const std::size_t take = std::min(kFrameHead - head_.size(), bytes.size());
      head_.append(bytes.substr(0, take));
      bytes.remove_prefix(take);
      if (head_.size() < kFrameHead) return {};
      left_ = length_in(head_);
      TRY_VOID(sink.announced(head_[0], left_));
    }
    TRY_VOID(payload(bytes, sink));
  }
  return {};
}

Result<void> FrameParser::payload(std::string_view& bytes, FrameSink& sink) {
  const std::string_view part = bytes.substr(0, left_);
  bytes.remove_prefix(part.size());
  left_ -= static_cast<std::uint32_t>(part.size());
  if (head_[0] == streamed_) {
    if (!part.empty()) TRY_VOID(sink.piece(part));
    if (left_ == 0) head_.clear();
    return {};
  }
  if (payload_.empty() && left_ == 0) return complete(sink, part);  // all of it lies in the caller's buffer
  payload_.reserve(payload_.size() + part.size() + left_);
  payload_.append(part);
  if (left_ > 0) return {};
  const std::string whole = std::move(payload_);
  payload_ = {};
  return complete(sink, whole);
}

Result<void> FrameParser::complete(FrameSink& sink, std::string_view payload) {
  const char tag = head_[0];
  head_.clear();
  return sink.frame(tag, payload);
}

std::string encode(const WorkerSettings& settings) {
  ByteWriter out;
  out.u8(static_cast<std::uint8_t>(settings.kind));
  out.u8(settings.layers.no_new_privs ? 1 : 0);
  out.u8(settings.layers.seccomp ? 1 : 0);
  out.u32(static_cast<std::uint32_t>(settings.layers.landlock));
  out.u8(settings.layers.namespaces);
  out.u8(settings.layers.cgroup ? 1 : 0);
  const Limits& limits = settings.limits;
  out.u32(limits.max_frame_bytes);
  out.u64(limits.max_reply_bytes);
  out.u64(limits.worker_address_space);
  out.u32(limits.worker_recycle_jobs);
  out.i64(limits.read_timeout.count());
  out.i64(limits.ocr_timeout.count());
  out.text(settings.warm_up);
  return out.take();
}

Result<WorkerSettings> decode_settings(std::string_view bytes) {
  ByteReader in(bytes);
  WorkerSettings settings;
  const std::uint8_t kind = TRY(in.u8());
  if (kind >= std::size(kWorkerKinds)) return fail(ErrorKind::malformed, "the parent asked for no kind of worker");
  settings.kind = kWorkerKinds[kind];
  settings.layers.no_new_privs = TRY(in.u8()) != 0;
  settings.layers.seccomp = TRY(in.u8()) != 0;
  settings.layers.landlock = static_cast<int>(TRY(in.u32()));
  settings.layers.namespaces = TRY(in.u8());
  settings.layers.cgroup = TRY(in.u8()) != 0;
  settings.limits.max_frame_bytes = TRY(in.u32());
  settings.limits.max_reply_bytes = TRY(in.u64());
  settings.limits.worker_address_space = TRY(in.u64());
  settings.limits.worker_recycle_jobs = TRY(in.u32());
  settings.limits.read_timeout = std::chrono::milliseconds(TRY(in.i64()));
  settings.limits.ocr_timeout = std::chrono::milliseconds(TRY(in.i64()));
  settings.warm_up = TRY(in.blob(kMaxSettings));
  return settings;
}

std::string encode(const JobHead& job) {
  ByteWriter out;
  out.text(job.name);
  out.u8(job.has_input ? 1 : 0);
  out.text(job.request);
  return out.take();
}

Result<JobHead> decode_job(std::string_view bytes, std::size_t max) {
  ByteReader in(bytes);
  JobHead job;
  job.name = TRY(in.text(kMaxJobName));
  job.has_input = TRY(in.u8()) != 0;
  job.request = TRY(in.blob(max));
  return job;
}

std::string encode(const Outcome& outcome) {
  ByteWriter out;
  out.u8(outcome.ok ? 1 : 0);
  out.u8(outcome.replace ? 1 : 0);
  out.u8(static_cast<std::uint8_t>(outcome.error.kind));
  out.text(short_text(outcome.error.message, kMaxErrorText));
  out.text(short_text(outcome.error.where, kMaxErrorText));
  return out.take();
}

Result<Outcome> decode_outcome(std::string_view bytes) {
  ByteReader in(bytes);
  Outcome outcome;
  outcome.ok = TRY(in.u8()) != 0;
  outcome.replace = TRY(in.u8()) != 0;
  const std::uint8_t kind = TRY(in.u8());
  if (kind > static_cast<std::uint8_t>(ErrorKind::cancelled)) {
    return fail(ErrorKind::malformed, "a worker sent an unknown kind of error");
  }
  outcome.error.kind = static_cast<ErrorKind>(kind);
  outcome.error.message = TRY(in.text(kMaxErrorText));
  outcome.error.where = TRY(in.text(kMaxErrorText));
  if (in.remaining() != 0) return fail(ErrorKind::malformed, "a worker's outcome has bytes behind its end");
  return outcome;
}

Result<void> send_frame(int fd, char tag, std::string_view payload) {
  const std::string head = frame_head(tag, payload.size());
  std::array<iovec, 2> parts{iovec{const_cast<char*>(head.data()), head.size()},
                             iovec{const_cast<char*>(payload.data()), payload.size()}};
  std::size_t first = 0;
  while (first < parts.size()) {
    const ssize_t put = ::writev(fd, parts.data() + first, static_cast<int>(parts.size() - first));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return Failure(io_error("cannot write to the parent", {}, errno));
    auto left = static_cast<std::size_t>(put);
    while (first < parts.size() && left >= parts[first].iov_len) left -= parts[first++].iov_len;
    if (first == parts.size()) break;
    parts[first].iov_base = static_cast<char*>(parts[first].iov_base) + left;
    parts[first].iov_len -= left;
  }
  return {};
}

namespace {

/// Reads up to `size` bytes; a descriptor that comes along is kept in `input`.
Result<std::size_t> receive_some(int fd, char* into, std::size_t size, UniqueFd& input) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  iovec part{into, size};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t got = 0;
  do {
    got = ::recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return Failure(io_error("cannot read from the parent", {}, errno));
  const cmsghdr* head = CMSG_FIRSTHDR(&message);
  if (head != nullptr && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS) {
    int received = -1;
    std::memcpy(&received, CMSG_DATA(head), sizeof received);
    input = UniqueFd(received);
  }
  return static_cast<std::size_t>(got);
}

}  // namespace

Result<ReceivedFrame> receive_frame(int fd, std::size_t max) {
  ReceivedFrame frame;
  std::array<char, kFrameHead> head{};
  std::size_t have = 0;
  while (have < head.size()) {
    const std::size_t got = TRY(receive_some(fd, head.data() + have, head.size() - have, frame.input));
    if (got == 0) return fail(ErrorKind::cancelled, "the parent closed the channel");
    have += got;
  }
  frame.tag = head[0];
  const std::uint32_t length = length_in({head.data(), head.size()});
  if (length > max) return fail(ErrorKind::malformed, "a frame from the parent is too long");
  frame.payload.resize(length);
  have = 0;
  while (have < length) {
    const std::size_t got = TRY(receive_some(fd, frame.payload.data() + have, length - have, frame.input));
    if (got == 0) return fail(ErrorKind::cancelled, "the parent closed the channel");
    have += got;
  }
  return frame;
}

Result<std::size_t> send_some(int fd, std::string_view bytes, int input) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (input >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(head), &input, sizeof input);
  }
  ssize_t put = 0;
  do {
    put = ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (put < 0 && errno == EINTR);
  if (put < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return std::size_t{0};
  if (put < 0) return Failure(io_error("cannot write to a worker", {}, errno));
  return static_cast<std::size_t>(put);
}

}  // namespace dragoman::sandbox
