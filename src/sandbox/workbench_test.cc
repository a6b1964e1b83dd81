// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sandbox/workbench_test.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "record/item.h"
#include "sandbox/channel.h"

namespace dragoman::sandbox {
namespace {

Result<void> echo(JobContext& context) {
  TRY_VOID(context.record(context.request()));
  if (context.input_fd() < 0) return {};
  const std::string content = TRY(read_all(context.input_fd(), 1 << 20));
  return context.record(content);
}

Result<void> many_records(JobContext& context) {
  const std::string big(1 << 20, 'r');
  for (int i = 0; i < std::atoi(context.request().c_str()); ++i) TRY_VOID(context.record(big));
  return {};
}

Result<void> children(JobContext& context) {
  for (const char* name : {"a.txt", "b.txt"}) {
    TRY_VOID(context.begin_child(name));
    TRY_VOID(context.child_bytes("bytes of "));
    TRY_VOID(context.child_bytes(name));
    TRY_VOID(context.end_child(static_cast<std::uint8_t>(ChildEnd::complete)));
  }
  TRY_VOID(context.begin_child("empty"));
  return context.end_child(static_cast<std::uint8_t>(ChildEnd::encrypted));
}

Result<void> stream(JobContext& context) {
  const std::string piece(3 << 20, 's');
  TRY_VOID(context.begin_child("large"));
  for (int mib = 0; mib < std::atoi(context.request().c_str()); mib += 3) TRY_VOID(context.child_bytes(piece));
  return context.end_child(0);
}

Result<void> own_error(JobContext& context) {
  TRY_VOID(context.record("before"));
  TRY_VOID(context.begin_child("half"));
  TRY_VOID(context.child_bytes("ha"));
  return fail(ErrorKind::encrypted, "it wants a password", "page 3");
}

Result<void> exception(JobContext&) {
  throw std::runtime_error("words of the document");
}

Result<void> do_abort(JobContext& context) {
  TRY_VOID(context.record("before"));
  std::abort();
}

Result<void> segfault(JobContext&) {
  volatile std::uintptr_t nowhere = 8;
  const std::uintptr_t address = nowhere;
  *reinterpret_cast<volatile int*>(address) = 1;  // NOLINT
  return {};
}

// NOLINTNEXTLINE(misc-no-recursion)
std::size_t deep(std::size_t depth) {
  volatile char frame[4096];
  frame[depth % sizeof frame] = 1;
  return depth == ~std::size_t{0} ? 0 : deep(depth + 1) + static_cast<std::size_t>(frame[0]);
}
Result<void> stack_overflow(JobContext& context) {
  return context.record(std::to_string(deep(0)));
}

Result<void> loop(JobContext&) {
  volatile bool stop = false;
  while (!stop) {
  }
  return {};
}

Result<void> allocate_100_gb(JobContext& context) {
  std::vector<char> bytes(std::size_t{100} << 30);
  return context.record({bytes.data(), 1});
}

Result<void> hold_memory(JobContext& context) {
  static std::string kept;  // as a leak in a foreign parser would
  kept.append(static_cast<std::size_t>(std::atoi(context.request().c_str())) << 20, 'k');
  ::usleep(300'000);
  return {};
}

Result<void> leave(JobContext& context) {
  TRY_VOID(context.record("before"));
  std::_Exit(7);
}

void raw(int fd, std::string_view bytes) {
  static_cast<void>(!::write(fd, bytes.data(), bytes.size()));
}

/// Breaks the protocol in the way that the request names.
Result<void> lie(JobContext& context) {
  const std::string& how = context.request();
  if (how == "huge length") raw(kControlFd, std::string("R\xFF\xFF\xFF\xFF", 5));
  if (how == "unknown tag") raw(kControlFd, frame_head('?', 0));
  if (how == "greeting again") raw(kControlFd, frame_head('K', 0));
  if (how == "endless reply") {
    const std::string frame = frame_head('R', 1 << 20) + std::string(1 << 20, 'x');
    for (int i = 0; i < 1000; ++i) raw(kControlFd, frame);
  }
  if (how == "data without begin") raw(kBlobFd, frame_head('D', 3) + "abc");
  if (how == "end without begin") raw(kBlobFd, frame_head('E', 1) + '\0');
  if (how == "begin twice") raw(kBlobFd, frame_head('B', 1) + "a" + frame_head('B', 1) + "b");
  if (how == "long header") raw(kBlobFd, frame_head('B', kMaxChildHeader + 1));
  if (how == "long data") raw(kBlobFd, frame_head('B', 0) + frame_head('D', kMaxChildData + 1));
  if (how == "empty data") raw(kBlobFd, frame_head('B', 0) + frame_head('D', 0));
  if (how == "unknown end") raw(kBlobFd, frame_head('B', 0) + frame_head('E', 1) + "\x09");
  if (how == "Z inside a member") raw(kBlobFd, frame_head('B', 0) + frame_head('Z', 0));
  if (how == "junk after Z") raw(kBlobFd, frame_head('Z', 0) + "junk junk");
  if (how == "junk after F") raw(kControlFd, frame_head('F', 3) + "abc");
  if (how == "two last words") {
    const std::string last = encode(Outcome{});
    raw(kControlFd, frame_head('F', last.size()) + last + frame_head('F', last.size()) + last);
  }
  if (how == "half a head") raw(kBlobFd, frame_head('Z', 0) + "D\x01");
  if (how == "close a channel") ::close(kBlobFd);
  if (how == "close both") {
    ::close(kBlobFd);
    ::close(kControlFd);
  }
  ::usleep(2'000'000);
  return {};
}

Result<void> show_limits(JobContext& context) {
  // What passes the worker's own check.
  return context.record(std::string(std::strtoull(context.request().c_str(), nullptr, 10), 'x'));
}

Result<void> identity(JobContext& context) {
  TRY_VOID(context.record(std::to_string(::getpid())));
  std::string open_fds;
  for (int fd = 0; fd < 64; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) open_fds += std::to_string(fd) + ' ';
  }
  TRY_VOID(context.record(open_fds));
  std::string environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment += std::string(*entry) + '\n';
  return context.record(environment);
}

Result<void> warm_up(std::string_view settings) {
  if (settings == "fail") return fail(ErrorKind::not_found, "no data for the language xyz; install tesseract-ocr-xyz");
  if (settings == "die") std::_Exit(3);
  if (settings == "throw") throw std::runtime_error("thrown in the warm-up");
  if (settings == "hang") ::pause();
  return {};
}

}  // namespace

JobTable test_table() {
  JobTable table;
  table.jobs = {{"echo", echo},
                {"many", many_records},
                {"children", children},
                {"stream", stream},
                {"error", own_error},
                {"exception", exception},
                {"abort", do_abort},
                {"segfault", segfault},
                {"overflow", stack_overflow},
                {"loop", loop},
                {"100 GB", allocate_100_gb},
                {"hold", hold_memory},
                {"leave", leave},
                {"lie", lie},
                {"large", show_limits},
                {"identity", identity}};
  for (const Job& job : escape_jobs()) table.jobs.push_back(job);
  table.warm_up = warm_up;
  return table;
}

Result<void> Ear::record(std::string_view bytes) {
  heard_.records.emplace_back(bytes.size() > 4096 ? std::to_string(bytes.size()) : std::string(bytes));
  return {};
}

Result<void> Ear::child_begin(std::string_view header) {
  header_ = header;
  bytes_.clear();
  size_ = 0;
  return {};
}

Result<void> Ear::child_bytes(std::string_view bytes) {
  size_ += bytes.size();
  heard_.child_bytes += bytes.size();
  if (size_ <= 100) bytes_ += bytes;
  return {};
}

Result<void> Ear::child_end(std::uint8_t how) {
  heard_.children.push_back(header_ + ":" + (size_ <= 100 ? bytes_ : std::to_string(size_)) + ":" +
                            std::to_string(how));
  return {};
}

void Ear::finished(Result<void> outcome) {
  ++heard_.finished;
  heard_.ok = outcome.has_value();
  if (!outcome) heard_.error = outcome.error();
}

std::unique_ptr<Pool> make_pool(PoolSettings settings) {
  auto pool = Pool::create(std::move(settings));
  if (!pool) ADD_FAILURE() << pool.error().message;
  return pool ? std::move(*pool) : nullptr;
}

Heard run(Pool& pool, Call call) {
  Heard heard;
  const auto started =
      pool.start({call.name, call.request, std::move(call.input), call.timeout}, std::make_unique<Ear>(heard));
  if (!started) {
    heard.error = started.error();
    return heard;
  }
  while (heard.finished == 0) EXPECT_TRUE(pool.wait(std::chrono::milliseconds(100)));
  EXPECT_EQ(heard.finished, 1);
  return heard;
}

void expect_alive(Pool& pool) {
  const Heard heard = run(pool, {"echo", "still here", {}});
  EXPECT_TRUE(heard.ok) << heard.error.message;
  EXPECT_EQ(heard.records, std::vector<std::string>{"still here"});
}

UniqueFd file_with(std::string_view bytes) {
  char name[] = "/tmp/sandbox_test_XXXXXX";
  const UniqueFd writer(::mkstemp(name));
  EXPECT_TRUE(write_all(writer.get(), bytes));
  UniqueFd reader(::open(name, O_RDONLY | O_CLOEXEC));
  ::unlink(name);
  return reader;
}

void fake_away(std::uint32_t call, std::uint32_t error) {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog program{4, code};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

}  // namespace dragoman::sandbox
