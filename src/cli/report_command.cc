// SPDX-License-Identifier: AGPL-3.0-or-later
// report: what a reporter can send to an editor.
#include <unistd.h>

#include <fmt/format.h>

#include "cli/case_access.h"
#include "cli/command.h"
#include "cli/output_file.h"
#include "cli/report.h"

namespace dragoman::cli {
namespace {

struct ReportArguments {
  std::string path;
  std::string out;
  std::string lang = "en";
};

Result<Exit> report_command(const ReportArguments& arguments) {
  const bool csv = arguments.out.ends_with(".csv");
  if (!csv && !arguments.out.ends_with(".html")) {
    return exit_for_usage({ErrorKind::malformed, "name a file that ends in .html or .csv", arguments.out});
  }
  OpenCase open = TRY(open_case(arguments.path));
  const auto view = TRY(store::Transaction::begin_read(open.db));
  const UniqueFd fd = TRY(open_output(arguments.out));
  ReportOut out(fd.get());
  const auto written =
      csv ? write_csv_report(open.db, out) : write_html_report(open.folder, open.db, arguments.lang, out);
  if (!written) {
    ::unlink(arguments.out.c_str());
    return Failure(written.error());
  }
  print_line(fmt::format("wrote {}", arguments.out));
  return Exit::done;
}

}  // namespace

void register_report(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<ReportArguments>();  // shared with the callback, which outlives this function
  CLI::App* command = app.add_subcommand("report", "what was read and what was not, as a page or a table to send");
  command->add_option("CASE", arguments->path, "the case")->required();
  command->add_option("OUT", arguments->out, "file to make: .html or .csv")->required();
  command->add_option("--lang", arguments->lang, "language of the page")
      ->check(CLI::IsMember({"en", "fa"}))
      ->capture_default_str();
  command->callback([arguments, &exit] {
    const auto done = report_command(*arguments);
    exit = done ? *done : exit_for(done.error());
  });
}

}  // namespace dragoman::cli
