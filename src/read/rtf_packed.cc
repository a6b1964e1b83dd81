// SPDX-License-Identifier: AGPL-3.0-or-later
// Compressed RTF: LZ77 over a window of 4,096 bytes that begins with the commonest control words ([MS-OXRTFCP] 2.1).
#include <algorithm>
#include <array>

#include "read/little_endian.h"
#include "read/rtf.h"

namespace dragoman::read {
namespace {

constexpr std::uint32_t kCompressed = 0x75465A4C;  // "LZFu"
constexpr std::uint32_t kStored = 0x414C454D;      // "MELA"
constexpr std::size_t kHead = 16;
constexpr std::size_t kWindow = 4096;
constexpr std::string_view kPrefix =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans "
    "SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
static_assert(kPrefix.size() == 207);

class Window {
 public:
  Window() {
    std::copy(kPrefix.begin(), kPrefix.end(), bytes_.begin());
    at_ = kPrefix.size();
  }
  void put(char c) {
    bytes_[at_] = c;
    at_ = (at_ + 1) % kWindow;
  }
  char get(std::size_t at) const { return bytes_[at % kWindow]; }
  std::size_t at() const { return at_; }

 private:
  std::array<char, kWindow> bytes_{};
  std::size_t at_ = 0;
};

// Copies one earlier run; false at the end mark, a run that begins where it would be written.
bool copy_run(unsigned reference, Window& window, std::string& out) {
  const std::size_t offset = reference >> 4U;
  const std::size_t length = (reference & 0xFU) + 2;
  if (offset == window.at()) return false;
  for (std::size_t i = 0; i < length; ++i) {
    const char c = window.get(offset + i);
    out.push_back(c);
    window.put(c);
  }
  return true;
}

}  // namespace

Result<std::string> decompress_rtf(std::string_view packed, std::uint64_t most) {
  if (packed.size() < kHead) return fail(ErrorKind::malformed, "the compressed RTF has no head");
  const std::uint32_t raw = u32_at(packed, 4);
  const std::uint32_t form = u32_at(packed, 8);
  if (form == kStored) return std::string(slice(packed, kHead, std::min<std::uint64_t>(raw, most)));
  if (form != kCompressed) return fail(ErrorKind::malformed, "the compressed RTF is of no known form");
  packed = packed.substr(kHead);
  Window window;
  std::string out;
  // One control byte says of the next eight tokens whether they are runs (two bytes) or single bytes.
  for (std::size_t at = 0; at < packed.size();) {
    const unsigned control = u8_at(packed, at++);
    for (unsigned bit = 0; bit < 8 && at < packed.size(); ++bit) {
      if (out.size() > most) return fail(ErrorKind::limit, "the compressed RTF gives more than is read");
      if ((control >> bit & 1U) == 0) {
        out.push_back(packed[at]);
        window.put(packed[at++]);
        continue;
      }
      const unsigned reference = (unsigned{u8_at(packed, at)} << 8U) | u8_at(packed, at + 1);
      at += 2;
      if (!copy_run(reference, window, out)) return out;
    }
  }
  return out;
}

}  // namespace dragoman::read
