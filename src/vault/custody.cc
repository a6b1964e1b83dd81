// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/custody.h"

#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "vault/entry_line.h"

namespace dragoman::vault {
namespace {

constexpr std::string_view kKeyInfo = "public_key";
constexpr std::size_t kPolicyDigits = 64;
constexpr std::int64_t kMostEntries = std::int64_t{1} << 53;  // what every reader of JSON can count to

constexpr store::Migration kMigrations[] = {
    {"vault", 1,
     "CREATE TABLE custody_entries("
     " n INTEGER PRIMARY KEY, line TEXT NOT NULL, hash BLOB NOT NULL, written INTEGER NOT NULL DEFAULT 0) STRICT;"
     "CREATE INDEX custody_entries_waiting ON custody_entries(n) WHERE written = 0;"
     "CREATE TABLE custody_items("
     " entry INTEGER NOT NULL REFERENCES custody_entries(n), position INTEGER NOT NULL,"
     " blob BLOB NOT NULL, size INTEGER NOT NULL, item INTEGER NOT NULL,"
     " PRIMARY KEY(entry, position)) WITHOUT ROWID, STRICT;"
     "CREATE INDEX custody_items_item ON custody_items(item);"},
    {"vault", 2,
     "CREATE TABLE blob_ranges("  // bytes that stand in another blob as they are
     " blob BLOB PRIMARY KEY, container BLOB NOT NULL, start INTEGER NOT NULL, length INTEGER NOT NULL"
     ") WITHOUT ROWID, STRICT;"
     "CREATE TABLE blob_references("  // files that stay where they were received from
     " blob BLOB NOT NULL, path BLOB NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,"
     " ctime_ns INTEGER NOT NULL, PRIMARY KEY(blob, path)) WITHOUT ROWID, STRICT;"
     "CREATE INDEX blob_references_path ON blob_references(path);"},
};

bool is_policy(std::string_view text) {
  if (text.empty()) return true;
  return text.size() == kPolicyDigits && Sha256::from_hex(text).has_value() &&
         std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'F'; });
}

// The whole of a file may be large; an entry's line is small.
Result<std::string> read_at(int fd, std::uint64_t offset, std::size_t size) {
  std::string out(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::pread(fd, out.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failure(io_error("cannot read", {}, errno));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  out.resize(done);
  return out;
}

Failure changed_log(std::uint64_t number, const store::CaseFolder& folder) {
  return fail(ErrorKind::conflict,
              fmt::format("custody.log is not what this case wrote (line {}); nothing is added to it before somebody "
                          "has looked: run 'dragoman verify'",
                          number),
              folder.custody_log().string());
}

}  // namespace

std::string_view to_string(EntryKind kind) {
  switch (kind) {
    case EntryKind::genesis: return "case";
    case EntryKind::batch: return "batch";
    case EntryKind::derive: return "derive";
    case EntryKind::note: return "note";
    case EntryKind::verify: return "verify";
    case EntryKind::remove: return "remove";
  }
  return "unknown";
}

bool is_statement(std::string_view text, std::size_t most) {
  return text.size() <= most && is_valid_utf8(text) &&
         std::none_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; });
}

// ----- head

std::string to_string(const Head& head) {
  return fmt::format("{}:{}", head.count, head.hash.hex());
}

Result<Head> parse_head(std::string_view text) {
  constexpr const char* kForm = "a head is COUNT:HASH as 'dragoman custody head' prints it";
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return fail(ErrorKind::malformed, kForm);
  Head head;
  const auto [end, error] = std::from_chars(text.data(), text.data() + colon, head.count);
  const auto hash = Sha256::from_hex(text.substr(colon + 1));
  if (error != std::errc() || end != text.data() + colon || !hash) return fail(ErrorKind::malformed, kForm);
  head.hash = *hash;
  return head;
}

std::span<const store::Migration> migrations() {
  return kMigrations;
}

Result<Head> custody_head(store::Database& db) {
  auto query = TRY(db.statement("SELECT n, hash FROM custody_entries ORDER BY n DESC LIMIT 1"));
  const bool row = TRY(query->step());
  if (!row) return Head{};
  Head head;
  if (query->int64(0) < 1 || query->int64(0) > kMostEntries) {
    return fail(ErrorKind::malformed, "case.db's record of the custody log was altered; run 'dragoman verify'");
  }
  head.count = static_cast<std::uint64_t>(query->int64(0));
  head.hash = TRY(query->digest(1));
  return head;
}

Result<PublicKey> case_key(store::Database& db) {
  const std::optional<std::string> key = TRY(store::case_info(db, kKeyInfo));
  if (!key) return fail(ErrorKind::not_found, "this case names no key", db.path().string());
  return PublicKey::from_hex(*key);
}

// ----- opening

Result<Custody> Custody::open(const store::CaseFolder& folder, store::Database& db,
                              const store::ExclusiveLock& /*proof*/, const std::filesystem::path& key_folder,
                              std::string tool, Disk& disk) {
  CHECK(is_plain(tool));
  const auto named = case_key(db);
  if (!named && named.error().kind != ErrorKind::not_found) return Failure(named.error());
  const Head head = TRY(custody_head(db));
  if (!named && head.count > 0) {
    return fail(ErrorKind::malformed, "this case names no key; run 'dragoman verify'", folder.root().string());
  }
  SigningKey key = TRY(named ? SigningKey::of(*named, key_folder) : SigningKey::own(key_folder));
  Custody custody(folder, std::move(key), std::move(tool), disk);
  if (head.count == 0) TRY_VOID(custody.begin_chain(db));
  TRY_VOID(custody.catch_up(db));
  TRY_VOID(custody.flush(db));
  return custody;
}

Result<void> Custody::begin_chain(store::Database& db) {
  store::Transaction work = TRY(store::Transaction::begin(db));
  TRY_VOID(store::set_case_info(db, kKeyInfo, key_.public_key().hex()));
  EntryContent first;
  first.kind = EntryKind::genesis;
  TRY_VOID(append(db, first));
  return work.commit();
}

// Compares custody.log with what case.db says it should hold; cuts off what a killed run left of the lines it was
// appending, and appends what is missing.
Result<void> Custody::catch_up(store::Database& db) {
  const UniqueFd log = TRY(disk_->open_append(folder_.custody_log()));
  const std::uint64_t size = TRY(file_size(log.get()));
  std::uint64_t offset = 0;
  std::string missing;  // from the first line on that is not there whole; all of them wait
  flushed_ = 0;
  auto query = TRY(db.statement("SELECT n, line, written FROM custody_entries ORDER BY n"));
  while (TRY(query->step())) {
    const std::string line = std::string(query->text(1)) + "\n";
    const auto number = static_cast<std::uint64_t>(query->int64(0));
    const std::string found = missing.empty() ? TRY(read_at(log.get(), offset, line.size())) : std::string();
    if (found == line) {
      offset += line.size();
      flushed_ = number;
      continue;
    }
    const bool waits = query->int64(2) == 0;
    if (!waits) return changed_log(number, folder_);
    missing += line;
  }
  if (size > offset) {
    // Never longer than what was being appended: so many bytes may be read.
    const std::string tail = size - offset <= missing.size() ? TRY(read_at(log.get(), offset, missing.size())) : "";
    if (tail.empty() || !is_torn(tail, missing)) return changed_log(flushed_ + 1, folder_);
    TRY_VOID(disk_->truncate(log.get(), offset));
  }
  log_size_ = offset;
  // A run may have been killed between the append and the sync, or before the file's name was safe.
  TRY_VOID(disk_->sync_file(log.get()));
  TRY_VOID(disk_->sync_folder(folder_.root()));
  return {};
}

// ----- writing

Result<void> Custody::append(store::Database& db, const EntryContent& content) {
  CHECK(db.in_transaction());
  const bool statements =
      content.kind == EntryKind::remove ? !content.why.empty() : (content.who + content.why).empty();
  if (!is_plain(content.detail) || !is_policy(content.policy) || !statements || !is_statement(content.who, kMaxWho) ||
      !is_statement(content.why, kMaxWhy)) {
    return fail(ErrorKind::malformed, "a custody entry cannot hold such text");
  }
  const Head head = TRY(custody_head(db));
  EntryLine line;
  line.number = head.count + 1;
  line.previous = head.hash;
  line.at = utc_now().substr(0, 10);
  line.kind = content.kind;
  line.tool = tool_;
  line.policy = content.policy;
  line.detail = content.detail;
  line.who = content.who;
  line.why = content.why;
  if (content.kind == EntryKind::genesis) {
    CHECK(head.count == 0);
    line.key = key_.public_key();
    line.case_id = TRY(store::case_info(db, "id")).value_or("");
  }

  MerkleTree tree;
  for (const CustodyItem& item : content.items) {
    tree.add(item);
    line.bytes += item.size;
  }
  line.items = tree.leaves();
  line.root = tree.root();
  const std::string unsigned_part = format_unsigned(line);
  const std::string text = format_line(unsigned_part, key_.sign(unsigned_part));
  // What is signed here must be readable by verify, or the case would be broken for good; its id comes from case.db.
  static_cast<void>(TRY(parse_line(text)));

  auto entry = TRY(db.statement("INSERT INTO custody_entries(n, line, hash) VALUES (?, ?, ?)"));
  TRY_VOID(entry->bind_all(line.number, text, sha256(text)).run());
  auto row = TRY(db.statement("INSERT INTO custody_items(entry, position, blob, size, item) VALUES (?, ?, ?, ?, ?)"));
  std::uint64_t position = 0;
  for (const CustodyItem& item : content.items) {
    TRY_VOID(row->bind_all(line.number, position++, item.blob, item.size, item.item).run());
  }
  return {};
}

Result<void> Custody::flush(store::Database& db) {
  CHECK(!db.in_transaction());
  std::string lines;
  std::uint64_t last = 0;
  {
    auto query = TRY(db.statement("SELECT n, line FROM custody_entries WHERE written = 0 ORDER BY n"));
    while (TRY(query->step())) {
      last = static_cast<std::uint64_t>(query->int64(0));
      if (last <= flushed_) continue;  // appended before, but the mark could not be set
      lines += query->text(1);
      lines += '\n';
    }
  }
  if (last == 0) return {};
  if (!lines.empty()) {
    const UniqueFd log = TRY(disk_->open_append(folder_.custody_log()));
    const std::uint64_t size = TRY(file_size(log.get()));
    // An append of this run that failed half-way, on a full disk, is undone first.
    if (size < log_size_) return changed_log(flushed_, folder_);
    if (size > log_size_) TRY_VOID(disk_->truncate(log.get(), log_size_));
    TRY_VOID(disk_->write(log.get(), lines));
    TRY_VOID(disk_->sync_file(log.get()));
    log_size_ += lines.size();
    flushed_ = last;
  }
  auto mark = TRY(db.statement("UPDATE custody_entries SET written = 1 WHERE written = 0 AND n <= ?"));
  return mark->bind(1, last).run();
}

}  // namespace dragoman::vault
