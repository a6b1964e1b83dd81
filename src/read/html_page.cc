// SPDX-License-Identifier: AGPL-3.0-or-later
// One pass over the tokens. Of the tree only the elements inside a hidden one are remembered, to know where it ends.
#include "read/html_page.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "read/html_tokens.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMostLinks = 50'000;
constexpr std::size_t kMostLinkBytes = std::size_t{4} << 20;
constexpr std::size_t kMostFields = 300;
constexpr std::size_t kMostFiles = 10'000;
constexpr std::size_t kMostOpen = 100'000;  // elements inside a hidden one
constexpr std::size_t kShownLink = 2'000;   // bytes of a link's text that are compared with its address

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lower(c); });
  return out;
}

// Whether `names`, separated by spaces, hold the name.
bool is_one_of(std::string_view name, std::string_view names) {
  for (std::size_t at = names.find(name); at != names.npos; at = names.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || names[at - 1] == ' ') && (end == names.size() || names[end] == ' ')) return true;
  }
  return false;
}

constexpr std::string_view kBlocks =
    "p h1 h2 h3 h4 h5 h6 table ul ol dl blockquote pre section article header footer main nav aside figure form hr "
    "fieldset details";
constexpr std::string_view kLines = "div br tr li dt dd center address option summary legend caption figcaption";
constexpr std::string_view kVoid =
    "area base br col embed frame hr img input link meta param source track wbr keygen basefont bgsound";

std::string_view break_of(std::string_view name) {
  if (is_one_of(name, kBlocks)) return "\n\n";
  if (is_one_of(name, kLines)) return "\n";
  return name == "td" || name == "th" ? "\t" : "";
}

// What an element that begins ends without saying so (HTML 13.1.2.4).
std::string_view ended_by(std::string_view name) {
  if (name == "li") return "li p";
  if (name == "dt" || name == "dd") return "dt dd p";
  if (name == "td" || name == "th") return "td th p";
  if (name == "tr") return "tr td th p";
  if (is_one_of(name, "tbody thead tfoot")) return "tbody thead tfoot tr td th p";
  if (name == "option" || name == "optgroup") return "option";
  return is_one_of(name, kBlocks) || name == "div" ? "p" : "";
}

// "display: none" and its kin, in a style attribute.
bool style_hides(std::string_view raw) {
  if (raw.empty() || raw.size() > 20'000) return false;
  std::string style;
  for (const char c : raw) {
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') style.push_back(lower(c));
  }
  const auto says = [&](std::string_view what, std::string_view then) {
    for (std::size_t at = style.find(what); at != style.npos; at = style.find(what, at + 1)) {
      const std::size_t end = at + what.size();
      if (then.empty() || end == style.size() || then.find(style[end]) != then.npos) return true;
    }
    return false;
  };
  return says("display:none", "") || says("visibility:hidden", "") || says("mso-hide:all", "") ||
         says("font-size:0", ";p!") || says("opacity:0", ";!");
}

bool hides(const HtmlToken& token) {
  if (is_one_of(token.name, "noscript template noframes object")) return true;
  if (token.name == "dialog") return !token.has("open");
  return token.has("hidden") || style_hides(token.raw("style"));
}

std::string trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\r\n\f");
  if (from == text.npos) return {};
  return std::string(text.substr(from, text.find_last_not_of(" \t\r\n\f") - from + 1));
}

/// The elements open inside the outermost hidden one, that one included.
class HiddenElements {
 public:
  bool any() const { return !open_.empty(); }
  void begin(const std::string& name) {
    if (open_.size() == kMostOpen) return;
    ++count_[name];
    open_.push_back(name);
  }
  /// Ends what `name`, beginning, ends unsaid.
  void ended_by_beginning(std::string_view name) {
    const std::string_view ended = ended_by(name);
    while (!open_.empty() && is_one_of(open_.back(), ended)) pop();
  }
  void end(const std::string& name) {
    const auto found = count_.find(name);
    if (found != count_.end() && found->second > 0) {
      for (bool last = false; !last && !open_.empty();) last = pop() == name;
      return;
    }
    // An element around the hidden one ends: so does that, if its own end may be left out.
    if (any() && is_one_of(open_.front(), "p li td th tr dt dd option tbody thead tfoot") &&
        (is_one_of(name, kBlocks) || is_one_of(name, "div tr li td th body html select tbody"))) {
      while (!open_.empty()) pop();
    }
  }

 private:
  std::string pop() {
    std::string name = std::move(open_.back());
    open_.pop_back();
    --count_[name];
    return name;
  }
  std::vector<std::string> open_;
  std::unordered_map<std::string, std::size_t> count_;
};

class PageReading {
 public:
  explicit PageReading(std::string_view html) : tokens_(html) {}

  HtmlPage all() {
    HtmlToken token;
    while (tokens_.next(token)) {
      switch (token.kind) {
        case HtmlToken::Kind::text: text(token); break;
        case HtmlToken::Kind::start: begin(token); break;
        case HtmlToken::Kind::end: end(token); break;
        case HtmlToken::Kind::comment: comment(token.text); break;
        case HtmlToken::Kind::raw: files_of_style(token); break;
      }
    }
    return std::move(page_);
  }

 private:
  std::string& out() { return hidden_.any() ? page_.hidden : page_.text; }

  void text(const HtmlToken& token) {
    if (token.name == "title") {
      if (page_.title.empty()) page_.title = trimmed(text_of_references(token.text));
      return;
    }
    std::string words = text_of_references(token.text);
    if (pre_ == 0 && token.name != "textarea") {
      std::replace_if(
          words.begin(), words.end(), [](char c) { return c == '\n' || c == '\r' || c == '\f'; }, ' ');
    }
    out() += words;
  }

  void begin(const HtmlToken& token) {
    if (hidden_.any()) hidden_.ended_by_beginning(token.name);
    const bool is_void = is_one_of(token.name, kVoid);
    if (!is_void && (hidden_.any() || hides(token))) hidden_.begin(token.name);
    out() += break_of(token.name);
    pre_ += is_one_of(token.name, "pre listing") ? 1U : 0U;
    if (token.attributes.empty()) return;
    if (token.name == "meta") meta(token);
    if (token.name == "img" || token.name == "area") add_inline(token.raw("alt"));
    if (token.name == "input") input(token);
    if (token.name == "a") anchor(token);
    if (token.name == "iframe" && token.has("srcdoc")) page_.frame_documents.push_back(token.raw("srcdoc"));
    if (token.name != "a" && token.name != "input") add_hidden_line(token.raw("title"));
    addresses(token);
  }

  void end(const HtmlToken& token) {
    if (token.name == "a") end_anchor();
    out() += break_of(token.name);
    if (is_one_of(token.name, "pre listing") && pre_ > 0) --pre_;
    if (hidden_.any()) hidden_.end(token.name);
  }

  void meta(const HtmlToken& token) {
    std::string name = text_of_references(token.raw("name"));
    if (name.empty()) name = text_of_references(token.raw("property"));
    if (name.empty()) name = text_of_references(token.raw("http-equiv"));
    if (name.empty()) name = text_of_references(token.raw("itemprop"));
    add_field(name, text_of_references(token.raw("content")));
  }

  void add_field(std::string name, std::string value) {
    if (name.empty() || value.empty()) return;
    if (page_.fields.size() == kMostFields) {
      page_.cut = true;
      return;
    }
    page_.fields.push_back({std::move(name), std::move(value)});
  }

  void add_inline(std::string_view raw) {
    if (raw.empty()) return;
    out().push_back(' ');
    out() += text_of_references(raw);
    out().push_back(' ');
  }

  void add_hidden_line(std::string_view raw) {
    if (raw.empty()) return;
    page_.hidden += "\n\n" + text_of_references(raw) + "\n\n";
  }

  void input(const HtmlToken& token) {
    const std::string type = lower(token.raw("type"));
    if (type == "submit" || type == "button" || type == "reset") return add_inline(token.raw("value"));
    const bool choice = type == "checkbox" || type == "radio";
    if (type == "image" || (choice && !token.has("checked"))) return;
    const std::string value = text_of_references(token.raw("value"));
    if (value.empty() && !choice) return;
    page_.form += text_of_references(token.raw("name")) + ": " + (value.empty() ? "on" : value) + "\n";
  }

  void anchor(const HtmlToken& token) {
    end_anchor();
    anchor_ = trimmed(text_of_references(token.raw("href")));
    anchor_from_ = out().size();
    add_hidden_line(token.raw("title"));
  }

  // The address is listed unless it is what the link's text says.
  void end_anchor() {
    if (anchor_.empty()) return;
    const std::string address = std::exchange(anchor_, {});
    const std::string& shown_in = out();
    std::string_view bare = address;
    if (const std::size_t scheme = bare.find("://"); scheme != bare.npos && scheme < 8) bare.remove_prefix(scheme + 3);
    for (const std::string_view scheme : {"mailto:", "tel:"}) {
      if (bare.starts_with(scheme)) bare.remove_prefix(scheme.size());
    }
    while (bare.ends_with('/')) bare.remove_suffix(1);
    const std::size_t from = std::min(anchor_from_, shown_in.size());
    if (shown_in.size() - from <= kShownLink && std::string_view(shown_in).substr(from).find(bare) != bare.npos) return;
    add_link(address);
  }

  void add_link(const std::string& address) {
    if (address.empty() || address[0] == '#' || is_inside(address)) return;
    if (links_.size() == kMostLinks || page_.links.size() + address.size() > kMostLinkBytes) {
      page_.cut = true;
      return;
    }
    if (!links_.insert(address).second) return;
    page_.links += address;
    page_.links.push_back('\n');
  }

  static bool is_inside(std::string_view address) {
    const std::string scheme = lower(address.substr(0, 11));
    return scheme.starts_with("data:") || scheme.starts_with("javascript:") || scheme.starts_with("about:") ||
           scheme.starts_with("cid:");
  }

  // Where an element gets its content from: a file written into the page, or an address elsewhere.
  void addresses(const HtmlToken& token) {
    for (const HtmlAttribute& attribute : token.attributes) {
      if (attribute.name == "style") {
        files_in(attribute.raw_value);
        continue;
      }
      if (!is_one_of(attribute.name, "src href data poster background xlink:href action")) continue;
      const std::string_view value = attribute.raw_value;
      const bool other = is_one_of(token.name, "iframe frame form embed object video audio source");
      if (value.size() > 5 && lower(value.substr(0, 5)) == "data:") {
        add_file(value);
      } else if (other) {
        add_link(trimmed(text_of_references(value)));
      }
    }
  }

  void files_of_style(const HtmlToken& token) {
    if (token.name == "style") files_in(token.text);
  }

  // url(data:…) of style sheets.
  void files_in(std::string_view style) {
    for (std::size_t at = style.find("url("); at != style.npos; at = style.find("url(", at + 4)) {
      std::size_t from = at + 4;
      while (from < style.size() && (style[from] == ' ' || style[from] == '"' || style[from] == '\'')) ++from;
      if (style.substr(from, 5) != "data:") continue;
      const std::size_t end = std::min(style.find_first_of(")\"'", from), style.size());
      add_file(style.substr(from, end - from));
      at = std::max(at, end - std::min<std::size_t>(end, 4));
    }
  }

  void add_file(std::string_view address) {
    if (files_.size() == kMostFiles) {
      page_.cut = true;
      return;
    }
    if (files_.insert(address).second) page_.data_addresses.push_back(address);
  }

  // Comments are text that somebody wrote. Office writes its properties into one; browsers that save a page say from
  // where.
  void comment(std::string_view comment) {
    if (comment.empty()) return;
    static constexpr std::string_view kSaved = "saved from url=(";
    if (const std::size_t saved = comment.find(kSaved); saved != comment.npos && saved < 8) {
      const std::size_t from = comment.find(')', saved);
      if (from != comment.npos) return add_field("saved from url", trimmed(comment.substr(from + 1)));
    }
    const std::string opening = trimmed(comment.substr(0, 64));
    if (opening.starts_with("[if ") || opening.starts_with("[endif") || opening.starts_with("<![endif")) {
      return office_properties(comment);
    }
    HtmlTokens tokens(comment);
    HtmlToken token;
    page_.hidden += "\n\n";
    while (tokens.next(token)) {
      if (token.kind == HtmlToken::Kind::text) page_.hidden += text_of_references(token.text);
      page_.hidden.push_back(' ');
    }
    page_.hidden += "\n\n";
  }

  // <o:Author>…</o:Author> in a comment for Office; what other conditional comments say is for programs.
  void office_properties(std::string_view comment) {
    if (comment.find("<o:") == comment.npos) return;
    HtmlTokens tokens(comment);
    HtmlToken token;
    std::string name;
    while (tokens.next(token)) {
      if (token.kind == HtmlToken::Kind::start) name = token.name.starts_with("o:") ? token.name : std::string();
      if (token.kind == HtmlToken::Kind::end) name.clear();
      if (token.kind == HtmlToken::Kind::text && !name.empty()) {
        add_field(name, trimmed(text_of_references(token.text)));
      }
    }
  }

  HtmlTokens tokens_;
  HtmlPage page_;
  HiddenElements hidden_;
  std::size_t pre_ = 0;
  std::string anchor_;  // address of the link that is open
  std::size_t anchor_from_ = 0;
  std::unordered_set<std::string> links_;
  std::unordered_set<std::string_view> files_;
};

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool escape = text[at] == '%' && at + 2 < text.size();
    const int high = escape ? hex_digit(text[at + 1]) : -1;
    const int low = escape ? hex_digit(text[at + 2]) : -1;
    if (high < 0 || low < 0) {
      out.push_back(text[at]);
      continue;
    }
    out.push_back(static_cast<char>(high * 16 + low));
    at += 2;
  }
  return out;
}

std::string base64_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const int digit = base64_digit(c);
    if (digit < 0) continue;
    bits = (bits << 6U) | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out.push_back(static_cast<char>((bits >> static_cast<unsigned>(held)) & 0xFFU));
  }
  return out;
}

}  // namespace

HtmlPage html_page(std::string_view html) {
  return PageReading(html).all();
}

std::vector<BodyPart> HtmlPage::parts() const {
  std::vector<BodyPart> out;
  const auto add = [&](const char* label, const std::string& words) {
    if (!trimmed(words).empty()) out.push_back({label, words});
  };
  add("hidden text", hidden);
  add("form fields", form);
  add("links", links);
  return out;
}

DataAddress read_data_address(std::string_view address) {
  DataAddress out;
  const std::size_t comma = address.find(',');
  if (address.size() < 5 || comma == address.npos) return out;
  const std::string_view head = address.substr(5, comma - 5);
  out.mime = lower(head.substr(0, head.find(';')));
  const std::string data = percent_decoded(text_of_references(address.substr(comma + 1)));
  out.bytes = lower(head).ends_with(";base64") ? base64_decoded(data) : data;
  return out;
}

}  // namespace dragoman::read
