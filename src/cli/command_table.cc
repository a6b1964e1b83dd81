// SPDX-License-Identifier: AGPL-3.0-or-later
#include <clocale>
#include <cstdio>
#include <exception>
#include <iostream>

#include <fmt/format.h>

#include "base/utf8.h"
#include "cli/command.h"

namespace dragoman::cli {
namespace {

constexpr Register kCommands[] = {register_new,     register_add,  register_status, register_retry,  register_search,
                                  register_show,    register_get,  register_report, register_remove, register_verify,
                                  register_custody, register_read, register_ocr,    register_limits, register_doctor};

constexpr char kFooter[] =
    "Exit status: 0 done; 3 done, with gaps to look at (add, read, status); 1 failed; 2 wrong usage.\n"
    "A first case:\n"
    "  dragoman new mycase\n"
    "  dragoman add mycase ~/leak\n"
    "  dragoman search mycase 'budget OR بودجه'\n"
    "  dragoman serve mycase\n"
    "The manual page dragoman(1) and docs/ have the rest.";

}  // namespace

void print_json(const Json& json) {
  fmt::print("{}\n", json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void print_line(std::string_view line) {
  fmt::print("{}\n", escape_for_terminal(line));
}

void print_error(const Error& error) {
  std::string line = "dragoman: ";
  if (!error.where.empty()) line += escape_for_terminal(error.where) + ": ";
  line += escape_for_terminal(error.message);
  fmt::print(stderr, "{}\n", line);
}

Exit exit_for(const Error& error) {
  print_error(error);
  return Exit::failed;
}

Exit exit_for_usage(const Error& error) {
  print_error(error);
  return Exit::usage;
}

int run(int argc, char** argv, const Serve& serve) {
  CLI::App app("dragoman takes a leak of documents to reporting that can be checked.", "dragoman");
  app.set_version_flag("--version", "dragoman " DRAGOMAN_VERSION);
  app.set_help_all_flag("--help-all", "help for all commands");
  app.require_subcommand(1);
  app.footer(kFooter);
  Exit exit = Exit::done;
  for (const Register command : kCommands) command(app, exit);
  register_serve(app, exit, serve);
  CLI::App* help = app.add_subcommand("help", "this text, or the help of one command");
  std::string topic;
  help->add_option("COMMAND", topic, "the command to explain");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, std::cout, std::cerr) == 0 ? 0 : static_cast<int>(Exit::usage);
  }
  if (help->parsed()) {
    const auto named = app.get_subcommands([&](const CLI::App* command) { return command->get_name() == topic; });
    const CLI::App* about = topic.empty() ? &app : named.empty() ? nullptr : named.front();
    if (about == nullptr) {
      print_error({ErrorKind::not_found, "no such command; `dragoman help` lists them", topic});
      return static_cast<int>(Exit::usage);
    }
    // Asked through the formatter: help() of an app answers for the subcommand that was chosen, which is this one.
    fmt::print("{}",
               app.get_formatter()->make_help(about, about == &app ? "" : "dragoman", CLI::AppFormatMode::Normal));
    return 0;
  }
  return static_cast<int>(exit);
}

}  // namespace dragoman::cli
