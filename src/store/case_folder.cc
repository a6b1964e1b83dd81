// SPDX-License-Identifier: AGPL-3.0-or-later
#include "store/case_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/digest.h"
#include "store/migration.h"

namespace dragoman::store {
namespace {

constexpr std::string_view kUnfinished = "case.db.new";

// ----- making

Result<void> make_folder(const std::filesystem::path& path) {
  if (::mkdir(path.c_str(), 0777) == 0 || errno == EEXIST) return {};
  return Failure(io_error("cannot make the folder", path, errno));
}

// What create() itself makes before case.db gets its name.
bool is_leftover(const std::filesystem::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  if (name.starts_with(kUnfinished)) return true;
  std::error_code ignored;
  const bool ours = name == "blobs" || name == "derived" || name == "log";
  return ours && entry.is_directory(ignored) && std::filesystem::is_empty(entry.path(), ignored);
}

Result<void> check_free(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::directory_iterator entries(path, error);
  if (error) {
    if (error == std::errc::not_a_directory)
      return fail(ErrorKind::conflict, "this is a file; name a new folder", path);
    return Failure(io_error("cannot open the folder", path, error.value()));
  }
  for (; entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    if (entries->path().filename() == "case.db") {
      return fail(ErrorKind::conflict, "there is a case already; 'dragoman add' adds to it", path);
    }
    if (!is_leftover(*entries)) {
      return fail(ErrorKind::conflict, "this folder is not empty; name a new one, a case is a folder of its own", path);
    }
  }
  if (error) return Failure(io_error("cannot list the folder", path, error.value()));
  return {};
}

Result<std::string> random_id() {
  std::array<std::uint8_t, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return Failure(io_error("cannot get random bytes", {}, errno));
  }
  return to_hex(bytes);
}

constexpr Migration kMigrations[] = {
    {"store", 1, "CREATE TABLE case_info(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT"},
};

Result<void> fill(const std::filesystem::path& path, std::string_view title) {
  Database db = TRY(Database::open(path, Mode::read_write_create));
  TRY_VOID(migrate(db, kMigrations));
  Transaction work = TRY(Transaction::begin(db));
  TRY_VOID(set_case_info(db, "title", title));
  const std::string id = TRY(random_id());
  TRY_VOID(set_case_info(db, "id", id));
  TRY_VOID(set_case_info(db, "created", utc_now()));
  TRY_VOID(work.commit());
  // Everything into the one file: only it gets the final name.
  return db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

// ----- lock

// Field 22 of /proc/PID/stat; the name in field 2 may hold spaces and parentheses. nullopt: no such process.
std::optional<std::uint64_t> start_ticks_of(std::int64_t pid) {
  UniqueFd fd(::open(fmt::format("/proc/{}/stat", pid).c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::nullopt;
  std::array<char, 4096> buffer{};
  const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
  if (got <= 0) return std::nullopt;
  const std::string_view stat(buffer.data(), static_cast<std::size_t>(got));
  std::size_t at = stat.rfind(')');
  for (int field = 2; field < 22 && at != std::string_view::npos; ++field) at = stat.find(' ', at + 1);
  if (at == std::string_view::npos) return std::nullopt;
  std::uint64_t ticks = 0;
  for (++at; at < stat.size() && stat[at] >= '0' && stat[at] <= '9'; ++at) {
    ticks = ticks * 10 + static_cast<std::uint64_t>(stat[at] - '0');
  }
  return ticks;
}

// "PID TICKS SINCE\n"; nullopt when the file says nothing (nobody holds it, or just takes it).
std::optional<LockHolder> read_holder(int fd) {
  std::array<char, 128> buffer{};
  const ssize_t got = ::pread(fd, buffer.data(), buffer.size() - 1, 0);
  if (got <= 0) return std::nullopt;
  LockHolder holder;
  std::array<char, 64> since{};
  long long pid = 0;
  unsigned long long ticks = 0;
  if (std::sscanf(buffer.data(), "%lld %llu %63s", &pid, &ticks, since.data()) != 3) return std::nullopt;
  holder.pid = pid;
  holder.start_ticks = ticks;
  holder.since = since.data();
  return holder;
}

Error held_by(const std::optional<LockHolder>& holder, const CaseFolder& folder) {
  std::string message = "another dragoman is adding to this case";
  if (holder) message += fmt::format(" (process {}, since {})", holder->pid, holder->since);
  message += "; wait until it is done, or end it";
  return Error{ErrorKind::conflict, std::move(message), folder.root().string()};
}

}  // namespace

Result<CaseFolder> CaseFolder::create(const std::filesystem::path& path, std::string_view title) {
  // No slash at the end, so that the parent is the parent.
  std::filesystem::path root = path.has_filename() ? path : path.parent_path();
  TRY_VOID(make_folder(root));
  TRY_VOID(check_free(root));
  CaseFolder folder(std::move(root));
  TRY_VOID(make_folder(folder.blobs()));
  TRY_VOID(make_folder(folder.derived()));
  TRY_VOID(make_folder(folder.log()));

  const std::filesystem::path unfinished = folder.root_ / kUnfinished;
  for (const char* suffix : {"", "-wal", "-shm"}) ::unlink((unfinished.string() + suffix).c_str());
  TRY_VOID(fill(unfinished, title));
  for (const char* suffix : {"-wal", "-shm"}) ::unlink((unfinished.string() + suffix).c_str());
  if (::rename(unfinished.c_str(), folder.case_db().c_str()) != 0) {
    return Failure(io_error("cannot make the case", folder.case_db(), errno));
  }
  TRY_VOID(sync_folder(folder.root_));
  const std::filesystem::path parent = folder.root_.parent_path();
  TRY_VOID(sync_folder(parent.empty() ? std::filesystem::path(".") : parent));
  return folder;
}

Result<CaseFolder> CaseFolder::open(const std::filesystem::path& path) {
  CaseFolder folder(path.has_filename() ? path : path.parent_path());
  struct stat status {};
  if (::stat(folder.case_db().c_str(), &status) == 0) return folder;
  if (errno != ENOENT && errno != ENOTDIR) return Failure(io_error("cannot open the case", path, errno));
  return fail(ErrorKind::not_found, "not a case; 'dragoman new' makes one", path.string());
}

Result<Database> CaseFolder::open_database(Mode mode) const {
  return Database::open(case_db(), mode);
}

std::span<const Migration> migrations() {
  return kMigrations;
}

Result<std::optional<std::string>> case_info(Database& db, std::string_view key) {
  auto query = TRY(db.statement("SELECT value FROM case_info WHERE key = ?"));
  const bool row = TRY(query->bind(1, key).step());
  if (!row) return std::optional<std::string>();
  return std::optional<std::string>(query->text(0));
}

Result<void> set_case_info(Database& db, std::string_view key, std::string_view value) {
  auto insert = TRY(db.statement("INSERT OR REPLACE INTO case_info(key, value) VALUES (?, ?)"));
  return insert->bind_all(key, value).run();
}

Result<ExclusiveLock> ExclusiveLock::acquire(const CaseFolder& folder) {
  UniqueFd fd(::open(folder.lock_file().c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (!fd) return Failure(io_error("cannot lock the case", folder.lock_file(), errno));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return Failure(held_by(read_holder(fd.get()), folder));
    return fail(ErrorKind::unsupported, "this file system cannot lock files; put the case on a local disk",
                folder.root().string());
  }
  // A file system on which flock() succeeds without locking would let two in: believe a live process that says
  // it holds the lock. A dead one, or another process under its old number, is taken over.
  const std::optional<LockHolder> before = read_holder(fd.get());
  if (before && before->pid != ::getpid() && start_ticks_of(before->pid) == before->start_ticks) {
    return Failure(held_by(before, folder));
  }
  const std::string line = fmt::format("{} {} {}\n", ::getpid(), start_ticks_of(::getpid()).value_or(0), utc_now());
  if (::ftruncate(fd.get(), 0) != 0) return Failure(io_error("cannot lock the case", folder.lock_file(), errno));
  TRY_VOID(write_all(fd.get(), line));
  return ExclusiveLock(std::move(fd));
}

ExclusiveLock::~ExclusiveLock() {
  if (!fd_) return;
  // The file stays: removing it could take the lock from under somebody who just opened it.
  if (::ftruncate(fd_.get(), 0) != 0) return;
}

std::optional<LockHolder> lock_holder(const CaseFolder& folder) {
  const UniqueFd fd(::open(folder.lock_file().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return std::nullopt;
  auto holder = read_holder(fd.get());
  if (holder && start_ticks_of(holder->pid) != holder->start_ticks) return std::nullopt;
  return holder;
}

}  // namespace dragoman::store
