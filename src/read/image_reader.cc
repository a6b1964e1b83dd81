// SPDX-License-Identifier: AGPL-3.0-or-later
// A picture is a document of one page a frame, without words: ingest asks for OCR. What the file says about itself is
// fields; what people wrote into it and where and when it was taken is a page behind them besides.
#include <algorithm>

#include "read/image_info.h"
#include "read/image_picture.h"
#include "read/input.h"
#include "read/picture_comments.h"
#include "read/picture_metadata.h"
#include "read/reflow.h"

namespace dragoman::read {
namespace {

// Less than this holds no letter: the dots that pages count their readers by, lines, spacers. They are read, and empty.
constexpr std::uint32_t kLeastPixels = 5;
constexpr double kLeastPoints = 2;

bool may_hold_words(const ImageInfo& info) {
  return std::min(info.width, info.height) >= kLeastPixels &&
         std::min(info.points_wide(), info.points_high()) >= kLeastPoints;
}

Page page_of(const ImageInfo& info, std::uint32_t number) {
  Page page;
  page.number = PageIndex{number};
  page.width = info.points_wide();
  page.height = info.points_high();
  page.source = TextSource::none;
  page.picture_cover = may_hold_words(info) ? 1 : 0;
  page.has_ink = may_hold_words(info);
  return page;
}

/// The document, announced; its metadata's page comes behind `frames` pages when there are words for it.
Result<std::vector<Word>> announce(const Input& input, std::string_view bytes, std::size_t frames, ReadSink& sink) {
  PictureMetadata metadata = picture_metadata(bytes);
  std::vector<Word> words = words_of(metadata.text);
  Document document;
  document.kind = std::string(input.type.kind);
  document.last_page = PageIndex{static_cast<std::uint32_t>(frames) + (words.empty() ? 0 : 1)};
  document.fields = std::move(metadata.fields);
  TRY_VOID(sink.record(document));
  return words;
}

Result<void> send_metadata(std::vector<Word> words, std::size_t frames, ReadSink& sink) {
  if (words.empty()) return {};
  const PageIndex number{static_cast<std::uint32_t>(frames) + 1};
  return sink.record(body_page(number, "metadata", std::move(words), "exiv2"));
}

Result<ItemState> refused(const Input& input, std::string_view bytes, const Error& error, ReadSink& sink) {
  const bool cut_tiff = input.type.kind == "tiff" && tiff_is_cut(bytes);
  const GapKind kind = cut_tiff ? GapKind::truncated : gap_kind_of(error.kind);
  const std::string detail = cut_tiff ? "the file ends before its directory" : error.message;
  std::vector<Word> words = TRY(announce(input, bytes, 0, sink));
  const bool said = !words.empty();
  TRY_VOID(send_metadata(std::move(words), 0, sink));
  TRY_VOID(send_gap(sink, kind, "", detail));
  return said ? ItemState::partial : ItemState::failed;
}

}  // namespace

Result<ItemState> read_image(const Input& input, ReadSink& sink) {
  warm_up_images();
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  const std::uint32_t most = input.limits().max_pages;
  const Result<std::vector<ImageInfo>> frames = image_info(mapping.bytes(), input.type.mime, most);
  if (!frames) return refused(input, mapping.bytes(), frames.error(), sink);
  std::vector<Word> words = TRY(announce(input, mapping.bytes(), frames->size(), sink));
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
  TRY_VOID(send_metadata(std::move(words), frames->size(), sink));
  if (is_animation(mapping.bytes())) {
    state = ItemState::partial;
    TRY_VOID(send_gap(sink, GapKind::unsupported, "", "later pictures of the animation are not read"));
  }
  if (frames->size() == most) {
    state = ItemState::partial;
    TRY_VOID(send_gap(sink, GapKind::limit, "page " + std::to_string(most), "later frames were not read"));
  }
  return state;
}

}  // namespace dragoman::read
