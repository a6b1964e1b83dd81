// SPDX-License-Identifier: AGPL-3.0-or-later
// qpdf/PointerHolder.hh warns unless told which pointers we use: std::shared_ptr only.
#define POINTERHOLDER_TRANSITION 4

#include "read/pdf_structure.h"

#include <exception>
#include <memory>
#include <qpdf/Pipeline.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFEFStreamObjectHelper.hh>
#include <qpdf/QPDFEmbeddedFileDocumentHelper.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFFileSpecObjectHelper.hh>
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

std::shared_ptr<QPDF> open(std::string_view bytes, const std::string& password) {
  auto pdf = std::make_shared<QPDF>();
  pdf->setSuppressWarnings(true);
  pdf->processMemoryFile("pdf", bytes.data(), bytes.size(), password.c_str());
  return pdf;
}

PdfAttachment attachment_of(std::shared_ptr<QPDF> pdf, const std::string& key,
                            const std::shared_ptr<QPDFFileSpecObjectHelper>& spec) {
  PdfAttachment out;
  out.name = to_valid_utf8(spec->getFilename());
  if (out.name.empty()) out.name = to_valid_utf8(key);
  QPDFObjectHandle stream = spec->getEmbeddedFileStream();
  // Shares the open document: an attachment may be read after the list is gone.
  out.send = [pdf = std::move(pdf), stream](const std::function<bool(std::string_view)>& eat) mutable {
    try {
      Feed feed(eat);
      return stream.isStream() && stream.pipeStreamData(&feed, 0, qpdf_dl_specialized, true, false);
    } catch (const std::exception&) {
      return false;
    }
  };
  return out;
}

}  // namespace

Result<std::vector<PdfAttachment>> pdf_attachments(std::string_view bytes, const std::vector<std::string>& passwords) {
  std::vector<std::string> tries{""};
  tries.insert(tries.end(), passwords.begin(), passwords.end());
  for (const std::string& password : tries) {
    try {
      const std::shared_ptr<QPDF> pdf = open(bytes, password);
      std::vector<PdfAttachment> out;
      QPDFEmbeddedFileDocumentHelper helper(*pdf);
      for (const auto& [key, spec] : helper.getEmbeddedFiles()) out.push_back(attachment_of(pdf, key, spec));
      return out;
    } catch (const QPDFExc& error) {
      if (error.getErrorCode() == qpdf_e_password) continue;
      return fail(ErrorKind::malformed, "the attachments of the PDF cannot be listed");
    } catch (const std::exception&) {
      return fail(ErrorKind::malformed, "the attachments of the PDF cannot be listed");
    }
  }
  return fail(ErrorKind::encrypted, "the PDF needs a password");
}

}  // namespace dragoman::read
