// SPDX-License-Identifier: AGPL-3.0-or-later
// dragoman-sample: writes a made-up leak and the gold that says what is in it.
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/utf8.h"
#include "external_pdf.h"
#include "gold.h"
#include "leak.h"
#include "typeset.h"

namespace {

using namespace dragoman;
using namespace dragoman::sample;

constexpr std::string_view kVersion = "2";  // a change of any byte of the leak is a new version

Result<void> check_fonts() {
  std::string names;
  for (const std::string& family : missing_faces()) names += (names.empty() ? "" : ", ") + family;
  if (names.empty()) return {};
  return fail(ErrorKind::not_found, "fonts are missing, install their packages: " + names);
}

Result<void> run(const LeakOptions& options) {
  TRY_VOID(check_fonts());
  if (options.all_producers) TRY_VOID(check_external_producers());
  for (const char* part : {"files", "gold"}) {
    std::error_code error;
    const auto folder = options.folder / part;
    if (std::filesystem::exists(folder, error) && !std::filesystem::is_empty(folder, error)) {
      return fail(ErrorKind::conflict, "not empty; give a new folder", folder);
    }
    std::filesystem::create_directories(folder, error);
    if (error) return fail(ErrorKind::io, "cannot make folder: " + error.message(), folder);
  }
  Leak leak(options);
  TRY_VOID(leak.make());
  const GoldHeader header{std::string(kVersion), options.seed, options.pages, options.all_producers ? "all" : "cairo",
                          leak.passwords()};
  return write_gold(options.folder / "gold", header, place_items(leak.files()));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Writes a made-up leak: OUT/files, and OUT/gold with what is in them."};
  LeakOptions options;
  std::string producers = "cairo";
  app.add_option("OUT", options.folder, "folder to write to; must be new or empty")->required();
  app.add_option("--pages", options.pages, "pages of letters, roughly; files of every other kind add some forty")
      ->check(CLI::Range(60, 100000))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "the same seed gives the same bytes")->capture_default_str();
  app.add_option("--producers", producers, "who makes the PDFs with a text layer")
      ->check(CLI::IsMember({"cairo", "all"}))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  options.all_producers = producers == "all";
  try {
    const Result<void> result = run(options);
    if (result) return 0;
    const Error& error = result.error();
    fmt::print(stderr, "dragoman-sample: {}{}{}\n", error.message, error.where.empty() ? "" : ": ",
               escape_for_terminal(error.where));
  } catch (const std::exception& error) {  // third parties throw; nothing here does
    fmt::print(stderr, "dragoman-sample: {}\n", error.what());
  }
  return 1;
}
