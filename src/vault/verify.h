// SPDX-License-Identifier: AGPL-3.0-or-later
// Is the case what its custody log says? Reads everything, writes nothing, works on a read-only copy.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "base/strong.h"
#include "store/case_folder.h"
#include "store/database.h"
#include "vault/blobs.h"
#include "vault/custody.h"
#include "vault/disk.h"

namespace dragoman::vault {

/// One thing that is wrong. `what` is one of: log_missing, log_line, log_number, log_chain, log_signature,
/// log_key, log_extra, log_removed, root, item, evidence, blob_missing, blob_altered, blob_unknown,
/// reference_missing, reference_changed, removal_unfinished, head.
struct Fault {
  std::string what;
  std::string where;   // "custody.log line 3", "blobs/ab/cd…", "item 17", the path of a reference
  std::string detail;  // one sentence
};

struct VerifyReport {
  bool ok = false;                 // no faults
  std::uint64_t blobs = 0;         // re-hashed, those without a file under blobs/ included
  std::uint64_t removed = 0;       // taken out of the case by decisions that the log has; their bytes are not there
  std::uint64_t entries = 0;       // lines of the log that were checked
  Head head;                       // as the log has it
  std::vector<Fault> faults;       // the first thing that is wrong comes first; log, then items, then blobs, then head
  std::vector<std::string> notes;  // odd but no fault: permissions, blobs of an interrupted run, lines that wait
  bool more = false;               // faults beyond the first 1000 were counted only by this flag
};

/// What case.db says of one item that has bytes.
using EvidenceRow = std::function<Result<void>(ItemId item, const Sha256& blob, std::uint64_t size)>;

struct VerifyOptions {
  std::optional<Head> head;  // as noted earlier; still right after the log has grown
  /// Calls back for every item with bytes, in any order; left empty, evidence rows are not compared.
  std::function<Result<void>(store::Database&, const EvidenceRow&)> evidence;
  std::function<void(std::uint64_t done_bytes, std::uint64_t all_bytes)> progress;
  /// Asked with each piece that is hashed: true ends it with `cancelled`.
  std::function<bool()> cancelled;
};

/// An error only when the case cannot be read at all; whatever is wrong with it is a fault.
Result<VerifyReport> verify(const store::CaseFolder& folder, store::Database& db, Disk& disk,
                            const VerifyOptions& options);

/// Appends an entry "verify" that says how it went, and flushes.
Result<void> record_verification(const VerifyReport& report, Custody& custody, store::Database& db);

}  // namespace dragoman::vault
