// SPDX-License-Identifier: AGPL-3.0-or-later
// DOCX: the text of the document part; behind it, on pages called so, what stands elsewhere in the file: headers and
// footers, notes, comments, struck-out and hidden text, charts, codes of fields, targets. Pictures, embedded files,
// documents taken in as they are (altChunk) and macros are children.
#include <algorithm>
#include <set>
#include <utility>

#include "read/docx_text.h"
#include "read/input.h"
#include "read/ooxml.h"
#include "read/table.h"

namespace dragoman::read {
namespace {

class DocxReading {
 public:
  DocxReading(const Input& input, ReadSink& sink, Ooxml& package) : input_(input), sink_(sink), package_(package) {}
  Result<ItemState> run();

 private:
  Result<std::string> text_of(const PackagePart& part);
  Result<std::string> text_of_role(std::string_view role);
  Result<void> send_elsewhere(TablePages& pages);
  Result<void> read_settings(std::vector<Field>& fields);
  const Input& input_;
  ReadSink& sink_;
  Ooxml& package_;
  HiddenStyles styles_;
  DocxText beside_;  // of all parts: what is not shown
};

// Document variables and where a merged letter takes its data from.
class SettingsEvents : public XmlHandler {
 public:
  explicit SettingsEvents(std::vector<Field>& out) : out_(out) {}
  void start(std::string_view name, const XmlAttributes& attributes) override {
    if (out_.size() > 300) return;
    const std::string value(attributes.get("val"));
    if (name == "docVar") out_.push_back({"docVar:" + std::string(attributes.get("name")), value});
    if (name == "connectString" || name == "query") out_.push_back({"mailMerge:" + std::string(name), value});
    if (name == "trackRevisions" || name == "documentProtection") out_.push_back({std::string(name), "yes"});
  }
  void end(std::string_view) override {}

 private:
  std::vector<Field>& out_;
};

// people.xml: who took part, with the account they were known by.
class PeopleEvents : public XmlHandler {
 public:
  explicit PeopleEvents(std::vector<Field>& out) : out_(out) {}
  void start(std::string_view name, const XmlAttributes& attributes) override {
    if (out_.size() > 300) return;
    if (name == "person") out_.push_back({"person", std::string(attributes.get("author"))});
    if (name == "presenceInfo") out_.push_back({"person:account", std::string(attributes.get("userId"))});
  }
  void end(std::string_view) override {}

 private:
  std::vector<Field>& out_;
};

Result<std::string> DocxReading::text_of(const PackagePart& part) {
  DocxEvents events(styles_, static_cast<std::size_t>(input_.limits().max_text_bytes));
  TRY_VOID(package_.parse(part, events));
  if (events.done()) TRY_VOID(package_.gap(GapKind::limit, part.name, "the part is larger than is read"));
  DocxText text = events.take();
  beside_.deleted += text.deleted;
  beside_.hidden += text.hidden;
  beside_.codes += text.codes;
  beside_.alternatives += text.alternatives;
  beside_.revisers.merge(text.revisers);
  return std::move(text.shown);
}

// Each distinct text once: a header that repeats from section to section is one header.
Result<std::string> DocxReading::text_of_role(std::string_view role) {
  std::string out;
  std::set<std::string> seen;
  for (const PackagePart* part : package_.parts_of(role)) {
    std::string text = TRY(text_of(*part));
    if (seen.insert(text).second) out += text + "\n\n";
  }
  return out;
}

Result<void> DocxReading::send_elsewhere(TablePages& pages) {
  std::string edges = TRY(text_of_role("header"));
  edges += TRY(text_of_role("footer"));
  TRY_VOID(pages.note("headers and footers", edges));
  std::string notes = TRY(text_of_role("footnotes"));
  notes += TRY(text_of_role("endnotes"));
  TRY_VOID(pages.note("notes", notes));
  const std::string comments = TRY(text_of_role("comments"));
  TRY_VOID(pages.note("comments", comments));
  const std::string glossary = TRY(text_of_role("glossary"));
  TRY_VOID(pages.note("building blocks", glossary));
  std::string drawn;
  for (const char* role : {"chart", "chartex", "data", "diagramdata"}) {
    for (const PackagePart* part : package_.parts_of(role)) {
      drawn += TRY(package_.plain(*part, " t v ", " p pt ")) + "\n\n";
    }
  }
  TRY_VOID(pages.note("charts and diagrams", drawn));
  TRY_VOID(pages.note("deleted text", beside_.deleted));
  TRY_VOID(pages.note("hidden text", beside_.hidden));
  TRY_VOID(pages.note("alternative texts", beside_.alternatives));
  TRY_VOID(pages.note("field codes", beside_.codes));
  return package_.send_shared_pages(pages);
}

Result<void> DocxReading::read_settings(std::vector<Field>& fields) {
  SettingsEvents settings(fields);
  PeopleEvents people(fields);
  for (const PackagePart* part : package_.parts_of("settings")) TRY_VOID(package_.parse(*part, settings));
  for (const PackagePart* part : package_.parts_of("people")) TRY_VOID(package_.parse(*part, people));
  return {};
}

Result<ItemState> DocxReading::run() {
  Document document;
  document.kind = "docx";
  document.fields = TRY(package_.fields());
  TRY_VOID(read_settings(document.fields));
  document.title = title_of(document.fields);
  for (const PackagePart* part : package_.parts_of("styles")) TRY_VOID(package_.parse(*part, styles_));
  TablePages pages(input_.limits(), sink_, std::move(document), "docx libxml2");
  const PackagePart* main = package_.main();
  if (main == nullptr) TRY_VOID(package_.gap(GapKind::malformed, "", "the file has no document part"));
  if (main != nullptr) {
    const std::string text = TRY(text_of(*main));
    TRY_VOID(pages.note("", text));
  }
  TRY_VOID(send_elsewhere(pages));
  for (const std::string& author : beside_.revisers) pages.document().fields.push_back({"revision:author", author});
  const ItemState sent = TRY(pages.finish());
  TRY_VOID(package_.send_children(input_.limits()));
  return package_.state(sent, pages.pages());
}

}  // namespace

Result<ItemState> read_docx(const Input& input, ReadSink& sink) {
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  Ooxml package = TRY(Ooxml::open(mapping.bytes(), input, sink));
  return DocxReading(input, sink, package).run();
}

}  // namespace dragoman::read
