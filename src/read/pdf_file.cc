// SPDX-License-Identifier: AGPL-3.0-or-later
// qpdf/PointerHolder.hh warns unless told which pointers we use: std::shared_ptr only.
#define POINTERHOLDER_TRANSITION 4

#include "read/pdf_file.h"

#include <algorithm>
#include <exception>
#include <qpdf/Pipeline.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFObjectHandle.hh>

#include "base/utf8.h"
#include "read/encoding.h"

namespace dragoman::read {
namespace {

// Thrown through qpdf's pipeline when there is enough.
struct Enough : std::exception {};

class Keep : public Pipeline {
 public:
  explicit Keep(std::size_t most) : Pipeline("text", nullptr), most_(most) {}
  void write(unsigned char const* data, size_t size) override {
    const std::size_t count = std::min(size, most_ - kept.size());
    kept.append(reinterpret_cast<const char*>(data), count);
    if (kept.size() == most_) throw Enough();
  }
  void finish() override {}
  std::string kept;

 private:
  std::size_t most_;
};

std::string decoded_stream(QPDFObjectHandle stream, std::size_t most) {
  Keep keep(most);
  try {
    if (!stream.pipeStreamData(&keep, 0, qpdf_dl_generalized, true, false)) return {};
  } catch (const Enough&) {
    return keep.kept;
  } catch (const std::exception&) {
    return {};
  }
  return keep.kept;
}

}  // namespace

std::string PdfFile::version() {
  return QPDF::QPDFVersion();
}

Result<PdfFile> open_pdf_file(std::string_view bytes, const std::vector<std::string>& passwords) {
  std::vector<std::string> tries{""};
  tries.insert(tries.end(), passwords.begin(), passwords.end());
  for (const std::string& password : tries) {
    try {
      auto pdf = std::make_shared<QPDF>();
      pdf->setSuppressWarnings(true);
      pdf->processMemoryFile("pdf", bytes.data(), bytes.size(), password.c_str());
      return PdfFile{std::move(pdf)};
    } catch (const QPDFExc& error) {
      if (error.getErrorCode() == qpdf_e_password) continue;
      return fail(ErrorKind::malformed, "the objects of the PDF cannot be listed");
    } catch (const std::exception&) {
      return fail(ErrorKind::malformed, "the objects of the PDF cannot be listed");
    }
  }
  return fail(ErrorKind::encrypted, "the PDF needs a password");
}

std::string pdf_text(QPDFObjectHandle object, std::size_t most) {
  std::string text;
  if (object.isString()) text = to_valid_utf8(object.getUTF8Value());
  if (object.isName()) text = to_valid_utf8(object.getName().substr(1));
  if (text.size() <= most) return text;
  text.resize(most);
  return to_valid_utf8(text);
}

std::string pdf_long_text(QPDFObjectHandle object, std::size_t most) {
  if (!object.isStream()) return pdf_text(object, most);
  const std::string bytes = decoded_stream(object, most);
  return is_valid_utf8(bytes) ? bytes : decode_text(bytes).utf8;
}

}  // namespace dragoman::read
