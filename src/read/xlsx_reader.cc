// SPDX-License-Identifier: AGPL-3.0-or-later
// XLSX and XLSB: every sheet as a table whose rows can be cited, in the order of the workbook; hidden sheets and hidden
// rows and columns say so. Behind each sheet its comments, headers, drawings; behind the last one names, data kept of
// other workbooks and of pivot tables, connections. Pictures, embedded files and macros are children.
#include <algorithm>
#include <map>
#include <utility>

#include "read/input.h"
#include "read/ooxml.h"
#include "read/table.h"
#include "read/xlsb_records.h"
#include "read/xlsx_cells.h"
#include "read/xlsx_sheet.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMostSheets = 100'000;
constexpr std::size_t kMostText = 64 << 20;

struct Sheet {
  std::string name;
  std::string id;  // of the relation to its part
  bool hidden = false;
};

class BookEvents : public XmlHandler {
 public:
  void start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "sheet" && sheets.size() < kMostSheets) {
      const std::string_view state = attributes.get("state");
      sheets.push_back({std::string(attributes.get("name")), std::string(attributes.get("relationships", "id")),
                        state == "hidden" || state == "veryHidden"});
    }
    if (name == "workbookPr") from_1904 = attributes.get("date1904") == "1" || attributes.get("date1904") == "true";
    if (name == "fileSharing") reserved_by = attributes.get("userName");
    in_name_ = name == "definedName";
    if (in_name_ && names.size() < kMostText) names += std::string(attributes.get("name")) + " = ";
  }
  void end(std::string_view name) override {
    if (name == "definedName") names += "\n";
    in_name_ = false;
  }
  void text(std::string_view bytes) override {
    if (in_name_ && names.size() < kMostText) names += bytes;
  }
  std::vector<Sheet> sheets;
  std::string names;
  std::string reserved_by;
  bool from_1904 = false;

 private:
  bool in_name_ = false;
};

// Comments of both kinds: "C5, Author, 2015-03-02T10:00:00: text".
class CommentEvents : public XmlHandler {
 public:
  explicit CommentEvents(const std::map<std::string, std::string>& people) : people_(people) {}
  void start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "author") in_author_ = true;
    if (name == "author") authors_.emplace_back();
    if (name == "comment") {
      std::uint64_t id = 0;
      number_of(attributes.get("authorId"), id);
      const std::string author = id < authors_.size() ? authors_[static_cast<std::size_t>(id)] : std::string();
      // A copy of a threaded comment for older programs.
      skipped_ = author.starts_with("tc=");
      if (!skipped_) begin(attributes.get("ref"), author, "");
    }
    if (name == "threadedComment") {
      const auto person = people_.find(std::string(attributes.get("personId")));
      begin(attributes.get("ref"), person == people_.end() ? "" : person->second, attributes.get("dT"));
    }
    if (name == "t" || name == "text") in_text_ = true;
  }
  void end(std::string_view name) override {
    if (name == "author") in_author_ = false;
    if (name == "t" || name == "text") in_text_ = false;
    if (name == "comment" || name == "threadedComment") skipped_ = false;
  }
  void text(std::string_view bytes) override {
    if (in_author_) authors_.back() += bytes;
    if (in_text_ && !skipped_ && out.size() < kMostText) out += bytes;
  }
  std::string out;

 private:
  void begin(std::string_view cell, std::string_view author, std::string_view when) {
    out += "\n\n" + std::string(cell);
    if (!author.empty()) out += ", " + std::string(author);
    if (!when.empty()) out += ", " + std::string(when);
    out += ": ";
  }
  const std::map<std::string, std::string>& people_;
  std::vector<std::string> authors_;
  bool in_author_ = false;
  bool in_text_ = false;
  bool skipped_ = false;
};

class PeopleEvents : public XmlHandler {
 public:
  void start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "person" && people.size() < kMostSheets)
      people[std::string(attributes.get("id"))] = attributes.get("displayName");
  }
  void end(std::string_view) override {}
  std::map<std::string, std::string> people;
};

// Values that stand in attributes: what a pivot table was made from (section 18.10), what a connection asks for.
class AttributeEvents : public XmlHandler {
 public:
  AttributeEvents(std::string_view elements, std::string_view attributes) : elements_(elements), names_(attributes) {}
  void start(std::string_view name, const XmlAttributes& attributes) override {
    if (!is_among(name, elements_) || out.size() > kMostText) return;
    for (int i = 0; i < attributes.count(); ++i) {
      if (is_among(attributes.name(i), names_)) out += unescaped(attributes.value(i)) + "\t";
    }
    if (!out.empty() && out.back() == '\t') out.back() = '\n';
  }
  void end(std::string_view) override {}
  std::string out;

 private:
  std::string_view elements_;
  std::string_view names_;
};

class XlsxReading {
 public:
  XlsxReading(const Input& input, ReadSink& sink, Ooxml& package)
      : input_(input),
        sink_(sink),
        package_(package),
        strings_(static_cast<std::size_t>(input.limits().max_text_bytes)) {}
  Result<ItemState> run();

 private:
  Result<void> read_shared(const PackagePart& book);
  Result<void> read_shared_records(const PackagePart& book);
  Result<void> records(const PackagePart& part, const XlsbRecords::Eat& eat);
  Result<void> send_records(const std::string& label, const PackagePart& part, TablePages& pages);
  Result<void> send_sheets(const PackagePart& book, TablePages& pages);
  Result<void> send_sheet(const std::string& label, const PackagePart& part, TablePages& pages);
  Result<void> send_beside(const std::string& label, const PackagePart& part, TablePages& pages);
  Result<std::vector<const PackagePart*>> readable(std::string_view role);
  Result<void> send_book_data(TablePages& pages);
  Result<std::string> drawn_in(const PackagePart& drawing);
  const Input& input_;
  ReadSink& sink_;
  Ooxml& package_;
  SharedStrings strings_;
  CellStyles styles_;
  BookEvents book_;
  PeopleEvents people_;
  bool binary_ = false;
};

Result<void> XlsxReading::read_shared(const PackagePart& book) {
  if (binary_) return read_shared_records(book);
  TRY_VOID(package_.parse(book, book_));
  const PackagePart* styles = package_.related(book.name, "styles");
  const PackagePart* strings = package_.related(book.name, "sharedStrings");
  if (styles == nullptr) styles = package_.find("xl/styles.xml");
  if (strings == nullptr) strings = package_.find("xl/sharedStrings.xml");
  if (styles != nullptr) TRY_VOID(package_.parse(*styles, styles_));
  if (strings != nullptr) TRY_VOID(package_.parse(*strings, strings_));
  if (strings_.done()) TRY_VOID(package_.gap(GapKind::limit, "shared strings", "the part is larger than is read"));
  for (const PackagePart* part : package_.parts_of("person")) TRY_VOID(package_.parse(*part, people_));
  return {};
}

Result<void> XlsxReading::records(const PackagePart& part, const XlsbRecords::Eat& eat) {
  XlsbRecords cut(eat);
  TRY_VOID(package_.read(part, [&](std::string_view bytes) { return cut.feed(bytes); }));
  if (cut.finish()) return {};
  return package_.gap(GapKind::malformed, part.name, "the part is damaged; what could be read of it is here");
}

Result<void> XlsxReading::read_shared_records(const PackagePart& book) {
  XlsbBook read;
  std::vector<XlsbSheetName> sheets;
  TRY_VOID(records(book, [&](auto id, auto payload) { read.take(id, payload, sheets); }));
  book_.from_1904 = read.from_1904;
  for (XlsbSheetName& sheet : sheets)
    book_.sheets.push_back({std::move(sheet.name), std::move(sheet.id), sheet.hidden});
  const PackagePart* styles = package_.related(book.name, "styles");
  const PackagePart* strings = package_.related(book.name, "sharedStrings");
  const XlsbRecords::Eat take_style = [&](auto id, auto payload) { read.take_style(id, payload, styles_); };
  const XlsbRecords::Eat take_string = [&](auto id, auto payload) { read.take_string(id, payload, strings_); };
  if (styles != nullptr) TRY_VOID(records(*styles, take_style));
  if (strings != nullptr) TRY_VOID(records(*strings, take_string));
  if (strings_.done()) TRY_VOID(package_.gap(GapKind::limit, "shared strings", "the part is larger than is read"));
  return {};
}

Result<void> XlsxReading::send_records(const std::string& label, const PackagePart& part, TablePages& pages) {
  const CellContext context{strings_, styles_, book_.from_1904};
  TRY_VOID(pages.begin_table(label));
  XlsbSheet shown(context, pages, SheetEvents::Side::visible);
  TRY_VOID(records(part, [&](auto id, auto payload) { shown.take(id, payload); }));
  TRY_VOID(shown.finish());
  if (shown.left_out()) {
    TRY_VOID(pages.begin_table(label + ", hidden rows and columns"));
    XlsbSheet hidden(context, pages, SheetEvents::Side::hidden);
    TRY_VOID(records(part, [&](auto id, auto payload) { hidden.take(id, payload); }));
    TRY_VOID(hidden.finish());
  }
  TRY_VOID(pages.note(label + ", header and footer", shown.edges()));
  XlsbBook comments;
  for (const PackagePart* found : package_.all_related(part.name, "comments"))
    TRY_VOID(records(*found, [&](auto id, auto payload) { comments.take_comment(id, payload); }));
  TRY_VOID(pages.note(label + ", comments", comments.comments));
  return send_beside(label, part, pages);
}

Result<void> XlsxReading::send_sheet(const std::string& label, const PackagePart& part, TablePages& pages) {
  if (part.name.ends_with(".bin")) return send_records(label, part, pages);
  const CellContext context{strings_, styles_, book_.from_1904};
  TRY_VOID(pages.begin_table(label));
  SheetEvents shown(context, pages, SheetEvents::Side::visible);
  TRY_VOID(package_.parse(part, shown));
  const bool left_out = shown.left_out();
  const std::string edges = shown.edges();
  const std::string prompts = shown.prompts();
  TRY_VOID(std::move(shown).sent());
  if (left_out) {
    TRY_VOID(pages.begin_table(label + ", hidden rows and columns"));
    SheetEvents hidden(context, pages, SheetEvents::Side::hidden);
    TRY_VOID(package_.parse(part, hidden));
    TRY_VOID(std::move(hidden).sent());
  }
  TRY_VOID(pages.note(label + ", header and footer", edges));
  TRY_VOID(pages.note(label + ", prompts", prompts));
  return send_beside(label, part, pages);
}

Result<std::string> XlsxReading::drawn_in(const PackagePart& drawing) {
  std::string out = TRY(package_.plain(drawing, " t ", " p "));
  AttributeEvents descriptions(" cNvPr ", " descr title ");
  TRY_VOID(package_.parse(drawing, descriptions));
  out += "\n\n" + descriptions.out;
  for (const char* type : {"chart", "chartEx", "diagramData"}) {
    for (const PackagePart* part : package_.all_related(drawing.name, type)) {
      out += "\n\n" + TRY(package_.plain(*part, " t v ", " p pt "));
    }
  }
  return out;
}

Result<void> XlsxReading::send_beside(const std::string& label, const PackagePart& part, TablePages& pages) {
  CommentEvents comments(people_.people);
  for (const char* type : {"threadedComment", "comments"}) {
    for (const PackagePart* found : package_.all_related(part.name, type)) {
      if (!found->name.ends_with(".bin")) TRY_VOID(package_.parse(*found, comments));
    }
  }
  TRY_VOID(pages.note(label + ", comments", comments.out));
  std::string drawn;
  for (const PackagePart* found : package_.all_related(part.name, "drawing")) drawn += TRY(drawn_in(*found));
  return pages.note(label + ", drawings", drawn);
}

// A sheet whose part is missing is a gap; a part that no sheet leads to is read behind the others.
Result<void> XlsxReading::send_sheets(const PackagePart& book, TablePages& pages) {
  std::map<std::string, const PackagePart*> left;
  for (const char* role : {"worksheet", "macrosheet", "intlmacrosheet", "dialogsheet", "chartsheet"}) {
    for (const PackagePart* part : package_.parts_of(role)) left[part->name] = part;
  }
  const std::vector<Relation> relations = package_.relations(book.name);
  std::map<std::string_view, const Relation*> by_id;
  for (const Relation& relation : relations) by_id.emplace(relation.id, &relation);
  for (const Sheet& sheet : book_.sheets) {
    const auto relation = by_id.find(sheet.id);
    const PackagePart* part = relation == by_id.end() ? nullptr : package_.find(relation->second->target);
    const std::string label = "sheet " + sheet.name + (sheet.hidden ? " (hidden)" : "");
    if (part == nullptr) {
      TRY_VOID(package_.gap(GapKind::malformed, sheet.name, "the sheet's part is missing"));
      continue;
    }
    left.erase(part->name);
    TRY_VOID(send_sheet(label, *part, pages));
  }
  for (const auto& [name, part] : left) TRY_VOID(send_sheet("sheet without a name (hidden)", *part, pages));
  return {};
}

// The parts of a role that are XML; for each other one a gap.
Result<std::vector<const PackagePart*>> XlsxReading::readable(std::string_view role) {
  std::vector<const PackagePart*> out;
  for (const PackagePart* part : package_.parts_of(role)) {
    if (!part->name.ends_with(".bin")) out.push_back(part);
    if (part->name.ends_with(".bin"))
      TRY_VOID(
          package_.gap(GapKind::unsupported, part->name, "data that a binary workbook keeps of others is not read"));
  }
  return out;
}

Result<void> XlsxReading::send_book_data(TablePages& pages) {
  TRY_VOID(pages.note("names", book_.names));
  std::string others;
  const std::vector<const PackagePart*> links = TRY(readable("externallink"));
  for (const PackagePart* part : links) {
    AttributeEvents names(" sheetName definedName ", " val name ");
    TRY_VOID(package_.parse(*part, names));
    others += names.out + TRY(package_.plain(*part, " v ", " row ")) + "\n\n";
  }
  TRY_VOID(pages.note("data of other workbooks", others));
  AttributeEvents pivot(" cacheField s d n b e ", " name v ");
  for (const char* role : {"pivotcachedefinition", "pivotcacherecords"}) {
    const std::vector<const PackagePart*> parts = TRY(readable(role));
    for (const PackagePart* part : parts) TRY_VOID(package_.parse(*part, pivot));
  }
  TRY_VOID(pages.note("data of pivot tables", pivot.out));
  AttributeEvents connections(" connection dbPr webPr olapPr textPr ",
                              " name description connection command url sourceFile ");
  const std::vector<const PackagePart*> sources = TRY(readable("connections"));
  for (const PackagePart* part : sources) TRY_VOID(package_.parse(*part, connections));
  TRY_VOID(pages.note("connections", connections.out));
  return package_.send_shared_pages(pages);
}

Result<ItemState> XlsxReading::run() {
  Document document;
  document.kind = "xlsx";
  document.fields = TRY(package_.fields());
  document.title = title_of(document.fields);
  const PackagePart* book = package_.main();
  binary_ = book != nullptr && book->name.ends_with(".bin");
  if (book != nullptr) TRY_VOID(read_shared(*book));
  if (book == nullptr) TRY_VOID(package_.gap(GapKind::malformed, "", "the file has no workbook part"));
  if (!book_.reserved_by.empty()) document.fields.push_back({"fileSharing:userName", book_.reserved_by});
  for (const auto& [id, name] : people_.people) document.fields.push_back({"person", name});
  TablePages pages(input_.limits(), sink_, std::move(document), "xlsx libxml2");
  const PackagePart nothing;
  TRY_VOID(send_sheets(book != nullptr ? *book : nothing, pages));
  TRY_VOID(send_book_data(pages));
  const ItemState sent = TRY(pages.finish());
  TRY_VOID(package_.send_children(input_.limits()));
  return package_.state(sent, pages.pages());
}

}  // namespace

Result<ItemState> read_xlsx(const Input& input, ReadSink& sink) {
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  Ooxml package = TRY(Ooxml::open(mapping.bytes(), input, sink));
  return XlsxReading(input, sink, package).run();
}

}  // namespace dragoman::read
