// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/ppt_text.h"

#include <algorithm>
#include <map>
#include <utility>

#include "read/code_page.h"
#include "read/xls_records.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMostSlides = 100'000;
constexpr std::uint64_t kReadings = 4;   // of the whole stream
constexpr unsigned kHiddenSlide = 0x04;  // of SSSlideInfoAtom
constexpr unsigned kLastPrompt = 6;      // placeholders of masters up to here hold prompts, no text of their own

// Paragraphs end with CR, lines with VT; other control characters are fields.
std::string clean(std::string text) {
  std::string out;
  for (const char c : text) {
    if (c == '\r') {
      out += "\n\n";
    } else if (c == '\v') {
      out.push_back('\n');
    } else if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') {
      out.push_back(c);
    }
  }
  return out;
}

bool is_text(unsigned type) {
  return type == ppt::kTextWide || type == ppt::kTextBytes;
}

std::string text_of_atom(const PptRecord& record) {
  return clean(record.type == ppt::kTextBytes ? xls_letters(record.data, false) : utf8_of_utf16le(record.data));
}

struct SlideEntry {
  std::uint32_t persist = 0;
  std::uint32_t id = 0;
  std::vector<std::string> outline;  // the texts that the list of slides has for it
};

// A list of slides, masters or notes with their outline texts ([MS-PPT] 2.4.14.3).
std::vector<SlideEntry> entries_of(const PptRecord& document, unsigned instance) {
  std::vector<SlideEntry> entries;
  each_ppt_record(document.data, [&](const PptRecord& record) {
    if (record.type == ppt::kSlideList) return record.instance == instance;
    if (record.type == ppt::kPersist && entries.size() < kMostSlides) {
      entries.push_back({u32_at(record.data, 0), u32_at(record.data, 12), {}});
    }
    if (record.type == ppt::kTextHead && !entries.empty()) entries.back().outline.emplace_back();
    if (is_text(record.type) && !entries.empty() && !entries.back().outline.empty()) {
      entries.back().outline.back() += text_of_atom(record);
    }
    return false;
  });
  return entries;
}

struct Sheet {
  std::string text;
  std::string comments;
  std::string edges;  // its own header and footer
  bool hidden = false;
};

/// Gathers what one slide, master or notes page says.
class SheetReader {
 public:
  SheetReader(std::vector<std::string> outline, bool master) : outline_(std::move(outline)), master_(master) {
    used_.assign(outline_.size(), false);
  }

  Sheet read(std::string_view records) {
    walk(records, 0);
    for (std::size_t i = 0; i < outline_.size(); ++i) {
      if (!used_[i]) add(outline_[i]);
    }
    return std::move(sheet_);
  }

 private:
  void add(const std::string& text) {
    if (text.find_first_not_of(" \n\t*") == text.npos) return;  // "*" stands for a date or a number
    sheet_.text += text + "\n\n";
  }

  void walk(std::string_view records, unsigned depth) {
    PptRecord record;
    for (std::size_t at = 0; ppt_record(records, at, record);) {
      switch (record.type) {
        case ppt::kShowInfo: sheet_.hidden = (u16_at(record.data, 10) & kHiddenSlide) != 0; break;
        case ppt::kShape: shape(record.data); break;
        case ppt::kComment: comment(record.data); break;
        case ppt::kHeadersFooters: edges(record.data); break;
        default:
          if ((record.container || record.type == ppt::kTagBlob) && depth < kPptDepth) walk(record.data, depth + 1);
      }
    }
  }

  void shape(std::string_view records) {
    std::string text;
    unsigned placeholder = 0;
    each_ppt_record(records, [&](const PptRecord& record) {
      if (record.type == ppt::kPlaceholder) placeholder = u8_at(record.data, 4);
      if (is_text(record.type)) text += text_of_atom(record);
      if (record.type == ppt::kOutlineRef) {
        const std::uint32_t index = u32_at(record.data, 0);
        if (index < outline_.size() && !used_[index]) {
          text += outline_[index];
          used_[index] = true;
        }
      }
      return record.container || record.type == ppt::kTextBox || record.type == 0xF011;
    });
    if (!master_ || placeholder == 0 || placeholder > kLastPrompt) add(text);
  }

  void comment(std::string_view records) {
    std::string author;
    std::string text;
    each_ppt_record(records, [&](const PptRecord& record) {
      if (record.type != ppt::kString) return false;
      if (record.instance == 0) author = clean(utf8_of_utf16le(record.data));
      if (record.instance == 1) text = clean(utf8_of_utf16le(record.data));
      return false;
    });
    sheet_.comments += (author.empty() ? "" : author + ": ") + text + "\n\n";
  }

  void edges(std::string_view records) {
    each_ppt_record(records, [&](const PptRecord& record) {
      if (record.type == ppt::kString) sheet_.edges += clean(utf8_of_utf16le(record.data)) + "\n";
      return false;
    });
  }

  std::vector<std::string> outline_;
  std::vector<bool> used_;
  bool master_;
  Sheet sheet_;
};

/// Puts the parts together and keeps to the bound.
class Parts {
 public:
  explicit Parts(std::uint64_t most) : left_(most) {}

  void add(std::string label, std::string text) {
    if (text.find_first_not_of(" \n\t") == text.npos) return;
    out_.full = out_.full || text.size() > left_;
    if (out_.full) return;
    left_ -= text.size();
    out_.parts.push_back({std::move(label), std::move(text)});
  }
  bool full() const { return out_.full; }
  PptText take() && { return std::move(out_); }

 private:
  PptText out_;
  std::uint64_t left_;
};

void add_lines(std::string& out, const std::string& lines) {
  if (!lines.empty() && out.find(lines) == out.npos && out.size() < (std::size_t{32} << 10)) out += lines;
}

std::string links_of(const PptRecord& document) {
  std::string links;
  each_ppt_record(document.data, [&](const PptRecord& record) {
    if (record.type != ppt::kLink) return record.container && record.type != ppt::kSlideList;
    each_ppt_record(record.data, [&](const PptRecord& inner) {
      if (inner.type == ppt::kString && inner.instance == 1) links += clean(utf8_of_utf16le(inner.data)) + "\n";
      return false;
    });
    return false;
  });
  return links;
}

// Bytes that may still be walked: entries of a hostile file may name the same records again and again.
class Walked {
 public:
  explicit Walked(std::uint64_t most) : left_(most) {}
  std::string_view of(const PptRecord& record) {
    if (record.data.size() > left_) {
      over_ = true;
      return {};
    }
    left_ -= record.data.size();
    return record.data;
  }
  bool over() const { return over_; }

 private:
  std::uint64_t left_;
  bool over_ = false;
};

struct SlideSource {
  PptRecord record;
  SlideEntry entry;
};

std::vector<SlideSource> slides_of(const PptFile& ppt) {
  std::vector<SlideSource> slides;
  for (SlideEntry& entry : entries_of(ppt.document(), 0)) {
    const PptRecord record = ppt.persisted(entry.persist);
    slides.push_back({record.type == ppt::kSlide ? record : PptRecord(), std::move(entry)});
  }
  if (!slides.empty()) return slides;
  for (const PptRecord& record : ppt.loose(ppt::kSlide)) slides.push_back({record, {}});
  return slides;
}

// Notes by the slide they belong to (NotesAtom.slideIdRef).
std::map<std::uint32_t, std::string> notes_of(const PptFile& ppt, Walked& walked) {
  std::map<std::uint32_t, std::string> notes;
  for (const SlideEntry& entry : entries_of(ppt.document(), 2)) {
    const PptRecord record = ppt.persisted(entry.persist);
    if (record.type != ppt::kNotes) continue;
    std::uint32_t slide = 0;
    const std::string_view records = walked.of(record);
    each_ppt_record(records, [&](const PptRecord& inner) {
      if (inner.type == ppt::kNotesAtom) slide = u32_at(inner.data, 0);
      return false;
    });
    notes[slide] += SheetReader(entry.outline, false).read(records).text;
  }
  return notes;
}

void add_masters(const PptFile& ppt, Walked& walked, Parts& parts) {
  std::string shown;
  for (const SlideEntry& entry : entries_of(ppt.document(), 1)) {
    const PptRecord record = ppt.persisted(entry.persist);
    if (record.type == ppt::kMainMaster || record.type == ppt::kSlide)
      add_lines(shown, SheetReader({}, true).read(walked.of(record)).text);
  }
  parts.add("slide masters", std::move(shown));
}

}  // namespace

PptText ppt_text(const PptFile& ppt, std::uint64_t most) {
  Parts parts(most);
  Walked walked(kReadings * ppt.size());
  std::map<std::uint32_t, std::string> notes = notes_of(ppt, walked);
  std::string edges;
  std::size_t number = 0;
  for (SlideSource& slide : slides_of(ppt)) {
    if (parts.full()) break;
    Sheet sheet = SheetReader(std::move(slide.entry.outline), false).read(walked.of(slide.record));
    const std::string label = "slide " + std::to_string(++number) + (sheet.hidden ? " (hidden)" : "");
    parts.add(label, std::move(sheet.text));
    const auto found = notes.find(slide.entry.id);
    if (found != notes.end()) parts.add(label + ", notes", std::move(found->second));
    if (found != notes.end()) notes.erase(found);
    parts.add(label + ", comments", std::move(sheet.comments));
    add_lines(edges, sheet.edges);
  }
  for (auto& [id, text] : notes) parts.add("notes", std::move(text));
  add_masters(ppt, walked, parts);
  each_ppt_record(ppt.document().data, [&](const PptRecord& record) {
    if (record.type == ppt::kString) add_lines(edges, clean(utf8_of_utf16le(record.data)) + "\n");
    return record.type == ppt::kHeadersFooters;
  });
  parts.add("headers and footers", std::move(edges));
  parts.add("links", links_of(ppt.document()));
  PptText text = std::move(parts).take();
  text.full = text.full || walked.over();
  return text;
}

}  // namespace dragoman::read
