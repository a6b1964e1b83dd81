// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/pkcs7_ber.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace dragoman::read {
namespace {

constexpr unsigned kMaxDepth = 12;
constexpr unsigned char kSequence = 0x30;
constexpr unsigned char kOid = 0x06;
constexpr unsigned char kExplicit0 = 0xA0;
constexpr unsigned char kOctets = 0x04;
constexpr unsigned char kOctetsInPieces = 0x24;

struct Element {
  unsigned char tag = 0;
  std::string_view content;
};

class Ber {
 public:
  /// Takes the next element off `in`; nothing at its end, or where it makes no sense.
  std::optional<Element> next(std::string_view& in, unsigned depth);
  bool whole() const { return whole_; }

 private:
  bool whole_ = true;
};

std::optional<Element> Ber::next(std::string_view& in, unsigned depth) {
  if (in.size() < 2 || depth > kMaxDepth) return std::nullopt;
  Element out;
  out.tag = static_cast<unsigned char>(in[0]);
  if ((out.tag & 0x1FU) == 0x1F) return std::nullopt;  // tags of several bytes occur nowhere here
  const auto first = static_cast<unsigned char>(in[1]);
  in.remove_prefix(2);
  if (first == 0x80) {  // until two zeros stand where an element would begin (X.690, section 8.1.3.6)
    std::string_view rest = in;
    while (rest.size() >= 2 && !(rest[0] == 0 && rest[1] == 0)) {
      if (!next(rest, depth + 1)) break;
    }
    out.content = in.substr(0, in.size() - rest.size());
    const bool ended = rest.size() >= 2 && rest[0] == 0 && rest[1] == 0;
    whole_ = whole_ && ended;
    in = ended ? rest.substr(2) : std::string_view();
    return out;
  }
  std::uint64_t length = first;
  if (first > 0x80) {
    const std::size_t count = first & 0x7FU;
    if (count > 8 || in.size() < count) return std::nullopt;
    length = 0;
    for (std::size_t i = 0; i < count; ++i) length = length << 8 | static_cast<unsigned char>(in[i]);
    in.remove_prefix(count);
  }
  if (length > in.size()) whole_ = false;
  const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(length, in.size()));
  out.content = in.substr(0, taken);
  in.remove_prefix(taken);
  return out;
}

void take_octets(Ber& ber, const Element& element, unsigned depth, std::vector<std::string_view>& out) {
  if (element.tag == kOctets && !element.content.empty()) out.push_back(element.content);
  if (element.tag != kOctetsInPieces || depth > kMaxDepth) return;
  std::string_view rest = element.content;
  while (std::optional<Element> piece = ber.next(rest, depth + 1)) take_octets(ber, *piece, depth + 1, out);
}

// The content that [0] wraps, of a sequence that begins with an object identifier.
std::optional<Element> wrapped(Ber& ber, std::string_view sequence, std::string_view& type) {
  const std::optional<Element> oid = ber.next(sequence, 0);
  if (!oid || oid->tag != kOid) return std::nullopt;
  type = oid->content;
  std::optional<Element> outer = ber.next(sequence, 0);
  if (!outer || outer->tag != kExplicit0) return std::nullopt;
  std::string_view rest = outer->content;
  return ber.next(rest, 0);
}

}  // namespace

BerMessage parse_ber_message(std::string_view bytes) {
  BerMessage out;
  Ber ber;
  const std::optional<Element> message = ber.next(bytes, 0);
  if (!message || message->tag != kSequence) return out;
  const std::optional<Element> inner = wrapped(ber, message->content, out.type);
  if (!inner) return out;
  if (inner->tag == kOctets || inner->tag == kOctetsInPieces) {
    take_octets(ber, *inner, 0, out.content);
  } else if (inner->tag == kSequence) {
    // SignedData: a version, a set of algorithms, then the sequence with the content (RFC 5652, section 5.1).
    std::string_view rest = inner->content;
    for (std::optional<Element> part = ber.next(rest, 0); part; part = ber.next(rest, 0)) {
      if (part->tag != kSequence) continue;
      std::string_view type;
      const std::optional<Element> content = wrapped(ber, part->content, type);
      if (content) take_octets(ber, *content, 0, out.content);
      break;
    }
  }
  out.whole = ber.whole();
  return out;
}

}  // namespace dragoman::read
