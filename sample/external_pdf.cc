// SPDX-License-Identifier: AGPL-3.0-or-later
#include "external_pdf.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <vector>

#include "base/file.h"
#include "docx.h"
#include "markup.h"
#include "plain_text.h"

extern char** environ;

namespace dragoman::sample {
namespace {

constexpr const char* kChromium = "/usr/bin/chromium";
constexpr const char* kLibreOffice = "/usr/bin/soffice";
constexpr std::uint64_t kMostBytes = 64u << 20;

// A folder of its own, gone with its last user.
class ScratchFolder {
 public:
  static Result<ScratchFolder> create() {
    std::string name = (std::filesystem::temp_directory_path() / "dragoman-sample-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) return tl::unexpected(io_error("cannot make folder", name, errno));
    return ScratchFolder(name);
  }
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

// Runs a program to its end, its chatter thrown away.
Result<void> run_program(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int error = posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return tl::unexpected(io_error("cannot run", arguments[0], error));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return fail(ErrorKind::crashed, "did not print", arguments[0]);
  return {};
}

std::string as_web_page(const Letter& letter, const Face& face) {
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"{}\" dir=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title>\n"
      "<style>@page {{ size: A4; margin: 20mm }} body {{ font-family: '{}'; font-size: {}pt; margin: 0 }}\n"
      "p {{ margin: 0 0 5pt 0 }} .page {{ break-after: page }} .page:last-child {{ break-after: auto "
      "}}</style></head><body>\n",
      code(letter.lang), is_rtl(letter.lang) ? "rtl" : "ltr", escape_markup(letter.subject.value), face.family,
      face.size);
  for (std::size_t page = 1; page <= letter.pages.size(); ++page) {
    out += "<div class=\"page\">\n";
    for (const std::string& line : page_lines(letter, page)) out += "<p>" + escape_markup(line) + "</p>\n";
    out += "</div>\n";
  }
  return out + "</body></html>\n";
}

// qpdf throws on PDFs it cannot read; nothing of that leaves this file.
Result<ExternalPdf> checked(std::string bytes, std::size_t pages) {
  ExternalPdf pdf{.bytes = std::move(bytes)};
  try {
    QPDF document;
    document.processMemoryFile("print", pdf.bytes.data(), pdf.bytes.size());
    std::vector<QPDFPageObjectHelper> found = QPDFPageDocumentHelper(document).getAllPages();
    if (found.size() != pages) {
      return fail(ErrorKind::malformed, fmt::format("{} pages printed instead of {}", found.size(), pages));
    }
    const QPDFObjectHandle::Rectangle box = found.front().getMediaBox().getArrayAsRectangle();
    pdf.page_width = box.urx - box.llx;
    pdf.page_height = box.ury - box.lly;
  } catch (const std::exception& error) {
    return fail(ErrorKind::malformed, error.what());
  }
  return pdf;
}

}  // namespace

Result<void> check_external_producers() {
  for (const char* program : {kChromium, kLibreOffice}) {
    if (::access(program, X_OK) != 0) {
      return fail(ErrorKind::not_found, "--producers all needs it; install it or use --producers cairo", program);
    }
  }
  return {};
}

namespace {

Result<std::string> print_once(const Letter& letter, const Face& face, ExternalProducer producer) {
  const ScratchFolder scratch = TRY(ScratchFolder::create());
  const std::filesystem::path& folder = scratch.path();
  const std::filesystem::path pdf = folder / "letter.pdf";
  if (producer == ExternalProducer::chromium) {
    const std::filesystem::path page = folder / "letter.html";
    TRY_VOID(write_file_atomically(page, as_web_page(letter, face)));
    TRY_VOID(run_program({kChromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                          "--disable-background-networking", "--disable-component-update", "--disable-sync",
                          "--no-pdf-header-footer", "--print-to-pdf-no-header",
                          "--user-data-dir=" + (folder / "profile").string(), "--print-to-pdf=" + pdf.string(),
                          "file://" + page.string()}));
  } else {
    const std::filesystem::path document = folder / "letter.docx";
    TRY_VOID(write_file_atomically(document, write_docx(letter, &face)));
    TRY_VOID(run_program({kLibreOffice, "-env:UserInstallation=file://" + (folder / "profile").string(), "--headless",
                          "--convert-to", "pdf", "--outdir", folder.string(), document.string()}));
  }
  return read_file(pdf, kMostBytes);
}

}  // namespace

Result<ExternalPdf> print_externally(const Letter& letter, const Face& face, ExternalProducer producer) {
  // A long page in a wide face may not fit: it is set in smaller type then, as a typist would.
  constexpr int kSmallerSizes = 4;
  Face set = face;
  for (int attempt = 0;; ++attempt, set.size -= 1) {
    auto bytes = TRY(print_once(letter, set, producer));
    auto pdf = checked(std::move(bytes), letter.pages.size());
    if (pdf || attempt == kSmallerSizes) return pdf;
  }
}

}  // namespace dragoman::sample
