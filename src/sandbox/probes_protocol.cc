// SPDX-License-Identifier: AGPL-3.0-or-later
// Lies on the channels: lengths that are not true, words out of turn, more than anybody asked for. Written past
// JobContext, as a worker that was taken over would.
#include <string>
#include <string_view>

#include <unistd.h>

#include "record/item.h"
#include "sandbox/channel.h"
#include "sandbox/probes.h"

namespace dragoman::sandbox {
namespace {

constexpr std::uint32_t kFrameLimit = std::uint32_t{4} << 20;

/// The rest is lost when the parent has closed the channel: it then has what it needs.
void put(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(fd, bytes.data(), bytes.size());
    if (done <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
}

void say(int fd, char tag, std::string_view payload) {
  put(fd, frame_head(tag, payload.size()));
  put(fd, payload);
}

/// After a lie: a worker that is not stopped would go on, so the job's own end must not come by itself.
long wait_to_be_stopped() {
  for (;;) {
    timespec hour{3600, 0};
    ::clock_nanosleep(CLOCK_MONOTONIC, 0, &hour, nullptr);
  }
}

long announce(int fd, char tag, std::size_t length) {
  put(fd, frame_head(tag, length));
  put(fd, "x");
  return wait_to_be_stopped();
}

long flood_records(JobContext&) {
  const std::string mebibyte(1 << 20, 'r');
  for (int i = 0; i < 4096; ++i) say(kControlFd, 'R', mebibyte);
  return wait_to_be_stopped();
}

long flood_empty_records(JobContext&) {
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += frame_head('R', 0);
  for (int i = 0; i < 1000; ++i) put(kControlFd, many);
  return wait_to_be_stopped();
}

long flood_members(JobContext&) {
  const char complete = static_cast<char>(ChildEnd::complete);
  std::string many;
  for (int i = 0; i < 1000; ++i) many += frame_head('B', 0) + frame_head('E', 1) + complete;
  for (int i = 0; i < 4000; ++i) put(kBlobFd, many);
  return wait_to_be_stopped();
}

long flood_bytes(JobContext&) {
  const std::string piece(kMaxChildData, 's');
  say(kBlobFd, 'B', "large");
  for (int i = 0; i < 4096; ++i) say(kBlobFd, 'D', piece);
  return wait_to_be_stopped();
}

long say_and_wait(int fd, char tag, std::string_view payload) {
  say(fd, tag, payload);
  return wait_to_be_stopped();
}

long last_word_twice(JobContext&) {
  say(kControlFd, 'F', encode(Outcome{}));
  return say_and_wait(kControlFd, 'F', encode(Outcome{}));
}

long word_after_the_last(JobContext&) {
  say(kControlFd, 'F', encode(Outcome{}));
  return say_and_wait(kControlFd, 'R', "more");
}

long bytes_after_the_end(JobContext&) {
  say(kBlobFd, 'Z', {});
  return say_and_wait(kBlobFd, 'B', "more");
}

long nested_members(JobContext&) {
  say(kBlobFd, 'B', "outer");
  return say_and_wait(kBlobFd, 'B', "inner");
}

const Probe kProbes[] = {
    {"announce a record of 4 GB", Barrier::protocol, [](JobContext&) { return announce(kControlFd, 'R', UINT32_MAX); }},
    {"announce a record one byte too long", Barrier::protocol,
     [](JobContext&) { return announce(kControlFd, 'R', kFrameLimit + 1); }},
    {"announce more than comes", Barrier::clock, [](JobContext&) { return announce(kControlFd, 'R', 1000); }},
    {"announce a head of a member too long", Barrier::protocol,
     [](JobContext&) { return announce(kBlobFd, 'B', kMaxChildHeader + 1); }},
    {"announce data of a member too long", Barrier::protocol,
     [](JobContext&) {
       say(kBlobFd, 'B', "m");
       return announce(kBlobFd, 'D', UINT32_MAX);
     }},
    {"announce a last word too long", Barrier::protocol,
     [](JobContext&) { return announce(kControlFd, 'F', kMaxOutcome + 1); }},
    {"a reply beyond its allowed length", Barrier::protocol, flood_records},
    {"a flood of empty records", Barrier::protocol, flood_empty_records},
    {"a flood of members", Barrier::protocol, flood_members},
    {"a member without end", Barrier::protocol, flood_bytes},
    {"an unknown word", Barrier::protocol, [](JobContext&) { return say_and_wait(kControlFd, '?', "x"); }},
    {"an unknown word about members", Barrier::protocol, [](JobContext&) { return say_and_wait(kBlobFd, 'R', "x"); }},
    {"be ready twice", Barrier::protocol,
     [](JobContext&) { return say_and_wait(kControlFd, 'K', std::string(64, '0')); }},
    {"fail to start after the start", Barrier::protocol,
     [](JobContext&) { return say_and_wait(kControlFd, 'X', encode(Outcome{})); }},
    {"data without a member", Barrier::protocol, [](JobContext&) { return say_and_wait(kBlobFd, 'D', "x"); }},
    {"an end without a member", Barrier::protocol,
     [](JobContext&) { return say_and_wait(kBlobFd, 'E', std::string(1, '\0')); }},
    {"an end of no known kind", Barrier::protocol,
     [](JobContext&) {
       say(kBlobFd, 'B', "m");
       return say_and_wait(kBlobFd, 'E', "\x63");
     }},
    {"a member in a member", Barrier::protocol, nested_members},
    {"two last words", Barrier::protocol, last_word_twice},
    {"a word after the last", Barrier::protocol, word_after_the_last},
    {"members after the end", Barrier::protocol, bytes_after_the_end},
    {"a last word that is none", Barrier::protocol,
     [](JobContext&) { return say_and_wait(kControlFd, 'F', "\xff\xff\xff"); }},
};

}  // namespace

std::span<const Probe> protocol_probes() {
  return kProbes;
}

}  // namespace dragoman::sandbox
