// SPDX-License-Identifier: AGPL-3.0-or-later
// What each reader costs, in this process, beside the bare library that does the unpacking or parsing for it.
//
//   read_bench FOLDER [ROUNDS]        every file below FOLDER, by what it is found to be
//
// Prints a line a kind of file: files, pages, MB, and per CPU second of one core files, pages and MB of our reader,
// then the files of the bare library and the ratio of the two. The bare library does less: it parses, and throws away
// what it found; nothing is split into words, judged or encoded. What it does for each kind stands in `bare_of`.
#include <archive.h>
#include <archive_entry.h>
#include <gmime/gmime.h>
#include <leptonica/allheaders.h>
#include <libxml/HTMLparser.h>
#include <poppler/cpp/poppler-document.h>
#include <poppler/cpp/poppler-page.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "base/clock.h"
#include "base/file.h"
#include "read/input.h"
#include "read/reader.h"

namespace {

namespace fs = std::filesystem;

class CountingSink final : public dragoman::read::ReadSink {
 public:
  dragoman::Result<void> record(const dragoman::Record& record) override {
    pages += std::holds_alternative<dragoman::Page>(record) ? 1U : 0U;
    bytes += dragoman::encode(record).size();  // what a worker does before it sends
    return {};
  }
  dragoman::Result<void> begin_child(const dragoman::ChildHeader&) override { return {}; }
  dragoman::Result<void> child_bytes(std::string_view more) override {
    bytes += more.size();
    return {};
  }
  dragoman::Result<void> end_child(dragoman::ChildEnd) override { return {}; }
  std::size_t pages = 0;
  std::size_t bytes = 0;
};

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

using Bare = void (*)(const std::string& bytes);

void bare_pdf(const std::string& bytes) {
  const std::unique_ptr<poppler::document> document(
      poppler::document::load_from_raw_data(bytes.data(), static_cast<int>(bytes.size())));
  for (int i = 0; document && !document->is_locked() && i < document->pages(); ++i) {
    const std::unique_ptr<poppler::page> page(document->create_page(i));
    if (page) static_cast<void>(page->text());
  }
}

// Every member unpacked; of packages also every XML part parsed.
void bare_archive(const std::string& bytes, bool parse) {
  archive* opened = archive_read_new();
  archive_read_support_filter_all(opened);
  archive_read_support_format_all(opened);
  archive_read_support_format_raw(opened);
  archive_entry* entry = nullptr;
  if (archive_read_open_memory(opened, bytes.data(), bytes.size()) == ARCHIVE_OK) {
    while (archive_read_next_header(opened, &entry) == ARCHIVE_OK) {
      std::string member;
      const void* block = nullptr;
      std::size_t size = 0;
      la_int64_t offset = 0;
      while (archive_read_data_block(opened, &block, &size, &offset) == ARCHIVE_OK) {
        if (parse) member.append(static_cast<const char*>(block), size);
      }
      const char* name = archive_entry_pathname(entry);
      if (!parse || name == nullptr || !std::string_view(name).ends_with("ml")) continue;
      pugi::xml_document document;
      static_cast<void>(document.load_buffer(member.data(), member.size()));
    }
  }
  archive_read_free(opened);
}

void bare_unpack(const std::string& bytes) {
  bare_archive(bytes, false);
}

void bare_package(const std::string& bytes) {
  bare_archive(bytes, true);
}

void decode_part(GMimeObject*, GMimeObject* part, gpointer) {
  if (!GMIME_IS_PART(part)) return;
  GMimeDataWrapper* content = g_mime_part_get_content(GMIME_PART(part));
  if (content == nullptr) return;
  GMimeStream* sink = g_mime_stream_null_new();
  g_mime_data_wrapper_write_to_stream(content, sink);
  g_object_unref(sink);
}

void bare_mail(const std::string& bytes) {
  GMimeStream* stream = g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size());
  GMimeParser* parser = g_mime_parser_new_with_stream(stream);
  GMimeMessage* message = g_mime_parser_construct_message(parser, nullptr);
  if (message != nullptr) {
    g_mime_message_foreach(message, decode_part, nullptr);
    g_object_unref(message);
  }
  g_object_unref(parser);
  g_object_unref(stream);
}

void bare_html(const std::string& bytes) {
  htmlDocPtr document =
      htmlReadMemory(bytes.data(), static_cast<int>(bytes.size()), nullptr, nullptr,
                     HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
  if (document != nullptr) xmlFreeDoc(document);
}

void bare_picture(const std::string& bytes) {
  Pix* pix = pixReadMem(reinterpret_cast<const l_uint8*>(bytes.data()), bytes.size());
  pixDestroy(&pix);
}

struct BareOf {
  std::string_view kinds;
  std::string_view what;
  Bare run;
};

// Kinds without a row have no one library to compare with.
constexpr BareOf kBare[] = {
    {" pdf ", "poppler text()", bare_pdf},
    {" mail mhtml ", "gmime, parts decoded", bare_mail},
    {" docx xlsx pptx odt ods odp epub ", "libarchive + pugixml, every part", bare_package},
    {" zip tar 7z rar cab iso gz bz2 xz zst ar cpio lha ", "libarchive, every member", bare_unpack},
    {" html ", "libxml2, tree", bare_html},
    {" image tiff ", "Leptonica, decoded", bare_picture},
};

const BareOf* bare_of(std::string_view kind) {
  const std::string padded = " " + std::string(kind) + " ";
  for (const BareOf& row : kBare) {
    if (row.kinds.find(padded) != row.kinds.npos) return &row;
  }
  return nullptr;
}

struct Sum {
  std::vector<fs::path> files;
  std::size_t pages = 0;
  double megabytes = 0;
  double ours = 0;  // CPU seconds
  double bare = 0;
};

std::map<std::string, Sum> sorted_by_kind(const fs::path& folder) {
  std::map<std::string, Sum> kinds;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.file_size() == 0) continue;
    const auto fd = dragoman::open_for_reading(entry.path());
    if (!fd) continue;
    const auto type = dragoman::read::type_of_file(fd->get());
    if (type) kinds[std::string(type->type->kind)].files.push_back(entry.path());
  }
  for (auto& [kind, sum] : kinds) std::sort(sum.files.begin(), sum.files.end());
  return kinds;
}

void measure(const fs::path& path, const BareOf* bare, Sum& sum) {
  const std::string bytes = bytes_of(path);
  const auto fd = dragoman::open_for_reading(path);
  if (!fd) return;
  CountingSink sink;
  dragoman::read::ReadRequest request;
  request.name = path.filename().string();
  const double start = dragoman::process_cpu_seconds();
  static_cast<void>(dragoman::read::read_content(fd->get(), request, sink));
  const double middle = dragoman::process_cpu_seconds();
  if (bare != nullptr) bare->run(bytes);
  sum.ours += middle - start;
  sum.bare += dragoman::process_cpu_seconds() - middle;
  sum.pages += sink.pages;
  sum.megabytes += static_cast<double>(bytes.size()) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: read_bench FOLDER [ROUNDS]\n", stderr);
    return 2;
  }
  const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 3;
  dragoman::read::warm_up();
  fmt::print("{:<10} {:>6} {:>8} {:>8}   {:>9} {:>9} {:>8}   {:>9} {:>6}  {}\n", "kind", "files", "pages", "MB",
             "files/s", "pages/s", "MB/s", "bare/s", "ratio", "bare library");
  for (auto& [kind, sum] : sorted_by_kind(argv[1])) {
    const BareOf* bare = bare_of(kind);
    for (int round = 0; round < rounds; ++round) {
      for (const fs::path& path : sum.files) measure(path, bare, sum);
    }
    const double files = static_cast<double>(sum.files.size()) * rounds;
    const double ours = std::max(sum.ours, 1e-6);
    fmt::print("{:<10} {:>6} {:>8} {:>8.1f}   {:>9.0f} {:>9.0f} {:>8.1f}   ", kind, sum.files.size(),
               sum.pages / static_cast<std::size_t>(rounds), sum.megabytes / rounds, files / ours,
               static_cast<double>(sum.pages) / ours, sum.megabytes / ours);
    if (bare == nullptr) {
      fmt::print("{:>9} {:>6}\n", "", "");
    } else {
      fmt::print("{:>9.0f} {:>6.2f}  {}\n", files / std::max(sum.bare, 1e-6), sum.bare / ours, bare->what);
    }
    std::fflush(stdout);
  }
  return 0;
}
