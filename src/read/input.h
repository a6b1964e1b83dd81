// SPDX-License-Identifier: AGPL-3.0-or-later
// What every reader gets: the open file, its size, what it was found to be, and the request.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "read/reader.h"
#include "read/types.h"

namespace dragoman::read {

/// Borrowed for one call of a reader.
struct Input {
  int fd = -1;
  std::uint64_t size = 0;
  const Type& type;
  const ReadRequest& request;
  const Limits& limits() const { return request.limits; }
};

/// The whole file mapped read-only, unmapped at the end of scope.
class Mapping {
 public:
  static Result<Mapping> of(int fd, std::uint64_t size);
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&&) = delete;
  ~Mapping();
  std::string_view bytes() const { return {data_, size_}; }

 private:
  Mapping(const char* data, std::size_t size) : data_(data), size_(size) {}
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Up to `count` bytes from `offset`.
Result<std::string> read_at(int fd, std::uint64_t offset, std::size_t count);

/// What an open file is. io when it cannot be read.
struct FileType {
  const Type* type = nullptr;  // never null in a result
  std::uint64_t size = 0;
};
Result<FileType> type_of_file(int fd);

/// Sends a gap.
Result<void> send_gap(ReadSink& sink, GapKind kind, std::string where, std::string detail,
                      PageIndex page = PageIndex{0});

// One reader a format.
Result<ItemState> read_text(const Input& input, ReadSink& sink);
Result<ItemState> read_csv(const Input& input, ReadSink& sink);
Result<ItemState> read_html(const Input& input, ReadSink& sink);
Result<ItemState> read_mhtml(const Input& input, ReadSink& sink);
Result<ItemState> read_sqlite(const Input& input, ReadSink& sink);
Result<ItemState> read_dbf(const Input& input, ReadSink& sink);
Result<ItemState> read_epub(const Input& input, ReadSink& sink);
Result<ItemState> read_access(const Input& input, ReadSink& sink);
Result<ItemState> read_mail(const Input& input, ReadSink& sink);
Result<ItemState> read_mbox(const Input& input, ReadSink& sink);
Result<ItemState> read_emlx(const Input& input, ReadSink& sink);
Result<ItemState> read_doc(const Input& input, ReadSink& sink);
Result<ItemState> read_xls(const Input& input, ReadSink& sink);
Result<ItemState> read_ppt(const Input& input, ReadSink& sink);
Result<ItemState> read_rtf(const Input& input, ReadSink& sink);
Result<ItemState> read_ole(const Input& input, ReadSink& sink);
Result<ItemState> read_msg(const Input& input, ReadSink& sink);
Result<ItemState> read_tnef(const Input& input, ReadSink& sink);
Result<ItemState> read_pst(const Input& input, ReadSink& sink);
Result<ItemState> read_vcard(const Input& input, ReadSink& sink);
Result<ItemState> read_calendar(const Input& input, ReadSink& sink);
Result<ItemState> read_pkcs7(const Input& input, ReadSink& sink);
Result<ItemState> read_docx(const Input& input, ReadSink& sink);
Result<ItemState> read_xlsx(const Input& input, ReadSink& sink);
Result<ItemState> read_pptx(const Input& input, ReadSink& sink);
Result<ItemState> read_odf(const Input& input, ReadSink& sink);
Result<ItemState> read_zip(const Input& input, ReadSink& sink);
Result<ItemState> read_archive(const Input& input, ReadSink& sink);
Result<ItemState> read_iwork(const Input& input, ReadSink& sink);
Result<ItemState> read_compressed(const Input& input, ReadSink& sink);
Result<ItemState> read_pdf(const Input& input, ReadSink& sink);
Result<ItemState> read_image(const Input& input, ReadSink& sink);
Result<ItemState> read_metafile(const Input& input, ReadSink& sink);
Result<ItemState> read_svg(const Input& input, ReadSink& sink);
Result<ItemState> read_djvu(const Input& input, ReadSink& sink);
Result<ItemState> read_xps(const Input& input, ReadSink& sink);
Result<ItemState> read_media(const Input& input, ReadSink& sink);

}  // namespace dragoman::read
