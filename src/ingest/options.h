// SPDX-License-Identifier: AGPL-3.0-or-later
// What an `add` was asked to do, and what it says while it works.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/limits.h"

namespace dragoman::ingest {

struct AddOptions {
  std::vector<std::filesystem::path> paths;
  std::size_t jobs = 0;                                 // workers; 0: one per core
  std::vector<std::string> langs{"fas", "ara", "eng"};  // Tesseract's names
  std::vector<std::string> passwords;
  bool in_place = false;        // files stay where they are: hashed and referred to, not copied
  bool rehash = false;          // read files again even if device, inode, size, mtime and ctime are as before
  bool ocr_every_page = false;  // recognise paged formats even where their text layer reads well
  std::string forced_lang;      // Tesseract's name; empty: found for each page
  Limits limits;
  bool allow_weaker_sandbox = false;  // go on where a required layer of the lock is missing; the custody log says so
};

enum class Phase : std::uint8_t { receiving, reading, recognising, settling };
std::string_view to_string(Phase phase);

/// How far a run is. Totals grow while files are still being found.
struct Progress {
  Phase phase = Phase::receiving;
  std::uint64_t files_done = 0;  // received (receiving) or read (later)
  std::uint64_t files_total = 0;
  std::uint64_t pages_done = 0;
  std::uint64_t pages_total = 0;  // pages found so far, waiting ones included
  std::uint64_t left_out = 0;     // files and members that were removed earlier by decision and are not kept
};

class ProgressSink {
 public:
  virtual ~ProgressSink() = default;
  /// Often; cheap implementations only.
  virtual void update(const Progress& progress) = 0;
  /// Asked between jobs: true ends the run cleanly, to be continued by the next.
  virtual bool cancelled() { return false; }
};

}  // namespace dragoman::ingest
