// SPDX-License-Identifier: AGPL-3.0-or-later
// Files that come through the browser, until they are added: CASE/incoming/<random>/ with the folders and names that
// were dropped. A file CASE/incoming/<random>.add stands beside a folder that is being added: such a folder outlives
// a restart, any other is removed when the server starts.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace dragoman::web {

class Uploads;

/// One file that is coming in. Dropped unfinished, it leaves nothing. For one thread at a time.
class UploadFile {
 public:
  UploadFile(Uploads& uploads, std::string upload, UniqueFd folder, std::string name, UniqueFd fd);
  ~UploadFile();
  UploadFile(const UploadFile&) = delete;
  UploadFile& operator=(const UploadFile&) = delete;

  Result<void> write(std::string_view bytes);
  /// Once, after the last piece.
  Result<void> finish();
  const std::string& upload() const { return upload_; }

 private:
  Uploads* uploads_;
  std::string upload_;
  UniqueFd folder_;
  std::string name_;
  UniqueFd fd_;
  std::uint64_t size_ = 0;
  bool finished_ = false;
};

/// Splits "a/b.pdf". malformed unless every part may be a file's name here: not empty, not "." or "..", no NUL,
/// at most 255 bytes, at most 64 parts.
Result<std::vector<std::string>> upload_parts(std::string_view name);

/// Any thread. Must outlive its files.
class Uploads {
 public:
  /// Nothing is made before the first upload. Call remove_leftovers() once at start.
  explicit Uploads(std::filesystem::path folder) : folder_(std::move(folder)) {}

  struct State {
    std::string upload;
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
  };
  Result<State> create();
  /// not_found for an unknown upload; conflict when a file of that name is there, or it is being added already.
  Result<std::unique_ptr<UploadFile>> begin_file(const std::string& upload, std::string_view name);
  Result<State> state(const std::string& upload) const;
  /// Removes the folder and forgets it; unless it is being added (conflict).
  Result<void> give_up(const std::string& upload);

  /// What was dropped, top level: absolute paths. From here on no file can be put there. conflict while one comes in.
  struct Taken {
    std::vector<std::filesystem::path> paths;
    std::vector<std::string> names;  // valid UTF-8
  };
  Result<Taken> take(const std::string& upload);
  /// Its addition could not begin: it may be taken again.
  void give_back(const std::string& upload);
  /// It was added, or will not be: the folder goes.
  void done(const std::string& upload);

  /// Removes what no `add` needs, and names one that an interrupted `add` needs; empty when there is none.
  std::string remove_leftovers();
  /// What lies in the one that remove_leftovers() named.
  Result<Taken> left_by_restart(const std::string& upload) const { return list(upload); }

 private:
  friend class UploadFile;
  struct Entry {
    State state;
    int open_files = 0;
    bool taken = false;
  };
  std::filesystem::path path_of(const std::string& upload) const { return folder_ / upload; }
  std::filesystem::path mark_of(const std::string& upload) const { return folder_ / (upload + ".add"); }
  Result<std::unique_ptr<UploadFile>> make_file(const std::string& upload, const std::vector<std::string>& parts);
  void file_ended(const std::string& upload, std::uint64_t files, std::uint64_t bytes);
  Result<Taken> list(const std::string& upload) const;
  void remove(const std::string& upload) const;

  std::filesystem::path folder_;
  mutable std::mutex mutex_;  // guards entries_ and held_
  UniqueFd held_;
  std::map<std::string, Entry> entries_;
};

}  // namespace dragoman::web
