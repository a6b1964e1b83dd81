// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/rtf_parser.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/utf8.h"

namespace dragoman::read {
namespace {

// Word nests some twenty; what is deeper is read with the state of its surroundings.
constexpr std::size_t kMaxGroups = 4096;
constexpr std::size_t kMaxPages = 64;
constexpr std::size_t kMaxBlobs = 100'000;
constexpr std::size_t kMaxFields = 400;
constexpr std::size_t kMaxFonts = 100'000;

void end_run(std::string& text) {
  if (!text.empty() && text.back() != '\n') text.push_back('\n');
}

std::string trimmed(std::string text) {
  const std::size_t end = text.find_last_not_of(" \n;");
  text.resize(end == text.npos ? 0 : end + 1);
  return text;
}

}  // namespace

RtfParser::RtfParser(std::string_view rtf, const Limits& limits)
    : rtf_(rtf), tokens_(rtf), left_(limits.max_text_bytes) {}

RtfContent RtfParser::parse() {
  using Kind = RtfToken::Kind;
  bool closed = false;
  for (RtfToken token = tokens_.next(); token.kind != Kind::end && !limited_ && !closed; token = tokens_.next()) {
    const bool counts = token.kind == Kind::byte || token.kind == Kind::text;
    if (!counts && token.kind != Kind::binary) flush();
    switch (token.kind) {
      case Kind::open: open(); break;
      case Kind::close:
        close();
        closed = groups_.size() == 1;
        break;
      case Kind::word: word(token); break;
      case Kind::symbol: symbol(token.bytes.front()); break;
      case Kind::byte: literal(std::string(1, static_cast<char>(token.value))); break;
      case Kind::text: literal(token.bytes); break;
      case Kind::binary: blob(tokens_.at() - token.bytes.size()); break;
      case Kind::end: break;
    }
  }
  flush();
  RtfContent content;
  content.whole = closed || limited_;
  finish(content);
  return content;
}

void RtfParser::open() {
  skip_ = 0;
  fresh_ = true;
  star_ = false;
  if (groups_.size() == kMaxGroups) {
    ++too_deep_;
    return;
  }
  groups_.push_back(groups_.back());
}

void RtfParser::close() {
  skip_ = 0;
  star_ = false;
  if (too_deep_ > 0) {
    --too_deep_;
    return;
  }
  if (groups_.size() == 1) return;
  const State inner = groups_.back();
  if (inner.place != groups_[groups_.size() - 2].place) leave(inner);
  const State& outer = groups_[groups_.size() - 2];
  if (inner.deleted && !outer.deleted) end_run(deleted_);
  if (inner.hidden && !outer.hidden) end_run(hidden_);
  groups_.pop_back();
}

// A destination ends: what was gathered for it is put where it belongs.
void RtfParser::leave(const State& inner) {
  const bool room = fields_.size() < kMaxFields;
  switch (inner.place) {
    case RtfPlace::headers: headers_ += "\n\n"; break;
    case RtfPlace::footnotes: (inner.endnote ? endnotes_ : footnotes_) += "\n\n"; break;
    case RtfPlace::comments: comments_ += "\n\n"; break;
    case RtfPlace::text_boxes: boxes_ += "\n\n"; break;
    case RtfPlace::field_code: note_link(); break;
    case RtfPlace::property:
      if (room && !value_.empty()) fields_.push_back({std::string(inner.property), trimmed(std::move(value_))});
      value_.clear();
      break;
    case RtfPlace::property_time:
      if (room && time_[0] > 1601) {
        fields_.push_back({std::string(inner.property), fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", time_[0],
                                                                    time_[1], time_[2], time_[3], time_[4], time_[5])});
      }
      break;
    case RtfPlace::property_value:
      if (room && !name_.empty()) fields_.push_back({"custom:" + std::exchange(name_, {}), std::move(value_)});
      value_.clear();
      break;
    default: break;
  }
}

void RtfParser::word(const RtfToken& token) {
  const bool star = std::exchange(star_, false);
  // A destination is named by the first word of its group; \* elsewhere is a writer's mistake.
  const bool fresh = std::exchange(fresh_, false);
  State& state = groups_.back();
  if (state.sealed) return;
  const RtfWord* known = rtf_word(token.bytes);
  if (known == nullptr) {
    state.sealed = star && fresh;
    return;
  }
  act(*known, token);
}

void RtfParser::symbol(char c) {
  fresh_ = fresh_ && c == '*';
  switch (c) {
    case '*': star_ = true; return;
    case '~': letter(0xA0); break;
    case '_': letter('-'); break;
    case '\r':
    case '\n': act({"par", RtfAct::paragraph, 0}, {}); break;
    case '\t': letter('\t'); break;
    case '\\':
    case '{':
    case '}': literal(std::string(1, c)); break;
    default: break;
  }
}

void RtfParser::act(const RtfWord& word, const RtfToken& token) {
  State& state = groups_.back();
  switch (word.act) {
    case RtfAct::place: enter(static_cast<RtfPlace>(word.argument), word.name); break;
    case RtfAct::property: enter(RtfPlace::property, word.name); break;
    case RtfAct::time:
      time_ = {};
      enter(RtfPlace::property_time, word.name);
      break;
    case RtfAct::seal: state.sealed = true; break;
    case RtfAct::letter:
      if (skip_ > 0) {
        --skip_;
      } else {
        letter(static_cast<char32_t>(word.argument));
      }
      break;
    case RtfAct::unicode: unicode(token.value); break;
    case RtfAct::paragraph:
      if (from_html_ && state.place == RtfPlace::html_tag) {
        ascii("\r\n");
      } else {
        ascii(state.in_table ? "\n" : "\n\n");
      }
      break;
    case RtfAct::row: ascii("\n"); break;
    case RtfAct::section: ascii(new_page_sections_ ? "\f" : "\n\n"); break;
    case RtfAct::section_break: new_page_sections_ = word.argument != 0; break;
    case RtfAct::picture_kind: picture_kind_ = kRtfPictures[word.argument]; break;
    case RtfAct::time_part:
      if (state.place == RtfPlace::property_time)
        time_[static_cast<std::size_t>(word.argument)] = std::clamp(token.value, 0, 9999);
      break;
    case RtfAct::from_html: from_html_ = !token.has_value || token.value != 0; break;
    case RtfAct::unicode_twin:
      state.twin = state.place;
      state.place = RtfPlace::skip;
      break;
    case RtfAct::unicode_text: state.place = state.twin; break;
    default: act_on_state(word, token);
  }
}

void RtfParser::act_on_state(const RtfWord& word, const RtfToken& token) {
  State& state = groups_.back();
  const bool on = !token.has_value || token.value != 0;
  switch (word.act) {
    case RtfAct::deleted:
      if (state.deleted && !on) end_run(deleted_);
      state.deleted = on;
      break;
    case RtfAct::hidden:
      if (state.hidden && !on) end_run(hidden_);
      state.hidden = on;
      break;
    case RtfAct::plain:
      state.hidden = state.deleted = false;
      state.font = state.main_font = default_font_;
      break;
    case RtfAct::in_table: state.in_table = word.argument != 0; break;
    case RtfAct::endnote: state.endnote = true; break;
    case RtfAct::html_rtf: state.html_rtf = on; break;
    case RtfAct::fallbacks: state.fallbacks = std::clamp(token.value, 0, 1000); break;
    default: act_on_fonts(word, token);
  }
}

void RtfParser::act_on_fonts(const RtfWord& word, const RtfToken& token) {
  State& state = groups_.back();
  const bool defining = state.place == RtfPlace::fonts && font_pages_.size() < kMaxFonts;
  switch (word.act) {
    case RtfAct::font:
      if (defining) defined_font_ = token.value;
      state.font = state.main_font = token.value;
      break;
    // The last direction word says whose font counts: \af behind \rtlch is the font of what follows.
    case RtfAct::other_font:
      if (state.right_to_left) state.font = token.value;
      break;
    case RtfAct::direction:
      state.right_to_left = word.argument == 1;
      if (!state.right_to_left) state.font = state.main_font;
      break;
    case RtfAct::charset:
      if (defining && !font_pages_.contains(defined_font_))
        font_pages_[defined_font_] = code_page_of_charset(token.value);
      break;
    case RtfAct::code_page:
      if (defining) font_pages_[defined_font_] = token.value;
      break;
    case RtfAct::ansi_page: ansi_page_ = token.has_value ? token.value : word.argument; break;
    case RtfAct::mac: ansi_page_ = 10000; break;
    case RtfAct::pc: ansi_page_ = 437; break;
    case RtfAct::pca: ansi_page_ = 850; break;
    case RtfAct::default_font: default_font_ = token.value; break;
    default: break;
  }
}

void RtfParser::enter(RtfPlace place, std::string_view property) {
  State& state = groups_.back();
  state.place = place;
  state.property = property;
  state.blob_known = false;
  state.deleted = state.hidden = false;
  switch (place) {
    case RtfPlace::comments:
      if (!author_.empty()) comments_ += std::exchange(author_, {}) + ": ";
      break;
    case RtfPlace::comment_author: author_.clear(); break;
    case RtfPlace::field_code: code_.clear(); break;
    case RtfPlace::property:
    case RtfPlace::property_value: value_.clear(); break;
    case RtfPlace::property_name: name_.clear(); break;
    case RtfPlace::picture: picture_kind_.clear(); break;
    default: break;
  }
}

void RtfParser::literal(std::string_view bytes) {
  fresh_ = false;
  const auto skipped = std::min<std::size_t>(static_cast<std::size_t>(skip_), bytes.size());
  skip_ -= static_cast<std::int32_t>(skipped);
  bytes.remove_prefix(skipped);
  if (bytes.empty() || groups_.back().sealed) return;
  const RtfPlace place = groups_.back().place;
  if (place == RtfPlace::picture || place == RtfPlace::object) {
    blob(tokens_.at() - bytes.size());
    return;
  }
  if (place != RtfPlace::skip && place != RtfPlace::fonts) pending_ += bytes;
}

void RtfParser::unicode(std::int32_t value) {
  skip_ = groups_.back().fallbacks;
  const auto unit = static_cast<char32_t>(value & 0xFFFF);
  if (unit >= 0xD800 && unit < 0xDC00) {
    high_ = unit;
    return;
  }
  if (unit >= 0xDC00 && unit < 0xE000) {
    letter(high_ != 0 ? 0x10000 + ((high_ - 0xD800) << 10U) + (unit - 0xDC00) : 0xFFFD);
    high_ = 0;
    return;
  }
  high_ = 0;
  // Symbol fonts: F020…F0FF are places in the font, no letters.
  if (unit >= 0xE000 && unit < 0xF900) return;
  letter(unit);
}

void RtfParser::letter(char32_t c) {
  std::string utf8;
  append_utf8(utf8, c);
  append(utf8);
}

void RtfParser::ascii(std::string_view text) {
  append(text);
}

const CodePage& RtfParser::page() {
  const std::int32_t font = groups_.back().font >= 0 ? groups_.back().font : default_font_;
  const auto found = font_pages_.find(font);
  int number = found == font_pages_.end() || found->second == 0 ? ansi_page_ : found->second;
  // Persian and Arabic programs say "ANSI" and mean their own; for the letters of French the two agree.
  if (number == 1252 && ansi_page_ == 1256) number = 1256;
  const auto known = pages_.find(number);
  if (known != pages_.end()) return known->second;
  if (pages_.size() == kMaxPages) return pages_.begin()->second;
  return pages_.emplace(number, CodePage::of(number)).first->second;
}

void RtfParser::flush() {
  if (pending_.empty()) return;
  const bool ascii =
      std::all_of(pending_.begin(), pending_.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  append(ascii ? pending_ : page().text(pending_));
  pending_.clear();
}

void RtfParser::append(std::string_view utf8) {
  const State& state = groups_.back();
  if (state.sealed) return;
  limited_ = limited_ || utf8.size() > left_;
  if (limited_) return;
  left_ -= utf8.size();
  if (from_html_ && !state.html_rtf && (state.place == RtfPlace::body || state.place == RtfPlace::html_tag)) {
    html_ += utf8 == "\n\n" ? std::string_view("\r\n") : utf8;
  }
  if (std::string* out = target(); out != nullptr) *out += utf8;
}

std::string* RtfParser::target() {
  const State& state = groups_.back();
  switch (state.place) {
    case RtfPlace::body: return state.deleted ? &deleted_ : (state.hidden ? &hidden_ : &text_);
    case RtfPlace::headers: return &headers_;
    case RtfPlace::footnotes:
      return state.deleted ? &deleted_ : (state.hidden ? &hidden_ : (state.endnote ? &endnotes_ : &footnotes_));
    case RtfPlace::comments: return &comments_;
    case RtfPlace::comment_author: return &author_;
    case RtfPlace::text_boxes: return state.deleted ? &deleted_ : (state.hidden ? &hidden_ : &boxes_);
    case RtfPlace::field_code: return &code_;
    case RtfPlace::property:
    case RtfPlace::property_value: return &value_;
    case RtfPlace::property_name: return &name_;
    default: return nullptr;
  }
}

void RtfParser::blob(std::size_t at) {
  State& state = groups_.back();
  const bool holds = state.place == RtfPlace::picture || state.place == RtfPlace::object;
  if (state.sealed || !holds || state.blob_known) return;
  state.blob_known = true;
  if (blobs_.size() == kMaxBlobs) {
    limited_ = true;
    return;
  }
  std::string extension = state.place == RtfPlace::object ? std::string() : picture_kind_;
  if (state.place == RtfPlace::picture && extension.empty()) extension = "bin";
  blobs_.push_back({at, std::move(extension)});
}

void RtfParser::note_link() {
  const std::string code = std::exchange(code_, {});
  const std::size_t name = code.find("HYPERLINK");
  if (name == code.npos) return;
  const std::size_t from = code.find('"', name);
  const std::size_t to = from == code.npos ? from : code.find('"', from + 1);
  if (to == code.npos || to == from + 1) return;
  if (code.substr(name, from - name).find("\\l") != code.npos) return;  // a place within the document
  links_ += code.substr(from + 1, to - from - 1) + "\n";
}

void RtfParser::finish(RtfContent& content) {
  for (const Field& field : fields_) {
    if (field.key == "title") content.title = field.value;
  }
  for (const auto& [number, page] : pages_) {
    content.encodings += (content.encodings.empty() ? "" : " ") + std::to_string(number);
  }
  content.text = std::move(text_);
  content.fields = std::move(fields_);
  content.blobs = std::move(blobs_);
  content.limited = limited_;
  if (from_html_) content.html = std::move(html_);
  content.parts = {{"text boxes", std::move(boxes_)},
                   {"footnotes", std::move(footnotes_)},
                   {"endnotes", std::move(endnotes_)},
                   {"comments", std::move(comments_)},
                   {"headers and footers", std::move(headers_)},
                   {"deleted text", std::move(deleted_)},
                   {"hidden text", std::move(hidden_)},
                   {"links", std::move(links_)}};
}

RtfContent parse_rtf(std::string_view rtf, const Limits& limits) {
  return RtfParser(rtf, limits).parse();
}

}  // namespace dragoman::read
