// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/ooxml.h"

#include <algorithm>
#include <set>
#include <utility>

#include "read/ooxml_fields.h"

namespace dragoman::read {
namespace {

// Of one small part whose words are taken whole (comments, notes, charts).
constexpr std::size_t kPlainBytes = std::size_t{64} << 20;
// Relationships of one part, and targets outside that are listed.
constexpr std::size_t kRelations = 200'000;
constexpr std::size_t kLinks = 20'000;

class TypeEvents : public XmlHandler {
 public:
  TypeEvents(std::map<std::string, std::string>& overrides, std::map<std::string, std::string>& defaults)
      : overrides_(overrides), defaults_(defaults) {}
  void start(std::string_view name, const XmlAttributes& attributes) override {
    if (overrides_.size() + defaults_.size() > kRelations) return;
    const std::string type = ascii_lower(attributes.get("ContentType"));
    if (name == "Override")
      overrides_.emplace(ascii_lower(resolve_target("", attributes.get("PartName"))), type);
    else if (name == "Default")
      defaults_.emplace(ascii_lower(attributes.get("Extension")), type);
  }
  void end(std::string_view) override {}

 private:
  std::map<std::string, std::string>& overrides_;
  std::map<std::string, std::string>& defaults_;
};

class RelationEvents : public XmlHandler {
 public:
  RelationEvents(const std::string& part, std::vector<Relation>& out) : part_(part), out_(out) {}
  void start(std::string_view name, const XmlAttributes& attributes) override {
    if (name != "Relationship" || out_.size() == kRelations) return;
    Relation relation;
    relation.id = attributes.get("Id");
    const std::string_view type = attributes.get("Type");
    relation.type = type.substr(type.rfind('/') == type.npos ? 0 : type.rfind('/') + 1);
    relation.external = attributes.get("TargetMode") == "External";
    const std::string_view target = attributes.get("Target");
    relation.target = relation.external ? std::string(target) : resolve_target(part_, target);
    out_.push_back(std::move(relation));
  }
  void end(std::string_view) override {}

 private:
  const std::string& part_;
  std::vector<Relation>& out_;
};

std::string_view ending_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == name.npos || name.find('/', dot) != name.npos ? std::string_view() : name.substr(dot + 1);
}

// "word/_rels/document.xml.rels" for "word/document.xml".
std::string relations_name(std::string_view part) {
  const std::size_t slash = part.rfind('/');
  const std::size_t stem = slash == part.npos ? 0 : slash + 1;
  return std::string(part.substr(0, stem)) + "_rels/" + std::string(part.substr(stem)) + ".rels";
}

// The other way round; empty when it is no name of relationships.
std::string owner_of_relations(std::string_view name) {
  if (!name.ends_with(".rels")) return {};
  name.remove_suffix(5);
  const std::size_t at = name.rfind("_rels/");
  if (at == name.npos || (at > 0 && name[at - 1] != '/')) return {};
  return std::string(name.substr(0, at)) + std::string(name.substr(at + 6));
}

// "word/header12.xml" → "header"; a main part by its name in all three kinds.
std::string role_of_name(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  std::string stem = ascii_lower(slash == name.npos ? name : name.substr(slash + 1));
  if (!stem.ends_with(".xml") && !stem.ends_with(".bin")) return {};
  stem.resize(stem.size() - 4);
  while (!stem.empty() && stem.back() >= '0' && stem.back() <= '9') stem.pop_back();
  if (ascii_lower(name).starts_with("word/glossary/") && stem == "document") return "glossary";
  const bool top = std::count(name.begin(), name.end(), '/') == 1;
  const bool main = stem == "document" || stem == "workbook" || stem == "presentation";
  if (stem == "sheet") return "worksheet";
  return main && top ? "main" : stem;
}

}  // namespace

void PlainText::start(std::string_view name, const XmlAttributes&) {
  if (leaves_.empty() || is_among(name, leaves_)) ++inside_;
}

void PlainText::end(std::string_view name) {
  if (leaves_.empty() || is_among(name, leaves_)) --inside_;
  if (is_among(name, blocks_) && !out.empty() && out.back() != '\n') out.push_back('\n');
}

void PlainText::text(std::string_view bytes) {
  if (inside_ > 0 && out.size() < kPlainBytes) out += bytes;
}

bool is_among(std::string_view name, std::string_view names) {
  for (std::size_t at = names.find(name); at != names.npos; at = names.find(name, at + 1)) {
    const bool opens = at > 0 && names[at - 1] == ' ';
    if (opens && at + name.size() < names.size() && names[at + name.size()] == ' ') return true;
  }
  return false;
}

Ooxml::Ooxml(Package package, ReadSink& sink) : package_(std::move(package)), sink_(sink) {}

Result<void> Ooxml::gap(GapKind kind, std::string where, std::string detail) {
  whole_ = false;
  return send_gap(sink_, kind, std::move(where), std::move(detail));
}

Result<void> Ooxml::read_types() {
  const PackagePart* types = package_.find("[Content_Types].xml");
  if (types != nullptr) {
    TypeEvents events(overrides_, defaults_);
    TRY_VOID(parse(*types, events));
  }
  for (const PackagePart& part : package_.parts()) {
    const std::string owner = owner_of_relations(part.name);
    if (owner.empty()) continue;
    for (const Relation& relation : relations(owner)) {
      if (relation.type == "aFChunk" && !relation.external) chunks_[ascii_lower(relation.target)] = true;
    }
  }
  return {};
}

Result<Ooxml> Ooxml::open(std::string_view bytes, const Input& input, ReadSink& sink) {
  Package package = Package::open(bytes, input.limits());
  const bool has_directory = package.has_directory();
  const bool cut = package.cut();
  Ooxml out(std::move(package), sink);
  if (!has_directory) TRY_VOID(out.gap(GapKind::truncated, "", "the file's directory at its end is missing"));
  if (cut) TRY_VOID(out.gap(GapKind::limit, "", "the file has more parts than are read"));
  TRY_VOID(out.read_types());
  return out;
}

std::string Ooxml::role(const PackagePart& part) const {
  const auto found = overrides_.find(ascii_lower(part.name));
  if (found == overrides_.end()) return role_of_name(part.name);
  std::string_view type = found->second;
  const std::size_t plus = type.find('+');
  type = type.substr(0, plus);
  const std::string_view last = type.substr(type.rfind('.') == type.npos ? 0 : type.rfind('.') + 1);
  // Producers that leave their own types in place of the standard's still keep its names.
  return last.empty() || last == "application/xml" ? role_of_name(part.name) : std::string(last);
}

std::vector<const PackagePart*> Ooxml::parts_of(std::string_view wanted) const {
  std::vector<const PackagePart*> out;
  for (const PackagePart& part : package_.parts()) {
    if (role(part) == wanted) out.push_back(&part);
  }
  return out;
}

const PackagePart* Ooxml::main() {
  const std::vector<const PackagePart*> all = parts_of("main");
  if (!all.empty()) return all.front();
  if (const PackagePart* led = related("", "officeDocument"); led != nullptr) return led;
  for (const char* name : {"word/document.xml", "xl/workbook.xml", "xl/workbook.bin", "ppt/presentation.xml"}) {
    if (const PackagePart* named = package_.find(name); named != nullptr) return named;
  }
  return nullptr;
}

const std::vector<Relation>& Ooxml::relations(const std::string& part) {
  const auto known = relations_.find(part);
  if (known != relations_.end()) return known->second;
  std::vector<Relation>& out = relations_[part];
  const PackagePart* found = package_.find(relations_name(part));
  if (found == nullptr) return out;
  RelationEvents events(part, out);
  const PartEnd end = parse_part(package_, *found, events);
  if (end != PartEnd::whole && end != PartEnd::stopped) damaged_relations_.push_back(found->name);
  return out;
}

std::vector<const PackagePart*> Ooxml::all_related(const std::string& part, std::string_view type) {
  std::vector<const PackagePart*> out;
  for (const Relation& relation : relations(part)) {
    if (relation.type != type || relation.external) continue;
    const PackagePart* found = package_.find(relation.target);
    if (found != nullptr && std::find(out.begin(), out.end(), found) == out.end()) out.push_back(found);
  }
  return out;
}

const PackagePart* Ooxml::related(const std::string& part, std::string_view type) {
  const std::vector<const PackagePart*> all = all_related(part, type);
  return all.empty() ? nullptr : all.front();
}

Result<void> Ooxml::parse(const PackagePart& part, XmlHandler& handler) {
  const PartEnd end = parse_part(package_, part, handler);
  if (end == PartEnd::whole || end == PartEnd::stopped) return {};
  whole_ = false;
  if (end != PartEnd::damaged) return send_part_gap(end, part.name, sink_);
  return send_gap(sink_, GapKind::malformed, part.name, "the part is damaged; what could be read of it is here");
}

Result<void> Ooxml::read(const PackagePart& part, const std::function<bool(std::string_view)>& eat) {
  const PartEnd end = package_.read(part, eat);
  if (end == PartEnd::whole) return {};
  whole_ = false;
  return send_part_gap(end == PartEnd::stopped ? PartEnd::damaged : end, part.name, sink_);
}

Result<std::string> Ooxml::plain(const PackagePart& part, std::string_view leaves, std::string_view blocks) {
  PlainText events(leaves, blocks);
  TRY_VOID(parse(part, events));
  return std::move(events.out);
}

Result<std::vector<Field>> Ooxml::fields() {
  std::vector<Field> out;
  PropertyEvents core(PropertyEvents::Kind::core, out);
  PropertyEvents app(PropertyEvents::Kind::app, out);
  PropertyEvents custom(PropertyEvents::Kind::custom, out);
  for (auto& [name, events] : std::initializer_list<std::pair<const char*, PropertyEvents*>>{
           {"core-properties", &core}, {"extended-properties", &app}, {"custom-properties", &custom}}) {
    const PackagePart* part = related("", name);
    if (part == nullptr) {
      const bool is_core = events == &core;
      part = find(is_core ? "docProps/core.xml" : events == &app ? "docProps/app.xml" : "docProps/custom.xml");
    }
    if (part != nullptr) TRY_VOID(parse(*part, *events));
  }
  for (const PackagePart& part : package_.parts()) {
    const std::string name = ascii_lower(part.name);
    if (name.ends_with("/vbaproject.bin")) out.push_back({"macros", "yes"});
    if (name.starts_with("docprops/thumbnail.")) out.push_back({"thumbnail", part.name});
    if (name.find("/printersettings/") == name.npos || !name.ends_with(".bin")) continue;
    std::string head;
    package_.read_all(part, 64, head);
    const std::string printer = printer_of(head);
    if (!printer.empty()) out.push_back({"printer", printer});
  }
  return out;
}

Result<void> Ooxml::send_shared_pages(TablePages& pages) {
  std::string custom;
  for (const PackagePart& part : package_.parts()) {
    const std::string name = ascii_lower(part.name);
    if (!name.starts_with("customxml/item") || !name.ends_with(".xml") || name.find("props") != name.npos) continue;
    PlainText events("", "");
    if (parse_part(package_, part, events) != PartEnd::whole && events.out.empty()) continue;
    custom += events.out + "\n\n";
  }
  TRY_VOID(pages.note("custom data", custom));
  std::string links;
  std::set<std::string> seen;
  for (const PackagePart& part : package_.parts()) {
    const std::string owner = owner_of_relations(part.name);
    if (!part.name.ends_with(".rels")) continue;
    for (const Relation& relation : relations(owner)) {
      if (!relation.external || seen.size() == kLinks) continue;
      const std::string line = relation.type == "hyperlink" ? relation.target : relation.type + " " + relation.target;
      if (seen.insert(line).second) links += line + "\n";
    }
  }
  return pages.note("links", links);
}

// XML parts are the document itself; everything else is a file in it, but for what only says how it looks.
bool Ooxml::is_child(const PackagePart& part) const {
  const std::string name = ascii_lower(part.name);
  if (chunks_.contains(name)) return true;
  const std::string_view ending = ending_of(name);
  const auto own = overrides_.find(name);
  const auto type = defaults_.find(std::string(ending));
  std::string_view said;
  if (type != defaults_.end()) said = type->second;
  if (own != overrides_.end()) said = own->second;
  // The parts of a binary workbook are its own.
  const bool embedded = name.find("/embeddings/") != name.npos;
  if (ending == "bin" && !embedded && said.starts_with("application/vnd.ms-excel.")) return false;
  if (is_among(ending, " xml rels vml odttf fntdata sigs ") || name == "mimetype") return false;
  if (name.starts_with("docprops/thumbnail.") || name.find("/printersettings/") != name.npos) return false;
  return own != overrides_.end() || !said.ends_with("+xml") || said.starts_with("image/");
}

Result<void> Ooxml::send_children(const Limits& limits) {
  for (const std::string& name : damaged_relations_)
    TRY_VOID(gap(GapKind::malformed, name, "the part is damaged; what could be read of it is here"));
  std::uint32_t ordinal = 0;
  for (const PackagePart& part : package_.parts()) {
    if (!is_child(part)) continue;
    if (ordinal >= limits.max_members) return gap(GapKind::limit, "", "the file has more parts than are read");
    const bool sent = TRY(send_part(package_, part, ordinal++, sink_));
    whole_ = whole_ && sent;
    if (sent) ++children_;
  }
  return {};
}

ItemState Ooxml::state(ItemState sent, std::uint32_t pages) const {
  if (whole_) return sent;
  return pages > 0 || children_ > 0 ? ItemState::partial : ItemState::failed;
}

std::string title_of(const std::vector<Field>& fields) {
  for (const Field& field : fields) {
    if (field.key == "dc:title") return field.value;
  }
  return {};
}

}  // namespace dragoman::read
