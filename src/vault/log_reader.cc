// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/log_reader.h"

#include <unistd.h>
#include <algorithm>
#include <cerrno>

#include "vault/entry_line.h"

namespace dragoman::vault {
namespace {
constexpr std::size_t kBuffer = std::size_t{1} << 16;
}

Result<LogReader> LogReader::open(const std::filesystem::path& path, Disk& disk) {
  LogReader reader;
  auto fd = disk.open_read(path);
  if (!fd && fd.error().kind == ErrorKind::not_found) return reader;
  if (!fd) return Failure(std::move(fd).error());
  reader.fd_ = std::move(*fd);
  reader.size_at_start_ = TRY(file_size(reader.fd_.get()));
  return reader;
}

// The next piece of the file; false at its end.
Result<bool> LogReader::fill() {
  if (!fd_) return false;
  buffer_.resize(kBuffer);
  used_ = 0;
  for (;;) {
    const ssize_t got = ::pread(fd_.get(), buffer_.data(), buffer_.size(), static_cast<off_t>(offset_));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failure(io_error("cannot read", "custody.log", errno));
    buffer_.resize(static_cast<std::size_t>(got));
    offset_ += static_cast<std::uint64_t>(got);
    return got > 0;
  }
}

Result<std::optional<LogLine>> LogReader::next() {
  LogLine line;
  line.number = ++lines_;
  line.offset = offset_ - (buffer_.size() - used_);
  bool any = false;
  for (;;) {
    if (used_ == buffer_.size()) {
      const bool more = TRY(fill());
      if (!more) break;
    }
    any = true;
    const std::size_t end = buffer_.find('\n', used_);
    const std::size_t piece = std::min(end, buffer_.size()) - used_;
    line.text.append(buffer_, used_, std::min(piece, kMaxLine + 1 - std::min(line.text.size(), kMaxLine + 1)));
    used_ += piece;
    if (end == std::string::npos) continue;
    ++used_;
    line.too_long = line.text.size() > kMaxLine;
    return std::optional<LogLine>(std::move(line));
  }
  if (!any) return std::optional<LogLine>();
  line.complete = false;
  line.too_long = line.text.size() > kMaxLine;
  return std::optional<LogLine>(std::move(line));
}

}  // namespace dragoman::vault
