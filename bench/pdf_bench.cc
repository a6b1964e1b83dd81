// SPDX-License-Identifier: AGPL-3.0-or-later
// Born-digital PDF pages through our reader against poppler's own text() on the same files, in one run.
//
//   pdf_bench FOLDER [ROUNDS]        every *.pdf below FOLDER whose pages carry text
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <poppler/cpp/poppler-document.h>
#include <poppler/cpp/poppler-page.h>

#include "base/clock.h"
#include "base/file.h"
#include "read/reader.h"

namespace {

namespace fs = std::filesystem;

constexpr double kLimit = 0.4;  // of poppler alone

class CountingSink final : public dragoman::read::ReadSink {
 public:
  dragoman::Result<void> record(const dragoman::Record& record) override {
    pages += std::holds_alternative<dragoman::Page>(record);
    return {};
  }
  dragoman::Result<void> begin_child(const dragoman::ChildHeader&) override { return {}; }
  dragoman::Result<void> child_bytes(std::string_view) override { return {}; }
  dragoman::Result<void> end_child(dragoman::ChildEnd) override { return {}; }
  int pages = 0;
};

int poppler_pages(const fs::path& path, std::size_t& letters) {
  const std::unique_ptr<poppler::document> document(poppler::document::load_from_file(path.string()));
  if (!document || document->is_locked()) return 0;
  for (int i = 0; i < document->pages(); ++i) {
    const std::unique_ptr<poppler::page> page(document->create_page(i));
    if (page) letters += page->text().length();
  }
  return document->pages();
}

int our_pages(const fs::path& path) {
  const auto fd = dragoman::open_for_reading(path);
  if (!fd) return 0;
  CountingSink sink;
  dragoman::read::ReadRequest request;
  request.name = path.filename().string();
  const auto state = dragoman::read::read_content(fd->get(), request, sink);
  return state ? sink.pages : 0;
}

std::vector<fs::path> text_pdfs(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    char head[5] = {};
    if (!entry.is_regular_file() || !in.read(head, 5) || std::string_view(head, 5) != "%PDF-") continue;
    std::size_t letters = 0;
    const int pages = poppler_pages(entry.path(), letters);
    if (pages > 0 && letters / static_cast<std::size_t>(pages) > 200) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: pdf_bench FOLDER [ROUNDS]\n", stderr);
    return 2;
  }
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 10;
  dragoman::read::warm_up();
  const auto files = text_pdfs(argv[1]);
  double bare = 0;
  double ours = 0;
  int pages = 0;
  // Turn by turn, so that a busy machine slows both.
  for (int round = 0; round < rounds; ++round) {
    for (const fs::path& file : files) {
      std::size_t letters = 0;
      const double start = dragoman::process_cpu_seconds();
      pages += poppler_pages(file, letters);
      const double middle = dragoman::process_cpu_seconds();
      our_pages(file);
      bare += middle - start;
      ours += dragoman::process_cpu_seconds() - middle;
    }
  }
  if (pages == 0) {
    std::fputs("pdf_bench: no PDF with text in that folder\n", stderr);
    return 2;
  }
  fmt::print(
      "PDF text: {} pages of {} files; poppler text() {:.0f} pages/CPU-s, our reader {:.0f}; ratio {:.2f}, limit {}\n",
      pages, files.size(), pages / bare, pages / ours, bare / ours, kLimit);
  return bare / ours >= kLimit ? 0 : 1;
}
