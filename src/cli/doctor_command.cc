// SPDX-License-Identifier: AGPL-3.0-or-later
// doctor: what this machine offers and what is missing.
#include <cstdio>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/langs.h"
#include "ingest/machine.h"

namespace dragoman::cli {
namespace {

Json finding_json(const ingest::Finding& finding) {
  return Json{{"name", finding.name}, {"ok", finding.ok}, {"required", finding.required}, {"detail", finding.detail}};
}

/// "blocked: NAME (how)", and of which kind the worker was.
void print_probe(const sandbox::ProbeOutcome& outcome) {
  print_line(fmt::format("{}: {} [{}] ({})", outcome.blocked ? "blocked" : "NOT BLOCKED", outcome.name,
                         sandbox::to_string(outcome.kind), outcome.how));
  std::fflush(stdout);
}

Json probe_json(const sandbox::ProbeOutcome& outcome) {
  return Json{{"name", fmt::format("probe: {}: {}", sandbox::to_string(outcome.kind), outcome.name)},
              {"ok", outcome.blocked},
              {"required", true},
              {"detail", outcome.how}};
}

/// Appends to `list`; whether all was blocked.
bool try_escapes(bool json, Json& list) {
  std::size_t tried = 0;
  std::size_t blocked = 0;
  const auto all = ingest::try_escapes([&](const sandbox::ProbeOutcome& outcome) {
    ++tried;
    blocked += outcome.blocked ? 1 : 0;
    if (json) {
      list.push_back(probe_json(outcome));
    } else {
      print_probe(outcome);
    }
  });
  if (!all) {
    list.push_back(finding_json({"probe", false, true, all.error().message}));
    if (!json) print_error(all.error());
    return false;
  }
  if (!json) print_line(fmt::format("{} of {} attempts were blocked", blocked, tried));
  return *all;
}

Exit doctor_command(bool probe, bool json, const std::string& langs) {
  const auto wanted = parse_langs(langs);
  if (!wanted) return exit_for(wanted.error());
  const auto findings = ingest::examine_machine(*wanted);
  bool ok = true;
  Json list = Json::array();
  for (const ingest::Finding& finding : findings) {
    ok = ok && (finding.ok || !finding.required);
    list.push_back(finding_json(finding));
    const char* mark = finding.ok ? "ok" : finding.required ? "MISSING" : "absent";
    if (!json) print_line(fmt::format("{:<8} {:<28} {}", mark, finding.name, finding.detail));
  }
  if (probe && !try_escapes(json, list)) ok = false;
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
  command->add_flag("--probe", arguments->probe, "also start workers that try to break out, one attempt each");
  command->add_flag("--json", arguments->json, "print JSON");
  command->add_option("--langs", arguments->langs, "languages that scans may be in")->capture_default_str();
  command->callback([arguments, &exit] { exit = doctor_command(arguments->probe, arguments->json, arguments->langs); });
}

}  // namespace dragoman::cli
