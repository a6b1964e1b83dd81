// SPDX-License-Identifier: AGPL-3.0-or-later
// remove: a file is taken out of the case for good; the custody log keeps its hash, who decided and why.
#include <fmt/format.h>

#include "cli/answers.h"
#include "cli/case_access.h"
#include "cli/command.h"
#include "ingest/removal.h"
#include "vault/custody.h"
#include "vault/keys.h"

namespace dragoman::cli {
namespace {

constexpr std::size_t kShown = 20;

struct RemoveArguments {
  std::string path;
  std::string item;
  std::string reason;
  std::string who;
  bool keep_containers = false;
  bool with_containers = false;
  bool json = false;
};

/// A blob by its hash, or the bytes of an item or citation.
Result<evidence::ContentRow> target_of(store::Database& db, const std::string& argument) {
  const auto hash = Sha256::from_hex(argument);
  if (hash) {
    auto content = TRY(evidence::content_of_blob(db, *hash));
    if (!content) return fail(ErrorKind::not_found, "this case has no file with that hash", argument);
    return std::move(*content);
  }
  Target target = TRY(find_target(db, argument));
  if (!target.item.content) {
    return fail(ErrorKind::not_found, "the case has no bytes of this item; there is nothing to remove", argument);
  }
  return std::move(*target.item.content);
}

Json files_json(const std::vector<ingest::RemovedFile>& files) {
  Json list = Json::array();
  for (const auto& file : files) {
    list.push_back({{"sha256", file.blob.hex()}, {"size", file.size}, {"path", file.path}, {"others", file.others}});
  }
  return list;
}

Json report_json(const ingest::RemovalReport& report) {
  Json json;
  json["removed"] = files_json(report.removed);
  json["containers"] = files_json(report.containers);
  json["outside"] = report.outside;
  json["staying"] = report.staying;
  json["entry"] = report.entry;
  return json;
}

void print_files(const std::vector<ingest::RemovedFile>& files) {
  for (std::size_t i = 0; i < files.size() && i < kShown; ++i) {
    print_line(fmt::format("  {}  {}", files[i].blob.hex(), files[i].path));
    for (const std::string& other : files[i].others) print_line(fmt::format("  {:64}  {}", "  the same bytes", other));
  }
  if (files.size() > kShown) print_line(fmt::format("  … and {} more", files.size() - kShown));
}

void print_removal(const ingest::RemovalReport& report) {
  if (report.removed.empty()) {
    print_line("it was removed before; nothing of it was left");
  } else {
    print_line(fmt::format(
        "removed {} files; entry {} of the custody log keeps hash, who and why:", report.removed.size(), report.entry));
    print_files(report.removed);
  }
  if (report.staying > 0) {
    print_line(fmt::format("{} files that were found in it stay: they are also elsewhere", report.staying));
  }
  if (!report.containers.empty()) {
    print_line("These containers are in the case and still hold the same bytes:");
    print_files(report.containers);
  }
  for (const std::string& path : report.outside) {
    print_line("the case has forgotten this file; the file itself was not touched: " + path);
  }
}

Result<Exit> remove_command(const RemoveArguments& arguments) {
  if (arguments.reason.empty() || !vault::is_statement(arguments.reason, vault::kMaxWhy) ||
      !vault::is_statement(arguments.who, vault::kMaxWho)) {
    return exit_for_usage({ErrorKind::malformed,
                           fmt::format("--reason takes 1 to {} bytes and --who at most {}, without line breaks",
                                       vault::kMaxWhy, vault::kMaxWho),
                           {}});
  }
  const store::CaseFolder folder = TRY(store::CaseFolder::open(arguments.path));
  const auto keys = TRY(vault::default_key_folder());
  ingest::RemovalRequest request;
  request.target = [&arguments](store::Database& db) { return target_of(db, arguments.item); };
  request.reason = arguments.reason;
  request.who = arguments.who;
  if (arguments.keep_containers) request.containers = ingest::Containers::keep;
  if (arguments.with_containers) request.containers = ingest::Containers::remove;
  const ingest::RemovalReport report = TRY(ingest::remove(folder, keys, request));
  if (arguments.json) {
    print_json(report_json(report));
  } else {
    print_removal(report);
  }
  return Exit::done;
}

}  // namespace

void register_remove(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<RemoveArguments>();  // shared with the callback, which outlives this function
  CLI::App* command = app.add_subcommand(
      "remove", "take a file out of the case for good: bytes, text and index; the log keeps hash, who and why");
  command->add_option("CASE", arguments->path, "the case")->required();
  command->add_option("ITEM", arguments->item, "an item's number or path, a citation, or a SHA-256")->required();
  command->add_option("--reason", arguments->reason, "why, in your words: it is signed and stays in the log")
      ->required();
  command->add_option("--who", arguments->who, "who decided");
  auto* keep = command->add_flag("--keep-containers", arguments->keep_containers,
                                 "leave containers in the case that hold the same bytes");
  command
      ->add_flag("--with-containers", arguments->with_containers,
                 "remove those containers too; what else was found in them stays")
      ->excludes(keep);
  command->add_flag("--json", arguments->json, "print JSON");
  command->callback([arguments, &exit] {
    const auto done = remove_command(*arguments);
    exit = done ? *done : exit_for(done.error());
  });
}

}  // namespace dragoman::cli
