// SPDX-License-Identifier: AGPL-3.0-or-later
#include "pages/page_picture.h"

#include <optional>

#include "pages/picture_check.h"
#include "pages/picture_job.h"
#include "pages/picture_listener.h"
#include "sandbox/pool.h"

namespace dragoman::pages {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{256} << 20;
// At 150 dpi this is a page of 1.5 × 1.5 metres.
constexpr std::uint64_t kMaxPixels = 80'000'000;
constexpr int kMostWidth = 30'000;
constexpr double kDpi = 150;

}  // namespace

Result<std::string> page_picture(UniqueFd file, PageIndex page) {
  const auto pool = TRY(sandbox::Pool::create({.kind = sandbox::WorkerKind::picture}));
  std::optional<Result<std::string>> made;
  sandbox::JobSpec spec;
  spec.name = kPictureJob;
  spec.request = encode_order({page, kMostWidth, kDpi, kMaxPixels, Format::png});
  spec.input = std::move(file);
  auto listener =
      std::make_unique<PictureListener>(kMaxBytes, [&made](Result<std::string> bytes) { made = std::move(bytes); });
  TRY_VOID(pool->start(std::move(spec), std::move(listener)));
  while (!made) TRY_VOID(pool->wait(std::chrono::milliseconds(1000)));
  std::string png = TRY(std::move(*made));
  const PictureFacts facts = TRY(checked_picture(png, kMostWidth, kMaxPixels));
  if (facts.mime != "image/png") return fail(ErrorKind::malformed, "the worker gave another kind of picture");
  return png;
}

}  // namespace dragoman::pages
