// SPDX-License-Identifier: AGPL-3.0-or-later
// Writes a made-up leak that is large and quick to read: PDFs with a text layer and mails, in the sample's words.
//
// usage: big_leak OUT [PAGES]
//
// A fourth of the pages is one register, every seventh page a mail, the rest PDFs of 300 pages. The same bytes every
// time.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFWriter.hh>

#include "pdf.h"
#include "press.h"

namespace dragoman::sample {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSeed = 20'260'301;
constexpr int kPagesPerPdf = 300;
constexpr int kPagesPerPart = 500;
constexpr int kPagesPerLetter = 4;
constexpr Lang kLangs[] = {Lang::fa, Lang::ar, Lang::en};

void write(const fs::path& path, const std::string& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out << bytes;
  if (!out.flush()) {
    std::cerr << "big_leak: cannot write\n";
    std::exit(1);
  }
}

std::string pdf_of(Press& press, int pages, const std::string& title) {
  std::vector<Print> prints;
  std::vector<const TypesetPage*> set;
  for (int done = 0; done < pages; done += kPagesPerLetter) {
    const Lang lang = kLangs[static_cast<std::size_t>(done / kPagesPerLetter) % std::size(kLangs)];
    prints.push_back(press.print(lang, std::min(kPagesPerLetter, pages - done), Medium::screen));
    for (const auto& page : prints.back().pages) set.push_back(page.get());
  }
  return cairo_pdf(set, title, "2016-05-04");
}

// The register: parts that are typeset one after another, so that they need not lie in memory together.
std::string joined(const std::vector<std::string>& parts) {
  QPDF whole;
  whole.emptyPDF();
  std::vector<std::unique_ptr<QPDF>> kept;
  for (const std::string& part : parts) {
    kept.push_back(std::make_unique<QPDF>());
    kept.back()->processMemoryFile("part", part.data(), part.size());
    for (QPDFPageObjectHelper& page : QPDFPageDocumentHelper(*kept.back()).getAllPages()) {
      QPDFPageDocumentHelper(whole).addPage(page, false);
    }
  }
  QPDFWriter writer(whole);
  writer.setOutputMemory();
  writer.setDeterministicID(true);
  writer.write();
  const auto buffer = writer.getBufferSharedPointer();
  return {reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize()};
}

Press press_for(const std::string& label) {
  return Press(Prng(kSeed).fork(label));
}

void write_register(const fs::path& folder, int pages) {
  std::vector<std::string> parts;
  for (int done = 0; done < pages; done += kPagesPerPart) {
    Press press = press_for(fmt::format("register {}", done));
    parts.push_back(pdf_of(press, std::min(kPagesPerPart, pages - done), "register"));
  }
  write(folder / "registry" / "register.pdf", joined(parts));
}

void write_pdf(const fs::path& folder, int number, int pages) {
  const std::string name = fmt::format("volume {:03}", number);
  Press press = press_for(name);
  write(folder / fmt::format("volumes/shelf {}", number % 7) / (name + ".pdf"), pdf_of(press, pages, name));
}

void write_mail(const fs::path& folder, int number) {
  const std::string name = fmt::format("{:05}.eml", number);
  Press press = press_for(name);
  const LeakItem mail = press.mail(kLangs[static_cast<std::size_t>(number) % std::size(kLangs)], {}, {});
  write(folder / fmt::format("mail/box {}", number % 12) / name, mail.bytes);
}

}  // namespace
}  // namespace dragoman::sample

int main(int argc, char** argv) {
  using namespace dragoman::sample;
  if (argc < 2) {
    std::cerr << "usage: big_leak OUT [PAGES]\n";
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  const int pages = argc > 2 ? std::atoi(argv[2]) : 20'000;
  const int in_register = pages / 4;
  const int mails = pages / 7;
  try {
    write_register(folder, in_register);
    int left = pages - in_register - mails;
    for (int number = 1; left > 0; ++number, left -= kPagesPerPdf)
      write_pdf(folder, number, std::min(kPagesPerPdf, left));
    for (int number = 1; number <= mails; ++number) write_mail(folder, number);
  } catch (const std::exception& error) {
    std::cerr << "big_leak: " << error.what() << "\n";
    return 1;
  }
}
