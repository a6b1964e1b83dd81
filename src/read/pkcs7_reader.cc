// SPDX-License-Identifier: AGPL-3.0-or-later
// Signed messages (PKCS #7, CMS: RFC 5652) hold what was signed: it is the child. Whether the signature is good is not
// looked at. What is encrypted cannot be read without its key.
#include "read/input.h"
#include "read/pkcs7_ber.h"

namespace dragoman::read {
namespace {

constexpr std::string_view kSigned = "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02";
constexpr std::string_view kEnveloped = "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03";
constexpr std::string_view kData = "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01";

std::string name_within(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  if (slash != name.npos) name.remove_prefix(slash + 1);
  const std::size_t dot = name.rfind('.');
  const std::string base(name.substr(0, dot));
  if (base.empty() || base == "smime") return "signed-content.eml";
  return base;
}

}  // namespace

Result<ItemState> read_pkcs7(const Input& input, ReadSink& sink) {
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  const BerMessage message = parse_ber_message(mapping.bytes());
  if (message.type == kEnveloped) {
    TRY_VOID(send_gap(sink, GapKind::encrypted, "", "the message is encrypted for a key that is not here"));
    return ItemState::encrypted;
  }
  if (message.type != kSigned && message.type != kData) {
    TRY_VOID(send_gap(sink, GapKind::unsupported, "", "this kind of PKCS #7 message is not read"));
    return ItemState::unsupported;
  }
  if (message.content.empty()) return ItemState::read;  // a signature apart from what it signs
  TRY_VOID(sink.begin_child({0, name_within(input.request.name)}));
  for (const std::string_view piece : message.content) TRY_VOID(sink.child_bytes(piece));
  TRY_VOID(sink.end_child(message.whole ? ChildEnd::complete : ChildEnd::truncated));
  if (message.whole) return ItemState::read;
  TRY_VOID(send_gap(sink, GapKind::truncated, "", "the file ends inside what was signed"));
  return ItemState::partial;
}

}  // namespace dragoman::read
