// SPDX-License-Identifier: AGPL-3.0-or-later
// Apple's binary property lists ("bplist00"): objects in one file that refer to each other by number. Source:
// CFBinaryPList.c of Apple's CF-Lite. Lookups only: nothing is built, so a list that contains itself costs nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::read {

class BinaryPlist {
 public:
  using Object = std::uint64_t;  // a number in the table of objects

  /// nullopt when the trailer does not fit the file. `bytes` outlives this.
  static std::optional<BinaryPlist> open(std::string_view bytes);

  Object top() const { return top_; }
  /// The value of a key of a dictionary; nullopt when there is none, or `dictionary` is none.
  std::optional<Object> value(Object dictionary, std::string_view key) const;
  /// The members of an array, at most `most`; empty when it is none.
  std::vector<Object> members(Object array, std::size_t most) const;
  /// A data object's bytes.
  std::optional<std::string_view> data(Object object) const;
  /// A string in UTF-8.
  std::optional<std::string> text(Object object) const;

 private:
  // A marker's high half says the type, its low half (or an integer behind it) the count.
  struct Head {
    unsigned type = 0;
    std::uint64_t count = 0;
    std::uint64_t content = 0;  // offset
  };
  explicit BinaryPlist(std::string_view bytes) : bytes_(bytes) {}
  std::optional<std::uint64_t> big(std::uint64_t at, unsigned count) const;
  std::optional<Head> head(Object object) const;
  std::optional<Object> reference(const Head& head, std::uint64_t index) const;

  std::string_view bytes_;
  unsigned offset_size_ = 0;
  unsigned reference_size_ = 0;
  std::uint64_t objects_ = 0;
  std::uint64_t top_ = 0;
  std::uint64_t table_ = 0;
};

}  // namespace dragoman::read
