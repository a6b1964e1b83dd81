// SPDX-License-Identifier: AGPL-3.0-or-later
// libpff behind values: Outlook's data files (PST, OST, PAB). It reads through the descriptor that it is given and
// opens nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "read/mapi_message.h"

namespace dragoman::read {

/// A folder; borrows from its file.
class PstFolder {
 public:
  struct State;
  explicit PstFolder(std::unique_ptr<State> state);
  PstFolder(PstFolder&&) noexcept;
  PstFolder& operator=(PstFolder&&) noexcept;
  ~PstFolder();

  std::string name() const;  // UTF-8, as the folder calls itself; may be empty
  /// Messages that can be asked for, and messages that the folder says it has. A folder of searches says 0: what it
  /// finds lies in other folders.
  std::uint64_t message_count() const;
  std::uint64_t stated_count() const;
  std::uint64_t folder_count() const;
  Result<PstFolder> folder(std::uint64_t index) const;
  Result<MapiMessage> message(std::uint64_t index) const;
  /// What programs keep beside the messages and do not show: views, settings, rules.
  std::uint64_t hidden_count() const;
  Result<MapiMessage> hidden(std::uint64_t index) const;

 private:
  std::unique_ptr<State> state_;
};

class PstFile {
 public:
  /// malformed when libpff cannot open it. `fd` outlives this.
  static Result<PstFile> open(int fd, std::uint64_t size);
  PstFile(PstFile&&) noexcept;
  PstFile& operator=(PstFile&&) = delete;
  ~PstFile();

  Result<PstFolder> root() const;
  /// The structures contradict each other: what is found may not be all.
  bool damaged() const;
  /// Items that no folder holds: left over when their folder went, known only after `find_lost` (which reads the whole
  /// file once). An item that is no message gives `not_found`.
  std::uint64_t find_lost();
  Result<MapiMessage> lost(std::uint64_t index) const;
  static std::string engine();  // "libpff 20180714"

 private:
  struct State;
  explicit PstFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace dragoman::read
