// SPDX-License-Identifier: AGPL-3.0-or-later
// new, add: making a case and filling it.
#include <cstdlib>

#include <fmt/format.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/langs.h"
#include "cli/limit_option.h"
#include "cli/progress_bar.h"
#include "cli/status_answer.h"
#include "ingest/pipeline.h"
#include "vault/keys.h"

namespace dragoman::cli {
namespace {

Result<Exit> new_command(const std::string& path, const std::string& title) {
  const store::CaseFolder folder = TRY(store::CaseFolder::create(path, title));
  const auto keys = TRY(vault::default_key_folder());
  // Opened once: its tables are made and the custody log begins.
  const auto workspace = TRY(ingest::Workspace::open(folder, keys));
  TRY_VOID(workspace->finish());
  print_line(fmt::format("made the case {}", path));
  return Exit::done;
}

struct AddArguments {
  std::string path;
  ingest::AddOptions options;
  std::string langs = "fas,ara,eng";
  std::string passwords;
  std::vector<std::string> limits;
  bool json = false;
};

Result<Exit> add_command(AddArguments& arguments) {
  const auto langs = parse_langs(arguments.langs);
  if (!langs) return exit_for_usage(langs.error());
  const auto limits = set_limits(arguments.options.limits, arguments.limits);
  if (!limits) return exit_for_usage(limits.error());
  const store::CaseFolder folder = TRY(store::CaseFolder::open(arguments.path));
  arguments.options.langs = *langs;
  if (!arguments.passwords.empty()) arguments.options.passwords = TRY(read_passwords(arguments.passwords));
  const auto keys = TRY(vault::default_key_folder());
  std::uint64_t left_out = 0;
  {
    ProgressBar bar;
    TRY_VOID(ingest::add(folder, keys, arguments.options, bar));
    left_out = bar.left_out();
  }
  if (left_out > 0 && !arguments.json) {
    print_line(fmt::format("{} files were left out: removed from the case earlier, by decision", left_out));
  }
  StatusArguments status;
  status.path = arguments.path;
  status.json = arguments.json;
  return answer_status(status);
}

}  // namespace

void register_new(CLI::App& app, Exit& exit) {
  struct Arguments {
    std::string path;
    std::string title;
  };
  auto arguments = std::make_shared<Arguments>();  // shared with the callback, which outlives this function
  CLI::App* command = app.add_subcommand("new", "make an empty case");
  command->add_option("CASE", arguments->path, "folder to make")->required();
  command->add_option("--title", arguments->title, "what the case is called");
  command->callback([arguments, &exit] {
    const auto made = new_command(arguments->path, arguments->title);
    exit = made ? *made : exit_for(made.error());
  });
}

void register_add(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<AddArguments>();  // shared with the callback, which outlives this function
  CLI::App* command = app.add_subcommand("add", "keep, read, recognise and index files and folders");
  command->add_option("CASE", arguments->path, "the case")->required();
  command->add_option("PATH", arguments->options.paths, "files and folders to add")->required();
  command->add_option("--jobs", arguments->options.jobs, "workers (default: one a core)")->check(CLI::Range(1, 256));
  command->add_option("--langs", arguments->langs, "languages scans may be in, by Tesseract's names")
      ->capture_default_str();
  command->add_option("--passwords", arguments->passwords, "file with passwords to try, one a line");
  command->add_flag("--allow-weaker-sandbox", arguments->options.allow_weaker_sandbox, kWeakerHelp);
  command->add_option("--limit", arguments->limits, kLimitHelp)->allow_extra_args(false);
  command->add_flag("--in-place", arguments->options.in_place,
                    "leave the files where they are: the case refers to them and holds no copy");
  command->add_flag("--rehash", arguments->options.rehash, "read files again even if they look unchanged");
  command->add_flag("--json", arguments->json, "print the status as JSON");
  command->callback([arguments, &exit] {
    const auto done = add_command(*arguments);
    exit = done ? *done : exit_for(done.error());
  });
}

}  // namespace dragoman::cli
