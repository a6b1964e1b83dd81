// SPDX-License-Identifier: AGPL-3.0-or-later
// Web pages as Safari saves them (.webarchive): a property list with the page, and what it shows as children.
#include <algorithm>

#include "base/utf8.h"
#include "read/binary_plist.h"
#include "read/html_reader.h"
#include "read/input.h"

namespace dragoman::read {
namespace {

struct Resource {
  std::string_view bytes;
  std::string address;
  std::string mime;
  std::string charset;
};

class Archive {
 public:
  Archive(const BinaryPlist& list, const Input& input, ReadSink& sink) : list_(list), input_(input), sink_(sink) {}

  Result<ItemState> read() {
    const auto main = list_.value(list_.top(), "WebMainResource");
    if (!main) {
      TRY_VOID(send_gap(sink_, GapKind::malformed, "", "the saved page lacks the page itself"));
      return ItemState::failed;
    }
    const Resource page = resource(*main);
    HtmlOrigin origin;
    origin.kind = "webarchive";
    if (!page.address.empty()) origin.fields.push_back({"WebResourceURL", page.address});
    // What is written into the page itself comes behind what was saved with it.
    TRY_VOID(send_shown(list_.top(), input_.limits().max_depth));
    origin.first_child = ordinal_;
    const ItemState state = TRY(send_html(decode_html(page.bytes, page.charset), origin, input_.limits(), sink_));
    return whole_ ? state : ItemState::partial;
  }

 private:
  Resource resource(BinaryPlist::Object object) const {
    Resource out;
    const auto text = [&](const char* key) {
      const auto value = list_.value(object, key);
      return value ? list_.text(*value).value_or("") : std::string();
    };
    if (const auto data = list_.value(object, "WebResourceData"); data) out.bytes = list_.data(*data).value_or("");
    out.address = text("WebResourceURL");
    out.mime = text("WebResourceMIMEType");
    out.charset = text("WebResourceTextEncodingName");
    return out;
  }

  // Pictures and the like, then frames, which are archives of their own.
  Result<void> send_shown(BinaryPlist::Object archive, std::uint32_t depth) {
    if (depth == 0 || ordinal_ >= kMostFiles || ++visited_ > kMostFiles) {
      if (std::exchange(whole_, false)) {
        TRY_VOID(send_gap(sink_, GapKind::limit, "", "the saved page holds more files than its limit"));
      }
      return {};
    }
    if (const auto shown = list_.value(archive, "WebSubresources"); shown) {
      for (const BinaryPlist::Object one : list_.members(*shown, kMostFiles)) TRY_VOID(send(resource(one)));
    }
    const auto frames = list_.value(archive, "WebSubframeArchives");
    if (!frames) return {};
    for (const BinaryPlist::Object frame : list_.members(*frames, kMostFiles)) {
      if (const auto main = list_.value(frame, "WebMainResource"); main) TRY_VOID(send(resource(*main)));
      TRY_VOID(send_shown(frame, depth - 1));
    }
    return {};
  }

  Result<void> send(const Resource& shown) {
    if (shown.bytes.empty() || ordinal_ >= kMostFiles) return {};
    const std::string name = name_of_address(shown.address, shown.mime, ordinal_ + 1);
    TRY_VOID(sink_.begin_child({ordinal_++, is_valid_utf8(name) ? name : to_valid_utf8(name)}));
    TRY_VOID(sink_.child_bytes(shown.bytes));
    return sink_.end_child(ChildEnd::complete);
  }

  static constexpr std::uint32_t kMostFiles = 100'000;
  const BinaryPlist& list_;
  const Input& input_;
  ReadSink& sink_;
  std::uint32_t ordinal_ = 0;
  std::uint32_t visited_ = 0;  // archives: one may contain itself, many times over
  bool whole_ = true;
};

}  // namespace

bool looks_like_webarchive(std::string_view head, std::string_view tail) {
  constexpr std::string_view kKey = "WebMainResource";
  return head.starts_with("bplist0") && (head.find(kKey) != head.npos || tail.find(kKey) != tail.npos);
}

Result<ItemState> read_webarchive(const Input& input, ReadSink& sink) {
  const Result<Mapping> mapped = Mapping::of(input.fd, input.size);
  if (!mapped) {
    TRY_VOID(send_gap(sink, gap_kind_of(mapped.error().kind), "", mapped.error().message));
    return ItemState::failed;
  }
  const std::optional<BinaryPlist> list = BinaryPlist::open(mapped->bytes());
  if (!list) {
    TRY_VOID(send_gap(sink, GapKind::malformed, "", "the saved page has no parts"));
    return ItemState::failed;
  }
  return Archive(*list, input, sink).read();
}

}  // namespace dragoman::read
