// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace dragoman::read {

struct Archive::Source {
  int fd = -1;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
  Form form = Form::zip_directory;
  std::vector<char> buffer = std::vector<char>(256 * 1024);
};

namespace {

// libarchive converts names that carry the UTF-8 flag to the locale's encoding; only in a UTF-8 locale do they
// stay as they are. glibc has C.UTF-8 built in, so nothing is opened for it.
class Utf8Locale {
 public:
  Utf8Locale() : before_(uselocale(utf8())) {}
  ~Utf8Locale() { uselocale(before_); }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  static locale_t utf8() {
    static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
  }
  locale_t before_;
};

bool contains(const char* text, const char* what) {
  return text != nullptr && std::strstr(text, what) != nullptr;
}

// Not archive_read_support_filter_all and _format_all: those start programs (lrzip, grzip) and take text for mtree.
// libarchive itself stops at 25 filters in a row, which is where a gzip that holds itself ends.
void support(archive* a, Archive::Form form) {
  if (form == Archive::Form::zip_directory) {
    archive_read_support_format_zip_seekable(a);
  } else if (form == Archive::Form::zip_stream) {
    archive_read_support_format_zip_streamable(a);
  } else {
    for (const auto format :
         {archive_read_support_format_tar, archive_read_support_format_7zip, archive_read_support_format_rar,
          archive_read_support_format_rar5, archive_read_support_format_cab, archive_read_support_format_iso9660,
          archive_read_support_format_ar, archive_read_support_format_cpio, archive_read_support_format_lha,
          archive_read_support_format_warc, archive_read_support_format_xar}) {
      format(a);
    }
    for (const auto filter :
         {archive_read_support_filter_gzip, archive_read_support_filter_bzip2, archive_read_support_filter_xz,
          archive_read_support_filter_lzma, archive_read_support_filter_lzip, archive_read_support_filter_zstd,
          archive_read_support_filter_lz4, archive_read_support_filter_compress}) {
      filter(a);
    }
  }
  if (form == Archive::Form::compressed) archive_read_support_format_raw(a);
}

}  // namespace

void Archive::Close::operator()(archive* opened) const {
  archive_read_free(opened);
}

Archive::Archive(std::unique_ptr<Source> source, std::unique_ptr<archive, Close> handle)
    : source_(std::move(source)), handle_(std::move(handle)) {}
Archive::Archive(Archive&&) noexcept = default;
Archive::~Archive() = default;

Result<Archive> Archive::open(int fd, std::uint64_t size, Form form, const std::string& password) {
  const Utf8Locale locale;
  auto source = std::make_unique<Source>();
  source->fd = fd;
  source->size = size;
  source->form = form;
  std::unique_ptr<archive, Close> handle(archive_read_new());
  if (!handle) return fail(ErrorKind::limit, "no memory to open an archive");
  archive* a = handle.get();
  support(a, form);
  if (!password.empty()) archive_read_add_passphrase(a, password.c_str());
  archive_read_set_callback_data(a, source.get());
  archive_read_set_read_callback(a, [](archive*, void* data, const void** out) -> la_ssize_t {
    auto* from = static_cast<Source*>(data);
    ssize_t got = -1;
    do {
      got = ::pread(from->fd, from->buffer.data(), from->buffer.size(), static_cast<off_t>(from->offset));
    } while (got < 0 && errno == EINTR);
    if (got > 0) from->offset += static_cast<std::uint64_t>(got);
    *out = from->buffer.data();
    return got;
  });
  archive_read_set_skip_callback(a, [](archive*, void* data, la_int64_t count) -> la_int64_t {
    auto* from = static_cast<Source*>(data);
    const std::uint64_t left = from->size - std::min(from->size, from->offset);
    const std::uint64_t skipped = std::min(left, static_cast<std::uint64_t>(std::max<la_int64_t>(0, count)));
    from->offset += skipped;
    return static_cast<la_int64_t>(skipped);
  });
  archive_read_set_seek_callback(a, [](archive*, void* data, la_int64_t offset, int whence) -> la_int64_t {
    auto* from = static_cast<Source*>(data);
    const auto base = static_cast<la_int64_t>(whence == SEEK_SET ? 0 : whence == SEEK_CUR ? from->offset : from->size);
    const la_int64_t target = base + offset;
    if (target < 0 || static_cast<std::uint64_t>(target) > from->size) return ARCHIVE_FATAL;
    from->offset = static_cast<std::uint64_t>(target);
    return target;
  });
  if (archive_read_open1(a) != ARCHIVE_OK) {
    if (contains(archive_error_string(a), "too many filters"))
      return fail(ErrorKind::limit, "the data is packed in more layers than are opened");
    return fail(ErrorKind::malformed, "the archive cannot be opened");
  }
  return Archive(std::move(source), std::move(handle));
}

// libarchive 3.6 tells these apart by its messages alone.
ArchiveStep Archive::step_of(int code) const {
  if (code == ARCHIVE_EOF) return ArchiveStep::end;
  if (code >= ARCHIVE_WARN) return ArchiveStep::ok;
  const char* said = archive_error_string(handle_.get());
  if (contains(said, "assphrase") || contains(said, "ncrypt")) return ArchiveStep::locked;
  if (contains(said, "runcated")) return ArchiveStep::truncated;
  if (contains(said, "nsupported")) return ArchiveStep::unsupported;
  // zlib's "more input wanted" where there is no more.
  const bool at_end = source_->form == Form::zip_stream && source_->offset >= source_->size;
  return at_end && contains(said, "(-5)") ? ArchiveStep::truncated : ArchiveStep::damaged;
}

ArchiveStep Archive::next(ArchiveEntry& entry) {
  const Utf8Locale locale;
  archive_entry* found = nullptr;
  int code = ARCHIVE_RETRY;
  for (int tries = 0; code == ARCHIVE_RETRY && tries < 3; ++tries)
    code = archive_read_next_header(handle_.get(), &found);
  const ArchiveStep step = step_of(code);
  if (step != ArchiveStep::ok) return step;
  const char* name = archive_entry_pathname(found);
  entry.raw_name = name != nullptr ? name : "";
  const auto type = archive_entry_filetype(found);
  entry.folder = type == AE_IFDIR || entry.raw_name.ends_with('/');
  entry.link = type == AE_IFLNK || archive_entry_hardlink(found) != nullptr;
  entry.special = type == AE_IFCHR || type == AE_IFBLK || type == AE_IFIFO || type == AE_IFSOCK;
  // Only TAR keeps sparse files; elsewhere a size may be unknown or a lie.
  const bool tar = (archive_format(handle_.get()) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
  sparse_end_ = tar ? archive_entry_size(found) : 0;
  entry.alone = archive_format(handle_.get()) == ARCHIVE_FORMAT_RAW;
  entry.encrypted = archive_entry_is_data_encrypted(found) != 0;
  return ArchiveStep::ok;
}

ArchiveStep Archive::read(const std::function<bool(std::string_view)>& eat) {
  static constexpr char kZeros[1 << 14] = {};
  bool sound = true;
  la_int64_t fed = 0;
  const auto feed_hole = [&](la_int64_t end) {
    while (fed < end) {
      const auto hole = static_cast<std::size_t>(std::min<la_int64_t>(end - fed, sizeof kZeros));
      if (!eat({kZeros, hole})) return false;
      fed += static_cast<la_int64_t>(hole);
    }
    return true;
  };
  for (;;) {
    const void* data = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int code = archive_read_data_block(handle_.get(), &data, &size, &offset);
    if (code == ARCHIVE_EOF) {
      feed_hole(sparse_end_);
      return sound ? ArchiveStep::ok : ArchiveStep::damaged;
    }
    if (code < ARCHIVE_WARN) return step_of(code);
    // A wrong checksum or size is told as a warning, with the last bytes.
    sound = sound && code != ARCHIVE_WARN;
    if (!feed_hole(offset)) return ArchiveStep::ok;
    fed += static_cast<la_int64_t>(size);
    if (size > 0 && !eat({static_cast<const char*>(data), size})) return ArchiveStep::ok;
  }
}

std::uint64_t Archive::position() const {
  return static_cast<std::uint64_t>(std::max<la_int64_t>(0, archive_filter_bytes(handle_.get(), -1)));
}

void warm_up_archives() {
  const Utf8Locale locale;
  const std::unique_ptr<archive, int (*)(archive*)> handle(archive_read_new(), archive_read_free);
  // An empty archive whose one flagged name makes libarchive open its converter.
  static constexpr char kOne[] =
      "PK\x03\x04\x14\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02\0\0\0\xC3\xA9"
      "PK\x01\x02\x14\0\x14\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xC3\xA9"
      "PK\x05\x06\0\0\0\0\x01\0\x01\0\x30\0\0\0\x20\0\0\0\0";
  archive_read_support_format_zip_seekable(handle.get());
  archive_entry* found = nullptr;
  if (archive_read_open_memory(handle.get(), kOne, sizeof kOne) == ARCHIVE_OK)
    archive_read_next_header(handle.get(), &found);
}

}  // namespace dragoman::read
