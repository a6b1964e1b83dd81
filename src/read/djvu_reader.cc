// SPDX-License-Identifier: AGPL-3.0-or-later
// A DjVu document is scanned pages, some with a text layer; those without ask for OCR, as pictures do.
#include <algorithm>

#include "read/djvu_file.h"
#include "read/input.h"
#include "read/reflow.h"
#include "text/language.h"
#include "text/word_list.h"

namespace dragoman::read {
namespace {

Page page_of(std::uint32_t number, DjvuPage found) {
  Page page;
  page.number = PageIndex{number};
  page.width = found.width * 72.0 / found.dpi;
  page.height = found.height * 72.0 / found.dpi;
  page.picture_cover = 1;
  page.has_ink = true;
  page.source = found.words.empty() ? TextSource::none : TextSource::text_layer;
  if (found.words.empty()) return page;
  page.engine = DjvuDocument::engine();
  page.lang = text::language_of(found.words);
  page.quality = static_cast<float>(text::sampled_known(found.words, page.lang));
  page.words = std::move(found.words);
  return page;
}

Result<void> send_outline(const std::string& outline, const Limits& limits, Document& document, ReadSink& sink) {
  Reflow reflow(outline, limits);
  std::uint32_t number = document.last_page.value();
  for (auto words = reflow.next(); words; words = reflow.next()) {
    document.last_page = PageIndex{++number};
    TRY_VOID(sink.record(body_page(PageIndex{number}, "outline", std::move(*words), DjvuDocument::engine())));
  }
  return {};
}

}  // namespace

Result<ItemState> read_djvu(const Input& input, ReadSink& sink) {
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  const Result<DjvuDocument> opened = DjvuDocument::open(mapping.bytes());
  if (!opened || opened->page_count() == 0) {
    const Error none{ErrorKind::malformed, "the document holds no page that can be found", ""};
    const Error& error = opened ? none : opened.error();
    TRY_VOID(send_gap(sink, gap_kind_of(error.kind), "", error.message));
    return error.kind == ErrorKind::unsupported ? ItemState::unsupported : ItemState::failed;
  }
  const std::uint32_t count = std::min(opened->page_count(), input.limits().max_pages);
  Document document;
  document.kind = std::string(input.type.kind);
  document.last_page = PageIndex{count};
  document.fields = opened->fields();
  TRY_VOID(sink.record(document));
  ItemState state = ItemState::read;
  std::uint32_t read = 0;
  for (std::uint32_t number = 1; number <= count; ++number) {
    Result<DjvuPage> found = opened->page(number);
    if (!found) {
      state = ItemState::partial;
      TRY_VOID(send_gap(sink, GapKind::malformed, "page " + std::to_string(number), found.error().message,
                        PageIndex{number}));
      continue;
    }
    ++read;
    Page page = page_of(number, std::move(*found));
    if (document.lang.empty()) document.lang = page.lang;
    TRY_VOID(sink.record(std::move(page)));
  }
  TRY_VOID(send_outline(opened->outline(), input.limits(), document, sink));
  TRY_VOID(sink.record(document));
  if (count < opened->page_count()) {
    state = ItemState::partial;
    TRY_VOID(send_gap(sink, GapKind::limit, "page " + std::to_string(count), "later pages were not read"));
  }
  return read == 0 ? ItemState::failed : state;
}

}  // namespace dragoman::read
