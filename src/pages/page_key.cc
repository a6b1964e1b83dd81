// SPDX-License-Identifier: AGPL-3.0-or-later
#include "pages/page_key.h"

#include <utility>

#include <fmt/format.h>

#include "pages/picture_check.h"

namespace dragoman::pages {

std::string name_of(const PageKey& key) {
  return fmt::format("{}-{}-{}-{}", key.blob.hex(), key.page.value(), rule_of(key.size).name, kMakerVersion);
}

Result<PagePicture> picture_from(std::string bytes, Size size) {
  const SizeRule& rule = rule_of(size);
  const PictureFacts facts = TRY(checked_picture(bytes, static_cast<std::uint32_t>(rule.width), rule.max_pixels));
  return PagePicture{std::make_shared<const std::string>(std::move(bytes)), facts.mime, facts.width, facts.height};
}

}  // namespace dragoman::pages
