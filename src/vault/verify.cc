// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/verify.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "vault/verifier.h"

namespace dragoman::vault {
namespace {

constexpr std::size_t kMaxFaults = 1'000;

std::string line_place(std::uint64_t number) {
  return fmt::format("custody.log line {}", number);
}
std::string row_place(std::uint64_t number) {
  return fmt::format("case.db entry {}", number);
}
}  // namespace

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
  TRY_VOID(load_removals());
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
    SignedRow row{static_cast<std::uint64_t>(query->int64(0)), std::string(query->text(1)), {}, query->int64(3) != 0};
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

void Verifier::check_both(const LogLine& line, const SignedRow& row) {
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
void Verifier::check_row_only(const SignedRow& row, std::optional<std::string_view> torn) {
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

// Only what was signed counts: a row of case.db alone makes no file that is gone a removed one.
Result<void> Verifier::load_removals() {
  auto query = TRY(db_.statement("SELECT blob FROM custody_items WHERE entry = ?"));
  for (const EntryLine& entry : entries_) {
    if (entry.kind != EntryKind::remove) continue;
    query->bind(1, entry.number);
    while (TRY(query->step())) {
      const auto blob = query->digest(0);
      if (blob) removals_.insert(*blob);
    }
    query->reset();
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
