// SPDX-License-Identifier: AGPL-3.0-or-later
// A picture is a document of one page a frame, without words: ingest asks for OCR.
#include "read/image_info.h"
#include "read/image_picture.h"
#include "read/input.h"

namespace dragoman::read {
namespace {

Page page_of(const ImageInfo& info, std::uint32_t number) {
  Page page;
  page.number = PageIndex{number};
  page.width = info.points_wide();
  page.height = info.points_high();
  page.source = TextSource::none;
  page.picture_cover = 1;
  page.has_ink = true;
  return page;
}

}  // namespace

Result<ItemState> read_image(const Input& input, ReadSink& sink) {
  warm_up_images();
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  const std::uint32_t most = input.limits().max_pages;
  Result<std::vector<ImageInfo>> frames = image_info(mapping.bytes(), input.type.mime, most);
  if (!frames) {
    const bool cut_tiff = input.type.kind == "tiff" && tiff_is_cut(mapping.bytes());
    const std::string detail = cut_tiff ? "the file ends before its directory" : frames.error().message;
    TRY_VOID(send_gap(sink, cut_tiff ? GapKind::truncated : GapKind::malformed, "", detail));
    return ItemState::failed;
  }
  Document document;
  document.kind = std::string(input.type.kind);
  document.last_page = PageIndex{static_cast<std::uint32_t>(frames->size())};
  TRY_VOID(sink.record(document));
  ItemState state = ItemState::read;
  for (std::uint32_t number = 1; number <= frames->size(); ++number) {
    const ImageInfo& info = (*frames)[number - 1];
    const std::string where = "page " + std::to_string(number);
    TRY_VOID(sink.record(page_of(info, number)));
    if (info.truncated) {
      state = ItemState::partial;
      TRY_VOID(send_gap(sink, GapKind::truncated, where, "the picture ends early; what there is of it is shown",
                        PageIndex{number}));
    }
    if (info.pixels() > input.limits().max_pixels) {
      state = ItemState::partial;
      TRY_VOID(
          send_gap(sink, GapKind::limit, where, "the picture has more pixels than are decoded", PageIndex{number}));
    }
  }
  if (frames->size() == most) {
    state = ItemState::partial;
    TRY_VOID(send_gap(sink, GapKind::limit, "page " + std::to_string(most), "later frames were not read"));
  }
  return state;
}

}  // namespace dragoman::read
