// The composition root: a worker when a pool started it, else the command line.
#include <cstdio>
#include <exception>

#include "cli/command.h"
#include "ingest/worker_jobs.h"
#include "pages/picture_job.h"
#include "sandbox/job.h"

namespace {

/// Everything that a worker of this program can do.
dragoman::sandbox::JobTable worker_table() {
  dragoman::sandbox::JobTable table = dragoman::ingest::worker_jobs();
  const auto& pictures = dragoman::pages::picture_jobs();
  table.jobs.insert(table.jobs.end(), pictures.begin(), pictures.end());
  return table;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (dragoman::sandbox::is_worker(argc, argv)) {
      return dragoman::sandbox::worker_main(worker_table());
    }
    return dragoman::cli::run(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fputs("dragoman: out of memory\n", stderr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "dragoman: internal error: %s\n", error.what());
  }
  return 1;
}
