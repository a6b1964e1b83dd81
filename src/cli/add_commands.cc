// SPDX-License-Identifier: AGPL-3.0-or-later
// new, add, status: making a case and filling it.
#include <cstdlib>

#include <fmt/format.h>

#include "base/file.h"
#include "cli/answers.h"
#include "cli/case_access.h"
#include "cli/command.h"
#include "cli/item_answer.h"
#include "cli/langs.h"
#include "cli/progress_bar.h"
#include "ingest/pipeline.h"
#include "vault/keys.h"

namespace dragoman::cli {
namespace {

constexpr std::size_t kGapsShown = 20;

void print_status(const evidence::Counts& counts, const std::vector<evidence::GapRow>& gaps, bool all_gaps) {
  std::string states;
  for (const auto& [state, count] : counts.by_state) {
    if (count > 0) states += fmt::format("{}{} {}", states.empty() ? "" : ", ", count, to_string(state));
  }
  print_line(fmt::format("{} items: {}", counts.items, states.empty() ? "none yet" : states));
  print_line(fmt::format("{} pages ({} by OCR), {} words, {} bytes kept", counts.pages, counts.ocr_pages, counts.words,
                         counts.bytes));
  if (gaps.empty()) return;
  print_line(fmt::format("{} gaps:", gaps.size()));
  std::size_t shown = 0;
  for (const evidence::GapRow& gap : gaps) {
    if (!all_gaps && ++shown > kGapsShown) break;
    print_line("  " + gap_line(gap));
  }
  if (!all_gaps && gaps.size() > kGapsShown) {
    print_line(fmt::format("  … and {} more: dragoman status CASE --gaps", gaps.size() - kGapsShown));
  }
}

struct StatusArguments {
  std::string path;
  bool json = false;
  bool gaps = false;   // list every gap
  bool items = false;  // list every item
};

Result<Json> list_items(store::Database& db, bool json) {
  Json list = Json::array();
  const auto show = [&](const evidence::ItemRow& item) -> Result<void> {
    if (json) {
      list.push_back(item_head_json(item));
    } else {
      print_line(fmt::format("{:>6}  {:<12} {}", item.id.value(), to_string(item.state), item.path));
    }
    return {};
  };
  TRY_VOID(evidence::for_each_item(db, show));
  return list;
}

Result<Exit> answer_status(const StatusArguments& arguments) {
  OpenCase open = TRY(open_case(arguments.path));
  const auto view = TRY(store::Transaction::begin_read(open.db));
  const evidence::Counts counts = TRY(evidence::counts(open.db));
  const auto gaps = TRY(evidence::gaps(open.db));
  const Json list = arguments.items ? TRY(list_items(open.db, arguments.json)) : Json();
  if (arguments.json) {
    Json answer = status_json(counts, gaps);
    if (arguments.items) answer["list"] = list;
    print_json(answer);
  } else {
    print_status(counts, gaps, arguments.gaps);
  }
  return gaps.empty() ? Exit::done : Exit::done_with_gaps;
}

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
  bool json = false;
};

Result<Exit> add_command(AddArguments& arguments) {
  const auto langs = parse_langs(arguments.langs);
  if (!langs) return exit_for_usage(langs.error());
  const store::CaseFolder folder = TRY(store::CaseFolder::open(arguments.path));
  arguments.options.langs = *langs;
  if (!arguments.passwords.empty()) arguments.options.passwords = TRY(read_passwords(arguments.passwords));
  const auto keys = TRY(vault::default_key_folder());
  {
    ProgressBar bar;
    TRY_VOID(ingest::add(folder, keys, arguments.options, bar));
  }
  return answer_status({arguments.path, arguments.json, false, false});
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
  command->add_flag("--in-place", arguments->options.in_place,
                    "leave the files where they are: the case refers to them and holds no copy");
  command->add_flag("--rehash", arguments->options.rehash, "read files again even if they look unchanged");
  command->add_flag("--json", arguments->json, "print the status as JSON");
  command->callback([arguments, &exit] {
    const auto done = add_command(*arguments);
    exit = done ? *done : exit_for(done.error());
  });
}

void register_status(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<StatusArguments>();  // shared with the callback, which outlives this function
  CLI::App* command = app.add_subcommand("status", "what was received, what was read and what was not");
  command->add_option("CASE", arguments->path, "the case")->required();
  command->add_flag("--json", arguments->json, "print JSON");
  command->add_flag("--gaps", arguments->gaps, "list every gap");
  command->add_flag("--items", arguments->items, "list every item with its state");
  command->callback([arguments, &exit] {
    const auto done = answer_status(*arguments);
    exit = done ? *done : exit_for(done.error());
  });
}

}  // namespace dragoman::cli
