// SPDX-License-Identifier: AGPL-3.0-or-later
// One verification as it goes on: the log and the items in verify.cc, the bytes in verify_bytes.cc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "vault/entry_line.h"
#include "vault/log_reader.h"
#include "vault/removal.h"
#include "vault/verify.h"
#include "vault/whereabouts.h"

namespace dragoman::vault {

// One entry as case.db has it.
struct SignedRow {
  std::uint64_t number = 0;
  std::string line;
  Sha256 hash;
  bool written = false;
};

class Verifier {
 public:
  Verifier(const store::CaseFolder& folder, store::Database& db, Disk& disk, const VerifyOptions& options)
      : folder_(folder), db_(db), disk_(disk), options_(options) {}

  Result<VerifyReport> run();

 private:
  void fault(std::string what, std::string where, std::string detail);
  // the log
  Result<void> check_log(LogReader& log);
  void check_key(const std::optional<ParsedLine>& first);
  void check_both(const LogLine& line, const SignedRow& row);
  void check_row_only(const SignedRow& row, std::optional<std::string_view> torn);
  std::optional<ParsedLine> check_line(std::string_view text, std::uint64_t number, const std::string& where);
  void accept(std::string_view text, std::uint64_t number);
  void report_removed(bool log_exists);
  // the items
  Result<void> check_root(const EntryLine& entry);
  Result<void> load_removals();
  Result<void> check_strays();
  Result<void> check_evidence();
  Result<void> check_evidence_row(ItemId item, const Sha256& blob, std::uint64_t size);
  // the blobs
  Result<void> check_blobs();
  void check_removed(const BlobStore& blobs, const Sha256& blob);
  Result<void> check_listed(const BlobStore::Found& found, std::uint64_t size);
  Result<void> check_unlisted(const BlobStore::Found& found);
  // the bytes that have no file under blobs/
  Result<void> check_absent(const BlobStore& blobs, const Sha256& blob, std::uint64_t size);
  Result<void> check_reference(const Sha256& blob, std::uint64_t size, const std::vector<Reference>& references);
  Result<void> check_ranges(const BlobStore& blobs);
  Result<void> check_range(const BlobStore& blobs, const Sha256& blob, const Range& range);
  Result<Sha256> hash_range(const UniqueFd& fd, std::uint64_t offset, std::uint64_t length);
  Result<void> progressed(std::uint64_t bytes);
  Result<std::optional<Sha256>> hash_of(const std::filesystem::path& path);
  std::string shown(const std::filesystem::path& path) const {
    return path_from_bytes(path.lexically_relative(folder_.root()).string());
  }
  void check_head();

  const store::CaseFolder& folder_;
  store::Database& db_;
  Disk& disk_;
  const VerifyOptions& options_;
  VerifyReport report_;
  std::optional<PublicKey> key_;
  Sha256 previous_;                 // hash of the line before
  std::optional<Sha256> noted_;     // hash of the line that options_.head speaks of
  std::vector<EntryLine> entries_;  // those that can be read, without their items
  BlobSet removals_;                // blobs that signed decisions took out
  std::uint64_t waiting_lines_ = 0;
  bool removed_ = false;
  std::uint64_t unlisted_blobs_ = 0;
  std::uint64_t loose_permissions_ = 0;
  std::uint64_t done_bytes_ = 0;
  std::uint64_t all_bytes_ = 0;
  // The container whose ranges are being hashed, so that it is looked for once.
  std::optional<Sha256> container_;
  std::optional<Location> located_;
};

}  // namespace dragoman::vault
