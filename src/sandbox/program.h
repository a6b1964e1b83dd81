// SPDX-License-Identifier: AGPL-3.0-or-later
// Other people's programs (LibreOffice), which cannot be workers of ours: run inside bubblewrap, with a system that can
// only be read, one folder of input, one of output, no network, no home, and a filter of calls.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace dragoman::sandbox {

struct ProgramOrder {
  std::vector<std::string> arguments;          // the first is the program, an absolute path below /usr
  std::filesystem::path input;                 // a folder, seen as /in, read only
  std::filesystem::path output;                // a folder, seen as /out: nothing else of what it writes comes back
  std::chrono::milliseconds timeout{120'000};  // wall clock; then the whole tree is killed
  std::uint64_t address_space = std::uint64_t{4} << 30;      // of each process
  std::uint64_t output_bytes = std::uint64_t{512} << 20;     // all files in `output` together
  std::function<bool()> cancelled{};                         // asked ten times a second; true stops it; may be empty
  std::uint64_t temporary_bytes = std::uint64_t{256} << 20;  // of /tmp, which is memory
};

/// How it ended by itself.
struct ProgramEnd {
  bool signalled = false;
  int number = 0;  // of the signal, or exit status
};

/// Runs it and waits; what it prints goes nowhere. The folders must not be changed by others meanwhile; what lies in
/// `output` afterwards is as hostile as the input. Errors: not_found (bubblewrap is not installed) and denied (it
/// cannot be used here), each with the remedy; timeout; limit (output); cancelled; io.
Result<ProgramEnd> run_program(const ProgramOrder& order);

/// Whether bubblewrap is there and may make its namespaces: a program that does nothing is run in it. The errors of
/// run_program.
Result<void> check_bubblewrap();

}  // namespace dragoman::sandbox
