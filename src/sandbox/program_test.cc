// SPDX-License-Identifier: AGPL-3.0-or-later
// Programs in bubblewrap: what comes back, what they cannot reach, how they are stopped.
#include "sandbox/program.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace dragoman::sandbox {
namespace {

namespace fs = std::filesystem;

class Programs : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto usable = check_bubblewrap(); !usable) GTEST_SKIP() << usable.error().message;
    std::string folder = testing::TempDir() + "program-XXXXXX";
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    root_ = folder;
    fs::create_directories(root_ / "in");
    fs::create_directories(root_ / "out");
    std::ofstream(root_ / "in" / "a.txt") << "input";
  }
  void TearDown() override {
    std::error_code ignored;
    if (!root_.empty()) fs::remove_all(root_, ignored);
  }

  ProgramOrder shell(const std::string& script) const {
    ProgramOrder order;
    order.arguments = {"/usr/bin/sh", "-c", script};
    order.input = root_ / "in";
    order.output = root_ / "out";
    return order;
  }
  /// Exit status; 1000 + signal; -1 for an error.
  int status(const std::string& script) const {
    const auto end = run_program(shell(script));
    if (!end) return -1;
    return end->signalled ? 1000 + end->number : end->number;
  }
  std::string output(const char* name) const {
    std::ifstream file(root_ / "out" / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path root_;
};

TEST_F(Programs, ReadInputAndGiveOutput) {
  EXPECT_EQ(status("cat /in/a.txt > /out/b.txt"), 0);
  EXPECT_EQ(output("b.txt"), "input");
  EXPECT_EQ(status("exit 7"), 7);
}

TEST_F(Programs, CannotChangeTheInputOrTheSystem) {
  EXPECT_NE(status("echo x > /in/a.txt"), 0);
  EXPECT_NE(status("echo x > /usr/x"), 0);
  EXPECT_NE(status("rm /in/a.txt"), 0);
}

TEST_F(Programs, SeeNoHomeNoSecretsAndNoNetwork) {
  for (const char* path : {"/home", "/root", "/etc/passwd", "/etc/shadow", "/var/log", "/mnt"}) {
    EXPECT_NE(status(std::string("test -e ") + path), 0) << path;
  }
  EXPECT_EQ(status("tail -n +3 /proc/net/dev | grep -qv lo:"), 1);  // loopback alone
  ::setenv("DRAGOMAN_SECRET", "s", 1);
  EXPECT_EQ(status("test -z \"$DRAGOMAN_SECRET\""), 0);
  ::unsetenv("DRAGOMAN_SECRET");
  // Of processes, its own: the sandbox's first and the shell.
  EXPECT_EQ(status("test $(ls -d /proc/[0-9]* | wc -l) -lt 8"), 0);
}

TEST_F(Programs, MakeNoNamespaces) {
  EXPECT_NE(status("unshare -U true"), 0);
  EXPECT_NE(status("mount -t tmpfs none /tmp"), 0);
}

TEST_F(Programs, AreStoppedWithEverythingTheyStarted) {
  ProgramOrder order = shell("sleep 4321 & sleep 4321");
  order.timeout = std::chrono::milliseconds(700);
  const auto end = run_program(order);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, ErrorKind::timeout);
  ::usleep(300'000);
  EXPECT_NE(std::system("grep -slx 'sleep' /proc/[0-9]*/comm | while read c; do tr '\\0' ' ' < ${c%comm}cmdline; done "
                        "| grep -q 4321"),
            0);
}

TEST_F(Programs, AreStoppedWhenTheyWriteTooMuch) {
  ProgramOrder order = shell("for i in 1 2 3 4 5 6 7 8 9; do head -c 1000000 /dev/zero > /out/$i; done; sleep 5");
  order.output_bytes = 3'000'000;
  const auto end = run_program(order);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, ErrorKind::limit);
}

TEST_F(Programs, HaveLittleRoomInTheirTemporaryFolder) {
  ProgramOrder order = shell("head -c 5000000 /dev/zero > /tmp/x");
  order.temporary_bytes = 1 << 20;
  const auto end = run_program(order);
  ASSERT_TRUE(end);
  EXPECT_NE(end->number, 0);
}

}  // namespace
}  // namespace dragoman::sandbox
