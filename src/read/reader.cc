// SPDX-License-Identifier: AGPL-3.0-or-later
// The dispatch: what is it, does its name agree, which reader.
#include "read/reader.h"

#include <algorithm>
#include <exception>

#include "base/file.h"
#include "read/access_file.h"
#include "read/archive.h"
#include "read/bounded_sink.h"
#include "read/djvu_file.h"
#include "read/encoding.h"
#include "read/html_text.h"
#include "read/image_picture.h"
#include "read/input.h"
#include "read/mail_message.h"
#include "read/mupdf_page.h"
#include "read/picture_metadata.h"
#include "read/poppler_page.h"
#include "read/sqlite_file.h"
#include "read/types.h"
#include "text/language.h"

namespace dragoman::read {
namespace {

// A name of another kind than the content. Encrypted Office files are OLE files under the names of what they hold.
bool contradicts(const Type& named, const Type& found) {
  if (found.kind == "unknown" || named.family == found.family) return false;
  if (found.kind == "ooxml-encrypted" || found.kind == "ole")
    return named.reader == ReaderKind::image || named.kind == "pdf";
  return true;
}

Result<ItemState> dispatch(const Input& input, ReadSink& sink) {
  switch (input.type.reader) {
    case ReaderKind::text: return read_text(input, sink);
    case ReaderKind::mail: return read_mail(input, sink);
    case ReaderKind::mbox: return read_mbox(input, sink);
    case ReaderKind::emlx: return read_emlx(input, sink);
    case ReaderKind::doc: return read_doc(input, sink);
    case ReaderKind::xls: return read_xls(input, sink);
    case ReaderKind::ppt: return read_ppt(input, sink);
    case ReaderKind::rtf: return read_rtf(input, sink);
    case ReaderKind::ole: return read_ole(input, sink);
    case ReaderKind::msg: return read_msg(input, sink);
    case ReaderKind::tnef: return read_tnef(input, sink);
    case ReaderKind::pst: return read_pst(input, sink);
    case ReaderKind::vcard: return read_vcard(input, sink);
    case ReaderKind::calendar: return read_calendar(input, sink);
    case ReaderKind::pkcs7: return read_pkcs7(input, sink);
    case ReaderKind::docx: return read_docx(input, sink);
    case ReaderKind::xlsx: return read_xlsx(input, sink);
    case ReaderKind::pptx: return read_pptx(input, sink);
    case ReaderKind::odf: return read_odf(input, sink);
    case ReaderKind::zip: return read_zip(input, sink);
    case ReaderKind::archive: return read_archive(input, sink);
    case ReaderKind::iwork: return read_iwork(input, sink);
    case ReaderKind::compressed: return read_compressed(input, sink);
    case ReaderKind::pdf: return read_pdf(input, sink);
    case ReaderKind::image: return read_image(input, sink);
    case ReaderKind::csv: return read_csv(input, sink);
    case ReaderKind::html: return read_html(input, sink);
    case ReaderKind::mhtml: return read_mhtml(input, sink);
    case ReaderKind::epub: return read_epub(input, sink);
    case ReaderKind::dbf: return read_dbf(input, sink);
    case ReaderKind::sqlite: return read_sqlite(input, sink);
    case ReaderKind::access: return read_access(input, sink);
    case ReaderKind::svg: return read_svg(input, sink);
    case ReaderKind::metafile: return read_metafile(input, sink);
    case ReaderKind::djvu: return read_djvu(input, sink);
    case ReaderKind::xps: return read_xps(input, sink);
    case ReaderKind::media: return read_media(input, sink);
    case ReaderKind::none: break;
  }
  if (input.type.kind == "ooxml-encrypted" || input.type.kind == "pgp") {
    TRY_VOID(
        send_gap(sink, GapKind::encrypted, "", std::string(input.type.name) + " cannot be opened without its key"));
    return ItemState::encrypted;
  }
  const bool known = input.type.kind != "unknown";
  std::string detail = known ? std::string("there is no reader yet for ") + std::string(input.type.name)
                             : "the content is of no type that is known here";
  TRY_VOID(send_gap(sink, GapKind::unsupported, "", std::move(detail)));
  return ItemState::unsupported;
}

// The last catch: a third party's exception that its adaptor did not foresee costs this item only.
Result<ItemState> read_guarded(const Input& input, ReadSink& sink) {
  try {
    return dispatch(input, sink);
  } catch (const std::bad_alloc&) {
    TRY_VOID(send_gap(sink, GapKind::limit, "", "reading needed more memory than a reader has"));
  } catch (const std::exception&) {
    TRY_VOID(send_gap(sink, GapKind::malformed, "", "the reader gave up on the content"));
  }
  return ItemState::failed;
}

}  // namespace

Result<ItemState> read_content(int fd, const ReadRequest& request, ReadSink& given) {
  BoundedSink sink(given, request.limits);
  const std::uint64_t size = TRY(file_size(fd));
  if (size == 0) {
    TRY_VOID(sink.record(TypeFound{"application/x-empty"}));
    TRY_VOID(send_gap(sink, GapKind::empty, "", "the file has no bytes"));
    return ItemState::read;
  }
  const Type& type = *TRY(type_of_file(fd)).type;
  TRY_VOID(sink.record(TypeFound{std::string(type.mime)}));
  const Type* named = type_of_name(request.name);
  if (named != nullptr && contradicts(*named, type)) {
    TRY_VOID(send_gap(sink, GapKind::type_mismatch, "",
                      "the name says " + std::string(named->name) + ", the content is " + std::string(type.name)));
  }
  const ItemState state = TRY(read_guarded(Input{fd, size, type, request}, sink));
  return state == ItemState::read && sink.cut() ? ItemState::partial : state;
}

void warm_up() {
  warm_up_types();
  // Word lists and cld2 map their tables at first use.
  static_cast<void>(text::language_of(words_of("the warm words of one line, read before the lock")));
  warm_up_encodings();
  warm_up_archives();
  warm_up_mail();
  warm_up_html();
  warm_up_sqlite();
  warm_up_access();
  warm_up_images();
  warm_up_picture_metadata();
  warm_up_djvu();
  warm_up_poppler();
  warm_up_mupdf();
}

}  // namespace dragoman::read
