// SPDX-License-Identifier: AGPL-3.0-or-later
// status: what was received, what was read and what was not, and why. Lists go out row by row: a case may have
// millions of items and gaps.
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "cli/answers.h"
#include "cli/case_access.h"
#include "cli/item_answer.h"
#include "cli/status_answer.h"
#include "evidence/listing.h"

namespace dragoman::cli {
namespace {

constexpr std::size_t kCausesShown = 8;

std::int64_t gaps_in(const std::vector<evidence::GapGroup>& groups) {
  std::int64_t count = 0;
  for (const evidence::GapGroup& group : groups) count += group.count;
  return count;
}

/// A JSON list that is written while its rows are read.
class JsonList {
 public:
  explicit JsonList(std::string_view name) { fmt::print(",\"{}\":[", name); }
  void add(const Json& row) {
    fmt::print("{}{}", std::exchange(first_, false) ? "" : ",",
               row.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  void end() { fmt::print("]"); }

 private:
  bool first_ = true;
};

Result<void> print_json_status(store::Database& db, const Json& head, bool items) {
  // The head without its closing brace: the lists follow inside of it.
  const std::string text = head.dump(-1, ' ', false, Json::error_handler_t::replace);
  fmt::print("{}", text.substr(0, text.size() - 1));
  JsonList gaps("gaps");
  TRY_VOID(evidence::for_each_gap(db, [&](const evidence::GapListed& gap) -> Result<void> {
    gaps.add(gap_json(gap));
    return {};
  }));
  gaps.end();
  JsonList removals("removals");
  for (const evidence::RemovalRow& removal : TRY(evidence::removals(db))) removals.add(removal_json(removal));
  removals.end();
  if (items) {
    JsonList list("list");
    TRY_VOID(evidence::for_each_item(db, [&](const evidence::ItemRow& item) -> Result<void> {
      list.add(item_head_json(item));
      return {};
    }));
    list.end();
  }
  fmt::print("}}\n");
  return {};
}

void print_counts(const evidence::Counts& counts) {
  std::string states;
  for (const auto& [state, count] : counts.by_state) {
    if (count > 0) states += fmt::format("{}{} {}", states.empty() ? "" : ", ", count, to_string(state));
  }
  print_line(fmt::format("{} items: {}", counts.items, states.empty() ? "none yet" : states));
  print_line(fmt::format("{} pages ({} by OCR), {} words, {} bytes kept", counts.pages, counts.ocr_pages, counts.words,
                         counts.bytes));
}

// What retry needs besides the kind.
std::string_view retry_options(GapKind kind) {
  switch (kind) {
    case GapKind::encrypted: return " --passwords FILE";
    case GapKind::limit:
    case GapKind::timeout: return " --limit NAME=VALUE";
    default: return "";
  }
}

void print_causes(const std::vector<evidence::GapGroup>& groups, bool remedies) {
  std::size_t shown = 0;
  std::size_t left = 0;
  for (const evidence::GapGroup& group : groups) {
    for (const evidence::GapCause& cause : group.causes) {
      if (!remedies && ++shown > kCausesShown) {
        ++left;
        continue;
      }
      print_line(fmt::format("  {:>7}  {}: {}", cause.count, to_string(group.kind), cause.detail));
      if (remedies && !cause.remedy.empty()) print_line("           → " + cause.remedy);
      if (remedies && cause.retry)
        print_line(fmt::format("             dragoman retry CASE --kind {}{}", to_string(group.kind),
                               retry_options(group.kind)));
    }
  }
  if (left > 0) print_line(fmt::format("  … and {} more causes", left));
  if (!remedies) print_line("What can be done: dragoman status CASE --gaps");
}

Result<void> print_member_counts(store::Database& db) {
  return evidence::for_each_shortfall(db, [](const std::string& path, const MemberCount& count) -> Result<void> {
    print_line(fmt::format("  {}: {}", path, member_count_text(count)));
    return {};
  });
}

/// How many, and with `each` which and why.
Result<void> print_removals(store::Database& db, bool each) {
  const auto list = TRY(evidence::removals(db));
  if (list.empty()) return {};
  print_line(fmt::format("{} files were removed by decision{}", list.size(), each ? ":" : ""));
  for (const evidence::RemovalRow& removal : list) {
    if (each) print_line(fmt::format("  {}  {}  {}", removal.blob.hex(), removal.path, removal_text(removal)));
  }
  return {};
}

Result<void> print_lists(store::Database& db, const StatusArguments& arguments) {
  if (arguments.every_gap) {
    TRY_VOID(evidence::for_each_gap(db, [](const evidence::GapListed& gap) -> Result<void> {
      print_line("  " + gap_line(gap));
      return {};
    }));
  }
  if (!arguments.items) return {};
  return evidence::for_each_item(db, [](const evidence::ItemRow& item) -> Result<void> {
    print_line(fmt::format("{:>6}  {:<12} {}", item.id.value(), to_string(item.state), item.path));
    return {};
  });
}

}  // namespace

Result<Exit> answer_status(const StatusArguments& arguments) {
  OpenCase open = TRY(open_case(arguments.path));
  const auto view = TRY(store::Transaction::begin_read(open.db));
  const evidence::Counts counts = TRY(evidence::counts(open.db));
  const auto groups = TRY(evidence::gap_groups(open.db));
  const std::int64_t gaps = gaps_in(groups);
  if (arguments.json) {
    TRY_VOID(print_json_status(open.db, status_json(counts, groups), arguments.items));
  } else {
    print_counts(counts);
    if (gaps > 0) {
      print_line(fmt::format("{} gaps:", gaps));
      print_causes(groups, arguments.gaps);
    }
    if (arguments.gaps) TRY_VOID(print_member_counts(open.db));
    TRY_VOID(print_removals(open.db, arguments.gaps));
    TRY_VOID(print_lists(open.db, arguments));
  }
  return gaps == 0 ? Exit::done : Exit::done_with_gaps;
}

void register_status(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<StatusArguments>();  // shared with the callback, which outlives this function
  CLI::App* command = app.add_subcommand("status", "what was received, what was read and what was not");
  command->add_option("CASE", arguments->path, "the case")->required();
  command->add_flag("--json", arguments->json, "print JSON");
  command->add_flag("--gaps", arguments->gaps, "what was not read, by cause, and what can be done about it");
  command->add_flag("--every-gap", arguments->every_gap, "list every gap");
  command->add_flag("--items", arguments->items, "list every item with its state");
  command->callback([arguments, &exit] {
    const auto done = answer_status(*arguments);
    exit = done ? *done : exit_for(done.error());
  });
}

}  // namespace dragoman::cli
