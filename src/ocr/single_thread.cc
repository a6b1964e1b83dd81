// SPDX-License-Identifier: AGPL-3.0-or-later
// Debian's Tesseract is built with OpenMP and spreads the matrices of one text line over all cores, which costs
// five to eight times the CPU of one thread. OMP_THREAD_LIMIT=1 stops the threads, but each parallel region still
// builds a team and wakes nobody: 100,000 futex calls a page, each of which passes the sandbox's filter.
//
// These definitions of the five entry points of libgomp that libtesseract uses stand in the executable and so are
// found before libgomp's; they run every region and every section in the calling thread. The text is the same;
// 3 to 8 % of the CPU is saved, and no thread is ever made whatever the environment says. The signatures are those
// of GCC's libgomp ABI (libgomp_g.h, GOMP_4.0): fn is the region's body, data its captures.
#include "ocr/single_thread.h"

#include <dlfcn.h>

namespace {

struct Sections {
  unsigned next = 0;
  unsigned count = 0;
};
thread_local Sections sections;
thread_local std::uint64_t regions = 0;

}  // namespace

#define DRAGOMAN_EXPORT extern "C" __attribute__((visibility("default"), used))

DRAGOMAN_EXPORT void GOMP_parallel(void (*fn)(void*), void* data, unsigned, unsigned) {
  ++regions;
  fn(data);
}

DRAGOMAN_EXPORT void GOMP_parallel_sections(void (*fn)(void*), void* data, unsigned, unsigned count, unsigned) {
  ++regions;
  const Sections outer = sections;
  sections = Sections{0, count};
  fn(data);
  sections = outer;
}

/// The next section to run, from 1; 0 when all have been.
DRAGOMAN_EXPORT unsigned GOMP_sections_next() {
  return sections.next < sections.count ? ++sections.next : 0;
}

DRAGOMAN_EXPORT void GOMP_sections_end_nowait() {}

DRAGOMAN_EXPORT int omp_get_num_threads() {
  return 1;
}
DRAGOMAN_EXPORT int omp_get_thread_num() {
  return 0;
}

namespace dragoman::ocr {

bool replacements_in_place() {
  // interposed_writes() lies in the same object as our pixWriteMem and brings it into the link.
  static_cast<void>(interposed_writes());
  const auto* own = reinterpret_cast<const void*>(&GOMP_parallel);
  const char* const names[] = {"GOMP_parallel", "pixWriteMem"};
  Dl_info ours{};
  if (::dladdr(own, &ours) == 0) return false;
  for (const char* name : names) {
    const void* found = ::dlsym(RTLD_DEFAULT, name);
    Dl_info theirs{};
    if (found == nullptr || ::dladdr(found, &theirs) == 0 || theirs.dli_fbase != ours.dli_fbase) return false;
  }
  return true;
}

std::uint64_t single_thread_regions() {
  return regions;
}

}  // namespace dragoman::ocr
