// SPDX-License-Identifier: AGPL-3.0-or-later
// A disk that fails: the real one, on which at the Nth operation the space ends or the power goes, and which
// afterwards can forget whatever was not synced. For tests of everything that promises to survive that.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "vault/disk.h"

namespace dragoman::vault {

class FaultyDisk : public Disk {
 public:
  enum class Failure : std::uint8_t {
    no_space,  // this one operation fails, a write half done
    dead,      // this one and all after it fail: the process was killed or the power is gone
  };

  /// What is there already counts as synced. `grave` keeps removed files until their removal is synced: a folder
  /// of its own on the same file system.
  explicit FaultyDisk(std::filesystem::path grave);

  /// The `operation`th change from now on (the first is 1) fails.
  void fail_at(std::uint64_t operation, Failure failure);
  /// Changes so far.
  std::uint64_t operations() const { return operations_; }
  /// Whether sync_all() is offered; else the caller must sync files and folders.
  void offer_sync_all(bool offer) { offer_sync_all_ = offer; }
  /// After Failure::dead: the process was killed and another one starts; what was not synced still waits.
  void restart() { dead_ = false; }
  /// Undoes a random part of what was not synced: names, contents, folders. The disk is dead afterwards.
  void power_cut(std::uint64_t seed);

  Result<UniqueFd> create(const std::filesystem::path& path) override;
  Result<UniqueFd> open_append(const std::filesystem::path& path) override;
  Result<UniqueFd> open_read(const std::filesystem::path& path) override;
  Result<void> write(int fd, std::string_view bytes) override;
  bool clone(int to, int from) override;
  Result<void> truncate(int fd, std::uint64_t size) override;
  Result<void> set_mode(int fd, unsigned mode) override;
  Result<void> sync_file(int fd) override;
  Result<void> sync_folder(const std::filesystem::path& folder) override;
  Result<void> sync_all(const std::filesystem::path& folder) override;
  bool can_sync_all(const std::filesystem::path& folder) override;
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Result<void> remove(const std::filesystem::path& path) override;
  Result<bool> make_folder(const std::filesystem::path& path) override;
  Result<Entry> stat(const std::filesystem::path& path) override;
  Result<std::vector<Entry>> list(const std::filesystem::path& folder) override;

 private:
  enum class Change : std::uint8_t { made_file, made_folder, renamed, removed };
  struct Name {  // a change of names that is not synced yet
    Change change;
    std::filesystem::path from;
    std::filesystem::path to;  // the name that is there now; of a removed file: its place in the grave
  };
  Result<void> next();
  void undo(const Name& name);
  void lose_bytes(std::mt19937_64& random);

  std::unique_ptr<Disk> real_;
  std::filesystem::path grave_;
  std::vector<Name> names_;
  std::set<std::filesystem::path> files_;                // made or written to here; others' files are not touched
  std::map<std::uint64_t, std::uint64_t> synced_sizes_;  // of those, by inode
  std::uint64_t operations_ = 0;
  std::uint64_t fail_at_ = 0;
  Failure failure_ = Failure::no_space;
  bool dead_ = false;
  bool offer_sync_all_ = true;
};

}  // namespace dragoman::vault
