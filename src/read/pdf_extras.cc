// SPDX-License-Identifier: AGPL-3.0-or-later
// qpdf/PointerHolder.hh warns unless told which pointers we use: std::shared_ptr only.
#define POINTERHOLDER_TRANSITION 4

#include "read/pdf_extras.h"

#include <algorithm>
#include <exception>
#include <functional>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFNameTreeObjectHelper.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFPageLabelDocumentHelper.hh>
#include <set>
#include <string_view>

#include "read/html_text.h"
#include "read/pdf_forms.h"
#include "read/picture_metadata.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMostEntries = 50'000;  // bookmarks; annotations of all pages
constexpr std::size_t kMostScripts = 1'000;
constexpr std::size_t kMostScript = std::size_t{1} << 20;
constexpr std::size_t kMostXmp = std::size_t{4} << 20;
constexpr std::size_t kMostFields = 300;
constexpr int kMostDepth = 64;

std::string roman(std::uint64_t number) {
  static constexpr std::pair<std::uint64_t, std::string_view> kSigns[] = {
      {1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"},
      {40, "xl"},  {10, "x"},   {9, "ix"},  {5, "v"},    {4, "iv"},  {1, "i"}};
  std::string out;
  for (const auto& [value, sign] : kSigns) {
    for (; number >= value && out.size() < 150; number -= value) out += sign;
  }
  return out;
}

// ISO 32000-1, table 159: a … z, then aa … zz.
std::string letters(std::uint64_t number) {
  if (number == 0) return {};
  const std::uint64_t times = std::min<std::uint64_t>((number - 1) / 26 + 1, 100);
  return std::string(static_cast<std::size_t>(times), static_cast<char>('a' + (number - 1) % 26));
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  return text;
}

std::string label_of_page(QPDFObjectHandle entry, std::uint32_t number) {
  if (!entry.isDictionary()) return {};
  const std::string style = entry.getKey("/S").isName() ? entry.getKey("/S").getName() : "";
  const long long start = entry.getKey("/St").isInteger() ? entry.getKey("/St").getIntValue() : 1;
  const auto value = static_cast<std::uint64_t>(std::clamp<long long>(start, 0, 10'000'000));
  std::string out = pdf_text(entry.getKey("/P"), 100);
  if (style == "/D") out += std::to_string(value);
  if (style == "/r") out += roman(value);
  if (style == "/R") out += upper(roman(value));
  if (style == "/a") out += letters(value);
  if (style == "/A") out += upper(letters(value));
  return out == std::to_string(number) ? std::string() : out;
}

void read_labels(QPDF& pdf, std::uint32_t pages, PdfExtras& out) {
  QPDFPageLabelDocumentHelper helper(pdf);
  if (!helper.hasPageLabels()) return;
  for (std::uint32_t i = 0; i < pages; ++i) {
    out.labels.push_back(label_of_page(helper.getLabelForPage(i), i + 1));
  }
}

/// Bookmarks, indented by depth.
class OutlineWalk {
 public:
  explicit OutlineWalk(PdfExtras& out) : out_(out) {}
  std::string text;
  void level(QPDFObjectHandle item, std::size_t depth) {
    for (; item.isDictionary(); item = item.getKey("/Next")) {
      if (item.isIndirect() && !seen_.insert(item.getObjGen()).second) return;
      if (seen_.size() > kMostEntries || depth > kMostDepth) {
        out_.cut = true;
        return;
      }
      text += std::string(2 * depth, ' ') + pdf_text(item.getKey("/Title"), 4000) + "\n";
      level(item.getKey("/First"), depth + 1);
    }
  }

 private:
  PdfExtras& out_;
  std::set<QPDFObjGen> seen_;
};

void add_part(PdfExtras& out, std::string label, std::string text) {
  if (!words_of(text).empty()) out.parts.push_back({std::move(label), std::move(text)});
}

void read_outline(QPDF& pdf, PdfExtras& out) {
  OutlineWalk walk(out);
  walk.level(pdf.getRoot().getKey("/Outlines").getKeyIfDict("/First"), 0);
  add_part(out, "outline", std::move(walk.text));
}

std::string said_by(QPDFObjectHandle annotation) {
  // A widget is a form's; a pop-up shows what its parent says.
  const std::string kind = pdf_text(annotation.getKey("/Subtype"), 100);
  if (kind == "Widget" || kind == "Popup" || kind == "Link") return {};
  std::string text = pdf_text(annotation.getKey("/Contents"));
  if (text.empty()) {
    const std::string rich = pdf_long_text(annotation.getKey("/RC"), kMostScript);
    if (!rich.empty()) text = text_of_html(rich);
  }
  if (words_of(text).empty()) return {};
  std::string head = kind;
  for (const char* key : {"/T", "/Subj", "/M"}) {
    const std::string part = pdf_text(annotation.getKey(key), 1000);
    if (!part.empty()) head += ", " + part;
  }
  return head + ":\n" + text + "\n\n";
}

void read_annotations(QPDF& pdf, std::uint32_t pages, PdfExtras& out) {
  std::size_t met = 0;
  std::uint32_t number = 0;
  for (QPDFObjectHandle page : pdf.getAllPages()) {
    if (++number > pages) return;
    QPDFObjectHandle annotations = page.getKey("/Annots");
    if (!annotations.isArray()) continue;
    std::string text;
    for (int i = 0; i < annotations.getArrayNItems(); ++i) {
      if (++met > kMostEntries) {
        out.cut = true;
        break;
      }
      QPDFObjectHandle annotation = annotations.getArrayItem(i);
      if (annotation.isDictionary()) text += said_by(annotation);
    }
    add_part(out, "annotations, page " + std::to_string(number), std::move(text));
  }
}

void read_scripts(QPDF& pdf, PdfExtras& out) {
  std::string text;
  std::size_t count = 0;
  const auto add = [&](const std::string& name, QPDFObjectHandle action) {
    if (!action.isDictionary() || ++count > kMostScripts) return;
    const std::string script = pdf_long_text(action.getKey("/JS"), kMostScript);
    if (!script.empty() && text.size() < 4 * kMostScript) text += name + "\n" + script + "\n\n";
  };
  QPDFObjectHandle root = pdf.getRoot();
  add("OpenAction", root.getKey("/OpenAction"));
  QPDFObjectHandle events = root.getKey("/AA");
  if (events.isDictionary()) {
    for (const std::string& key : events.getKeys()) add(key.substr(1), events.getKey(key));
  }
  QPDFObjectHandle tree = root.getKey("/Names").getKeyIfDict("/JavaScript");
  if (tree.isDictionary()) {
    QPDFNameTreeObjectHelper names(tree, pdf, false);
    for (const auto& [name, action] : names) add(name, action);
  }
  add_part(out, "scripts", std::move(text));
}

// Entries of Info that poppler does not give by name.
void read_info(QPDF& pdf, PdfExtras& out) {
  static constexpr std::string_view kKnown[] = {"/Title",   "/Author",   "/Subject",      "/Keywords",
                                                "/Creator", "/Producer", "/CreationDate", "/ModDate"};
  QPDFObjectHandle info = pdf.getTrailer().getKey("/Info");
  if (!info.isDictionary()) return;
  for (const std::string& key : info.getKeys()) {
    if (out.fields.size() >= kMostFields || std::find(std::begin(kKnown), std::end(kKnown), key) != std::end(kKnown)) {
      continue;
    }
    const std::string value = pdf_text(info.getKey(key));
    if (!value.empty()) out.fields.push_back({key.substr(1), value});
  }
}

void read_xmp(QPDF& pdf, PdfExtras& out) {
  QPDFObjectHandle stream = pdf.getRoot().getKey("/Metadata");
  if (!stream.isStream()) return;
  for (Field& field : xmp_fields(pdf_long_text(stream, kMostXmp))) {
    if (out.fields.size() < kMostFields) out.fields.push_back(std::move(field));
  }
}

// Each saving that only appends ends with a startxref of its own; a linearized file has two for one saving.
void count_revisions(std::string_view bytes, PdfExtras& out) {
  std::size_t count = 0;
  for (std::size_t at = bytes.find("startxref"); at != bytes.npos; at = bytes.find("startxref", at + 9)) ++count;
  if (bytes.substr(0, 2048).find("/Linearized") != bytes.npos && count > 0) --count;
  if (count > 1) out.fields.push_back({"revisions", std::to_string(count)});
}

// A damaged part costs itself only.
void guarded(const std::function<void()>& read) {
  try {
    read();
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace

PdfExtras pdf_extras(const PdfFile& file, std::string_view bytes, std::uint32_t pages) {
  PdfExtras out;
  QPDF& pdf = *file.qpdf;
  guarded([&] { read_info(pdf, out); });
  guarded([&] { read_xmp(pdf, out); });
  count_revisions(bytes, out);
  guarded([&] { read_labels(pdf, pages, out); });
  guarded([&] { read_outline(pdf, out); });
  PdfForm form = pdf_form(file);
  out.cut = out.cut || form.cut;
  out.fields.insert(out.fields.end(), form.signed_by.begin(), form.signed_by.end());
  add_part(out, "form fields", std::move(form.filled));
  add_part(out, "form texts", std::move(form.layout));
  guarded([&] { read_annotations(pdf, pages, out); });
  guarded([&] { read_scripts(pdf, out); });
  return out;
}

}  // namespace dragoman::read
