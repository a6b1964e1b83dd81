// SPDX-License-Identifier: AGPL-3.0-or-later
// Numbers that do not convert into each other: an offset in bytes is not an offset in code points.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace dragoman {

/// A value of type Rep that only equals, orders and adds up with its own kind.
template <class Tag, class Rep>
class Strong {
 public:
  constexpr Strong() = default;
  constexpr explicit Strong(Rep value) : value_(value) {}
  constexpr Rep value() const { return value_; }
  constexpr auto operator<=>(const Strong&) const = default;
  constexpr Strong& operator++() {
    ++value_;
    return *this;
  }

 private:
  Rep value_{};
};

using ByteOffset = Strong<struct ByteOffsetTag, std::size_t>;
using CodepointOffset = Strong<struct CodepointOffsetTag, std::size_t>;
/// Pages and words as people count them: from 1.
using PageIndex = Strong<struct PageIndexTag, std::uint32_t>;
using WordIndex = Strong<struct WordIndexTag, std::uint32_t>;

/// Row ids of the case database.
using ItemId = Strong<struct ItemIdTag, std::int64_t>;
using ContentId = Strong<struct ContentIdTag, std::int64_t>;
using PageId = Strong<struct PageIdTag, std::int64_t>;
using VersionId = Strong<struct VersionIdTag, std::int64_t>;

}  // namespace dragoman

template <class Tag, class Rep>
struct std::hash<dragoman::Strong<Tag, Rep>> {
  std::size_t operator()(const dragoman::Strong<Tag, Rep>& strong) const noexcept {
    return std::hash<Rep>{}(strong.value());
  }
};
