// SPDX-License-Identifier: AGPL-3.0-or-later
// The composition root: a worker when a pool started it, else the command line.
#include <cstdio>
#include <exception>

#include "cli/command.h"
#include "ingest/worker_jobs.h"
#include "pages/picture_job.h"
#include "sandbox/job.h"
#include "sandbox/probes.h"
#include "web/serve.h"

namespace {

/// Everything that a worker of this program can do.
dragoman::sandbox::JobTable worker_table() {
  dragoman::sandbox::JobTable table = dragoman::ingest::worker_jobs();
  const auto& pictures = dragoman::pages::picture_jobs();
  table.jobs.insert(table.jobs.end(), pictures.begin(), pictures.end());
  const auto& escapes = dragoman::sandbox::probe_jobs();
  table.jobs.insert(table.jobs.end(), escapes.begin(), escapes.end());
  return table;
}

/// The server behind `dragoman serve`: the two rooms do not know each other.
dragoman::Result<void> serve(const dragoman::cli::ServeRequest& request,
                             const std::function<void(const dragoman::cli::Serving&)>& ready) {
  dragoman::web::ServeOptions options;
  options.folder = request.path;
  options.listen = request.listen;
  options.browse.assign(request.browse.begin(), request.browse.end());
  options.allow_weaker_sandbox = request.allow_weaker_sandbox;
  options.assets = dragoman::web::embedded_assets();
  return dragoman::web::serve(options, [&](const dragoman::web::Listening& listening) {
    ready({listening.url, listening.port, listening.loopback});
  });
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (dragoman::sandbox::is_worker(argc, argv)) {
      return dragoman::sandbox::worker_main(worker_table());
    }
    return dragoman::cli::run(argc, argv, serve);
  } catch (const std::bad_alloc&) {
    std::fputs("dragoman: out of memory\n", stderr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "dragoman: internal error: %s\n", error.what());
  }
  return 1;
}
