// SPDX-License-Identifier: AGPL-3.0-or-later
// DOCX: the text of the document part with its headers, footers, notes and comments. Not a container: pictures and
// embedded files inside are counted and named in a gap.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "read/archive.h"
#include "read/docx_text.h"
#include "read/input.h"
#include "read/reflow.h"
#include "read/zip_names.h"

namespace dragoman::read {
namespace {

// pugixml's tree takes some eight times the bytes of a part.
constexpr std::uint64_t kMaxPartBytes = std::uint64_t{48} << 20;
constexpr std::uint64_t kMaxEntries = 100'000;

struct Parts {
  std::map<std::string, std::string> xml;  // by name
  std::uint64_t pictures = 0;
  std::uint64_t embedded = 0;
  std::vector<Gap> gaps;
};

bool is_wanted(std::string_view name) {
  if (name == "docProps/core.xml") return true;
  if (!name.starts_with("word/") || !name.ends_with(".xml")) return false;
  const std::string_view part = name.substr(5);
  if (part.find('/') != part.npos) return false;
  return part.starts_with("document") || part.starts_with("header") || part.starts_with("footer") ||
         part.starts_with("footnotes") || part.starts_with("endnotes") || part == "comments.xml";
}

GapKind kind_of(ArchiveStep step) {
  switch (step) {
    case ArchiveStep::truncated: return GapKind::truncated;
    case ArchiveStep::locked: return GapKind::encrypted;
    case ArchiveStep::unsupported: return GapKind::unsupported;
    default: return GapKind::malformed;
  }
}

// Reads one wanted part; what is wrong with it becomes a gap.
void read_part(Archive& archive, const std::string& name, std::uint64_t& budget, Parts& parts) {
  std::string bytes;
  bool over = false;
  const ArchiveStep step = archive.read([&](std::string_view more) {
    over = bytes.size() + more.size() > kMaxPartBytes || more.size() > budget;
    if (over) return false;
    budget -= more.size();
    bytes += more;
    return true;
  });
  if (over) {
    parts.gaps.push_back({GapKind::limit, name, "the part is larger than is read", PageIndex{0}});
  } else if (step != ArchiveStep::ok) {
    parts.gaps.push_back({kind_of(step), name, "the part cannot be unpacked", PageIndex{0}});
  } else {
    parts.xml[name] = std::move(bytes);
  }
}

void collect(const Input& input, Archive::Form form, Parts& parts) {
  Result<Archive> archive = Archive::open(input.fd, input.size, form, "");
  if (!archive) return;
  std::uint64_t budget =
      std::min(input.limits().max_text_bytes,
               std::max(input.limits().ratio_floor_bytes, input.size * input.limits().max_unpacked_ratio));
  ArchiveEntry entry;
  for (std::uint64_t count = 0; count < kMaxEntries; ++count) {
    const ArchiveStep step = archive->next(entry);
    if (step == ArchiveStep::end) return;
    if (step != ArchiveStep::ok) {
      parts.gaps.push_back(
          {kind_of(step), "", "the file is damaged behind part " + std::to_string(count), PageIndex{0}});
      return;
    }
    if (entry.raw_name.starts_with("word/media/")) ++parts.pictures;
    if (entry.raw_name.starts_with("word/embeddings/") && !entry.folder) ++parts.embedded;
    if (is_wanted(entry.raw_name)) read_part(*archive, entry.raw_name, budget, parts);
  }
  parts.gaps.push_back({GapKind::limit, "", "the file has more parts than are read", PageIndex{0}});
}

// Headers first, the document, then footers, notes, comments and struck-out text, each distinct text once.
class Assembly {
 public:
  explicit Assembly(Parts& parts) : parts_(parts) {}
  std::string text();

 private:
  void add(std::string_view prefix);
  void append(std::string text);
  Parts& parts_;
  std::string out_;
  std::string deleted_;
  std::set<std::string> seen_;
};

void Assembly::append(std::string text) {
  if (words_of(text).empty() || !seen_.insert(text).second) return;
  if (!out_.empty()) out_ += "\n\n";
  out_ += text;
}

void Assembly::add(std::string_view prefix) {
  for (const auto& [name, xml] : parts_.xml) {
    if (!name.starts_with(prefix)) continue;
    Result<DocxText> text = text_of_docx_part(xml);
    if (!text) {
      parts_.gaps.push_back(
          {GapKind::malformed, name, text.error().message + " (" + text.error().where + ")", PageIndex{0}});
      continue;
    }
    append(std::move(text->shown));
    deleted_ += text->deleted;
  }
}

std::string Assembly::text() {
  for (const char* prefix :
       {"word/header", "word/document", "word/footer", "word/footnotes", "word/endnotes", "word/comments"}) {
    add(prefix);
  }
  append(std::move(deleted_));
  return std::move(out_);
}

Result<void> note_contents(const Parts& parts, ReadSink& sink) {
  if (parts.pictures > 0) {
    TRY_VOID(send_gap(sink, GapKind::not_transcribed, "pictures",
                      "pictures inside the document that are not read: " + std::to_string(parts.pictures)));
  }
  if (parts.embedded > 0) {
    TRY_VOID(send_gap(sink, GapKind::unsupported, "embedded files",
                      "files embedded in the document that are not read: " + std::to_string(parts.embedded)));
  }
  return {};
}

}  // namespace

Result<ItemState> read_docx(const Input& input, ReadSink& sink) {
  const std::uint64_t tail = std::min<std::uint64_t>(input.size, kTailBytes + 22);
  const std::string end = TRY(read_at(input.fd, input.size - tail, static_cast<std::size_t>(tail)));
  const bool whole = zip_has_end(end);
  Parts parts;
  collect(input, whole ? Archive::Form::zip_directory : Archive::Form::zip_stream, parts);
  if (!whole)
    parts.gaps.push_back({GapKind::truncated, "", "the file's directory at its end is missing", PageIndex{0}});
  Body body;
  body.document.kind = "docx";
  const auto core = parts.xml.find("docProps/core.xml");
  if (core != parts.xml.end()) body.document.fields = docx_properties(core->second);
  for (const auto& [key, value, name, normal] : body.document.fields) {
    if (key == "title") body.document.title = value;
  }
  body.engine = "docx pugixml";
  body.text = Assembly(parts).text();
  const bool has_document = std::any_of(parts.xml.begin(), parts.xml.end(),
                                        [](const auto& part) { return part.first.starts_with("word/document"); });
  for (const Gap& gap : parts.gaps) TRY_VOID(sink.record(gap));
  if (!has_document) {
    if (parts.gaps.empty()) TRY_VOID(send_gap(sink, GapKind::malformed, "", "the file has no document part"));
    return ItemState::failed;
  }
  TRY_VOID(note_contents(parts, sink));
  const ItemState sent = TRY(send_body(std::move(body), input.limits(), sink));
  return parts.gaps.empty() ? sent : ItemState::partial;
}

}  // namespace dragoman::read
