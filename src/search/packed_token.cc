#include "search/packed_token.h"

#include <array>
#include <cstdint>

namespace dragoman::search {
namespace {

// Folded letters. A byte of 0x80 + its place here stands for a letter; in UTF-8 those bytes only follow a leading
// byte from 0xC2 on, so the two never mix. The order is part of the index's format.
constexpr std::u16string_view kLetters =
    u"ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"   // Persian and Arabic
    u"ڕێۆڵڤۇۈۋېٹڈڑںےټډړښۍځڅګڼڻڄڃڇڏڊڋڌڎ";  // Kurdish, Uighur, Urdu, Pashto, Sindhi
static_assert(kLetters.size() == 64);

// By the two bytes of UTF-8: lead 0xD8…0xDB, continuation. 0: not packed.
constexpr auto kPacked = [] {
  std::array<std::array<std::uint8_t, 64>, 4> table{};
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    const auto letter = static_cast<std::size_t>(kLetters[i]);
    table[(letter >> 6) - 0x18][letter & 0x3F] = static_cast<std::uint8_t>(0x80 + i);
  }
  return table;
}();

}  // namespace

void pack_token(std::string_view utf8, std::string& out) {
  std::size_t end = out.size();
  out.resize(end + utf8.size());
  for (std::size_t at = 0; at < utf8.size(); ++at) {
    const auto byte = static_cast<unsigned char>(utf8[at]);
    if (byte >= 0xD8 && byte <= 0xDB && at + 1 < utf8.size()) {
      const auto packed = kPacked[byte - 0xD8U][static_cast<unsigned char>(utf8[at + 1]) & 0x3FU];
      if (packed != 0) {
        out[end++] = static_cast<char>(packed);
        ++at;
        continue;
      }
    }
    out[end++] = utf8[at];
  }
  out.resize(end);
}

}  // namespace dragoman::search
