// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/reading.h"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <deque>
#include <functional>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/utf8.h"
#include "evidence/removal.h"
#include "evidence/rereading.h"
#include "ingest/stage_state.h"
#include "ingest/text_or_ocr.h"
#include "ingest/worker_jobs.h"
#include "read/types.h"
#include "record/wire.h"
#include "vault/whereabouts.h"

namespace dragoman::ingest {
namespace {

constexpr char kStage[] = "read";
// Rows fetched at a time from the queue of contents.
constexpr int kQueueRows = 256;
constexpr std::size_t kHashBuffer = std::size_t{1} << 18;

evidence::ReaderId reader_id(read::ReaderKind kind) {
  const read::Reader reader = read::reader_of(kind);
  return {std::string(reader.name), reader.version};
}

/// What a reader needs of a name is its end; the folders before it may be longer than a request.
std::string short_name(const std::string& name) {
  constexpr std::size_t kMost = 4096;
  return name.size() <= kMost ? name : to_valid_utf8(std::string_view(name).substr(name.size() - kMost));
}

/// Takes down what a worker says about one content. Everything goes into the running batch as it comes: a reader
/// that dies has still given the pages before that.
class ReadListener final : public sandbox::JobListener {
 public:
  /// Asked when the worker died: true when the content will be given to another one.
  using Again = std::function<bool(const evidence::ContentRow&)>;
  /// `bytes` are the content's, for members that are ranges of it.
  ReadListener(StageState& stage, evidence::ContentRow content, UniqueFd bytes, Again again)
      : stage_(stage), content_(std::move(content)), bytes_(std::move(bytes)), again_(std::move(again)) {}

  Result<void> begin() {
    TRY_VOID(stage_.workspace.begin());
    TRY_VOID(evidence::clear_gaps(db(), content_.id, kStage));
    return evidence::begin_reading(db(), content_.id);
  }

  Result<void> record(std::string_view bytes) override {
    if (stage_.error) return Failure(*stage_.error);
    const Record record = TRY(decode(bytes, stage_.options.limits));
    return stage_.own(std::visit([this](const auto& value) { return take(value); }, record));
  }

  Result<void> child_begin(std::string_view header) override {
    if (stage_.error) return Failure(*stage_.error);
    child_ = TRY(decode_child(header));
    if (++members_ > stage_.options.limits.max_members) {
      return fail(ErrorKind::limit, "the container has more members than the limit allows");
    }
    if (child_.range) return check_range(*child_.range);
    auto writer = stage_.workspace.blobs().begin();
    if (!writer) return stage_.own(Failure(std::move(writer).error()));
    writer_.emplace(std::move(*writer));
    return {};
  }

  Result<void> child_bytes(std::string_view bytes) override {
    if (child_.range) return fail(ErrorKind::malformed, "the reader sent bytes of a member that it said where to find");
    TRY_VOID(count_unpacked(bytes.size()));
    return stage_.own(writer_->append(bytes));
  }

  Result<void> child_end(std::uint8_t how) override {
    if (stage_.error) return Failure(*stage_.error);
    return stage_.own(finish_child(static_cast<ChildEnd>(how)));
  }

  void finished(Result<void> outcome) override {
    writer_.reset();
    if (stage_.error) return;
    if (!outcome && outcome.error().kind == ErrorKind::cancelled) return;
    if (!outcome && outcome.error().kind == ErrorKind::crashed && again_(content_)) return;
    auto result = conclude(outcome);
    if (!result) stage_.error = std::move(result).error();
  }

 private:
  store::Database& db() { return stage_.workspace.db(); }

  Result<void> take(const TypeFound& type) {
    const read::Type* row = read::type_of_mime(type.mime);
    if (row == nullptr) return {};
    reader_ = row->reader;
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
      if (known) TRY_VOID(evidence::set_ocr_state(db(), id, evidence::OcrState::none));
    } else if (recognised_before(known, choice)) {
      ++stage_.progress.pages_done;
    } else {
      TRY_VOID(evidence::wait_for_ocr(db(), id, static_cast<int>(choice)));
    }
    return stage_.workspace.commit_if_due();
  }

  /// A scan that was recognised stays recognised when its file is read again: its picture is the same.
  bool recognised_before(const std::optional<evidence::PageRow>& known, PageChoice choice) const {
    return known && known->newest != VersionId(0) && known->ocr == evidence::OcrState::done &&
           choice == PageChoice::ocr && !stage_.options.ocr_every_page;
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

  Result<void> count_unpacked(std::uint64_t bytes) {
    unpacked_ += bytes;
    const Limits& limits = stage_.options.limits;
    const bool bomb = unpacked_ > limits.ratio_floor_bytes && unpacked_ / limits.max_unpacked_ratio > content_.size;
    if (unpacked_ <= limits.max_unpacked_bytes && !bomb) return {};
    return fail(ErrorKind::limit, "the container unpacks to more than the limit allows");
  }

  Result<void> check_range(const ByteRange& range) {
    if (range.offset > content_.size || range.length > content_.size - range.offset) {
      return fail(ErrorKind::malformed, "the reader placed a member outside of its container");
    }
    return count_unpacked(range.length);
  }

  /// The member's bytes are hashed where they stand; the case notes where that is.
  Result<vault::Kept> keep_range(const ByteRange& range) {
    Sha256Hasher hasher;
    std::string buffer(static_cast<std::size_t>(std::min<std::uint64_t>(range.length, kHashBuffer)), '\0');
    for (std::uint64_t done = 0; done < range.length;) {
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(range.length - done, buffer.size()));
      const ssize_t got = ::pread(bytes_.get(), buffer.data(), wanted, static_cast<off_t>(range.offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return Failure(io_error("cannot read", {}, errno));
      if (got == 0) return fail(ErrorKind::io, "the container is shorter than the case says");
      hasher.update(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
      done += static_cast<std::uint64_t>(got);
    }
    const vault::Kept kept{hasher.finish(), range.length, false};
    // A range as long as its container is the container.
    if (range.length == content_.size || stage_.workspace.blobs().exists(kept.blob)) return kept;
    TRY_VOID(stage_.workspace.begin());
    if (TRY(evidence::removal_of(db(), kept.blob))) return kept;
    TRY_VOID(vault::add_range(db(), kept.blob, {content_.sha256, range.offset, range.length}));
    return kept;
  }

  Result<void> take(const OcrStats&) { return {}; }
  Result<void> take(const Error&) { return {}; }

  Result<void> finish_child(ChildEnd end) {
    something_ = true;
    const evidence::Member member{content_.id, child_, stage_.workspace.epoch()};
    if (end == ChildEnd::complete) {
      const vault::Kept kept = TRY(child_.range ? keep_range(*child_.range) : writer_->finish());
      writer_.reset();
      TRY_VOID(stage_.workspace.begin());
      const evidence::Added item = TRY(evidence::add_member(db(), member, kept.blob, kept.size));
      TRY_VOID(account_for(item, kept));
    } else {
      writer_.reset();
      TRY_VOID(stage_.workspace.begin());
      TRY_VOID(lose_child(member, end));
    }
    ++stage_.progress.files_total;
    return stage_.workspace.commit_if_due();
  }

  Result<void> account_for(const evidence::Added& item, const vault::Kept& kept) {
    if (item.removed) {
      ++stage_.progress.left_out;
      if (item.fresh) stage_.workspace.note_left_out(item.id, kept.blob, kept.size);
      return {};
    }
    if (item.fresh) stage_.workspace.note(item.id, kept.blob, kept.size);
    const auto row = TRY(evidence::item(db(), item.id));
    return stage_.workspace.index_path(row->content->id, row->path);
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
    const auto withdrawn = [this](VersionId version) { return stage_.workspace.withdraw(version); };
    TRY_VOID(evidence::end_reading(db(), content_.id, outcome && state_, withdrawn));
    TRY_VOID(evidence::drop_repeated_gaps(db(), content_.id));
    TRY_VOID(evidence::set_read(db(), content_.id, reader_id(reader_), state));
    TRY_VOID(evidence::finish_content(db(), content_.id));
    ++stage_.progress.files_done;
    return stage_.workspace.commit_if_due();
  }

  StageState& stage_;
  evidence::ContentRow content_;
  UniqueFd bytes_;
  Again again_;
  std::optional<ItemState> state_;
  read::ReaderKind reader_ = read::ReaderKind::none;
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
    if (!again_.empty()) {
      evidence::ContentRow row = std::move(again_.front());
      again_.pop_front();
      return row;
    }
    if (queue_.empty()) {
      auto rows = TRY(evidence::unread_contents(state_.workspace.db(), after_, kQueueRows));
      // A member may be bytes that were withdrawn long ago: they stand before what was read since.
      if (rows.empty() && pool_.busy() == 0) {
        rows = TRY(evidence::unread_contents(state_.workspace.db(), ContentId(0), kQueueRows));
      }
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
    if (depth > state_.options.limits.max_depth) {
      const std::string detail =
          fmt::format("kept, but not opened: it lies more than {} containers deep", state_.options.limits.max_depth);
      return refuse(content, Gap{GapKind::limit, {}, detail, PageIndex(0)});
    }
    auto location = vault::locate(state_.workspace.db(), state_.workspace.blobs(), content.sha256);
    if (!location) {
      const bool outside = TRY(vault::lies_outside(state_.workspace.db(), state_.workspace.blobs(), content.sha256));
      if (!outside) return Failure(std::move(location).error());
      return refuse(content, Gap{GapKind::io, {}, location.error().message, PageIndex(0)});
    }
    UniqueFd input = TRY(vault::open_located(state_.workspace.blobs(), std::move(*location)));
    UniqueFd bytes(::fcntl(input.get(), F_DUPFD_CLOEXEC, 0));
    if (!bytes) return Failure(io_error("cannot open a file twice", {}, errno));
    // A worker may be killed by somebody else (the system, for want of memory): only what kills two has done it.
    auto again = [this](const evidence::ContentRow& dropped) {
      if (!crashed_.insert(dropped.id).second) return false;
      again_.push_back(dropped);
      return true;
    };
    auto listener = std::make_unique<ReadListener>(state_, content, std::move(bytes), std::move(again));
    TRY_VOID(listener->begin());
    const auto item = TRY(evidence::item(state_.workspace.db(), content.primary));
    read::ReadRequest request;
    request.name = short_name(item->name.empty() ? item->path : item->name);
    request.passwords = state_.options.passwords;
    request.limits = state_.options.limits;
    sandbox::JobSpec spec;
    spec.name = "read";
    spec.request = read_request(request);
    spec.input = std::move(input);
    spec.timeout = state_.options.limits.read_timeout;
    return pool_.start(std::move(spec), std::move(listener));
  }

 private:
  /// It is not handed to a worker; the gap says why.
  Result<void> refuse(const evidence::ContentRow& content, const Gap& gap) {
    TRY_VOID(state_.workspace.begin());
    TRY_VOID(evidence::clear_gaps(state_.workspace.db(), content.id, kStage));
    TRY_VOID(evidence::add_gap(state_.workspace.db(), content.id, kStage, gap));
    TRY_VOID(
        evidence::set_read(state_.workspace.db(), content.id, reader_id(read::ReaderKind::none), ItemState::failed));
    TRY_VOID(evidence::finish_content(state_.workspace.db(), content.id));
    ++state_.progress.files_done;
    return {};
  }

  StageState& state_;
  sandbox::Pool& pool_;
  std::deque<evidence::ContentRow> queue_;
  std::deque<evidence::ContentRow> again_;  // whose worker died
  std::set<ContentId> crashed_;             // all that were ever in again_
  ContentId after_{0};
};

}  // namespace

Result<std::uint64_t> forget_outdated(Workspace& workspace) {
  std::uint64_t count = 0;
  for (const evidence::ReadBy& read : TRY(evidence::readings(workspace.db()))) {
    const read::Type* type = read::type_of_mime(read.mime);
    const read::Reader now = read::reader_of(type != nullptr ? type->reader : read::ReaderKind::none);
    if (now.name == read.reader.name && now.version <= read.reader.version) continue;
    TRY_VOID(workspace.begin());
    TRY_VOID(evidence::forget_reading(workspace.db(), read));
    count += static_cast<std::uint64_t>(read.contents);
  }
  return count;
}

Result<void> read_contents(Workspace& workspace, sandbox::Pool& pool, const AddOptions& options, Progress& progress,
                           ProgressSink& sink) {
  progress.phase = Phase::reading;
  progress.files_done = 0;
  progress.files_total = TRY(evidence::unread_count(workspace.db()));
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
