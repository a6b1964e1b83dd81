// SPDX-License-Identifier: AGPL-3.0-or-later
// The state that RTF builds up token by token, and the texts it writes.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/limits.h"
#include "read/code_page.h"
#include "read/rtf.h"
#include "read/rtf_tokens.h"
#include "read/rtf_words.h"

namespace dragoman::read {

class RtfParser {
 public:
  RtfParser(std::string_view rtf, const Limits& limits);
  RtfContent parse();

 private:
  // What a group inherits and gives back.
  struct State {
    RtfPlace place = RtfPlace::body;
    bool sealed = false;
    bool deleted = false;
    bool hidden = false;
    bool endnote = false;
    bool in_table = false;
    bool html_rtf = false;
    bool blob_known = false;
    RtfPlace twin = RtfPlace::body;  // where \ud goes on
    std::int32_t font = -1;
    std::int32_t main_font = -1;
    bool right_to_left = false;
    std::int32_t fallbacks = 1;
    std::string_view property;
  };

  void open();
  void close();
  void leave(const State& inner);
  void word(const RtfToken& token);
  void symbol(char c);
  void act(const RtfWord& word, const RtfToken& token);
  void act_on_state(const RtfWord& word, const RtfToken& token);
  void act_on_fonts(const RtfWord& word, const RtfToken& token);
  void enter(RtfPlace place, std::string_view property);
  void literal(std::string_view bytes);
  void unicode(std::int32_t value);
  void letter(char32_t c);
  void ascii(std::string_view text);
  void flush();
  void append(std::string_view utf8);
  std::string* target();
  void blob(std::size_t at);
  void note_link();
  void finish(RtfContent& content);
  const CodePage& page();

  std::string_view rtf_;
  RtfTokens tokens_;
  std::vector<State> groups_{State{}};
  std::size_t too_deep_ = 0;  // groups open beyond the bound
  bool star_ = false;         // \* stands before the next word
  bool fresh_ = true;         // the group was opened just now
  std::int32_t skip_ = 0;     // fallback characters still to be skipped
  char32_t high_ = 0;         // first half of a surrogate pair
  std::string pending_;       // bytes that wait for their code page
  std::uint64_t left_;        // bytes of text that may still be written
  bool limited_ = false;
  int ansi_page_ = 1252;
  std::int32_t default_font_ = -1;
  std::int32_t defined_font_ = -1;
  std::unordered_map<std::int32_t, int> font_pages_;
  std::map<int, CodePage> pages_;
  bool from_html_ = false;
  bool new_page_sections_ = true;
  std::string picture_kind_;
  std::array<std::int32_t, 6> time_{};

  std::string text_;
  std::string html_;
  std::string headers_;
  std::string footnotes_;
  std::string endnotes_;
  std::string comments_;
  std::string boxes_;
  std::string deleted_;
  std::string hidden_;
  std::string links_;
  std::string author_;
  std::string code_;
  std::string value_;
  std::string name_;
  std::vector<Field> fields_;
  std::vector<RtfBlob> blobs_;
};

}  // namespace dragoman::read
