// SPDX-License-Identifier: AGPL-3.0-or-later
// search, show, get: finding words, resolving citations, getting the bytes as received.
#include <unistd.h>
#include <cerrno>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/answers.h"
#include "cli/case_access.h"
#include "cli/command.h"
#include "cli/item_answer.h"
#include "cli/output_file.h"
#include "evidence/removal.h"
#include "ingest/indexing.h"
#include "pages/page_picture.h"
#include "vault/blobs.h"
#include "vault/whereabouts.h"

namespace dragoman::cli {
namespace {

struct SearchArguments {
  std::string path;
  std::vector<std::string> query;
  std::size_t limit = 20;
  bool json = false;
};

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

/// What follows a page's number where the page is called something.
std::string called(const std::string& label) {
  return label.empty() ? std::string() : ": " + label;
}

void print_found(const search::Found& found, double took_ms) {
  print_line(fmt::format("{} {}, {:.1f} ms", found.total, found.total == 1 ? "page" : "pages", took_ms));
  for (const search::FoundPage& page : found.pages) {
    print_line("");
    print_line(fmt::format("{}  (page {}{})", page.title, page.page.value(), called(page.label)));
    print_line("  " + page.path);
    print_line("  " + page.snippet);
    print_line("  " + to_string(page.citation));
  }
  if (found.total > found.pages.size()) {
    print_line("");
    print_line(fmt::format("{} more: --limit N shows them", found.total - found.pages.size()));
  }
}

Result<Exit> search_command(const SearchArguments& arguments) {
  const auto query = search::parse_query(joined(arguments.query));
  if (!query) return exit_for_usage(query.error());
  OpenCase open = TRY(open_case(arguments.path));
  const auto index = TRY(ingest::open_index_for_reading(open.folder, open.db));
  const Stopwatch watch;
  search::SearchOptions options;
  options.limit = arguments.limit;
  const search::Found found = TRY(search::find(open.db, *index, *query, options));
  if (arguments.json) {
    print_json(found_json(found, watch.milliseconds()));
  } else {
    print_found(found, watch.milliseconds());
  }
  return Exit::done;
}

Result<Exit> show_citation(const Target& target, bool json) {
  const evidence::Resolved& cited = *target.cited;
  const Json answer = resolved_json(cited, target.item.path);
  if (json) {
    print_json(answer);
    return Exit::done;
  }
  print_line(fmt::format("{}  page {}{}", target.item.path, cited.page.number.value(), called(cited.page.label)));
  print_line(fmt::format("sha256 {}", cited.citation.blob.hex()));
  print_line(fmt::format("read by {}, version {}{}{}", cited.version.engine, cited.version.v(),
                         cited.newest ? "" : " (there is a newer reading)",
                         cited.stated ? "" : " (the citation names no version: the newest is shown)"));
  print_text(answer["text"].get<std::string>());
  return Exit::done;
}

/// Whether the argument looks like a citation and is none.
std::optional<Error> mistyped(const std::string& argument) {
  if (!argument.starts_with("dragoman:")) return std::nullopt;
  const auto citation = parse_citation(argument);
  return citation ? std::nullopt : std::optional<Error>(citation.error());
}

Result<Exit> show_command(const std::string& path, const std::string& argument, bool json) {
  if (const auto error = mistyped(argument)) return exit_for_usage(*error);
  OpenCase open = TRY(open_case(path));
  const Target target = TRY(find_target(open.db, argument));
  if (target.cited) return show_citation(target, json);
  if (json) {
    print_json(TRY(item_json(open.db, target.item)));
  } else {
    TRY_VOID(print_item(open.db, target.item));
  }
  return Exit::done;
}

Result<void> copy_blob(int from, int to) {
  char buffer[1 << 16];
  for (;;) {
    const ssize_t got = ::read(from, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failure(io_error("cannot read the blob", {}, errno));
    if (got == 0) return {};
    TRY_VOID(write_all(to, {buffer, static_cast<std::size_t>(got)}));
  }
}

struct GetArguments {
  std::string path;
  std::string target;
  std::string out;
  bool page = false;
};

Result<void> write_output(const GetArguments& arguments, OpenCase& open, const Target& target) {
  if (!target.item.content) {
    return fail(ErrorKind::not_found, "the bytes of that item could not be had; `show` says why", target.item.path);
  }
  const auto removal = TRY(evidence::removal_of(open.db, target.item.content->sha256));
  if (removal) return fail(ErrorKind::not_found, removal_text(*removal), target.item.path);
  const auto disk = vault::real_disk();
  const auto blobs = vault::BlobStore::open(open.folder.blobs(), *disk);
  UniqueFd blob = TRY(vault::open_bytes(open.db, blobs, target.item.content->sha256));
  std::string png;
  if (arguments.page) {
    const PageIndex number = target.cited ? target.cited->page.number : PageIndex(1);
    png = TRY(pages::page_picture(std::move(blob), number));
  }
  const UniqueFd out = TRY(open_output(arguments.out));
  auto written = arguments.page ? write_all(out.get(), png) : copy_blob(blob.get(), out.get());
  if (!written && arguments.out != "-") ::unlink(arguments.out.c_str());
  if (!written) written.error().where = arguments.out;
  return written;
}

Result<Exit> get_command(const GetArguments& arguments) {
  if (const auto error = mistyped(arguments.target)) return exit_for_usage(*error);
  OpenCase open = TRY(open_case(arguments.path));
  const Target target = TRY(find_target(open.db, arguments.target));
  TRY_VOID(write_output(arguments, open, target));
  return Exit::done;
}

}  // namespace

void register_search(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<SearchArguments>();  // shared with the callback, which outlives this function
  CLI::App* command = app.add_subcommand(
      "search", "find words: all words, \"phrases\", OR, NOT, prefix*, lang: type: path: author: sent: …");
  command->add_option("CASE", arguments->path, "the case")->required();
  command->add_option("QUERY", arguments->query, "what to look for (docs/query.md); put it in quotes")->required();
  command->add_option("--limit", arguments->limit, "hits to show")->capture_default_str()->check(CLI::Range(0, 100000));
  command->add_flag("--json", arguments->json, "print JSON");
  command->callback([arguments, &exit] {
    const auto done = search_command(*arguments);
    exit = done ? *done : exit_for(done.error());
  });
}

void register_show(CLI::App& app, Exit& exit) {
  struct Arguments {
    std::string path;
    std::string target;
    bool json = false;
  };
  auto arguments = std::make_shared<Arguments>();  // shared with the callback, which outlives this function
  CLI::App* command = app.add_subcommand("show", "the words a citation names, or what was read of an item");
  command->add_option("CASE", arguments->path, "the case")->required();
  command->add_option("CITATION|ITEM", arguments->target, "a citation, or an item's number or path")->required();
  command->add_flag("--json", arguments->json, "print JSON");
  command->callback([arguments, &exit] {
    const auto done = show_command(arguments->path, arguments->target, arguments->json);
    exit = done ? *done : exit_for(done.error());
  });
}

void register_get(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<GetArguments>();  // shared with the callback, which outlives this function
  CLI::App* command = app.add_subcommand("get", "the bytes as received, or a picture of the page");
  command->add_option("CASE", arguments->path, "the case")->required();
  command->add_option("CITATION|ITEM", arguments->target, "a citation, or an item's number or path")->required();
  command->add_option("OUT", arguments->out, "file to make; - for standard output")->required();
  command->add_flag("--page", arguments->page, "the cited page (of an item the first) as PNG instead");
  command->callback([arguments, &exit] {
    const auto done = get_command(*arguments);
    exit = done ? *done : exit_for(done.error());
  });
}

}  // namespace dragoman::cli
