// SPDX-License-Identifier: AGPL-3.0-or-later
// Pictures of pages for people: from memory, from CASE/derived/pictures/, or drawn by a locked worker just now.
//
// One thread of its own holds the workers. Of what waits, the newest goes first, because it is what the reader looks
// at now; pages next to the one on the screen are drawn ahead when nobody waits.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/result.h"
#include "pages/page_key.h"
#include "store/case_folder.h"

namespace dragoman::pages {

struct MakerSettings {
  std::size_t workers = 2;
  std::size_t queue = 96;  // requests that wait; beyond it the oldest is refused as `cancelled`
  std::size_t memory_bytes = std::size_t{48} << 20;
  std::uint64_t disk_bytes = std::uint64_t{2} << 30;  // of derived/pictures; the oldest go
  std::chrono::milliseconds timeout{20'000};          // that a caller waits
  std::chrono::milliseconds remember_errors{
      60'000};  // so that a page that cannot be drawn is not tried at every scroll
  bool read_ahead = true;
  bool allow_weaker = false;  // as sandbox::PoolSettings has it
};

struct MakerStats {
  std::uint64_t asked = 0;
  std::uint64_t from_memory = 0;
  std::uint64_t from_disk = 0;
  std::uint64_t drawn = 0;   // by workers, for somebody who waited
  std::uint64_t ahead = 0;   // by workers, before anybody asked
  std::uint64_t failed = 0;  // by workers
};

/// All functions from any thread.
class PictureMaker {
 public:
  /// Returns at once; workers start and warm up behind it. Where derived/ cannot be written, pictures stay in memory.
  PictureMaker(const store::CaseFolder& folder, MakerSettings settings);
  /// Callers that still wait get `cancelled`; none may call afterwards.
  ~PictureMaker();
  PictureMaker(const PictureMaker&) = delete;
  PictureMaker& operator=(const PictureMaker&) = delete;

  /// Blocks until the picture is there, at most settings.timeout. Errors: not_found (no such blob or page),
  /// unsupported (no paged format), encrypted (passwords are not kept), malformed, limit, timeout, crashed, denied
  /// (workers cannot be locked in), cancelled (too much waits, or the server ends). Their texts are the program's own.
  Result<PagePicture> get(const PageKey& key);

  MakerStats stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dragoman::pages
