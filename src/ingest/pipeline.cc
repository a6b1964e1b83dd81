// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/pipeline.h"

#include <thread>
#include <vector>

#include "evidence/remedy.h"
#include "evidence/retrying.h"
#include "ingest/conversion.h"
#include "ingest/reading.h"
#include "ingest/receive.h"
#include "ingest/recognition.h"
#include "ingest/worker_jobs.h"
#include "sandbox/pool.h"
#include "sandbox/probing.h"

namespace dragoman::ingest {
namespace {

/// One stage: its time goes into the log, its error names it.
template <class Stage>
Result<void> run_stage(Workspace& workspace, LogWord name, Stage&& stage) {
  const Stopwatch watch;
  Result<void> result = stage();
  const auto milliseconds = static_cast<std::int64_t>(watch.milliseconds());
  if (result) {
    workspace.log().event("stage", {{"name", name}, {"ms", milliseconds}});
  } else {
    workspace.log().event("stage", {{"name", name}, {"ms", milliseconds}, {"error", result.error().kind}});
  }
  return result;
}

Result<std::unique_ptr<sandbox::Pool>> make_pool(Workspace& workspace, const AddOptions& options,
                                                 const std::vector<std::string>& langs) {
  sandbox::PoolSettings settings;
  settings.workers = options.jobs != 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency());
  settings.limits = options.limits;
  settings.warm_up_settings = worker_settings(langs);
  settings.kind = langs.empty() ? sandbox::WorkerKind::read : sandbox::WorkerKind::ocr;
  settings.allow_weaker = options.allow_weaker_sandbox;
  auto pool = TRY(sandbox::Pool::create(std::move(settings)));
  const sandbox::Policy& policy = pool->policy();
  workspace.set_policy(policy.hash(), sandbox::in_words(policy));
  // What was read without members leaves no entry of its own: that it was read under a weaker lock must not be lost.
  if (!sandbox::missing(policy.layers).empty()) TRY_VOID(workspace.note_policy());
  return pool;
}

/// `denied` before anything is kept when this machine cannot lock workers in.
Result<void> check_lock(const AddOptions& options) {
  sandbox::PoolSettings settings;
  settings.allow_weaker = options.allow_weaker_sandbox;
  const auto pool = TRY(sandbox::Pool::create(std::move(settings)));
  return sandbox::try_start(*pool);
}

/// Limits other than the defaults go into the custody log: what was left out because of them can be told by it.
Result<void> note_limits(Workspace& workspace, const Limits& limits) {
  constexpr std::size_t kRoom = 190;  // of a detail's 200
  std::string detail;
  for (const std::string& changed : changed_limits(limits)) {
    if (!detail.empty() && detail.size() + 1 + changed.size() > kRoom) {
      TRY_VOID(workspace.write_note(detail));
      detail.clear();
    }
    detail += (detail.empty() ? "limits: " : " ") + changed;
  }
  return detail.empty() ? Result<void>() : workspace.write_note(detail);
}

Result<void> read_stage(Workspace& workspace, const AddOptions& options, Progress& progress, ProgressSink& sink) {
  const std::uint64_t outdated = TRY(forget_outdated(workspace));
  workspace.log().event("outdated", {{"contents", static_cast<std::int64_t>(outdated)}});
  const auto pool = TRY(make_pool(workspace, options, {}));
  // What was converted may hold members of its own, which are read in turn, no deeper than the limit of depth.
  for (;;) {
    TRY_VOID(read_contents(workspace, *pool, options, progress, sink));
    const std::uint64_t tried = TRY(convert_contents(workspace, *pool, options, progress, sink));
    if (tried == 0 || TRY(evidence::unread_count(workspace.db())) == 0) return {};
  }
}

Result<void> ocr_stage(Workspace& workspace, const AddOptions& options, Progress& progress, ProgressSink& sink) {
  TRY_VOID(workspace.commit());
  const auto pool = TRY(make_pool(workspace, options, options.langs));
  return recognise_pages(workspace, *pool, options, progress, sink);
}

Result<void> settle_stage(Workspace& workspace, Progress& progress, ProgressSink& sink) {
  progress.phase = Phase::settling;
  sink.update(progress);
  TRY_VOID(workspace.begin());
  TRY_VOID(evidence::settle(
      workspace.db(), [&](ContentId content, const std::string& path) { return workspace.index_path(content, path); }));
  return workspace.finish();
}

Result<void> read_to_the_end(Workspace& workspace, const AddOptions& options, Progress& progress, ProgressSink& sink) {
  TRY_VOID(run_stage(workspace, "read", [&] { return read_stage(workspace, options, progress, sink); }));
  TRY_VOID(run_stage(workspace, "recognise", [&] { return ocr_stage(workspace, options, progress, sink); }));
  return run_stage(workspace, "settle", [&] { return settle_stage(workspace, progress, sink); });
}

/// Without a kind: what may have been an accident, and what there are new passwords for.
std::vector<GapKind> kinds_to_retry(const AddOptions& options, std::optional<GapKind> kind) {
  if (kind) return {*kind};
  std::vector<GapKind> kinds;
  for (int i = 0; i <= static_cast<int>(GapKind::missing_dependency); ++i) {
    const auto one = static_cast<GapKind>(i);
    const bool opened = one == GapKind::encrypted && !options.passwords.empty();
    if (opened || evidence::remedy_of(one).by_itself) kinds.push_back(one);
  }
  return kinds;
}

}  // namespace

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::receiving: return "receiving";
    case Phase::reading: return "reading";
    case Phase::recognising: return "recognising";
    case Phase::settling: return "finishing";
  }
  return "";
}

Result<void> add(const store::CaseFolder& folder, const std::filesystem::path& key_folder, const AddOptions& options,
                 ProgressSink& sink) {
  TRY_VOID(check_paths(options.paths));
  TRY_VOID(check_lock(options));
  const auto workspace = TRY(Workspace::open(folder, key_folder));
  TRY_VOID(note_limits(*workspace, options.limits));
  Progress progress;
  // Everything is kept before anything is opened: whatever a reader does, the bytes are safe.
  TRY_VOID(run_stage(*workspace, "receive", [&] { return receive(*workspace, options, progress, sink); }));
  TRY_VOID(workspace->begin());
  if (!options.passwords.empty()) TRY_VOID(evidence::forget_encrypted(workspace->db()));
  TRY_VOID(evidence::forget_missing_languages(workspace->db()));
  TRY_VOID(evidence::try_killed_again(workspace->db()));
  return read_to_the_end(*workspace, options, progress, sink);
}

Result<RetryReport> retry(const store::CaseFolder& folder, const std::filesystem::path& key_folder,
                          const AddOptions& options, std::optional<GapKind> kind, ProgressSink& sink) {
  TRY_VOID(check_lock(options));
  const auto workspace = TRY(Workspace::open(folder, key_folder));
  TRY_VOID(note_limits(*workspace, options.limits));
  TRY_VOID(workspace->begin());
  const auto attempts = TRY(evidence::try_again(workspace->db(), kinds_to_retry(options, kind)));
  TRY_VOID(workspace->commit());
  Progress progress;
  TRY_VOID(read_to_the_end(*workspace, options, progress, sink));
  RetryReport report;
  report.touched = static_cast<std::int64_t>(attempts.size());
  report.better = TRY(evidence::count_better(workspace->db(), attempts));
  return report;
}

}  // namespace dragoman::ingest
