// SPDX-License-Identifier: AGPL-3.0-or-later
// serve: the case in a browser. The server itself is not of this room; main hands it in.
#include <unistd.h>
#include <cstdio>

#include <fmt/format.h>

#include "cli/command.h"

namespace dragoman::cli {
namespace {

void print_address(const Serving& serving, bool json) {
  if (!serving.loopback) {
    fmt::print(stderr,
               "dragoman: warning: this listens beyond this machine, without encryption: whoever can watch the network "
               "can read the case and take over the session. An ssh tunnel to a loopback address does the same "
               "safely.\n");
  }
  if (json) {
    print_json(Json{{"url", serving.url}, {"port", serving.port}});
  } else {
    print_line(serving.url);
  }
  std::fflush(stdout);
  if (!json && ::isatty(STDERR_FILENO) == 1) {
    fmt::print(stderr, "Open this address in a browser on this machine. Ctrl+C ends it.\n");
  }
}

}  // namespace

void register_serve(CLI::App& app, Exit& exit, const Serve& serve) {
  struct Arguments {
    ServeRequest request;
    bool json = false;
  };
  auto arguments = std::make_shared<Arguments>();  // shared with the callback, which outlives this function
  CLI::App* command = app.add_subcommand("serve", "show the case in a browser on this machine");
  command->add_option("CASE", arguments->request.path, "the case")->required();
  command->add_option("--listen", arguments->request.listen, "address and port; port 0 takes any that is free")
      ->capture_default_str();
  command
      ->add_option("--browse", arguments->request.browse,
                   "folder from which files may be added in the browser; may be repeated (default: home and mounted "
                   "media)")
      ->allow_extra_args(false);
  command->add_flag("--allow-weaker-sandbox", arguments->request.allow_weaker_sandbox, kWeakerHelp);
  command->add_flag("--json", arguments->json, "print the address as JSON");
  command->callback([arguments, &exit, &serve] {
    const auto print = [&](const Serving& serving) { print_address(serving, arguments->json); };
    const auto served = serve(arguments->request, print);
    if (served) {
      exit = Exit::done;
    } else {
      const bool typed_wrong = served.error().where == "--listen";
      exit = typed_wrong ? exit_for_usage(served.error()) : exit_for(served.error());
    }
  });
}

}  // namespace dragoman::cli
