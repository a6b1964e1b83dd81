// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <fmt/format.h>

namespace dragoman {

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void UniqueFd::reset() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Error io_error(std::string_view what, const std::filesystem::path& path, int errno_value) {
  ErrorKind kind = ErrorKind::io;
  if (errno_value == ENOENT || errno_value == ENOTDIR) kind = ErrorKind::not_found;
  if (errno_value == EACCES || errno_value == EPERM || errno_value == EROFS) kind = ErrorKind::denied;
  std::string reason = std::generic_category().message(errno_value);
  if (errno_value == ENOSPC) reason += "; free some space and run the command again, it continues";
  return Error{kind, fmt::format("{}: {}", what, reason), path.string()};
}

Result<UniqueFd> open_for_reading(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return Failure(io_error("cannot open", path, errno));
  return UniqueFd(fd);
}

Result<std::uint64_t> file_size(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return Failure(io_error("cannot stat", {}, errno));
  return static_cast<std::uint64_t>(status.st_size);
}

Result<std::string> read_all(int fd, std::uint64_t max_bytes) {
  const std::uint64_t size = TRY(file_size(fd));
  if (size > max_bytes) return fail(ErrorKind::limit, fmt::format("larger than {} bytes", max_bytes));
  std::string out(size, '\0');
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = ::pread(fd, out.data() + done, out.size() - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failure(io_error("cannot read", {}, errno));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  out.resize(done);
  return out;
}

Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t max_bytes) {
  const UniqueFd fd = TRY(open_for_reading(path));
  auto content = read_all(fd.get(), max_bytes);
  if (!content) content.error().where = path.string();
  return content;
}

Result<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return Failure(io_error("cannot write", {}, errno));
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return Failure(io_error("cannot open folder", folder, errno));
  if (::fsync(fd.get()) != 0) return Failure(io_error("cannot sync folder", folder, errno));
  return {};
}

Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view bytes, unsigned mode) {
  std::string temporary = path.string() + ".XXXXXX";
  const UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) return Failure(io_error("cannot create", path, errno));
  auto written = write_all(fd.get(), bytes);
  if (!written) {
    ::unlink(temporary.c_str());
    written.error().where = path.string();
    return written;
  }
  if (::fchmod(fd.get(), mode) != 0 || ::fsync(fd.get()) != 0 || ::rename(temporary.c_str(), path.c_str()) != 0) {
    const int reason = errno;
    ::unlink(temporary.c_str());
    return Failure(io_error("cannot write", path, reason));
  }
  return sync_folder(path.has_parent_path() ? path.parent_path() : std::filesystem::path("."));
}

}  // namespace dragoman
