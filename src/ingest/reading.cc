// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/reading.h"

#include <deque>
#include <optional>

#include <fmt/format.h>

#include "ingest/stage_state.h"
#include "ingest/text_or_ocr.h"
#include "ingest/worker_jobs.h"
#include "read/types.h"
#include "record/wire.h"

namespace dragoman::ingest {
namespace {

constexpr char kStage[] = "read";
// Rows fetched at a time from the queue of contents.
constexpr int kQueueRows = 256;

/// Takes down what a worker says about one content. Everything goes into the running batch as it comes: a reader
/// that dies has still given the pages before that.
class ReadListener final : public sandbox::JobListener {
 public:
  ReadListener(StageState& stage, evidence::ContentRow content) : stage_(stage), content_(std::move(content)) {}

  Result<void> begin() {
    TRY_VOID(stage_.workspace.begin());
    return evidence::clear_gaps(db(), content_.id, kStage);
  }

  Result<void> record(std::string_view bytes) override {
    const Record record = TRY(decode(bytes, stage_.options.limits));
    return stage_.own(std::visit([this](const auto& value) { return take(value); }, record));
  }

  Result<void> child_begin(std::string_view header) override {
    child_ = TRY(decode_child(header));
    if (child_.range)
      return fail(ErrorKind::unsupported, "members that are ranges of their container are not kept yet");
    if (++members_ > stage_.options.limits.max_members) {
      return fail(ErrorKind::limit, "the container has more members than the limit allows");
    }
    auto writer = stage_.workspace.blobs().begin();
    if (!writer) return stage_.own(Failure(std::move(writer).error()));
    writer_.emplace(std::move(*writer));
    return {};
  }

  Result<void> child_bytes(std::string_view bytes) override {
    unpacked_ += bytes.size();
    const Limits& limits = stage_.options.limits;
    const bool bomb = unpacked_ > limits.ratio_floor_bytes && unpacked_ / limits.max_unpacked_ratio > content_.size;
    if (unpacked_ > limits.max_unpacked_bytes || bomb) {
      return fail(ErrorKind::limit, "the container unpacks to more than the limit allows");
    }
    return stage_.own(writer_->append(bytes));
  }

  Result<void> child_end(std::uint8_t how) override { return stage_.own(finish_child(static_cast<ChildEnd>(how))); }

  void finished(Result<void> outcome) override {
    writer_.reset();
    if (stage_.error) return;
    if (!outcome && outcome.error().kind == ErrorKind::cancelled) return;
    auto result = conclude(outcome);
    if (!result) stage_.error = std::move(result).error();
  }

 private:
  store::Database& db() { return stage_.workspace.db(); }

  Result<void> take(const TypeFound& type) {
    const read::Type* row = read::type_of_mime(type.mime);
    if (row == nullptr) return {};
    TRY_VOID(stage_.workspace.begin());
    return evidence::set_type(db(), content_.id, type.mime, std::string(row->kind));
  }

  Result<void> take(const Document& document) {
    something_ = true;
    TRY_VOID(stage_.workspace.begin());
    return evidence::add_document(db(), content_.id, document);
  }

  Result<void> take(const Page& page) {
    something_ = true;
    TRY_VOID(stage_.workspace.begin());
    const auto known = TRY(evidence::page(db(), content_.id, page.number));
    const PageId id = TRY(evidence::add_page(db(), content_.id, page));
    const bool forced = stage_.options.ocr_every_page && page.paged();
    const PageChoice choice = forced ? PageChoice::ocr : choose(page);
    if (choice == PageChoice::text || (!page.words.empty() && !forced)) {
      const VersionId version = TRY(evidence::add_version(db(), id, page));
      TRY_VOID(stage_.workspace.reindex(content_.id, version, page, known ? known->newest : VersionId(0)));
    }
    ++stage_.progress.pages_total;
    if (choice == PageChoice::text) {
      ++stage_.progress.pages_done;
    } else {
      TRY_VOID(evidence::wait_for_ocr(db(), id, static_cast<int>(choice)));
    }
    return stage_.workspace.commit_if_due();
  }

  Result<void> take(const Gap& gap) {
    TRY_VOID(stage_.workspace.begin());
    return evidence::add_gap(db(), content_.id, kStage, gap);
  }

  Result<void> take(const ReadDone& done) {
    state_ = done.state;
    return {};
  }

  Result<void> take(const MemberCount& count) {
    TRY_VOID(stage_.workspace.begin());
    return evidence::set_member_count(db(), content_.id, count);
  }

  Result<void> take(const OcrStats&) { return {}; }
  Result<void> take(const Error&) { return {}; }

  Result<void> finish_child(ChildEnd end) {
    something_ = true;
    const evidence::Member member{content_.id, child_, stage_.workspace.epoch()};
    if (end == ChildEnd::complete) {
      const vault::Kept kept = TRY(writer_->finish());
      writer_.reset();
      TRY_VOID(stage_.workspace.begin());
      const evidence::Added item = TRY(evidence::add_member(db(), member, kept.blob, kept.size));
      if (item.fresh) stage_.workspace.note(item.id, kept.blob, kept.size);
      const auto row = TRY(evidence::item(db(), item.id));
      TRY_VOID(stage_.workspace.index_path(row->content->id, row->path));
    } else {
      writer_.reset();
      TRY_VOID(stage_.workspace.begin());
      TRY_VOID(lose_child(member, end));
    }
    ++stage_.progress.files_total;
    return stage_.workspace.commit_if_due();
  }

  Result<void> lose_child(const evidence::Member& member, ChildEnd end) {
    Gap gap;
    ItemState state = ItemState::failed;
    switch (end) {
      case ChildEnd::encrypted:
        state = ItemState::encrypted;
        gap = {GapKind::encrypted, {}, "the member needs a password; give it with --passwords", PageIndex(0)};
        break;
      case ChildEnd::truncated: gap = {GapKind::truncated, {}, "its container ends inside it", PageIndex(0)}; break;
      default: gap = {GapKind::malformed, {}, "its bytes could not be taken out of the container", PageIndex(0)}; break;
    }
    TRY(evidence::add_lost_member(db(), member, state, gap));
    return {};
  }

  Result<void> conclude(const Result<void>& outcome) {
    TRY_VOID(stage_.workspace.begin());
    ItemState state = state_.value_or(ItemState::failed);
    if (!outcome || !state_) {
      const Error error =
          outcome ? Error{ErrorKind::malformed, "the reader ended without a word", {}} : outcome.error();
      state = something_ ? ItemState::partial : ItemState::failed;
      TRY_VOID(evidence::add_gap(db(), content_.id, kStage,
                                 Gap{gap_kind_of(error.kind), error.where, error.message, PageIndex(0)}));
      stage_.workspace.log().event("read_failed", {{"content", content_.id.value()}, {"kind", error.kind}});
    }
    TRY_VOID(evidence::drop_repeated_gaps(db(), content_.id));
    TRY_VOID(evidence::set_read(db(), content_.id, kReadVersion, state));
    TRY_VOID(evidence::finish_content(db(), content_.id));
    ++stage_.progress.files_done;
    return stage_.workspace.commit_if_due();
  }

  StageState& stage_;
  evidence::ContentRow content_;
  std::optional<ItemState> state_;
  ChildHeader child_;
  std::optional<vault::BlobStore::Writer> writer_;
  std::uint64_t members_ = 0;
  std::uint64_t unpacked_ = 0;
  bool something_ = false;
};

class ReadStage {
 public:
  ReadStage(StageState& state, sandbox::Pool& pool) : state_(state), pool_(pool) {}

  /// The next content to read, or none while the queue is empty.
  Result<std::optional<evidence::ContentRow>> next() {
    if (queue_.empty()) {
      const auto rows = TRY(evidence::unread_contents(state_.workspace.db(), kReadVersion, after_, kQueueRows));
      queue_.assign(rows.begin(), rows.end());
      if (queue_.empty()) return std::nullopt;
      after_ = queue_.back().id;
    }
    evidence::ContentRow row = std::move(queue_.front());
    queue_.pop_front();
    return row;
  }

  Result<void> start(const evidence::ContentRow& content) {
    const std::uint32_t depth = TRY(evidence::depth_of(state_.workspace.db(), content.id));
    if (depth > state_.options.limits.max_depth) return refuse_depth(content);
    auto listener = std::make_unique<ReadListener>(state_, content);
    TRY_VOID(listener->begin());
    const auto item = TRY(evidence::item(state_.workspace.db(), content.primary));
    read::ReadRequest request;
    request.name = item->name.empty() ? item->path : item->name;
    request.passwords = state_.options.passwords;
    sandbox::JobSpec spec;
    spec.name = "read";
    spec.request = read_request(request);
    spec.input = TRY(state_.workspace.blobs().open(content.sha256));
    spec.timeout = state_.options.limits.read_timeout;
    return pool_.start(std::move(spec), std::move(listener));
  }

 private:
  Result<void> refuse_depth(const evidence::ContentRow& content) {
    TRY_VOID(state_.workspace.begin());
    const std::string detail =
        fmt::format("kept, but not opened: it lies more than {} containers deep", state_.options.limits.max_depth);
    TRY_VOID(evidence::clear_gaps(state_.workspace.db(), content.id, kStage));
    TRY_VOID(
        evidence::add_gap(state_.workspace.db(), content.id, kStage, Gap{GapKind::limit, {}, detail, PageIndex(0)}));
    TRY_VOID(evidence::set_read(state_.workspace.db(), content.id, kReadVersion, ItemState::failed));
    TRY_VOID(evidence::finish_content(state_.workspace.db(), content.id));
    ++state_.progress.files_done;
    return {};
  }

  StageState& state_;
  sandbox::Pool& pool_;
  std::deque<evidence::ContentRow> queue_;
  ContentId after_{0};
};

}  // namespace

Result<void> read_contents(Workspace& workspace, sandbox::Pool& pool, const AddOptions& options, Progress& progress,
                           ProgressSink& sink) {
  progress.phase = Phase::reading;
  progress.files_done = 0;
  progress.files_total = TRY(evidence::unread_count(workspace.db(), kReadVersion));
  StageState state{workspace, options, progress, {}};
  ReadStage stage(state, pool);
  // Members that a worker finds stand at the end of the queue: it is empty for good when nobody works.
  const auto fill = [&]() -> Result<void> {
    while (pool.idle() > 0) {
      const auto content = TRY(stage.next());
      if (!content) break;
      TRY_VOID(stage.start(*content));
    }
    return {};
  };
  return serve(state, pool, sink, fill);
}

}  // namespace dragoman::ingest
