// SPDX-License-Identifier: AGPL-3.0-or-later
#include "store/migration.h"

#include <map>
#include <string>

#include <fmt/format.h>

namespace dragoman::store {
namespace {

using Versions = std::map<std::string, int, std::less<>>;

constexpr std::string_view kTable =
    "CREATE TABLE IF NOT EXISTS migrations("
    " room TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY(room, version)) WITHOUT ROWID, STRICT";

Versions known_versions(std::span<const Migration> migrations) {
  Versions out;
  for (const Migration& step : migrations) {
    int& version = out[std::string(step.room)];
    CHECK(step.version == version + 1);
    version = step.version;
  }
  return out;
}

Result<Versions> taken_versions(Database& db) {
  Versions out;
  const std::int64_t table = TRY(db.number("SELECT count(*) FROM sqlite_schema WHERE name = 'migrations'"));
  if (table == 0) return out;
  Statement query = TRY(db.prepare("SELECT room, max(version) FROM migrations GROUP BY room"));
  while (TRY(query.step())) {
    const std::int64_t version = query.int64(1);
    if (version < 1 || version > 1'000'000) {
      return fail(ErrorKind::malformed, "the table 'migrations' is damaged", db.path().string());
    }
    out.emplace(query.text(0), static_cast<int>(version));
  }
  return out;
}

Result<void> refuse_newer(const Versions& taken, const Versions& known, const Database& db) {
  for (const auto& [room, version] : taken) {
    const auto mine = known.find(room);
    const int knows = mine == known.end() ? 0 : mine->second;
    if (version > knows) {
      return fail(ErrorKind::unsupported,
                  fmt::format("made by a newer version of dragoman ({} {}, this one knows {}); use that version", room,
                              version, knows),
                  db.path().string());
    }
  }
  return {};
}

int version_in(const Versions& versions, std::string_view room) {
  const auto found = versions.find(room);
  return found == versions.end() ? 0 : found->second;
}

}  // namespace

std::vector<Migration> joined(std::initializer_list<std::span<const Migration>> lists) {
  std::vector<Migration> out;
  for (const std::span<const Migration> list : lists) out.insert(out.end(), list.begin(), list.end());
  return out;
}

Result<void> migrate(Database& db, std::span<const Migration> migrations) {
  const Versions known = known_versions(migrations);
  const Versions before = TRY(taken_versions(db));
  TRY_VOID(refuse_newer(before, known, db));
  if (before == known) return {};

  Transaction work = TRY(Transaction::begin(db));
  TRY_VOID(db.exec(kTable));
  // Asked again: somebody else may have migrated while this one waited for the lock.
  const Versions taken = TRY(taken_versions(db));
  TRY_VOID(refuse_newer(taken, known, db));
  Statement insert = TRY(db.prepare("INSERT INTO migrations(room, version) VALUES (?, ?)"));
  for (const Migration& step : migrations) {
    if (step.version <= version_in(taken, step.room)) continue;
    TRY_VOID(db.exec(step.sql));
    TRY_VOID(insert.bind_all(step.room, step.version).run());
  }
  return work.commit();
}

Result<void> check_migrations(Database& db, std::span<const Migration> migrations) {
  const Versions known = known_versions(migrations);
  const Versions taken = TRY(taken_versions(db));
  TRY_VOID(refuse_newer(taken, known, db));
  for (const auto& [room, version] : known) {
    const int there = version_in(taken, room);
    if (there < version) {
      return fail(ErrorKind::unsupported,
                  fmt::format("made by an older version of dragoman ({} {}, this one needs {}); run 'dragoman add' on "
                              "a copy of the case that can be written, it is brought up to date",
                              room, there, version),
                  db.path().string());
    }
  }
  return {};
}

}  // namespace dragoman::store
