// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/recognition.h"

#include <deque>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "ingest/stage_state.h"
#include "ingest/text_or_ocr.h"
#include "ingest/worker_jobs.h"
#include "record/wire.h"
#include "vault/whereabouts.h"

namespace dragoman::ingest {
namespace {

constexpr char kStage[] = "ocr";

/// "fa" → the Tesseract language among those of this run, or "".
std::string tesseract_language(const std::string& lang, const std::vector<std::string>& langs) {
  for (const std::string& candidate : langs) {
    if (ocr::iso639_1_of(candidate) == lang) return candidate;
  }
  return {};
}

/// Which page is next: first pages of files at once, the others when their file's first page is done.
class PageQueue {
 public:
  Result<void> fill(store::Database& db) {
    for (const evidence::WaitingPage& page : TRY(evidence::pages_waiting_for_ocr(db))) {
      File& file = files_[page.content];
      if (!file.anchor) file.anchor = TRY(evidence::ocr_anchor(db, page.content));
      const bool ready = !file.anchor->waiting || file.anchor->number == page.number;
      (ready ? ready_ : file.rest).push_back(page);
      ++size_;
    }
    return {};
  }

  std::optional<evidence::WaitingPage> next() {
    if (ready_.empty()) return std::nullopt;
    const evidence::WaitingPage page = ready_.front();
    ready_.pop_front();
    return page;
  }

  /// True the first time: the page comes next once more. A worker may have been killed by somebody else.
  bool again(const evidence::WaitingPage& page) {
    if (!crashed_.insert(page.page).second) return false;
    ready_.push_front(page);
    return true;
  }

  /// The language its file's first page was read in; "" for the first page itself.
  const std::string& likely(const evidence::WaitingPage& page) const { return files_.at(page.content).anchor->lang; }

  void done(const evidence::WaitingPage& page, const std::string& lang) {
    File& file = files_.at(page.content);
    if (!file.anchor->waiting) return;
    file.anchor->waiting = false;
    file.anchor->lang = lang;
    ready_.insert(ready_.begin(), file.rest.begin(), file.rest.end());
    file.rest.clear();
  }

  std::size_t size() const { return size_; }

 private:
  struct File {
    std::optional<evidence::Anchor> anchor;
    std::deque<evidence::WaitingPage> rest;
  };
  std::map<ContentId, File> files_;
  std::deque<evidence::WaitingPage> ready_;
  std::set<PageId> crashed_;
  std::size_t size_ = 0;
};

class OcrListener final : public sandbox::JobListener {
 public:
  OcrListener(StageState& stage, PageQueue& queue, evidence::WaitingPage page)
      : stage_(stage), queue_(queue), page_(page) {}

  Result<void> record(std::string_view bytes) override {
    Record record = TRY(decode(bytes, stage_.options.limits));
    if (auto* reading = std::get_if<Page>(&record)) reading_ = std::move(*reading);
    if (auto* gap = std::get_if<Gap>(&record)) gaps_.push_back(std::move(*gap));
    if (auto* stats = std::get_if<OcrStats>(&record)) stats_ = *stats;
    return {};
  }
  Result<void> child_begin(std::string_view) override { return unexpected_child(); }
  Result<void> child_bytes(std::string_view) override { return unexpected_child(); }
  Result<void> child_end(std::uint8_t) override { return unexpected_child(); }

  void finished(Result<void> outcome) override {
    if (stage_.error) return;
    if (!outcome && outcome.error().kind == ErrorKind::cancelled) return;
    if (!outcome && outcome.error().kind == ErrorKind::crashed && queue_.again(page_)) return;
    if (outcome && !reading_) outcome = fail(ErrorKind::malformed, "the recogniser ended without a word");
    static_cast<void>(stage_.own(outcome ? keep() : give_up(outcome.error())));
    queue_.done(page_, reading_ ? reading_->lang : std::string());
  }

 private:
  static Result<void> unexpected_child() { return fail(ErrorKind::malformed, "a page has no members"); }

  store::Database& db() { return stage_.workspace.db(); }

  Result<void> begin() {
    TRY_VOID(stage_.workspace.begin());
    ++stage_.progress.pages_done;
    return evidence::clear_page_gaps(db(), page_.content, kStage, page_.number);
  }

  Result<void> keep() {
    TRY_VOID(begin());
    const auto row = TRY(evidence::page(db(), page_.content, page_.number));
    CHECK(row);
    Page page = *reading_;
    page.number = page_.number;
    if (row->newest != VersionId(0)) {
      page = bring_together(static_cast<PageChoice>(page_.choice), TRY(text_layer(*row)), std::move(page));
    }
    const VersionId version = TRY(evidence::add_version(db(), page_.page, page));
    TRY_VOID(stage_.workspace.reindex(page_.content, version, page, row->newest));
    for (Gap& gap : gaps_) {
      gap.page = page_.number;
      TRY_VOID(evidence::add_gap(db(), page_.content, kStage, gap));
    }
    TRY_VOID(evidence::set_ocr_state(db(), page_.page, evidence::OcrState::done));
    TRY_VOID(evidence::finish_content(db(), page_.content));
    stage_.workspace.log().event("ocr", {{"content", page_.content.value()},
                                         {"page", page_.number.value()},
                                         {"cpu_ms", static_cast<std::int64_t>(stats_.cpu_seconds * 1e3)},
                                         {"first_ms", static_cast<std::int64_t>(stats_.recognise_seconds * 1e3)},
                                         {"again_ms", static_cast<std::int64_t>(stats_.reread_seconds * 1e3)},
                                         {"rereads", stats_.rereads},
                                         {"rows_reread", stats_.rows_reread}});
    return stage_.workspace.commit_if_due();
  }

  Result<Page> text_layer(const evidence::PageRow& row) {
    evidence::VersionRow version = TRY(evidence::version(db(), row.newest));
    Page page;
    page.number = row.number;
    page.width = row.width;
    page.height = row.height;
    page.source = version.source;
    page.engine = std::move(version.engine);
    page.lang = std::move(version.lang);
    page.quality = static_cast<float>(version.quality);
    page.words = std::move(version.words);
    return page;
  }

  Result<void> give_up(const Error& error) {
    TRY_VOID(begin());
    const Gap gap{gap_kind_of(error.kind), fmt::format("page {}", page_.number.value()), error.message, page_.number};
    TRY_VOID(evidence::add_gap(db(), page_.content, kStage, gap));
    TRY_VOID(evidence::set_ocr_state(db(), page_.page, evidence::OcrState::failed));
    TRY_VOID(evidence::finish_content(db(), page_.content));
    stage_.workspace.log().event(
        "ocr_failed", {{"content", page_.content.value()}, {"page", page_.number.value()}, {"kind", error.kind}});
    return stage_.workspace.commit_if_due();
  }

  StageState& stage_;
  PageQueue& queue_;
  evidence::WaitingPage page_;
  std::optional<Page> reading_;
  std::vector<Gap> gaps_;
  OcrStats stats_;
};

/// Languages cannot be loaded: every waiting page says so, and waits again at the next run.
Result<void> note_missing(StageState& stage, PageQueue& queue, const Error& error) {
  for (auto page = queue.next(); page; page = queue.next()) {
    OcrListener listener(stage, queue, *page);
    listener.finished(Failure(error));
    if (stage.error) return Failure(*stage.error);
  }
  return {};
}

Result<void> start(StageState& stage, sandbox::Pool& pool, PageQueue& queue, const evidence::WaitingPage& page) {
  const auto content = TRY(evidence::content(stage.workspace.db(), page.content));
  CHECK(content);
  auto location = vault::locate(stage.workspace.db(), stage.workspace.blobs(), content->sha256);
  if (!location) {
    const bool outside = TRY(vault::lies_outside(stage.workspace.db(), stage.workspace.blobs(), content->sha256));
    if (!outside) return Failure(std::move(location).error());
    OcrListener(stage, queue, page).finished(fail(ErrorKind::io, location.error().message));
    return {};
  }
  ocr::OcrRequest request;
  request.page = page.number;
  request.page_width = page.width;
  request.page_height = page.height;
  request.lang = stage.options.forced_lang;
  request.likely = tesseract_language(queue.likely(page), stage.options.langs);
  sandbox::JobSpec spec;
  spec.name = "ocr";
  spec.request = ocr_request(request, stage.options.passwords, stage.options.limits);
  spec.input = TRY(vault::open_located(stage.workspace.blobs(), std::move(*location)));
  spec.timeout = stage.options.limits.ocr_timeout;
  return pool.start(std::move(spec), std::make_unique<OcrListener>(stage, queue, page));
}

}  // namespace

Result<void> recognise_pages(Workspace& workspace, sandbox::Pool& pool, const AddOptions& options, Progress& progress,
                             ProgressSink& sink) {
  progress.phase = Phase::recognising;
  StageState stage{workspace, options, progress, {}};
  PageQueue queue;
  TRY_VOID(queue.fill(workspace.db()));
  progress.pages_total = std::max(progress.pages_total, progress.pages_done + queue.size());
  const auto fill = [&]() -> Result<void> {
    while (pool.idle() > 0) {
      const auto page = queue.next();
      if (!page) break;
      const auto started = start(stage, pool, queue, *page);
      if (started) continue;
      if (started.error().kind != ErrorKind::not_found) return started;
      OcrListener(stage, queue, *page).finished(started);
      TRY_VOID(note_missing(stage, queue, started.error()));
    }
    return {};
  };
  return serve(stage, pool, sink, fill);
}

}  // namespace dragoman::ingest
