// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/pipeline.h"

#include <thread>

#include "ingest/conversion.h"
#include "ingest/reading.h"
#include "ingest/receive.h"
#include "ingest/recognition.h"
#include "ingest/worker_jobs.h"
#include "sandbox/pool.h"

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
  TRY(sandbox::Pool::create(std::move(settings)));
  return {};
}

Result<void> read_stage(Workspace& workspace, const AddOptions& options, Progress& progress, ProgressSink& sink) {
  if (!options.passwords.empty()) {
    TRY_VOID(workspace.begin());
    TRY_VOID(evidence::forget_encrypted(workspace.db()));
  }
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
  TRY_VOID(workspace.begin());
  TRY_VOID(evidence::forget_missing_languages(workspace.db()));
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
  Progress progress;
  // Everything is kept before anything is opened: whatever a reader does, the bytes are safe.
  TRY_VOID(run_stage(*workspace, "receive", [&] { return receive(*workspace, options, progress, sink); }));
  TRY_VOID(run_stage(*workspace, "read", [&] { return read_stage(*workspace, options, progress, sink); }));
  TRY_VOID(run_stage(*workspace, "recognise", [&] { return ocr_stage(*workspace, options, progress, sink); }));
  return run_stage(*workspace, "settle", [&] { return settle_stage(*workspace, progress, sink); });
}

}  // namespace dragoman::ingest
