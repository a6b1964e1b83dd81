// SPDX-License-Identifier: AGPL-3.0-or-later
// verify, custody: is the case still what was received?
#include <fmt/format.h>

#include "cli/answers.h"
#include "cli/case_access.h"
#include "cli/command.h"
#include "ingest/verification.h"
#include "vault/verify.h"

namespace dragoman::cli {
namespace {

struct VerifyArguments {
  std::string path;
  std::string head;
  bool record = false;
  bool json = false;
};

void print_report(const vault::VerifyReport& report) {
  for (const vault::Fault& fault : report.faults) {
    print_line(fmt::format("WRONG  {}  {}: {}", fault.what, fault.where, fault.detail));
  }
  if (report.more) print_line("… and more");
  for (const std::string& note : report.notes) print_line("note: " + note);
  if (report.removed > 0) print_line(fmt::format("{} files were removed by decision", report.removed));
  print_line(fmt::format("{}: {} blobs, {} log entries, head {}", report.ok ? "all right" : "NOT all right",
                         report.blobs, report.entries, vault::to_string(report.head)));
}

Result<Exit> verify_command(const VerifyArguments& arguments) {
  vault::VerifyOptions options;
  if (!arguments.head.empty()) {
    const auto head = vault::parse_head(arguments.head);
    if (!head) return exit_for_usage(head.error());
    options.head = *head;
  }
  options.evidence = ingest::evidence_rows;
  OpenCase open = TRY(open_case(arguments.path));
  const auto disk = vault::real_disk();
  vault::VerifyReport report = TRY(vault::verify(open.folder, open.db, *disk, options));
  TRY_VOID(ingest::check_removals_finished(open.db, report));
  if (arguments.json) {
    print_json(verify_json(report));
  } else {
    print_report(report);
  }
  if (arguments.record) TRY_VOID(ingest::record_verification(open.folder, report));
  return report.ok ? Exit::done : Exit::failed;
}

Result<Exit> head_command(const std::string& path) {
  OpenCase open = TRY(open_case(path));
  const vault::Head head = TRY(vault::custody_head(open.db));
  print_line(vault::to_string(head));
  return Exit::done;
}

}  // namespace

void register_verify(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<VerifyArguments>();  // shared with the callback, which outlives this function
  CLI::App* command = app.add_subcommand("verify", "hash every blob again and walk the custody log");
  command->add_option("CASE", arguments->path, "the case")->required();
  command->add_option("--head", arguments->head, "count and hash noted earlier from `custody head`");
  command->add_flag("--record", arguments->record, "write the outcome into the custody log");
  command->add_flag("--json", arguments->json, "print JSON");
  command->callback([arguments, &exit] {
    const auto done = verify_command(*arguments);
    exit = done ? *done : exit_for(done.error());
  });
}

void register_custody(CLI::App& app, Exit& exit) {
  auto path = std::make_shared<std::string>();  // shared with the callback, which outlives this function
  CLI::App* command = app.add_subcommand("custody", "the signed log of what was received");
  command->require_subcommand(1);
  CLI::App* head = command->add_subcommand("head", "count and hash of the log, for paper or a colleague");
  head->add_option("CASE", *path, "the case")->required();
  head->callback([path, &exit] {
    const auto done = head_command(*path);
    exit = done ? *done : exit_for(done.error());
  });
}

}  // namespace dragoman::cli
