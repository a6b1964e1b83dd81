// SPDX-License-Identifier: AGPL-3.0-or-later
#include "store/scrub.h"

#include <string>

namespace dragoman::store {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

/// The copy that VACUUM makes is written beside the file: what a case holds must not reach another disk.
class TemporaryFilesBeside {
 public:
  explicit TemporaryFilesBeside(Database& db) : db_(db) {
    const std::string folder = std::filesystem::absolute(db.path()).parent_path().string();
    set_ = db_.exec("PRAGMA temp_store_directory = " + quoted(folder)).has_value();
  }
  TemporaryFilesBeside(const TemporaryFilesBeside&) = delete;
  TemporaryFilesBeside& operator=(const TemporaryFilesBeside&) = delete;
  ~TemporaryFilesBeside() { static_cast<void>(db_.exec("PRAGMA temp_store_directory = ''")); }
  bool set() const { return set_; }

 private:
  Database& db_;
  bool set_ = false;
};

}  // namespace

Result<void> scrub(Database& db) {
  CHECK(!db.in_transaction());
  const TemporaryFilesBeside beside(db);
  if (!beside.set()) return fail(ErrorKind::denied, "the folder of the database cannot be written", db.path().string());
  TRY_VOID(db.exec("VACUUM"));
  Statement checkpoint = TRY(db.prepare("PRAGMA wal_checkpoint(TRUNCATE)"));
  const bool row = TRY(checkpoint.step());
  if (row && checkpoint.int64(0) == 0) return {};
  return fail(ErrorKind::conflict, "another program still reads the case", db.path().string());
}

}  // namespace dragoman::store
