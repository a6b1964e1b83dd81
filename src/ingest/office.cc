// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/office.h"

#include <unistd.h>
#include <algorithm>

#include <fmt/format.h>

#include "base/file.h"
#include "read/types.h"
#include "sandbox/program.h"

namespace dragoman::ingest {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFolder = "/usr/lib/libreoffice/program";
constexpr std::string_view kRemedy =
    "install the packages libreoffice-writer-nogui, libreoffice-calc-nogui and libreoffice-impress-nogui";
// It needs two seconds to start and a quarter of one for an ordinary file; a huge one may take minutes.
constexpr std::chrono::seconds kStart{30};
constexpr std::chrono::seconds kEach{30};
constexpr std::chrono::seconds kMost{180};

// Documents become what our own readers know best, with comments, notes and hidden sheets; drawings become PDF.
constexpr OfficeType kTypes[] = {
    {"application/msword", "doc", "docx"},
    {"text/rtf", "rtf", "docx"},
    {"application/vnd.wordperfect", "wpd", "docx"},
    {"application/vnd.ms-works", "wps", "docx"},
    {"application/x-mswrite", "wri", "docx"},
    {"application/vnd.stardivision.writer", "sdw", "docx"},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx", "odt"},
    {"application/vnd.oasis.opendocument.text", "odt", "docx"},
    {"application/vnd.ms-excel", "xls", "xlsx"},
    {"application/vnd.lotus-1-2-3", "wk1", "xlsx"},
    {"application/x-quattro-pro", "qpw", "xlsx"},
    {"application/x-sylk", "slk", "xlsx"},
    {"application/x-dif", "dif", "xlsx"},
    {"application/vnd.stardivision.calc", "sdc", "xlsx"},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", "ods"},
    {"application/vnd.oasis.opendocument.spreadsheet", "ods", "xlsx"},
    {"application/vnd.ms-powerpoint", "ppt", "pptx"},
    {"application/vnd.stardivision.impress", "sdd", "pdf"},
    {"application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx", "odp"},
    {"application/vnd.oasis.opendocument.presentation", "odp", "pptx"},
    {"application/vnd.oasis.opendocument.graphics", "odg", "pdf"},
    {"application/vnd.visio", "vsd", "pdf"},
    {"application/x-mspublisher", "pub", "pdf"},
    {"application/vnd.apple.iwork", "pages", "pdf"},
    {"image/x-pict", "pct", "pdf"},
    {"image/x-pcx", "pcx", "pdf"},
    {"image/x-svm", "svm", "pdf"},
    {"application/vnd.corel-draw", "cdr", "pdf"},
};

/// "7.4" of "ProductKey=LibreOffice 7.4".
std::string product_version() {
  const auto text = read_file(fs::path(kFolder) / "bootstraprc", 64 << 10);
  constexpr std::string_view kKey = "ProductKey=LibreOffice ";
  const std::size_t at = text ? text->find(kKey) : std::string::npos;
  if (at == std::string::npos) return {};
  const std::string_view rest = std::string_view(*text).substr(at + kKey.size());
  return std::string(rest.substr(0, std::min<std::size_t>(rest.find_first_of("\r\n"), 20)));
}

}  // namespace

std::span<const OfficeType> office_types() {
  return kTypes;
}

const OfficeType* office_type(std::string_view mime) {
  const auto found =
      std::find_if(std::begin(kTypes), std::end(kTypes), [mime](const OfficeType& type) { return type.mime == mime; });
  return found == std::end(kTypes) ? nullptr : found;
}

Result<std::string> office_version() {
  if (::access((fs::path(kFolder) / "soffice.bin").c_str(), X_OK) != 0) {
    return fail(ErrorKind::not_found, fmt::format("LibreOffice is not installed; {}", kRemedy));
  }
  TRY_VOID(sandbox::check_bubblewrap());
  const std::string version = product_version();
  return version.empty() ? std::string("libreoffice") : "libreoffice " + version;
}

Result<void> run_office(const OfficeRun& run) {
  sandbox::ProgramOrder order;
  // oosplash starts soffice.bin again when that asks for it, as it does after making its profile.
  order.arguments = {fmt::format("{}/oosplash", kFolder),
                     "--headless",
                     "--norestore",
                     "--nolockcheck",
                     "--nodefault",
                     "--nologo",
                     "-env:UserInstallation=file:///tmp/profile",
                     "--convert-to",
                     std::string(run.target),
                     "--outdir",
                     "/out"};
  for (const std::string& name : run.names) order.arguments.push_back("/in/" + name);
  order.input = run.folder / "in";
  order.output = run.folder / "out";
  order.cancelled = run.cancelled;
  order.timeout = std::min<std::chrono::seconds>(kStart + kEach * static_cast<int>(run.names.size()), kMost);
  const sandbox::ProgramEnd end = TRY(sandbox::run_program(order));
  if (!end.signalled && end.number == 0) return {};
  return fail(ErrorKind::crashed, "LibreOffice ended out of turn while it opened the file");
}

}  // namespace dragoman::ingest
