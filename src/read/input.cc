// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/input.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

#include "base/file.h"
#include "read/ole_reader.h"

namespace dragoman::read {

Result<Mapping> Mapping::of(int fd, std::uint64_t size) {
  if (size == 0) return Mapping(nullptr, 0);
  if (size > std::numeric_limits<std::size_t>::max() / 2) return fail(ErrorKind::limit, "the file is too large to map");
  void* data = ::mmap(nullptr, static_cast<std::size_t>(size), PROT_READ, MAP_PRIVATE, fd, 0);
  if (data == MAP_FAILED) return fail(ErrorKind::limit, "the file does not fit into the memory of a reader");
  return Mapping(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

Mapping::Mapping(Mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Mapping::~Mapping() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

Result<std::string> read_at(int fd, std::uint64_t offset, std::size_t count) {
  std::string out(count, '\0');
  std::size_t have = 0;
  while (have < count) {
    const ssize_t got = ::pread(fd, out.data() + have, count - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failure(io_error("cannot read", "", errno));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  out.resize(have);
  return out;
}

Result<FileType> type_of_file(int fd) {
  const std::uint64_t size = TRY(file_size(fd));
  const std::string head = TRY(read_at(fd, 0, static_cast<std::size_t>(std::min<std::uint64_t>(size, kHeadBytes))));
  if (head.empty() && size > 0) return fail(ErrorKind::io, "the file could not be read");
  const std::uint64_t tail_start = size > kTailBytes ? size - kTailBytes : 0;
  const std::string tail = TRY(read_at(fd, tail_start, static_cast<std::size_t>(size - tail_start)));
  const Type* type = &identify(head, tail, size);
  if (head.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) {
    // The directory of an OLE file may lie anywhere: head and tail only guess.
    const Mapping mapping = TRY(Mapping::of(fd, size));
    const Result<OleFile> file = OleFile::open(mapping.bytes());
    const Type* told = file ? type_of_mime(ole_mime_of(*file)) : nullptr;
    if (told != nullptr) type = told;
  }
  return FileType{type, size};
}

Result<void> send_gap(ReadSink& sink, GapKind kind, std::string where, std::string detail, PageIndex page) {
  return sink.record(Gap{kind, std::move(where), std::move(detail), page});
}

}  // namespace dragoman::read
