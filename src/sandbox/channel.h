// SPDX-License-Identifier: AGPL-3.0-or-later
// The frames on both channels: one byte of tag, a length of four bytes (little endian), the payload.
//
//   to the worker,   control socket: H hello (WorkerSettings), J job (with the input as SCM_RIGHTS)
//   from the worker, control socket: K ready (hash of its policy), X it could not start (Error),
//                                    R record, F finished (Outcome)
//   from the worker, blob pipe:      B child header, D data, E end (one byte), Z end of job
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/limits.h"
#include "base/result.h"
#include "sandbox/policy.h"

namespace dragoman::sandbox {

inline constexpr std::size_t kFrameHead = 5;
inline constexpr std::uint32_t kMaxChildHeader = 64 << 10;
inline constexpr std::uint32_t kMaxChildData = 1 << 20;
inline constexpr std::uint32_t kMaxSettings = 80 << 10;
inline constexpr std::uint32_t kMaxOutcome = 16 << 10;
inline constexpr std::uint32_t kMaxJobName = 64;
// How a worker is called, and where it finds its channels.
inline constexpr std::string_view kWorkerName = "dragoman-worker";
inline constexpr std::string_view kWorkerArgument = "--worker";
inline constexpr int kControlFd = 3;
inline constexpr int kBlobFd = 4;

/// The five bytes before a payload.
std::string frame_head(char tag, std::size_t length);

/// Hears frames as a FrameParser finds them; an error from any call ends the parsing.
class FrameSink {
 public:
  virtual ~FrameSink() = default;
  /// A head was read: refuse here what is too long, before memory is taken for it.
  virtual Result<void> announced(char tag, std::uint32_t length) = 0;
  virtual Result<void> frame(char tag, std::string_view payload) = 0;
  /// Part of a frame whose tag is the streamed one; frame() is not called for it.
  virtual Result<void> piece(std::string_view bytes) = 0;
};

/// Cuts a stream of bytes into frames however it arrives. Holds at most one frame.
class FrameParser {
 public:
  /// Payloads of `streamed` are handed on in pieces instead of being collected; 0: none.
  explicit FrameParser(char streamed = 0) : streamed_(streamed) {}
  Result<void> feed(std::string_view bytes, FrameSink& sink);
  /// True in the middle of a frame.
  bool pending() const { return head_.size() > 0; }

 private:
  Result<void> payload(std::string_view& bytes, FrameSink& sink);
  Result<void> complete(FrameSink& sink, std::string_view payload);

  char streamed_;
  std::string head_;        // up to kFrameHead bytes of the frame at hand
  std::uint32_t left_ = 0;  // of its payload
  std::string payload_;
};

/// What the parent tells a worker before anything else.
struct WorkerSettings {
  WorkerKind kind = WorkerKind::read;
  Layers layers;  // that it must lock itself with: what the parent found
  Limits limits;  // those of the channels and of the worker itself; the others keep their defaults
  std::string warm_up;
};
std::string encode(const WorkerSettings& settings);
Result<WorkerSettings> decode_settings(std::string_view bytes);

struct JobHead {
  std::string name;
  bool has_input = false;
  std::string request;
};
std::string encode(const JobHead& job);
Result<JobHead> decode_job(std::string_view bytes, std::size_t max);

/// The worker's last word about a job.
struct Outcome {
  bool ok = true;
  Error error;           // when not ok
  bool replace = false;  // the worker asks to be replaced: its state is doubtful
};
std::string encode(const Outcome& outcome);
/// Untrusted: the kind must be known, the texts valid UTF-8 and short.
Result<Outcome> decode_outcome(std::string_view bytes);

/// Blocking halves for the worker. A closed channel is an io error.
Result<void> send_frame(int fd, char tag, std::string_view payload);
struct ReceivedFrame {
  char tag = 0;
  std::string payload;
  UniqueFd input;
};
/// `cancelled` when the channel was closed between frames.
Result<ReceivedFrame> receive_frame(int fd, std::size_t max);

/// For the parent: sends what fits without waiting, `input` (if >= 0) with the first byte. Bytes sent; 0 when
/// the socket is full; io when the worker is gone.
Result<std::size_t> send_some(int fd, std::string_view bytes, int input);

}  // namespace dragoman::sandbox
