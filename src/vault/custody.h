// SPDX-License-Identifier: AGPL-3.0-or-later
// The custody log: one signed line for each batch taken in, each holding the hash of the line before it.
// docs/custody.md has the format, what it proves, and the crash protocol; in short: the caller's transaction
// determines the whole signed line (table custody_entries), flush() copies it to custody.log. Whatever moment
// the process dies, the same bytes reach the log exactly once.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "store/case_folder.h"
#include "store/database.h"
#include "store/migration.h"
#include "vault/disk.h"
#include "vault/keys.h"
#include "vault/merkle.h"

namespace dragoman::vault {

enum class EntryKind : std::uint8_t { genesis, batch, derive, note, verify, remove };
/// "case", "batch", "derive", "note", "verify", "remove".
std::string_view to_string(EntryKind kind);

/// What a caller says of an entry; number, chain, root, sums and signature are added.
struct EntryContent {
  EntryKind kind = EntryKind::batch;
  std::vector<CustodyItem> items;
  std::string policy;  // 64 hex digits, or empty: the policy under which hostile bytes were opened
  std::string detail;  // at most 200 of A–Z a–z 0–9 space . , : ; _ + = / -; no paths, names or times
  // Of a removal only: in the words of the person who decided.
  std::string who;
  std::string why;
};

/// Longest `who` and `why` of an entry, in bytes.
inline constexpr std::size_t kMaxWho = 100;
inline constexpr std::size_t kMaxWhy = 400;
/// Valid UTF-8 without control characters, at most that long: may stand in an entry as `who` or `why`.
bool is_statement(std::string_view text, std::size_t most);

/// How far the log has come: to be noted on paper or by a colleague. "12:<64 hex>".
struct Head {
  std::uint64_t count = 0;
  Sha256 hash;  // of the last line, without its LF; all zero when count is 0
  bool operator==(const Head&) const = default;
};
std::string to_string(const Head& head);
Result<Head> parse_head(std::string_view text);

/// Tables custody_entries and custody_items.
std::span<const store::Migration> migrations();

/// The head of a case, from case.db; for readers too.
Result<Head> custody_head(store::Database& db);
/// The public key that the case names; not_found when nothing was signed yet.
Result<PublicKey> case_key(store::Database& db);

class Custody {
 public:
  /// For the lock's holder, with a migrated case.db. Chooses the key (a new case: the user's own, written into
  /// case_info and into the first entry; else the one the case names), writes the first entry when there is
  /// none, and brings custody.log up to date. `conflict` when the log holds anything that case.db does not
  /// know: nothing is added to a log that somebody else changed. `tool`: name and version, "dragoman 0.1.0".
  /// `disk` must outlive it.
  static Result<Custody> open(const store::CaseFolder& folder, store::Database& db, const store::ExclusiveLock& lock,
                              const std::filesystem::path& key_folder, std::string tool, Disk& disk);

  /// Inside the caller's write transaction (CHECK): adds one entry. Blobs must be synced before. `malformed`
  /// when policy, detail, who or why hold what they may not.
  Result<void> append(store::Database& db, const EntryContent& content);
  /// After the commit (CHECK: no transaction): entries that are not in custody.log yet are appended and synced.
  /// After an error it can be called again.
  Result<void> flush(store::Database& db);

  const PublicKey& public_key() const { return key_.public_key(); }

 private:
  Custody(store::CaseFolder folder, SigningKey key, std::string tool, Disk& disk)
      : folder_(std::move(folder)), key_(std::move(key)), tool_(std::move(tool)), disk_(&disk) {}
  Result<void> begin_chain(store::Database& db);
  Result<void> catch_up(store::Database& db);
  store::CaseFolder folder_;
  SigningKey key_;
  std::string tool_;
  Disk* disk_;
  std::uint64_t flushed_ = 0;   // entries that are in custody.log and synced
  std::uint64_t log_size_ = 0;  // bytes of custody.log that they take
};

}  // namespace dragoman::vault
