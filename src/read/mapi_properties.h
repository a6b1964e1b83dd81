// SPDX-License-Identifier: AGPL-3.0-or-later
// What Outlook's formats (MSG, TNEF, PST) keep about a message: properties by number or by name ([MS-OXPROPS],
// [MS-OXCDATA]). Values, without the file they came from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragoman::read {

/// Property types ([MS-OXCDATA], section 2.11.1).
namespace mapi_type {
inline constexpr std::uint16_t kInt16 = 0x0002;
inline constexpr std::uint16_t kInt32 = 0x0003;
inline constexpr std::uint16_t kDouble = 0x0005;
inline constexpr std::uint16_t kBool = 0x000B;
inline constexpr std::uint16_t kObject = 0x000D;
inline constexpr std::uint16_t kInt64 = 0x0014;
inline constexpr std::uint16_t kString8 = 0x001E;
inline constexpr std::uint16_t kUnicode = 0x001F;
inline constexpr std::uint16_t kTime = 0x0040;
inline constexpr std::uint16_t kGuid = 0x0048;
inline constexpr std::uint16_t kBinary = 0x0102;
inline constexpr std::uint16_t kMany = 0x1000;  // added: several values
}  // namespace mapi_type

/// The sets that named properties belong to, by the first four bytes of their GUID.
namespace mapi_set {
inline constexpr std::uint32_t kAppointment = 0x00062002;
inline constexpr std::uint32_t kTask = 0x00062003;
inline constexpr std::uint32_t kAddress = 0x00062004;
inline constexpr std::uint32_t kCommon = 0x00062008;
inline constexpr std::uint32_t kLog = 0x0006200A;
inline constexpr std::uint32_t kPublicStrings = 0x00020329;
}  // namespace mapi_set

struct MapiProperty {
  std::uint16_t id = 0;
  std::uint16_t type = 0;
  // One value, or several where the type has kMany: as they stand in the file, little-endian; strings as UTF-16LE or in
  // the store's code page.
  std::vector<std::string> values;
  // Of a named property (id >= 0x8000):
  std::uint32_t set = 0;
  std::uint32_t number = 0;  // within its set
  std::string name;          // instead of a number
};

/// Values by what they are asked for; what is missing is empty. Time and memory are linear in what was added.
class MapiProperties {
 public:
  void add(MapiProperty property) { all_.push_back(std::move(property)); }
  /// Those of `others` behind these: they are found only where these lack them.
  void append(MapiProperties others);
  /// Of strings that are not Unicode. 0: not known, each is decoded by its looks.
  void set_code_page(int number) { code_page_ = number; }
  int code_page() const { return code_page_; }
  /// From the properties that say it (PidTagMessageCodepage, else PidTagInternetCodepage), when none is set; else what
  /// the longest string looks like.
  void take_code_page();

  const std::vector<MapiProperty>& all() const { return all_; }
  const MapiProperty* find(std::uint16_t id) const;
  const MapiProperty* find(std::uint32_t set, std::uint32_t number) const;
  const MapiProperty* find(std::uint32_t set, std::string_view name) const;

  /// As UTF-8 without control characters but tab and line ends; a number in digits, a time as ISO 8601, several values
  /// joined by "; ". Binary values are no text.
  std::string text(const MapiProperty* property) const;
  std::string text(std::uint16_t id) const { return text(find(id)); }
  std::string_view bytes(std::uint16_t id) const;
  std::optional<std::uint64_t> number(std::uint16_t id) const;
  /// A time as it stands: 100 ns since 1601, UTC; 0: none.
  std::uint64_t time(std::uint16_t id) const;

 private:
  std::string text_of_value(std::uint16_t type, std::string_view value) const;
  std::vector<MapiProperty> all_;
  int code_page_ = 0;
};

}  // namespace dragoman::read
