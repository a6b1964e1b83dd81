// SPDX-License-Identifier: AGPL-3.0-or-later
// OpenDocument (ODT, ODS, ODP, ODG, their templates, what StarOffice wrote before) as packages and in one file. Pages
// come from content.xml and styles.xml; pictures, embedded objects, older versions and macros in other languages are
// children. An object that is a folder of the package is a child by its content.xml.
#include <algorithm>
#include <utility>

#include "read/input.h"
#include "read/odf_events.h"
#include "read/ooxml.h"
#include "read/table.h"

namespace dragoman::read {
namespace {

class ManifestEvents : public XmlHandler {
 public:
  void start(std::string_view name, const XmlAttributes&) override {
    encrypted = encrypted || name == "encryption-data" || name == "encrypted-key";
  }
  void end(std::string_view) override {}
  bool encrypted = false;
};

// Parts that say how the document looks or how it is packed.
bool is_own_part(std::string_view name) {
  const std::string lower = ascii_lower(name);
  const std::string_view stem =
      std::string_view(lower).substr(lower.rfind('/') == lower.npos ? 0 : lower.rfind('/') + 1);
  if (lower == "mimetype" || lower == "content.xml" || stem == "manifest.rdf" || stem == "layout-cache") return true;
  if (stem == "styles.xml" || stem == "meta.xml" || stem == "settings.xml" || stem == "mimetype") return true;
  if (lower.find("/configurations2/") != lower.npos) return true;
  for (const char* folder : {"meta-inf/", "thumbnails/", "configurations2/", "basic/", "dialogs/"}) {
    if (lower.starts_with(folder)) return true;
  }
  return false;
}

class OdfReading {
 public:
  OdfReading(const Input& input, ReadSink& sink, Package package)
      : input_(input), sink_(sink), package_(std::move(package)) {}
  Result<ItemState> run();

 private:
  Result<void> gap(GapKind kind, const std::string& where, const char* detail);
  Result<void> parse(const std::string& name, XmlHandler& handler);
  Result<void> send_macros(TablePages& pages);
  Result<void> send_children(std::uint32_t ordinal);
  const Input& input_;
  ReadSink& sink_;
  Package package_;
  std::uint32_t children_ = 0;
  bool whole_ = true;
};

Document document_of(const Input& input) {
  Document document;
  document.kind = input.type.kind;
  return document;
}

Result<void> OdfReading::gap(GapKind kind, const std::string& where, const char* detail) {
  whole_ = false;
  return send_gap(sink_, kind, where, detail);
}

Result<void> OdfReading::parse(const std::string& name, XmlHandler& handler) {
  const PackagePart* part = package_.find(name);
  if (part == nullptr) return {};
  const PartEnd end = parse_part(package_, *part, handler);
  if (end == PartEnd::whole || end == PartEnd::stopped) return {};
  if (end == PartEnd::damaged)
    return gap(GapKind::malformed, name, "the part is damaged; what could be read of it is here");
  whole_ = false;
  return send_part_gap(end, name, sink_);
}

Result<void> OdfReading::send_macros(TablePages& pages) {
  std::string macros;
  for (const PackagePart& part : package_.parts()) {
    if (!part.name.starts_with("Basic/") || !part.name.ends_with(".xml")) continue;
    PlainText text(" module ", " module ");
    TRY_VOID(parse(part.name, text));
    macros += text.out + "\n\n";
  }
  if (macros.find_first_not_of('\n') != macros.npos) pages.document().fields.push_back({"macros", "yes"});
  return pages.note("macros", macros);
}

Result<void> OdfReading::send_children(std::uint32_t ordinal) {
  for (const PackagePart& part : package_.parts()) {
    if (is_own_part(part.name)) continue;
    if (ordinal >= input_.limits().max_members) return gap(GapKind::limit, "", "the file has more parts than are read");
    const bool sent = TRY(send_part(package_, part, ordinal++, sink_));
    whole_ = whole_ && sent;
    if (sent) ++children_;
  }
  return {};
}

Result<ItemState> OdfReading::run() {
  if (!package_.has_directory()) TRY_VOID(gap(GapKind::truncated, "", "the file's directory at its end is missing"));
  if (package_.cut()) TRY_VOID(gap(GapKind::limit, "", "the file has more parts than are read"));
  ManifestEvents manifest;
  TRY_VOID(parse("META-INF/manifest.xml", manifest));
  if (manifest.encrypted) {
    TRY_VOID(send_gap(sink_, GapKind::encrypted, "", "the document is encrypted; it cannot be opened without its key"));
    return ItemState::encrypted;
  }
  TablePages pages(input_.limits(), sink_, document_of(input_), "odf libxml2");
  OdfEvents events(pages, sink_, static_cast<std::size_t>(input_.limits().max_text_bytes));
  // Fields and styles first: the document is announced with its first page, and what is hidden is so by its style.
  for (const char* name : {"meta.xml", "settings.xml", "styles.xml", "content.xml"}) {
    TRY_VOID(parse(name, events));
    TRY_VOID(events.sent());
    if (name != std::string_view("styles.xml")) continue;
    for (const PackagePart& part : package_.parts()) {
      if (part.name.starts_with("Thumbnails/")) pages.document().fields.push_back({"thumbnail", part.name});
    }
    pages.document().title = title_of(pages.document().fields);
  }
  if (events.kind().empty()) TRY_VOID(gap(GapKind::malformed, "content.xml", "the file has no document part"));
  if (!events.kind().empty()) pages.document().kind = events.kind();
  TRY_VOID(events.finish());
  TRY_VOID(send_macros(pages));
  const ItemState sent = TRY(pages.finish());
  TRY_VOID(send_children(events.children()));
  if (pages.pages() == 0 && children_ == 0 && !whole_) return ItemState::failed;
  return whole_ ? sent : ItemState::partial;
}

Result<ItemState> read_flat(const Input& input, std::string_view bytes, ReadSink& sink) {
  TablePages pages(input.limits(), sink, document_of(input), "odf libxml2");
  OdfEvents handler(pages, sink, static_cast<std::size_t>(input.limits().max_text_bytes));
  XmlEvents events(handler);
  events.feed(bytes);
  const bool sound = events.finish();
  TRY_VOID(handler.sent());
  if (!handler.kind().empty()) pages.document().kind = handler.kind();
  pages.document().title = title_of(pages.document().fields);
  TRY_VOID(handler.finish());
  const ItemState sent = TRY(pages.finish());
  if (sound) return sent;
  TRY_VOID(send_gap(sink, GapKind::malformed, "", "the part is damaged; what could be read of it is here"));
  return pages.pages() > 0 ? ItemState::partial : ItemState::failed;
}

}  // namespace

Result<ItemState> read_odf(const Input& input, ReadSink& sink) {
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  const std::string_view bytes = mapping.bytes();
  if (!bytes.starts_with("PK")) return read_flat(input, bytes, sink);
  return OdfReading(input, sink, Package::open(bytes, input.limits())).run();
}

}  // namespace dragoman::read
