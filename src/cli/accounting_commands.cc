// SPDX-License-Identifier: AGPL-3.0-or-later
// limits, retry: what bounds a run, and reading again what a run did not read.
#include <fmt/format.h>

#include "cli/answers.h"
#include "cli/command.h"
#include "cli/langs.h"
#include "cli/limit_option.h"
#include "cli/progress_bar.h"
#include "cli/status_answer.h"
#include "ingest/pipeline.h"
#include "vault/keys.h"

namespace dragoman::cli {
namespace {

Json limits_json() {
  Json list = Json::array();
  for (const LimitRow& row : limit_rows()) {
    Json json;
    json["name"] = row.name;
    json["value"] = row.get(Limits{});
    json["text"] = limit_text(row.unit, row.get(Limits{}));
    json["unit"] = row.unit == LimitUnit::bytes          ? "bytes"
                   : row.unit == LimitUnit::milliseconds ? "milliseconds"
                                                         : "count";
    json["changeable"] = row.changeable();
    json["least"] = row.least;
    json["most"] = row.most;
    json["reason"] = row.reason;
    list.push_back(std::move(json));
  }
  return Json{{"limits", std::move(list)}};
}

void print_limits() {
  for (const LimitRow& row : limit_rows()) {
    print_line(fmt::format("{:<22} {:>12}  {}", row.name, limit_text(row.unit, row.get(Limits{})), row.reason));
  }
  print_line("");
  print_line("Another value for one run: dragoman add CASE PATH --limit max_depth=64 --limit read_timeout=5min");
}

struct RetryArguments {
  std::string path;
  std::string kind;
  std::string langs = "fas,ara,eng";
  std::string passwords;
  std::vector<std::string> limits;
  bool json = false;
  ingest::AddOptions options;
};

Result<Exit> retry_command(RetryArguments& arguments) {
  std::optional<GapKind> kind;
  if (!arguments.kind.empty()) {
    const auto named = gap_kind_from(arguments.kind);
    if (!named) {
      return exit_for_usage(
          {ErrorKind::malformed, "is no kind of gap; `dragoman status CASE --gaps` shows them", arguments.kind});
    }
    kind = *named;
  }
  const auto langs = parse_langs(arguments.langs);
  if (!langs) return exit_for_usage(langs.error());
  const auto limits = set_limits(arguments.options.limits, arguments.limits);
  if (!limits) return exit_for_usage(limits.error());
  const store::CaseFolder folder = TRY(store::CaseFolder::open(arguments.path));
  arguments.options.langs = *langs;
  if (!arguments.passwords.empty()) arguments.options.passwords = TRY(read_passwords(arguments.passwords));
  const auto keys = TRY(vault::default_key_folder());
  ingest::RetryReport report;
  {
    ProgressBar bar;
    report = TRY(ingest::retry(folder, keys, arguments.options, kind, bar));
  }
  if (arguments.json) {
    print_json(Json{{"touched", report.touched}, {"better", report.better}});
    return Exit::done;
  }
  print_line(fmt::format("tried {} again, {} are better now", report.touched, report.better));
  StatusArguments status;
  status.path = arguments.path;
  return answer_status(status);
}

}  // namespace

Result<void> set_limits(Limits& limits, const std::vector<std::string>& assignments) {
  for (const std::string& assignment : assignments) TRY_VOID(set_limit(limits, assignment));
  return {};
}

void register_limits(CLI::App& app, Exit& exit) {
  auto json = std::make_shared<bool>(false);  // shared with the callback, which outlives this function
  CLI::App* command = app.add_subcommand("limits", "every bound of a run, and why it is there");
  command->add_flag("--json", *json, "print JSON");
  command->callback([json, &exit] {
    if (*json) {
      print_json(limits_json());
    } else {
      print_limits();
    }
    exit = Exit::done;
  });
}

void register_retry(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<RetryArguments>();  // shared with the callback, which outlives this function
  CLI::App* command = app.add_subcommand("retry", "read again only what could not be read");
  command->add_option("CASE", arguments->path, "the case")->required();
  command->add_option("--kind", arguments->kind,
                      "gaps of this kind only (default: timeout, crashed, io, missing_dependency; encrypted with "
                      "--passwords)");
  command->add_option("--passwords", arguments->passwords, "file with passwords to try, one a line");
  command->add_option("--langs", arguments->langs, "languages scans may be in, by Tesseract's names")
      ->capture_default_str();
  command->add_option("--limit", arguments->limits, kLimitHelp)->allow_extra_args(false);
  command->add_option("--jobs", arguments->options.jobs, "workers (default: one a core)")->check(CLI::Range(1, 256));
  command->add_flag("--allow-weaker-sandbox", arguments->options.allow_weaker_sandbox, kWeakerHelp);
  command->add_flag("--json", arguments->json, "print how many were touched, and how many became better, as JSON");
  command->callback([arguments, &exit] {
    const auto done = retry_command(*arguments);
    exit = done ? *done : exit_for(done.error());
  });
}

}  // namespace dragoman::cli
