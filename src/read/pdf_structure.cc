// SPDX-License-Identifier: AGPL-3.0-or-later
// qpdf/PointerHolder.hh warns unless told which pointers we use: std::shared_ptr only.
#define POINTERHOLDER_TRANSITION 4

#include "read/pdf_structure.h"

#include <exception>
#include <qpdf/Pipeline.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFEFStreamObjectHelper.hh>
#include <qpdf/QPDFEmbeddedFileDocumentHelper.hh>
#include <qpdf/QPDFFileSpecObjectHelper.hh>
#include <qpdf/QPDFNameTreeObjectHelper.hh>
#include <set>
#include <utility>

#include "base/utf8.h"

namespace dragoman::read {
namespace {

// Thrown through qpdf's pipeline to stop a stream that the receiver has had enough of.
struct Stopped : std::exception {};

class Feed : public Pipeline {
 public:
  explicit Feed(const std::function<bool(std::string_view)>& eat) : Pipeline("attachment", nullptr), eat_(eat) {}
  void write(unsigned char const* data, size_t size) override {
    if (!eat_({reinterpret_cast<const char*>(data), size})) throw Stopped();
  }
  void finish() override {}

 private:
  const std::function<bool(std::string_view)>& eat_;
};

/// Collects each embedded stream once.
class Attachments {
 public:
  Attachments(PdfFile file, std::size_t most) : file_(std::move(file)), most_(most) {}
  void tree();
  void pages();
  void associated(QPDFObjectHandle owner);
  std::vector<PdfAttachment> take() { return std::move(out_); }

 private:
  void add(QPDFObjectHandle spec, const std::string& key);
  void assets(QPDFObjectHandle annotation);

  PdfFile file_;
  std::size_t most_;
  std::set<QPDFObjGen> seen_;
  std::vector<PdfAttachment> out_;
};

void Attachments::add(QPDFObjectHandle spec, const std::string& key) {
  if (!spec.isDictionary() || out_.size() > most_) return;
  QPDFFileSpecObjectHelper helper(spec);
  QPDFObjectHandle stream = helper.getEmbeddedFileStream();
  // A name alone, of a file that lies elsewhere, holds nothing.
  if (stream.isNull()) return;
  if (stream.isIndirect() && !seen_.insert(stream.getObjGen()).second) return;
  PdfAttachment attachment;
  attachment.name = to_valid_utf8(helper.getFilename());
  if (attachment.name.empty()) attachment.name = to_valid_utf8(key);
  // Shares the open document: an attachment may be read after the list is gone.
  attachment.send = [pdf = file_.qpdf, stream](const std::function<bool(std::string_view)>& eat) mutable {
    try {
      Feed feed(eat);
      return stream.isStream() && stream.pipeStreamData(&feed, 0, qpdf_dl_specialized, true, false);
    } catch (const std::exception&) {
      return false;
    }
  };
  out_.push_back(std::move(attachment));
}

void Attachments::tree() {
  QPDFEmbeddedFileDocumentHelper helper(*file_.qpdf);
  for (const auto& [key, spec] : helper.getEmbeddedFiles()) add(spec->getObjectHandle(), key);
}

// ISO 32000-2, 13.7: what a film or a game in the page is made of.
void Attachments::assets(QPDFObjectHandle annotation) {
  QPDFObjectHandle tree = annotation.getKey("/RichMediaContent").getKeyIfDict("/Assets");
  if (!tree.isDictionary()) return;
  QPDFNameTreeObjectHelper names(tree, *file_.qpdf, false);
  for (const auto& [name, spec] : names) add(spec, name);
}

void Attachments::associated(QPDFObjectHandle owner) {
  QPDFObjectHandle files = owner.getKey("/AF");
  for (int i = 0; files.isArray() && i < files.getArrayNItems(); ++i) add(files.getArrayItem(i), "");
}

void Attachments::pages() {
  for (QPDFObjectHandle page : file_.qpdf->getAllPages()) {
    associated(page);
    QPDFObjectHandle annotations = page.getKey("/Annots");
    for (int i = 0; annotations.isArray() && i < annotations.getArrayNItems(); ++i) {
      QPDFObjectHandle annotation = annotations.getArrayItem(i);
      if (!annotation.isDictionary()) continue;
      add(annotation.getKey("/FS"), "");
      assets(annotation);
    }
  }
}

// A damaged part costs itself only.
template <typename Act>
void guarded(Act act) {
  try {
    act();
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace

std::vector<PdfAttachment> pdf_attachments(const PdfFile& file, std::size_t most) {
  Attachments all(file, most);
  guarded([&] { all.tree(); });
  guarded([&] { all.associated(file.qpdf->getRoot()); });
  guarded([&] { all.pages(); });
  return all.take();
}

}  // namespace dragoman::read
