// SPDX-License-Identifier: AGPL-3.0-or-later
#include "pdf.h"

#include <cairo-pdf.h>
#include <fmt/format.h>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFWriter.hh>
#include <qpdf/QUtil.hh>
#include <qpdf/RandomDataProvider.hh>

#include "base/digest.h"
#include "base/result.h"

namespace dragoman::sample {
namespace {

cairo_status_t append(void* out, const unsigned char* data, unsigned int size) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(data), size);
  return CAIRO_STATUS_SUCCESS;
}

// Collects objects and remembers where each begins, for the cross-reference table.
class PdfObjects {
 public:
  PdfObjects() : bytes_("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n") {}

  void add(int number, std::string_view body) {
    if (offsets_.size() < static_cast<std::size_t>(number)) offsets_.resize(static_cast<std::size_t>(number));
    offsets_[static_cast<std::size_t>(number) - 1] = bytes_.size();
    bytes_ += fmt::format("{} 0 obj\n{}\nendobj\n", number, body);
  }

  std::string finish(int root, int info) {
    const std::size_t start = bytes_.size();
    const std::string id = sha256(bytes_).hex().substr(0, 32);
    bytes_ += fmt::format("xref\n0 {}\n0000000000 65535 f \n", offsets_.size() + 1);
    for (const std::size_t offset : offsets_) bytes_ += fmt::format("{:010} 00000 n \n", offset);
    bytes_ += fmt::format("trailer\n<< /Size {} /Root {} 0 R /Info {} 0 R /ID [<{}> <{}>] >>\nstartxref\n{}\n%%EOF\n",
                          offsets_.size() + 1, root, info, id, id, start);
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
  std::vector<std::size_t> offsets_;
};

std::string stream(std::string_view dictionary, std::string_view data) {
  return fmt::format("<< {} /Length {} >>\nstream\n{}\nendstream", dictionary, data.size(), data);
}

// qpdf draws its keys and salts from here while a file is encrypted, so that they repeat.
class SeededRandom : public RandomDataProvider {
 public:
  explicit SeededRandom(Prng& prng) : prng_(prng) {}
  void provideRandomData(unsigned char* data, size_t length) override {
    for (size_t i = 0; i < length; ++i) data[i] = static_cast<unsigned char>(prng_.next() & 0xFF);
  }

 private:
  Prng& prng_;
};

}  // namespace

std::string cairo_pdf(const std::vector<const TypesetPage*>& pages, std::string_view title,
                      const std::string& iso_date) {
  std::string out;
  cairo_surface_t* surface = cairo_pdf_surface_create_for_stream(append, &out, kPageWidth, kPageHeight);
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, std::string(title).c_str());
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, (iso_date + "T08:00:00Z").c_str());
  cairo_t* cairo = cairo_create(surface);
  for (const TypesetPage* page : pages) {
    page->draw(cairo, TypesetPage::Ink::text);
    cairo_show_page(cairo);
  }
  cairo_destroy(cairo);
  cairo_surface_finish(surface);
  CHECK(cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy(surface);
  return out;
}

std::string picture_pdf(const std::vector<PdfPicture>& pages, const std::string& iso_date) {
  PdfObjects objects;
  constexpr int kRoot = 1, kTree = 2, kInfo = 3;
  int next = 4;
  std::string kids;
  for (const PdfPicture& page : pages) {
    const double width = page.width * 72.0 / page.dpi;
    const double height = page.height * 72.0 / page.dpi;
    const int page_id = next++, content_id = next++, image_id = next++;
    kids += fmt::format("{} 0 R ", page_id);
    objects.add(page_id, fmt::format("<< /Type /Page /Parent {} 0 R /MediaBox [0 0 {:.4f} {:.4f}] /Contents {} 0 R "
                                     "/Resources << /XObject << /Im0 {} 0 R >> >> >>",
                                     kTree, width, height, content_id, image_id));
    objects.add(content_id, stream("", fmt::format("q {:.4f} 0 0 {:.4f} 0 0 cm /Im0 Do Q", width, height)));
    objects.add(image_id, stream(fmt::format("/Type /XObject /Subtype /Image /Width {} /Height {} /BitsPerComponent 8 "
                                             "/ColorSpace /DeviceGray /Filter /DCTDecode",
                                             page.width, page.height),
                                 page.jpeg));
  }
  objects.add(kTree, fmt::format("<< /Type /Pages /Kids [ {}] /Count {} >>", kids, pages.size()));
  objects.add(kRoot, fmt::format("<< /Type /Catalog /Pages {} 0 R >>", kTree));
  std::string day;
  for (const char c : iso_date) {
    if (c != '-') day.push_back(c);
  }
  objects.add(kInfo, fmt::format("<< /Producer (Registry scanner 4) /CreationDate (D:{}093000Z) >>", day));
  return objects.finish(kRoot, kInfo);
}

std::string encrypt_pdf(const std::string& pdf, const std::string& password, Prng& prng) {
  SeededRandom random(prng);
  QUtil::setRandomDataProvider(&random);
  QPDF document;
  document.processMemoryFile("letter", pdf.data(), pdf.size());
  QPDFWriter writer(document);
  writer.setOutputMemory();
  writer.setStaticID(true);
  writer.setR6EncryptionParameters(password.c_str(), "registry-owner", true, true, true, true, true, true,
                                   qpdf_r3p_full, true);
  writer.write();
  const std::shared_ptr<Buffer> buffer = writer.getBufferSharedPointer();
  QUtil::setRandomDataProvider(nullptr);  // back to qpdf's own
  return {reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize()};
}

}  // namespace dragoman::sample
