// SPDX-License-Identifier: AGPL-3.0-or-later
// Tesseract as Debian ships it, none of our replacements linked in: ocr_bench runs it with OMP_THREAD_LIMIT=1.
//   ocr_bare LEAK PAGES        prints CPU seconds at the pictures' own resolution and at 200 dpi
#include <cstdio>
#include <cstdlib>

#include "ocr_bare_loop.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto pages = dragoman::bench::clean_pages(argv[1], static_cast<std::size_t>(std::atoi(argv[2])));
  const auto figures = dragoman::bench::bare_loop(pages);
  std::printf("%.3f %.3f\n", figures.native_seconds, figures.scaled_seconds);
  return 0;
}
