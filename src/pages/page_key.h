// SPDX-License-Identifier: AGPL-3.0-or-later
// What a picture is called, and what it is.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/strong.h"
#include "pages/size.h"

namespace dragoman::pages {

/// Raised with every change that makes other pictures of the same page; part of names in the cache.
inline constexpr int kMakerVersion = 1;

struct PageKey {
  Sha256 blob;
  PageIndex page{1};
  Size size = Size::screen;
  auto operator<=>(const PageKey&) const = default;
};

/// "<blob>-<page>-<size>-<maker version>".
std::string name_of(const PageKey& key);

struct PagePicture {
  std::shared_ptr<const std::string> bytes;
  std::string_view mime;  // "image/jpeg" or "image/png", nothing else
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

/// The bytes as a picture of that size, checked (picture_check.h).
Result<PagePicture> picture_from(std::string bytes, Size size);

}  // namespace dragoman::pages
