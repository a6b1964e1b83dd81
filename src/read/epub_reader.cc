// SPDX-License-Identifier: AGPL-3.0-or-later
// Books (EPUB 2 and 3): chapters in the order in which they are read, each called by the table of contents; metadata;
// pictures and whatever else the book holds as children. Source: EPUB Packages 3.2 and Open Container Format 3.2 (W3C).
#include <algorithm>
#include <map>
#include <set>

#include "read/html_reader.h"
#include "read/input.h"
#include "read/package.h"
#include "read/xml_events.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMostSpine = 50'000;
constexpr std::size_t kMostFields = 400;
constexpr std::size_t kMostChapter = std::size_t{64} << 20;

std::string trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\r\n");
  if (from == text.npos) return {};
  return std::string(text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1));
}

std::string without_fragment(std::string_view address) {
  return std::string(address.substr(0, address.find('#')));
}

// META-INF/container.xml: where the package document is.
class Container : public XmlHandler {
 public:
  void start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "rootfile" && root.empty()) root = attributes.get("full-path");
  }
  void end(std::string_view) override {}
  std::string root;
};

// META-INF/encryption.xml: what is encrypted. Fonts that are only scrambled are not counted.
class Encryption : public XmlHandler {
 public:
  void start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "EncryptedData") font_ = false;
    if (name == "EncryptionMethod") {
      const std::string_view how = attributes.get("Algorithm");
      font_ = how == "http://www.idpf.org/2008/embedding" || how == "http://ns.adobe.com/pdf/enc#RC";
    }
    if (name == "CipherReference" && !font_) parts.insert(ascii_lower(resolve_target("", attributes.get("URI"))));
  }
  void end(std::string_view) override {}
  std::set<std::string> parts;

 private:
  bool font_ = false;
};

struct ManifestItem {
  std::string part;
  std::string mime;
  bool contents = false;  // the table of contents of EPUB 3
};

// The package document.
class Opf : public XmlHandler {
 public:
  explicit Opf(std::string part) : part_(std::move(part)) {}

  void start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "metadata") in_metadata_ = true;
    if (name == "item" && manifest.size() < kMostSpine) {
      const std::string properties = " " + std::string(attributes.get("properties")) + " ";
      manifest[std::string(attributes.get("id"))] = {resolve_target(part_, without_fragment(attributes.get("href"))),
                                                     ascii_lower(attributes.get("media-type")),
                                                     properties.find(" nav ") != properties.npos};
    }
    if (name == "spine") toc = attributes.get("toc");
    if (name == "itemref" && spine.size() < kMostSpine) spine.emplace_back(attributes.get("idref"));
    if (!in_metadata_ || name == "metadata") return;
    key_ = name == "meta" ? std::string(attributes.get("property")) : "dc:" + std::string(name);
    value_.clear();
    if (name == "meta" && key_.empty()) add(std::string(attributes.get("name")), attributes.get("content"));
  }
  void end(std::string_view name) override {
    if (name == "metadata") in_metadata_ = false;
    if (!key_.empty()) add(std::exchange(key_, {}), value_);
  }
  void text(std::string_view bytes) override {
    if (!key_.empty() && value_.size() < 64 * 1024) value_ += bytes;
  }

  std::vector<Field> fields;
  std::map<std::string, ManifestItem> manifest;
  std::vector<std::string> spine;
  std::string toc;

 private:
  void add(std::string key, std::string_view value) {
    const std::string found = trimmed(value);
    if (!key.empty() && !found.empty() && fields.size() < kMostFields) fields.push_back({std::move(key), found});
  }
  std::string part_;
  std::string key_;
  std::string value_;
  bool in_metadata_ = false;
};

// The table of contents, of EPUB 2 (NCX) or 3 (a page with links): the first title of each part.
class Contents : public XmlHandler {
 public:
  explicit Contents(std::string part) : part_(std::move(part)) {}

  void start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "text" || name == "a") text_.clear();
    inside_ = inside_ || name == "text" || name == "a";
    if (name == "a") target_ = attributes.get("href");
    if (name == "content") add(attributes.get("src"));
  }
  void end(std::string_view name) override {
    if (name == "a") add(target_);
    if (name == "text" || name == "a") inside_ = false;
  }
  void text(std::string_view bytes) override {
    if (inside_ && text_.size() < 1000) text_ += bytes;
  }
  std::map<std::string, std::string> titles;

 private:
  void add(std::string_view target) {
    const std::string title = trimmed(text_);
    if (title.empty() || target.empty() || titles.size() == kMostSpine) return;
    titles.emplace(ascii_lower(resolve_target(part_, without_fragment(target))), title);
  }
  std::string part_;
  std::string text_;
  std::string target_;
  bool inside_ = false;
};

class Book {
 public:
  Book(Package package, const Input& input, ReadSink& sink)
      : package_(std::move(package)), input_(input), sink_(sink) {}

  Result<ItemState> read() {
    const PackagePart* root = TRY(root_part());
    if (root == nullptr) {
      TRY_VOID(send_gap(sink_, GapKind::malformed, "", "the book lacks its package document"));
      return ItemState::failed;
    }
    Opf opf(root->name);
    TRY_VOID(parse(*root, opf));
    used_.insert(root->name);
    find_contents(opf);
    TRY_VOID(parse_contents());
    TRY_VOID(read_chapters(opf));
    const ItemState sent = TRY(send_book(std::move(opf.fields)));
    TRY_VOID(send_children());
    if (chapters_ == 0 && locked_ > 0) return ItemState::encrypted;
    return whole_ ? sent : ItemState::partial;
  }

 private:
  Result<void> gap(GapKind kind, std::string where, const char* detail) {
    whole_ = false;
    return send_gap(sink_, kind, std::move(where), detail);
  }

  Result<void> parse(const PackagePart& part, XmlHandler& handler) {
    const PartEnd end = parse_part(package_, part, handler);
    if (end == PartEnd::whole || end == PartEnd::stopped) return {};
    whole_ = false;
    return send_part_gap(end, part.name, sink_);
  }

  Result<const PackagePart*> root_part() {
    if (const PackagePart* part = package_.find("META-INF/encryption.xml"); part != nullptr) {
      Encryption encryption;
      TRY_VOID(parse(*part, encryption));
      locked_parts_ = std::move(encryption.parts);
    }
    Container container;
    if (const PackagePart* part = package_.find("META-INF/container.xml"); part != nullptr) {
      TRY_VOID(parse(*part, container));
    }
    const PackagePart* root = container.root.empty() ? nullptr : package_.find(container.root);
    for (const PackagePart& part : package_.parts()) {
      if (root == nullptr && ascii_lower(part.name).ends_with(".opf")) root = &part;
    }
    return root;
  }

  void find_contents(const Opf& opf) {
    for (const auto& [id, item] : opf.manifest) {
      if (item.contents || item.mime == "application/x-dtbncx+xml" || id == opf.toc) contents_.push_back(item.part);
    }
  }

  Result<void> parse_contents() {
    for (const std::string& name : contents_) {
      const PackagePart* part = package_.find(name);
      if (part == nullptr) continue;
      Contents contents(part->name);
      // A table of contents that is damaged costs titles, no text: it is read as a chapter or not at all.
      parse_part(package_, *part, contents);
      titles_.merge(contents.titles);
      if (ascii_lower(name).ends_with(".ncx")) used_.insert(part->name);
    }
    return {};
  }

  Result<void> read_chapters(const Opf& opf) {
    for (const std::string& id : opf.spine) {
      const auto item = opf.manifest.find(id);
      const PackagePart* part = item == opf.manifest.end() ? nullptr : package_.find(item->second.part);
      if (part == nullptr) {
        TRY_VOID(gap(GapKind::malformed, "", "a chapter that the book lists is not there"));
        continue;
      }
      if (item->second.mime.starts_with("image/") || !used_.insert(part->name).second) continue;
      TRY_VOID(read_chapter(*part));
    }
    return {};
  }

  bool is_locked(const PackagePart& part) const {
    return part.encrypted || locked_parts_.contains(ascii_lower(part.name));
  }

  Result<void> read_chapter(const PackagePart& part) {
    if (is_locked(part)) {
      ++locked_;
      return gap(GapKind::encrypted, part.name, "the chapter is encrypted: the book is protected against copying");
    }
    const std::uint64_t left = input_.limits().max_text_bytes - std::min(input_.limits().max_text_bytes, text_bytes_);
    std::string bytes;
    const PartEnd end =
        package_.read_all(part, static_cast<std::size_t>(std::min<std::uint64_t>(left, kMostChapter)), bytes);
    if (end != PartEnd::whole) {
      whole_ = false;
      TRY_VOID(send_part_gap(end, part.name, sink_));
    }
    const Decoded decoded = decode_html(bytes, {});
    if (decoded.malformed) {
      TRY_VOID(gap(GapKind::malformed, part.name, "some bytes do not fit the encoding of the chapter"));
    }
    text_bytes_ += decoded.utf8.size();
    ++chapters_;
    HtmlPage page = html_page(decoded.utf8);
    const auto title = titles_.find(ascii_lower(part.name));
    std::string label = "chapter " + (title != titles_.end() ? title->second : std::to_string(chapters_));
    body_.parts.push_back({std::move(label), std::move(page.text)});
    for (BodyPart& more : page.parts()) body_.parts.push_back(std::move(more));
    return {};
  }

  Result<ItemState> send_book(std::vector<Field> fields) {
    body_.document.kind = "epub";
    for (const Field& field : fields) {
      if (field.key == "dc:title" && body_.document.title.empty()) body_.document.title = field.value;
    }
    body_.document.fields = std::move(fields);
    body_.engine = "epub";
    return send_body(std::move(body_), input_.limits(), sink_);
  }

  // How the book looks (style sheets, scripts, fonts) is no content of its own.
  static bool is_dress(const std::string& lower_name) {
    static constexpr std::string_view kEndings[] = {".css", ".js", ".ttf", ".otf", ".woff", ".woff2", ".ncx", ".opf"};
    return lower_name == "mimetype" || lower_name.starts_with("meta-inf/") ||
           std::any_of(std::begin(kEndings), std::end(kEndings),
                       [&](std::string_view ending) { return lower_name.ends_with(ending); });
  }

  Result<void> send_children() {
    std::uint32_t ordinal = 0;
    for (const PackagePart& part : package_.parts()) {
      if (used_.contains(part.name) || is_dress(ascii_lower(part.name))) continue;
      if (ordinal >= input_.limits().max_members) {
        return gap(GapKind::limit, "", "the book holds more files than its limit");
      }
      if (is_locked(part)) {
        ++locked_;
        TRY_VOID(gap(GapKind::encrypted, part.name, "the file is encrypted: the book is protected against copying"));
        continue;
      }
      const bool all = TRY(send_part(package_, part, ordinal++, sink_));
      whole_ = whole_ && all;
    }
    return {};
  }

  Package package_;
  const Input& input_;
  ReadSink& sink_;
  Body body_;
  std::set<std::string> locked_parts_;  // lower case
  std::set<std::string> used_;          // parts that are read as the book itself
  std::vector<std::string> contents_;
  std::map<std::string, std::string> titles_;  // of parts, lower case
  std::uint64_t text_bytes_ = 0;
  std::size_t chapters_ = 0;
  std::size_t locked_ = 0;
  bool whole_ = true;
};

}  // namespace

Result<ItemState> read_epub(const Input& input, ReadSink& sink) {
  const Result<Mapping> mapped = Mapping::of(input.fd, input.size);
  if (!mapped) {
    TRY_VOID(send_gap(sink, gap_kind_of(mapped.error().kind), "", mapped.error().message));
    return ItemState::failed;
  }
  Package package = Package::open(mapped->bytes(), input.limits());
  bool whole = true;
  if (!package.has_directory()) {
    whole = false;
    TRY_VOID(send_gap(sink, GapKind::truncated, "", "the archive's directory at its end is missing"));
  }
  if (package.cut()) {
    whole = false;
    TRY_VOID(send_gap(sink, GapKind::limit, "", "the book holds more files than are read"));
  }
  Book book(std::move(package), input, sink);
  const ItemState state = TRY(book.read());
  return state == ItemState::read && !whole ? ItemState::partial : state;
}

}  // namespace dragoman::read
