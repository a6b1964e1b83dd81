// SPDX-License-Identifier: AGPL-3.0-or-later
// The recogniser against the same Tesseract called bare, on the clean upright pages of a sample leak; both decode.
//
//   dragoman-sample LEAK --pages 60 --seed 1
//   ocr_bench LEAK [PAGES]        PAGES: at most, 15 unless said
//
// The limit (0.85) is held against the fastest bare loop: at the pictures' own 300 dpi or at 200, with our
// replacements of libgomp and PNG or as Debian ships it. Exit status 1 when a limit is missed.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "ocr/recogniser.h"
#include "ocr_bare_loop.h"
#include "read/picture.h"

namespace {

using dragoman::bench::BareFigures;
using dragoman::bench::CleanPage;

constexpr double kSpeedLimit = 0.85;
constexpr double kRereadLimit = 0.15;

/// Runs ocr_bare, which lies beside this program.
BareFigures debian_loop(const std::string& leak, std::size_t most) {
  int ends[2];
  if (::pipe(ends) != 0) std::exit(1);
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "ocr_bare";
  const std::string pages = std::to_string(most);
  const pid_t child = ::fork();
  if (child == 0) {
    ::setenv("OMP_THREAD_LIMIT", "1", 1);
    ::dup2(ends[1], STDOUT_FILENO);
    ::execl(program.c_str(), program.c_str(), leak.c_str(), pages.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(ends[1]);
  std::string answer;
  char buffer[256];
  for (ssize_t size = 0; (size = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    answer.append(buffer, static_cast<std::size_t>(size));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  BareFigures figures;
  if (status != 0 || std::sscanf(answer.c_str(), "%lf %lf", &figures.native_seconds, &figures.scaled_seconds) != 2)
    std::exit(1);
  return figures;
}

struct Ours {
  double seconds = 0;
  double engine_seconds = 0;
  double reread_seconds = 0;
  std::size_t reread_pages = 0;
  std::size_t reread_rows = 0;
  std::size_t right_language = 0;
  std::map<std::string, std::pair<double, int>> by_lang;
};

Ours our_loop(const std::vector<CleanPage>& pages) {
  auto recogniser = dragoman::ocr::Recogniser::create({});
  if (!recogniser) std::exit(1);
  Ours ours;
  for (const CleanPage& page : pages) {
    const double start = dragoman::process_cpu_seconds();
    const auto fd = dragoman::open_for_reading(page.file);
    if (!fd) std::exit(1);
    dragoman::read::PictureRequest request;
    request.page = dragoman::PageIndex{page.page};
    const auto picture = dragoman::read::picture_of_page(fd->get(), request, dragoman::Limits{});
    if (!picture) std::exit(1);
    const auto reading = (*recogniser)->recognise(*picture, {});
    if (!reading) std::exit(1);
    const double seconds = dragoman::process_cpu_seconds() - start;
    ours.seconds += seconds;
    ours.engine_seconds += reading->stats.recognise_seconds;
    ours.reread_seconds += reading->stats.reread_seconds;
    ours.reread_pages += reading->stats.rereads > 0;
    ours.reread_rows += reading->stats.rows_reread;
    ours.right_language += reading->page.lang == dragoman::ocr::iso639_1_of(page.lang);
    ours.by_lang[page.lang].first += seconds;
    ++ours.by_lang[page.lang].second;
  }
  return ours;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::fputs("usage: ocr_bench LEAK [PAGES]   (LEAK from dragoman-sample)\n", stderr);
    return 2;
  }
  const std::size_t most = argc == 3 ? static_cast<std::size_t>(std::atoi(argv[2])) : 15;
  const std::vector<CleanPage> pages = dragoman::bench::clean_pages(argv[1], most);
  if (pages.empty()) {
    std::fputs("ocr_bench: the leak holds no clean scan\n", stderr);
    return 1;
  }
  const auto count = static_cast<double>(pages.size());
  const Ours ours = our_loop(pages);
  const BareFigures replaced = dragoman::bench::bare_loop(pages);
  const BareFigures debian = debian_loop(argv[1], most);
  const auto line = [&](const char* what, double seconds) {
    fmt::print("{:<52} {:6.2f} pages/CPU-s  ours = {:.2f} of it\n", what, count / seconds, seconds / ours.seconds);
  };
  line("bare, as Debian ships it, own resolution", debian.native_seconds);
  line("bare, as Debian ships it, 200 dpi", debian.scaled_seconds);
  line("bare, with our replacements, own resolution", replaced.native_seconds);
  line("bare, with our replacements, 200 dpi", replaced.scaled_seconds);
  line("ours", ours.seconds);
  for (const auto& [lang, figures] : ours.by_lang)
    fmt::print("  {} {:.3f} s/page ({} pages)\n", lang, figures.first / figures.second, figures.second);
  fmt::print("  in the engine: first reading {:.1f} %, further readings {:.1f} %; right language {} of {}\n",
             100 * ours.engine_seconds / ours.seconds, 100 * ours.reread_seconds / ours.seconds, ours.right_language,
             pages.size());
  const double fastest =
      std::min({debian.native_seconds, debian.scaled_seconds, replaced.native_seconds, replaced.scaled_seconds});
  const double ratio = fastest / ours.seconds;
  const double rereads = static_cast<double>(ours.reread_pages) / count;
  fmt::print("OCR against the fastest bare loop {:.2f} (limit {:.2f}) {}\n", ratio, kSpeedLimit,
             ratio >= kSpeedLimit ? "ok" : "MISSED");
  fmt::print("pages read again {:.0f} % (limit {:.0f} %) {}; single rows read again: {}\n", 100 * rereads,
             100 * kRereadLimit, rereads <= kRereadLimit ? "ok" : "MISSED", ours.reread_rows);
  return ratio >= kSpeedLimit && rereads <= kRereadLimit ? 0 : 1;
}
