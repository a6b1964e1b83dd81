// SPDX-License-Identifier: AGPL-3.0-or-later
// PPTX: slides in the order they are shown, each on pages called by its number; behind each its notes, comments and
// what is switched off. Text of charts and diagrams belongs to its slide. What masters and layouts say themselves is
// given once. Pictures, sounds, films, embedded files and macros are children.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "read/input.h"
#include "read/ooxml.h"
#include "read/pptx_slide.h"
#include "read/table.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMostSlides = 100'000;

class ShowEvents : public XmlHandler {
 public:
  void start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "sldId" && slides.size() < kMostSlides) slides.emplace_back(attributes.get("relationships", "id"));
  }
  void end(std::string_view) override {}
  std::vector<std::string> slides;  // ids of relations, in the order shown
};

class PptxReading {
 public:
  PptxReading(const Input& input, ReadSink& sink, Ooxml& package)
      : input_(input), sink_(sink), package_(package), most_(static_cast<std::size_t>(input.limits().max_text_bytes)) {}
  Result<ItemState> run();

 private:
  Result<std::vector<const PackagePart*>> slides_in_order(const PackagePart* show);
  Result<void> send_slide(const PackagePart& part, const std::string& name, TablePages& pages);
  Result<void> send_notes(const PackagePart& slide, const std::string& label, TablePages& pages);
  Result<std::string> drawn_on(const PackagePart& slide);
  Result<void> send_masters(TablePages& pages);
  const Input& input_;
  ReadSink& sink_;
  Ooxml& package_;
  std::size_t most_;
  SlideComments comments_;  // knows the authors
  std::set<std::string> read_;
};

// By the presentation's list; slides that it does not name follow.
Result<std::vector<const PackagePart*>> PptxReading::slides_in_order(const PackagePart* show) {
  std::vector<const PackagePart*> out;
  if (show != nullptr) {
    ShowEvents events;
    TRY_VOID(package_.parse(*show, events));
    const std::vector<Relation> relations = package_.relations(show->name);
    std::map<std::string_view, const Relation*> by_id;
    for (const Relation& relation : relations) by_id.emplace(relation.id, &relation);
    for (const std::string& id : events.slides) {
      const auto relation = by_id.find(id);
      const PackagePart* part = relation == by_id.end() ? nullptr : package_.find(relation->second->target);
      if (part == nullptr) {
        TRY_VOID(
            package_.gap(GapKind::malformed, "slide " + std::to_string(out.size() + 1), "the slide's part is missing"));
      } else if (read_.insert(part->name).second) {
        out.push_back(part);
      }
    }
  }
  for (const PackagePart* part : package_.parts_of("slide")) {
    if (out.size() < kMostSlides && read_.insert(part->name).second) out.push_back(part);
  }
  return out;
}

Result<std::string> PptxReading::drawn_on(const PackagePart& slide) {
  std::string out;
  for (const char* type : {"chart", "chartEx", "diagramData"}) {
    for (const PackagePart* part : package_.all_related(slide.name, type)) {
      out += "\n\n" + TRY(package_.plain(*part, " t v ", " p pt "));
    }
  }
  return out;
}

Result<void> PptxReading::send_notes(const PackagePart& slide, const std::string& label, TablePages& pages) {
  for (const PackagePart* part : package_.all_related(slide.name, "notesSlide")) {
    SlideEvents notes(SlideEvents::Part::notes, most_);
    TRY_VOID(package_.parse(*part, notes));
    TRY_VOID(pages.note(label + ", notes", notes.shown + notes.hidden));
  }
  comments_.out.clear();
  for (const PackagePart* part : package_.all_related(slide.name, "comments"))
    TRY_VOID(package_.parse(*part, comments_));
  return pages.note(label + ", comments", comments_.out);
}

Result<void> PptxReading::send_slide(const PackagePart& part, const std::string& name, TablePages& pages) {
  SlideEvents slide(SlideEvents::Part::slide, most_);
  TRY_VOID(package_.parse(part, slide));
  if (slide.done()) TRY_VOID(package_.gap(GapKind::limit, part.name, "the part is larger than is read"));
  const std::string label = name + (slide.hidden_slide ? " (hidden)" : "");
  const std::string drawn = TRY(drawn_on(part));
  TRY_VOID(pages.note(label, slide.shown + drawn));
  TRY_VOID(pages.note(label + ", hidden shapes", slide.hidden));
  TRY_VOID(pages.note(label + ", alternative texts", slide.alternatives));
  return send_notes(part, label, pages);
}

Result<void> PptxReading::send_masters(TablePages& pages) {
  std::string text;
  std::set<std::string> seen;
  for (const char* role : {"slidemaster", "slidelayout", "notesmaster", "handoutmaster"}) {
    for (const PackagePart* part : package_.parts_of(role)) {
      SlideEvents events(SlideEvents::Part::layout, most_);
      TRY_VOID(package_.parse(*part, events));
      std::string own = events.shown + events.hidden;
      if (own.find_first_not_of(" \t\r\n") != own.npos && seen.insert(own).second) text += own + "\n\n";
    }
  }
  return pages.note("masters and layouts", text);
}

Result<ItemState> PptxReading::run() {
  Document document;
  document.kind = "pptx";
  document.fields = TRY(package_.fields());
  document.title = title_of(document.fields);
  const PackagePart* show = package_.main();
  for (const char* role : {"commentauthors", "authors"}) {
    for (const PackagePart* part : package_.parts_of(role)) TRY_VOID(package_.parse(*part, comments_));
  }
  for (const auto& [id, name] : comments_.authors) document.fields.push_back({"person", name});
  const std::vector<const PackagePart*> slides = TRY(slides_in_order(show));
  TablePages pages(input_.limits(), sink_, std::move(document), "pptx libxml2");
  for (std::size_t i = 0; i < slides.size() && !pages.full(); ++i) {
    TRY_VOID(send_slide(*slides[i], "slide " + std::to_string(i + 1), pages));
  }
  if (show == nullptr && slides.empty())
    TRY_VOID(package_.gap(GapKind::malformed, "", "the file has no presentation part"));
  TRY_VOID(send_masters(pages));
  TRY_VOID(package_.send_shared_pages(pages));
  const ItemState sent = TRY(pages.finish());
  TRY_VOID(package_.send_children(input_.limits()));
  return package_.state(sent, pages.pages());
}

}  // namespace

Result<ItemState> read_pptx(const Input& input, ReadSink& sink) {
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  Ooxml package = TRY(Ooxml::open(mapping.bytes(), input, sink));
  return PptxReading(input, sink, package).run();
}

}  // namespace dragoman::read
