// The composition root: a worker when a pool started it, else the command line.
#include <cstdio>
#include <exception>

#include "cli/command.h"
#include "ingest/worker_jobs.h"
#include "sandbox/job.h"

int main(int argc, char** argv) {
  try {
    if (dragoman::sandbox::is_worker(argc, argv)) {
      return dragoman::sandbox::worker_main(dragoman::ingest::worker_jobs());
    }
    return dragoman::cli::run(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fputs("dragoman: out of memory\n", stderr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "dragoman: internal error: %s\n", error.what());
  }
  return 1;
}
