// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/verify.h"

#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/utf8.h"
#include "vault/entry_line.h"
#include "vault/log_reader.h"
#include "vault/whereabouts.h"

namespace dragoman::vault {
namespace {

constexpr std::size_t kMaxFaults = 1'000;
constexpr std::size_t kMaxNotes = 100;
constexpr std::size_t kHashBuffer = std::size_t{1} << 20;
constexpr unsigned kBlobMode = 0444;

// One entry as case.db has it.
struct Row {
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
  void check_both(const LogLine& line, const Row& row);
  void check_row_only(const Row& row, std::optional<std::string_view> torn);
  std::optional<ParsedLine> check_line(std::string_view text, std::uint64_t number, const std::string& where);
  void accept(std::string_view text, std::uint64_t number);
  void report_removed(bool log_exists);
  // the items
  Result<void> check_root(const EntryLine& entry);
  Result<void> check_strays();
  Result<void> check_evidence();
  Result<void> check_evidence_row(ItemId item, const Sha256& blob, std::uint64_t size);
  // the blobs
  Result<void> check_blobs();
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

std::string line_place(std::uint64_t number) {
  return fmt::format("custody.log line {}", number);
}
std::string row_place(std::uint64_t number) {
  return fmt::format("case.db entry {}", number);
}

void Verifier::fault(std::string what, std::string where, std::string detail) {
  if (report_.faults.size() >= kMaxFaults) {
    report_.more = true;
    return;
  }
  report_.faults.push_back(Fault{std::move(what), std::move(where), std::move(detail)});
}

Result<VerifyReport> Verifier::run() {
  LogReader log = TRY(LogReader::open(folder_.custody_log(), disk_));
  // Taken after the log was opened: a run that goes on meanwhile commits an entry before it appends the line,
  // so every line that was there then is known to this view.
  store::Transaction view = TRY(store::Transaction::begin_read(db_));
  TRY_VOID(check_log(log));
  for (const EntryLine& entry : entries_) TRY_VOID(check_root(entry));
  TRY_VOID(check_strays());
  TRY_VOID(check_evidence());
  TRY_VOID(check_blobs());
  check_head();
  if (waiting_lines_ > 0) {
    report_.notes.push_back(
        fmt::format("{} signed entries are in case.db but not in custody.log yet (a run was interrupted); the next "
                    "'dragoman add' writes them",
                    waiting_lines_));
  }
  if (unlisted_blobs_ > 0) {
    report_.notes.push_back(
        fmt::format("{} files under blobs/ hold what their names say but belong to no entry (a run was interrupted)",
                    unlisted_blobs_));
  }
  if (loose_permissions_ > 0) {
    report_.notes.push_back(fmt::format("{} blobs are not read-only", loose_permissions_));
  }
  report_.ok = report_.faults.empty();
  return std::move(report_);
}

// ----- the log

Result<void> Verifier::check_log(LogReader& log) {
  const auto named = case_key(db_);
  if (named) key_ = *named;
  if (!named) fault("log_key", "case.db", "the case names no key");

  auto query = TRY(db_.statement("SELECT n, line, hash, written FROM custody_entries ORDER BY n"));
  while (TRY(query->step())) {
    Row row{static_cast<std::uint64_t>(query->int64(0)), std::string(query->text(1)), {}, query->int64(3) != 0};
    auto hash = query->digest(2);
    if (hash) row.hash = *hash;
    std::optional<LogLine> line = TRY(log.next());
    const bool torn = line && !line->complete && !row.written && line->text.size() <= row.line.size() + 1;
    if (line && !torn) {
      check_both(*line, row);
    } else {
      if (row.written && !removed_) report_removed(log.exists());
      check_row_only(row, torn ? std::optional<std::string_view>(line->text) : std::nullopt);
    }
    ++report_.entries;
  }
  for (std::optional<LogLine> line = TRY(log.next()); line; line = TRY(log.next())) {
    if (line->offset >= log.size_at_start()) break;
    fault("log_extra", line_place(line->number), "the case did not write this line");
  }
  if (report_.entries == 0) fault("log_missing", "case.db", "nothing was signed in this case");
  return {};
}

// Parses a line and checks number, chain and signature; the first thing wrong is a fault. `where` names it.
std::optional<ParsedLine> Verifier::check_line(std::string_view text, std::uint64_t number, const std::string& where) {
  auto parsed = parse_line(text);
  if (!parsed) {
    fault("log_line", where, parsed.error().message);
    return std::nullopt;
  }
  const EntryLine& entry = parsed->line;
  if (number == 1) check_key(*parsed);
  if (entry.number != number) {
    fault("log_number", where, fmt::format("it says it is entry {}", entry.number));
    return std::nullopt;
  }
  if (key_ && !signature_is_right(*key_, parsed->unsigned_part, parsed->signature)) {
    fault("log_signature", where, "the signature is not that of the case's key over this line");
    return std::nullopt;
  }
  if (entry.previous != previous_) {
    fault("log_chain", where, "it does not follow from the line before it");
    return std::nullopt;
  }
  return *parsed;
}

void Verifier::check_key(const std::optional<ParsedLine>& first) {
  if (!first->line.key) {
    fault("log_key", line_place(1), "the first entry names no key");
  } else if (key_ && *first->line.key != *key_) {
    fault("log_key", line_place(1), "the key of the first entry is not the one the case names");
  }
}

void Verifier::accept(std::string_view text, std::uint64_t number) {
  previous_ = sha256(text);
  if (removed_) return;
  report_.head = Head{number, previous_};
  if (options_.head && options_.head->count == number) noted_ = previous_;
}

void Verifier::report_removed(bool log_exists) {
  removed_ = true;
  const std::uint64_t number = report_.entries + 1;
  if (log_exists) {
    fault("log_removed", line_place(number), "this line, and what followed it, was written and is gone");
  } else {
    fault("log_missing", "custody.log", "the file is not there");
  }
}

void Verifier::check_both(const LogLine& line, const Row& row) {
  const std::uint64_t number = report_.entries + 1;
  const std::string where = line_place(number);
  std::optional<ParsedLine> entry;
  if (line.too_long) {
    fault("log_line", where, "longer than any line of this log");
  } else {
    entry = check_line(line.text, number, where);
  }
  if (!line.complete) fault("log_line", where, "the line does not end");
  if (row.number != number || row.hash != sha256(row.line)) {
    fault("log_line", row_place(number), "case.db's record of this entry was altered");
  } else if (entry && row.line != line.text) {
    const auto kept = parse_line(row.line);
    const bool row_signed = kept && key_ && signature_is_right(*key_, kept->unsigned_part, kept->signature);
    fault("log_line", row_signed ? where : row_place(number),
          row_signed ? "signed with the case's key, but not the line that the case wrote"
                     : "case.db's record of this entry was altered");
  }
  if (entry) entries_.push_back(entry->line);
  // The chain is followed along the log as it is, so that one altered line is one fault and its successor another.
  accept(line.text, number);
}

// The log has nothing (or, `torn`, the beginning) of a line that case.db holds.
void Verifier::check_row_only(const Row& row, std::optional<std::string_view> torn) {
  const std::uint64_t number = report_.entries + 1;
  if (!row.written) ++waiting_lines_;
  if (torn && !is_torn(*torn, row.line + "\n")) {
    fault("log_line", line_place(number), "not the beginning of the line that the case wrote");
  }
  const auto entry = check_line(row.line, number, row_place(number));
  if (entry) entries_.push_back(entry->line);
  accept(row.line, number);
}

// ----- the items

Result<void> Verifier::check_root(const EntryLine& entry) {
  auto query =
      TRY(db_.statement("SELECT position, blob, size, item FROM custody_items WHERE entry = ? ORDER BY position"));
  query->bind(1, entry.number);
  const std::string where = fmt::format("entry {}", entry.number);
  MerkleTree tree;
  std::uint64_t bytes = 0;
  while (TRY(query->step())) {
    auto blob = query->digest(1);
    if (!blob || query->int64(2) < 0 || query->int64(0) != static_cast<std::int64_t>(tree.leaves())) {
      fault("root", where, fmt::format("its item at position {} was altered", tree.leaves()));
      return {};
    }
    const CustodyItem item{*blob, static_cast<std::uint64_t>(query->int64(2)), query->id<ItemId>(3)};
    tree.add(item);
    bytes += item.size;
  }
  if (tree.leaves() != entry.items) {
    fault("root", where, fmt::format("{} items were signed, case.db lists {}", entry.items, tree.leaves()));
  } else if (tree.root() != entry.root || bytes != entry.bytes) {
    fault("root", where, "the items that case.db lists are not those that were signed");
  }
  return {};
}

Result<void> Verifier::check_strays() {
  const std::int64_t strays =
      TRY(db_.number("SELECT count(*) FROM custody_items WHERE entry NOT IN (SELECT n FROM custody_entries)"));
  if (strays > 0) fault("item", "case.db", fmt::format("{} items belong to no entry", strays));
  return {};
}

Result<void> Verifier::check_evidence() {
  if (!options_.evidence) return {};
  std::uint64_t rows = 0;
  TRY_VOID(options_.evidence(db_, [&](ItemId item, const Sha256& blob, std::uint64_t size) {
    ++rows;
    return check_evidence_row(item, blob, size);
  }));
  const std::int64_t signed_items = TRY(db_.number("SELECT count(DISTINCT item) FROM custody_items"));
  if (static_cast<std::uint64_t>(signed_items) > rows) {
    fault("evidence", "case.db", fmt::format("{} items were signed, the case has only {}", signed_items, rows));
  }
  return {};
}

Result<void> Verifier::check_evidence_row(ItemId item, const Sha256& blob, std::uint64_t size) {
  const std::string where = fmt::format("item {}", item.value());
  auto query = TRY(db_.statement("SELECT blob, size FROM custody_items WHERE item = ?"));
  query->bind(1, item);
  bool found = false;
  while (TRY(query->step())) {
    found = true;
    const auto signed_blob = query->digest(0);
    if (signed_blob && *signed_blob == blob && query->int64(1) == static_cast<std::int64_t>(size)) continue;
    fault("evidence", where, "the case says other bytes of it than were signed");
    return {};
  }
  if (!found) fault("evidence", where, "no entry of the custody log has it");
  return {};
}

// ----- the blobs

// Both the folders and the rows come in the order of hashes and are merged.
Result<void> Verifier::check_blobs() {
  all_bytes_ = static_cast<std::uint64_t>(
      TRY(db_.number("SELECT CAST(total(size) AS INTEGER) FROM (SELECT max(size) AS size FROM custody_items "
                     "GROUP BY blob)")));
  const BlobStore blobs = BlobStore::open(folder_.blobs(), disk_);
  auto query = TRY(db_.statement("SELECT blob, max(size) FROM custody_items GROUP BY blob ORDER BY blob"));
  std::optional<Sha256> wanted;
  std::uint64_t size = 0;
  const auto advance = [&]() -> Result<void> {
    wanted.reset();
    while (TRY(query->step())) {
      const auto digest = query->digest(0);
      if (!digest) continue;  // said by check_root
      wanted = *digest;
      size = static_cast<std::uint64_t>(query->int64(1));
      break;
    }
    return {};
  };

  TRY_VOID(advance());
  const auto listed = blobs.for_each([&](const BlobStore::Found& found) -> Result<void> {
    if (!found.blob) return check_unlisted(found);
    while (wanted && *wanted < *found.blob) {
      TRY_VOID(check_absent(blobs, *wanted, size));
      TRY_VOID(advance());
    }
    if (!wanted || *wanted != *found.blob) return check_unlisted(found);
    TRY_VOID(check_listed(found, size));
    return advance();
  });
  if (!listed) fault("blob_missing", shown(folder_.blobs()), listed.error().message);
  while (wanted) {
    TRY_VOID(check_absent(blobs, *wanted, size));
    TRY_VOID(advance());
  }
  return check_ranges(blobs);
}

// ----- bytes without a file under blobs/

Result<void> Verifier::check_absent(const BlobStore& blobs, const Sha256& blob, std::uint64_t size) {
  const auto range = TRY(range_of(db_, blob));
  if (range && range->length == size) return {};  // hashed by check_ranges, container by container
  if (range) {
    fault("item", shown(blobs.path_of(blob)), "case.db says another size of it");
    return {};
  }
  const auto references = TRY(references_of(db_, blob));
  if (!references.empty()) return check_reference(blob, size, references);
  fault("blob_missing", shown(blobs.path_of(blob)), "the file is gone");
  return {};
}

// One of its places must still have the bytes; of the others it is noted when they do not.
Result<void> Verifier::check_reference(const Sha256& blob, std::uint64_t size,
                                       const std::vector<Reference>& references) {
  ++report_.blobs;
  std::vector<Fault> faults;
  for (const Reference& reference : references) {
    const std::string where = path_from_bytes(reference.path);
    const auto fd = open_reference(reference);
    if (!fd) {
      const bool gone = fd.error().kind == ErrorKind::not_found;
      faults.push_back({gone ? "reference_missing" : "reference_changed", where, fd.error().message});
      continue;
    }
    const auto hash = hash_range(*fd, 0, reference.size);
    if (!hash && hash.error().kind == ErrorKind::cancelled) return Failure(hash.error());
    if (!hash) {
      faults.push_back({"reference_changed", where, hash.error().message});
    } else if (*hash != blob) {
      faults.push_back({"reference_changed", where, "its bytes are not those that were received"});
    } else if (reference.size != size) {
      faults.push_back({"item", where, "case.db says another size of it"});
    }
  }
  const bool somewhere = faults.size() < references.size();
  for (Fault& one : faults) {
    if (!somewhere) {
      fault(std::move(one.what), std::move(one.where), std::move(one.detail));
    } else if (report_.notes.size() < kMaxNotes) {
      report_.notes.push_back(fmt::format("{}: {} (the same bytes are still had elsewhere)", one.where, one.detail));
    }
  }
  return {};
}

// In the order of containers and of places in them, so that a disk is read forwards and each container is opened once.
Result<void> Verifier::check_ranges(const BlobStore& blobs) {
  auto rows =
      TRY(db_.statement("SELECT blob, container, start, length FROM blob_ranges "
                        "WHERE blob IN (SELECT blob FROM custody_items) ORDER BY container, start"));
  while (TRY(rows->step())) {
    const auto blob = rows->digest(0);
    const auto container = rows->digest(1);
    if (!blob || !container || rows->int64(2) < 0 || rows->int64(3) < 0) {
      fault("item", "case.db", "a row of its table of ranges was altered");
      continue;
    }
    if (blobs.exists(*blob)) continue;
    ++report_.blobs;
    const Range range{*container, static_cast<std::uint64_t>(rows->int64(2)),
                      static_cast<std::uint64_t>(rows->int64(3))};
    TRY_VOID(check_range(blobs, *blob, range));
  }
  return {};
}

Result<void> Verifier::check_range(const BlobStore& blobs, const Sha256& blob, const Range& range) {
  const std::string where =
      fmt::format("{} ({} bytes from {})", shown(blobs.path_of(range.container)), range.length, range.offset);
  if (container_ != range.container) {
    container_ = range.container;
    located_.reset();
    auto located = locate(db_, blobs, range.container);
    if (located) located_.emplace(std::move(*located));
  }
  if (!located_) {
    fault("blob_missing", where, "the container that it stands in cannot be had");
    return {};
  }
  if (range.offset > located_->length || range.length > located_->length - range.offset) {
    fault("item", where, "case.db places it outside of its container");
    return {};
  }
  const auto hash = hash_range(located_->fd, located_->offset + range.offset, range.length);
  if (!hash && hash.error().kind == ErrorKind::cancelled) return Failure(hash.error());
  if (!hash) {
    fault("blob_altered", where, hash.error().message);
  } else if (*hash != blob) {
    fault("blob_altered", where, "its bytes are not those that were received");
  }
  return {};
}

Result<Sha256> Verifier::hash_range(const UniqueFd& fd, std::uint64_t offset, std::uint64_t length) {
  Sha256Hasher hasher;
  std::string buffer(static_cast<std::size_t>(std::min<std::uint64_t>(length, kHashBuffer)), '\0');
  for (std::uint64_t done = 0; done < length;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(length - done, buffer.size()));
    const ssize_t got = ::pread(fd.get(), buffer.data(), wanted, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failure(io_error("cannot read", {}, errno));
    if (got == 0) return fail(ErrorKind::io, "the file is shorter than it was");
    hasher.update(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
    done += static_cast<std::uint64_t>(got);
    TRY_VOID(progressed(static_cast<std::uint64_t>(got)));
  }
  return hasher.finish();
}

Result<void> Verifier::progressed(std::uint64_t bytes) {
  done_bytes_ += bytes;
  if (options_.progress) options_.progress(done_bytes_, all_bytes_);
  if (options_.cancelled && options_.cancelled()) return fail(ErrorKind::cancelled, "stopped");
  return {};
}

// nullopt: it cannot be read, which is a fault already.
Result<std::optional<Sha256>> Verifier::hash_of(const std::filesystem::path& path) {
  auto fd = disk_.open_read(path);
  if (!fd) {
    fault("blob_altered", shown(path), fd.error().message);
    return std::optional<Sha256>();
  }
  Sha256Hasher hasher;
  std::string buffer(kHashBuffer, '\0');
  for (;;) {
    const ssize_t got = ::read(fd->get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      fault("blob_altered", shown(path), io_error("cannot read", path, errno).message);
      return std::optional<Sha256>();
    }
    if (got == 0) return std::optional<Sha256>(hasher.finish());
    hasher.update(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
    TRY_VOID(progressed(static_cast<std::uint64_t>(got)));
  }
}

Result<void> Verifier::check_listed(const BlobStore::Found& found, std::uint64_t size) {
  const std::optional<Sha256> hash = TRY(hash_of(found.path));
  ++report_.blobs;
  if (found.mode != kBlobMode) ++loose_permissions_;
  if (hash && *hash != *found.blob) {
    fault("blob_altered", shown(found.path), "its bytes are not those that were received");
  } else if (hash && found.size != size) {
    fault("item", shown(found.path), "case.db says another size of it");
  }
  return {};
}

Result<void> Verifier::check_unlisted(const BlobStore::Found& found) {
  if (!found.blob) {
    fault("blob_unknown", shown(found.path), "the case did not put this here");
    return {};
  }
  const std::optional<Sha256> hash = TRY(hash_of(found.path));
  if (hash && *hash == *found.blob) {
    ++unlisted_blobs_;
  } else if (hash) {
    fault("blob_unknown", shown(found.path), "no entry has it, and its bytes are not what its name says");
  }
  return {};
}

// ----- the head

void Verifier::check_head() {
  if (!options_.head || options_.head->count == 0) return;
  if (options_.head->count > report_.head.count) {
    fault("head", "custody.log",
          fmt::format("{} entries were noted, the log has {}", options_.head->count, report_.head.count));
  } else if (!noted_ || *noted_ != options_.head->hash) {
    fault("head", line_place(options_.head->count), "it is not the entry that was noted");
  }
}

}  // namespace

Result<VerifyReport> verify(const store::CaseFolder& folder, store::Database& db, Disk& disk,
                            const VerifyOptions& options) {
  Verifier verifier(folder, db, disk, options);
  return verifier.run();
}

Result<void> record_verification(const VerifyReport& report, Custody& custody, store::Database& db) {
  EntryContent content;
  content.kind = EntryKind::verify;
  content.detail = report.ok ? fmt::format("ok; blobs {}; entries {}", report.blobs, report.entries)
                             : fmt::format("faults {}; first {}", report.faults.size(), report.faults.front().what);
  store::Transaction work = TRY(store::Transaction::begin(db));
  TRY_VOID(custody.append(db, content));
  TRY_VOID(work.commit());
  return custody.flush(db);
}

}  // namespace dragoman::vault
