// SPDX-License-Identifier: AGPL-3.0-or-later
// SVG: its texts in the order of the file, what is not displayed and what describes it on pages of their own, pictures
// that it carries inside as children. Nothing it refers to outside is opened.
#include <algorithm>
#include <cstdint>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "read/encoding.h"
#include "read/input.h"
#include "read/reflow.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMostPictures = 10'000;
constexpr std::size_t kMostDepth = 1'000;

struct SvgPicture {
  std::string name;
  std::string bytes;
};

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const std::size_t colon = name.find(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

bool is_hidden(const pugi::xml_node& node) {
  const std::string_view display = node.attribute("display").value();
  const std::string_view visibility = node.attribute("visibility").value();
  std::string style = node.attribute("style").value();
  std::erase(style, ' ');
  return display == "none" || visibility == "hidden" || style.find("display:none") != style.npos ||
         style.find("visibility:hidden") != style.npos;
}

// RFC 4648; white space between is skipped, the first byte that is none ends it.
std::string from_base64(std::string_view text) {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    const std::size_t value = kLetters.find(c);
    if (value == kLetters.npos) break;
    bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xFFFFFFU;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<char>(bits >> count & 0xFFU));
  }
  return out;
}

/// Walks the tree without recursion: a file may nest as deep as it is long.
class SvgWalk {
 public:
  void walk(const pugi::xml_document& document);
  std::string shown;
  std::string hidden;
  std::string about;
  std::string title;
  std::vector<SvgPicture> pictures;
  bool cut = false;

 private:
  struct Level {
    pugi::xml_node node;
    bool hidden = false;
    bool text = false;   // inside <text> or foreign markup
    bool about = false;  // inside <title>, <desc>, <metadata>
  };
  void enter(const pugi::xml_node& node, const Level& above);
  void leave(const Level& level);
  void letters(std::string_view text, const Level& level);
  void picture(const pugi::xml_node& node);
  std::vector<Level> stack_;
};

void SvgWalk::letters(std::string_view text, const Level& level) {
  if (level.about) {
    about += text;
  } else if (level.text) {
    (level.hidden ? hidden : shown) += text;
  }
}

void SvgWalk::picture(const pugi::xml_node& node) {
  std::string_view link = node.attribute("href").value();
  if (link.empty()) link = node.attribute("xlink:href").value();
  const std::size_t comma = link.find(',');
  if (!link.starts_with("data:") || comma == link.npos || pictures.size() >= kMostPictures) return;
  const std::string_view head = link.substr(5, comma - 5);
  if (!head.ends_with(";base64")) return;
  std::string name = "picture-" + std::to_string(pictures.size() + 1);
  const std::string_view mime = head.substr(0, head.find(';'));
  if (mime == "image/png") name += ".png";
  if (mime == "image/jpeg" || mime == "image/jpg") name += ".jpg";
  if (mime == "image/svg+xml") name += ".svg";
  pictures.push_back({std::move(name), from_base64(link.substr(comma + 1))});
}

void SvgWalk::enter(const pugi::xml_node& node, const Level& above) {
  const std::string_view name = local_name(node);
  Level level = above;
  level.node = node;
  level.hidden = above.hidden || is_hidden(node);
  level.text = above.text || name == "text" || name == "foreignObject" || name == "textArea" || name == "flowRoot";
  level.about = above.about || name == "title" || name == "desc" || name == "metadata";
  if (name == "script" || name == "style") return;
  if (name == "image") picture(node);
  if (name == "title" && title.empty()) title = node.text().get();
  if (stack_.size() >= kMostDepth) {
    cut = true;
    return;
  }
  stack_.push_back(level);
}

void SvgWalk::leave(const Level& level) {
  // Pieces of one line stand beside each other; a text, a description ends a line.
  const std::string_view name = local_name(level.node);
  const bool line = name == "text" || name == "title" || name == "desc" || name == "foreignObject" || name == "p" ||
                    name == "div" || name == "flowPara";
  if (line || level.about) letters("\n", level);
  const bool placed = name == "tspan" && (level.node.attribute("x") || level.node.attribute("y"));
  if (placed) letters("\n", level);
}

void SvgWalk::walk(const pugi::xml_document& document) {
  enter(document.document_element(), Level{});
  // `next` is what comes after the last step inside the innermost level.
  std::vector<pugi::xml_node> next;
  if (!stack_.empty()) next.push_back(stack_.back().node.first_child());
  while (!stack_.empty()) {
    const pugi::xml_node node = next.back();
    if (!node) {
      leave(stack_.back());
      stack_.pop_back();
      next.pop_back();
      continue;
    }
    next.back() = node.next_sibling();
    if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) letters(node.value(), stack_.back());
    if (node.type() != pugi::node_element) continue;
    const std::size_t depth = stack_.size();
    enter(node, stack_.back());
    if (stack_.size() > depth) next.push_back(node.first_child());
  }
}

Result<void> send_pictures(const std::vector<SvgPicture>& pictures, ReadSink& sink) {
  constexpr std::size_t kFrame = std::size_t{1} << 20;
  std::uint32_t ordinal = 0;
  for (const SvgPicture& picture : pictures) {
    TRY_VOID(sink.begin_child({ordinal++, picture.name}));
    for (std::size_t at = 0; at < picture.bytes.size(); at += kFrame) {
      TRY_VOID(sink.child_bytes(std::string_view(picture.bytes).substr(at, kFrame)));
    }
    TRY_VOID(sink.end_child(ChildEnd::complete));
  }
  return {};
}

}  // namespace

Result<ItemState> read_svg(const Input& input, ReadSink& sink) {
  const std::size_t most = static_cast<std::size_t>(std::min(input.size, input.limits().max_text_bytes));
  const std::string bytes = TRY(read_at(input.fd, 0, most));
  const Decoded text = decode_text(bytes);
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(
      text.utf8.data(), text.utf8.size(), pugi::parse_default | pugi::parse_ws_pcdata, pugi::encoding_utf8);
  SvgWalk walk;
  walk.walk(document);
  Body body;
  body.document.kind = std::string(input.type.kind);
  body.document.title = walk.title;
  body.text = std::move(walk.shown);
  body.engine = "pugixml";
  body.parts.push_back({"hidden text", std::move(walk.hidden)});
  body.parts.push_back({"metadata", std::move(walk.about)});
  ItemState state = TRY(send_body(std::move(body), input.limits(), sink));
  TRY_VOID(send_pictures(walk.pictures, sink));
  if (!parsed) {
    state = ItemState::partial;
    TRY_VOID(send_gap(sink, GapKind::malformed, "",
                      "the drawing's markup is damaged; what comes before the damage is here"));
  }
  if (most < input.size || walk.cut) {
    state = ItemState::partial;
    TRY_VOID(send_gap(sink, GapKind::limit, "", "the drawing is larger or deeper than is read"));
  }
  return state;
}

}  // namespace dragoman::read
