// SPDX-License-Identifier: AGPL-3.0-or-later
// qpdf/PointerHolder.hh warns unless told which pointers we use: std::shared_ptr only.
#define POINTERHOLDER_TRANSITION 4

#include "read/pdf_forms.h"

#include <algorithm>
#include <exception>
#include <pugixml.hpp>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <set>
#include <string_view>

#include "base/utf8.h"

namespace dragoman::read {
namespace {

constexpr int kMostDepth = 32;
constexpr std::size_t kMostFields = 50'000;
constexpr std::size_t kMostXfa = std::size_t{32} << 20;
constexpr std::size_t kMostSignatures = 20;
// ISO 32000-1, table 228: bit position 14.
constexpr int kPasswordFlag = 1 << 13;

/// What a field takes from those above it.
struct Inherited {
  std::string name;
  std::string type;
  int flags = 0;
};

class FormWalk {
 public:
  explicit FormWalk(PdfForm& out) : out_(out) {}
  void field(QPDFObjectHandle object, const Inherited& above, int depth);

 private:
  void value(QPDFObjectHandle value, const Inherited& field);
  void signature(QPDFObjectHandle value, const std::string& name);
  void line(const std::string& name, const std::string& text);

  PdfForm& out_;
  std::set<QPDFObjGen> seen_;
  std::size_t count_ = 0;
};

void FormWalk::line(const std::string& name, const std::string& text) {
  if (text.empty()) return;
  out_.filled += (name.empty() ? std::string("(no name)") : name) + ": " + text + "\n";
}

void FormWalk::signature(QPDFObjectHandle value, const std::string& name) {
  static constexpr std::string_view kKeys[] = {"Name", "M", "Reason", "Location", "ContactInfo", "Filter", "SubFilter"};
  if (out_.signed_by.size() >= kMostSignatures * std::size(kKeys)) return;
  std::string said;
  for (const std::string_view key : kKeys) {
    const std::string text = pdf_text(value.getKey("/" + std::string(key)), 1000);
    if (text.empty()) continue;
    out_.signed_by.push_back({"Signature:" + std::string(key), text});
    if (!key.ends_with("Filter")) said += (said.empty() ? "" : ", ") + text;
  }
  line(name, "signed: " + said);
}

void FormWalk::value(QPDFObjectHandle value, const Inherited& field) {
  if (field.type == "/Sig" && value.isDictionary()) return signature(value, field.name);
  if (field.type == "/Btn" && pdf_text(value) == "Off") return;
  if (field.type == "/Tx" && (field.flags & kPasswordFlag) != 0) {
    if (!pdf_long_text(value, 8).empty()) line(field.name, "(hidden)");
    return;
  }
  if (!value.isArray()) return line(field.name, pdf_long_text(value, 1 << 20));
  std::string all;
  for (int i = 0; i < std::min(value.getArrayNItems(), 1000); ++i) {
    all += (all.empty() ? "" : ", ") + pdf_text(value.getArrayItem(i));
  }
  line(field.name, all);
}

void FormWalk::field(QPDFObjectHandle object, const Inherited& above, int depth) {
  if (!object.isDictionary() || depth > kMostDepth) return;
  if (object.isIndirect() && !seen_.insert(object.getObjGen()).second) return;
  if (++count_ > kMostFields) {
    out_.cut = true;
    return;
  }
  Inherited own = above;
  if (const std::string name = pdf_text(object.getKey("/T"), 1000); !name.empty() && own.name.size() < 4000) {
    own.name += (own.name.empty() ? "" : ".") + name;
  }
  if (object.getKey("/FT").isName()) own.type = object.getKey("/FT").getName();
  if (object.getKey("/Ff").isInteger()) own.flags = static_cast<int>(object.getKey("/Ff").getIntValue());
  if (object.hasKey("/V")) value(object.getKey("/V"), own);
  QPDFObjectHandle kids = object.getKey("/Kids");
  if (!kids.isArray()) return;
  for (int i = 0; i < kids.getArrayNItems(); ++i) field(kids.getArrayItem(i), own, depth + 1);
}

// XFA's packets: one XML document in one stream, or names and streams in turn that together are one.
std::string xfa_of(QPDFObjectHandle xfa) {
  if (xfa.isStream()) return pdf_long_text(xfa, kMostXfa);
  std::string out;
  if (!xfa.isArray()) return out;
  for (int i = 1; i < xfa.getArrayNItems() && out.size() < kMostXfa; i += 2) {
    out += pdf_long_text(xfa.getArrayItem(i), kMostXfa - out.size());
  }
  return out;
}

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const std::size_t colon = name.find(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

/// Elements that hold text and no elements, as "name: text"; `template`s give their texts alone.
class XfaWalk : public pugi::xml_tree_walker {
 public:
  explicit XfaWalk(PdfForm& out) : out_(out) {}
  bool for_each(pugi::xml_node& node) override {
    if (depth() > 200) return false;
    const bool text = node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
    if (!text) {
      if (node.type() == pugi::node_element && depth() <= 1) packet_ = local_name(node);
      return true;
    }
    const std::string value = to_valid_utf8(node.value());
    const std::string_view element = local_name(node.parent());
    if (packet_ == "datasets" || packet_ == "data") {
      out_.filled += std::string(element) + ": " + value + "\n";
    } else if (packet_ == "template" && element != "script" && element != "image") {
      out_.layout += value + "\n\n";
    }
    return true;
  }

 private:
  PdfForm& out_;
  std::string_view packet_;
};

void read_xfa(QPDFObjectHandle xfa, PdfForm& out) {
  const std::string text = xfa_of(xfa);
  if (text.empty()) return;
  pugi::xml_document document;
  // Without DTDs nothing can be expanded; what was parsed before an error is kept.
  document.load_buffer(text.data(), text.size(), pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol);
  XfaWalk walk(out);
  document.traverse(walk);
}

}  // namespace

PdfForm pdf_form(const PdfFile& file) {
  PdfForm out;
  try {
    QPDFObjectHandle form = file.qpdf->getRoot().getKey("/AcroForm");
    if (!form.isDictionary()) return out;
    QPDFObjectHandle fields = form.getKey("/Fields");
    FormWalk walk(out);
    for (int i = 0; fields.isArray() && i < fields.getArrayNItems(); ++i) walk.field(fields.getArrayItem(i), {}, 0);
    if (form.hasKey("/XFA")) read_xfa(form.getKey("/XFA"), out);
  } catch (const std::exception&) {
    // What was found before the damage stays.
    return out;
  }
  return out;
}

}  // namespace dragoman::read
