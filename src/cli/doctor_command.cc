// SPDX-License-Identifier: AGPL-3.0-or-later
// doctor: what this machine offers and what is missing.
#include <filesystem>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/langs.h"
#include "ingest/machine.h"

namespace dragoman::cli {
namespace {

Json finding_json(const ingest::Finding& finding) {
  return Json{{"name", finding.name}, {"ok", finding.ok}, {"required", finding.required}, {"detail", finding.detail}};
}

Exit doctor_command(bool probe, bool json, const std::string& langs) {
  const auto wanted = parse_langs(langs);
  if (!wanted) return exit_for(wanted.error());
  const auto findings = ingest::examine_machine(*wanted, probe);
  bool ok = true;
  Json list = Json::array();
  for (const ingest::Finding& finding : findings) {
    ok = ok && (finding.ok || !finding.required);
    list.push_back(finding_json(finding));
    const char* mark = finding.ok ? "ok" : finding.required ? "MISSING" : "absent";
    if (!json) print_line(fmt::format("{:<8} {:<28} {}", mark, finding.name, finding.detail));
  }
  if (json) print_json(Json{{"ok", ok}, {"findings", std::move(list)}});
  return ok ? Exit::done : Exit::failed;
}

}  // namespace

void register_doctor(CLI::App& app, Exit& exit) {
  struct Arguments {
    bool probe = false;
    bool json = false;
    std::string langs = "fas,ara,eng";
  };
  auto arguments = std::make_shared<Arguments>();  // shared with the callback, which outlives this function
  CLI::App* command = app.add_subcommand("doctor", "what this machine offers and what is missing");
  command->add_flag("--probe", arguments->probe, "also start a worker and try forbidden things in it");
  command->add_flag("--json", arguments->json, "print JSON");
  command->add_option("--langs", arguments->langs, "languages that scans may be in")->capture_default_str();
  command->callback([arguments, &exit] { exit = doctor_command(arguments->probe, arguments->json, arguments->langs); });
}

}  // namespace dragoman::cli
