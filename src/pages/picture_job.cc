// SPDX-License-Identifier: AGPL-3.0-or-later
#include "pages/picture_job.h"

#include "base/bytes.h"
#include "read/page_view.h"
#include "read/pixels.h"
#include "record/wire.h"

namespace dragoman::pages {
namespace {

// Figures for both choices: docs/measurements.md, pictures of pages.
constexpr int kJpegQuality = 87;
constexpr int kGreyLevels = 16;
// A page is flat when so many of its pixels look like their left neighbour and so many are white: print on clean
// paper. Grain makes PNG large and slow, and 16 greys would draw contour lines into the shades of a photograph.
constexpr double kFlatShare = 0.88;
constexpr double kWhiteShare = 0.6;

Result<PictureOrder> decode_order(std::string_view request) {
  ByteReader in(request);
  PictureOrder order;
  order.page = PageIndex(TRY(in.u32()));
  const std::uint32_t width = TRY(in.u32());
  order.most_dpi = TRY(in.f64());
  order.max_pixels = TRY(in.u64());
  order.format = TRY(in.u8()) == 0 ? Format::smallest : Format::png;
  constexpr std::uint32_t kMostWidth = 1 << 20;
  if (width == 0 || width > kMostWidth || !(order.most_dpi > 0) || order.max_pixels == 0) {
    return fail(ErrorKind::malformed, "no such order of a picture");
  }
  order.width = static_cast<int>(width);
  return order;
}

bool is_flat(const read::Pixels& pixels) {
  if (pixels.channels != 1) return false;
  std::size_t same = 0;
  std::size_t white = 0;
  int before = -1;
  for (const std::uint8_t value : pixels.bytes) {
    const int level = (value + 8) / 17;
    same += level == before ? 1U : 0U;
    white += level == kGreyLevels - 1 ? 1U : 0U;
    before = level;
  }
  const auto count = static_cast<double>(pixels.bytes.size());
  return static_cast<double>(same) >= kFlatShare * count && static_cast<double>(white) >= kWhiteShare * count;
}

Result<std::string> encoded(const read::Pixels& view, Format format) {
  if (format == Format::png) return read::png_of(view);
  return is_flat(view) ? read::png_of(view, kGreyLevels) : read::jpeg_of(view, kJpegQuality);
}

Result<void> picture_job(sandbox::JobContext& job) {
  const PictureOrder order = TRY(decode_order(job.request()));
  const read::ViewRequest request{order.page, order.width, order.most_dpi, order.max_pixels};
  const read::Pixels view = TRY(read::view_of_page(job.input_fd(), request, Limits{}));
  const std::string bytes = TRY(encoded(view, order.format));
  TRY_VOID(job.begin_child(""));
  TRY_VOID(job.child_bytes(bytes));
  return job.end_child(static_cast<std::uint8_t>(ChildEnd::complete));
}

Result<void> ready_job(sandbox::JobContext&) {
  return {};
}

}  // namespace

std::string encode_order(const PictureOrder& order) {
  ByteWriter out;
  out.u32(order.page.value());
  out.u32(static_cast<std::uint32_t>(order.width));
  out.f64(order.most_dpi);
  out.u64(order.max_pixels);
  out.u8(order.format == Format::png ? 1 : 0);
  return out.take();
}

const std::vector<sandbox::Job>& picture_jobs() {
  static const std::vector<sandbox::Job> jobs{{kPictureJob, picture_job}, {kReadyJob, ready_job}};
  return jobs;
}

}  // namespace dragoman::pages
