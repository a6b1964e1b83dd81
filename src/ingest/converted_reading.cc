// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/converted_reading.h"

#include <algorithm>

#include <fmt/format.h>

#include "evidence/conversions.h"

namespace dragoman::ingest {
namespace {

using evidence::kConversionStage;

// Members of a conversion stand behind those that the content's own reader may have found.
constexpr std::uint32_t kFirstOrdinal = std::uint32_t{1} << 30;
// Of an engine's name (record/page.h).
constexpr std::size_t kMostEngineBytes = 200;

}  // namespace

ConvertedListener::ConvertedListener(StageState& stage, evidence::ContentRow content, std::string engine)
    : stage_(stage), content_(std::move(content)), engine_(std::move(engine)) {}

Result<void> ConvertedListener::begin() {
  TRY_VOID(stage_.workspace.begin());
  return evidence::clear_gaps(db(), content_.id, kConversionStage);
}

Result<void> ConvertedListener::record(std::string_view bytes) {
  Record record = TRY(decode(bytes, stage_.options.limits));
  return stage_.own(std::visit([this](auto& value) { return take(std::move(value)); }, record));
}

Result<void> ConvertedListener::take(Document document) {
  TRY_VOID(stage_.workspace.begin());
  document.kind = content_.kind;
  // The program names itself as the one that made the file.
  std::erase_if(document.fields, [](const Field& field) { return field.name == "producer"; });
  return evidence::add_document(db(), content_.id, document);
}

Result<void> ConvertedListener::take(Page page) {
  TRY_VOID(stage_.workspace.begin());
  // The content itself has no such pages: no picture can be drawn of them, and no box lies on it.
  page.width = 0;
  page.height = 0;
  for (Word& word : page.words) word.box.reset();
  page.source = TextSource::body;
  page.engine = fmt::format("{} > {}", engine_, page.engine).substr(0, kMostEngineBytes);
  words_ += page.words.size();
  const auto known = TRY(evidence::page(db(), content_.id, page.number));
  const PageId id = TRY(evidence::add_page(db(), content_.id, page));
  const VersionId version = TRY(evidence::add_version(db(), id, page));
  TRY_VOID(stage_.workspace.reindex(content_.id, version, page, known ? known->newest : VersionId(0)));
  ++stage_.progress.pages_total;
  ++stage_.progress.pages_done;
  return stage_.workspace.commit_if_due();
}

Result<void> ConvertedListener::take(const Gap& gap) {
  TRY_VOID(stage_.workspace.begin());
  return evidence::add_gap(db(), content_.id, kConversionStage, gap);
}

Result<void> ConvertedListener::take(const ReadDone& done) {
  state_ = done.state;
  return {};
}

Result<void> ConvertedListener::child_begin(std::string_view header) {
  child_ = TRY(decode_child(header));
  if (++members_ > stage_.options.limits.max_members || child_.ordinal >= kFirstOrdinal) {
    return fail(ErrorKind::limit, "the container has more members than the limit allows");
  }
  // The conversion is not kept, so a member that stands in it would be lost; readers of what we convert to send bytes.
  if (child_.range) return fail(ErrorKind::malformed, "the reader said where a member is instead of sending it");
  child_.ordinal += kFirstOrdinal;
  auto writer = stage_.workspace.blobs().begin();
  if (!writer) return stage_.own(Failure(std::move(writer).error()));
  writer_.emplace(std::move(*writer));
  return {};
}

Result<void> ConvertedListener::child_bytes(std::string_view bytes) {
  unpacked_ += bytes.size();
  if (unpacked_ > stage_.options.limits.max_unpacked_bytes) {
    return fail(ErrorKind::limit, "the container unpacks to more than the limit allows");
  }
  return stage_.own(writer_->append(bytes));
}

Result<void> ConvertedListener::child_end(std::uint8_t how) {
  const bool whole = static_cast<ChildEnd>(how) == ChildEnd::complete;
  const Result<void> kept = whole ? finish_child() : Result<void>();
  writer_.reset();
  return stage_.own(kept);
}

Result<void> ConvertedListener::finish_child() {
  const vault::Kept kept = TRY(writer_->finish());
  TRY_VOID(stage_.workspace.begin());
  const evidence::Member member{content_.id, child_, stage_.workspace.epoch()};
  const evidence::Added item = TRY(evidence::add_member(db(), member, kept.blob, kept.size));
  ++stage_.progress.files_total;
  if (item.removed) {
    ++stage_.progress.left_out;
    if (item.fresh) stage_.workspace.note_left_out(item.id, kept.blob, kept.size);
    return {};
  }
  if (item.fresh) stage_.workspace.note(item.id, kept.blob, kept.size);
  const auto row = TRY(evidence::item(db(), item.id));
  return stage_.workspace.index_path(row->content->id, row->path);
}

void ConvertedListener::finished(Result<void> outcome) {
  writer_.reset();
  if (stage_.error) return;
  if (!outcome && outcome.error().kind == ErrorKind::cancelled) return;
  auto result = conclude(outcome);
  if (!result) stage_.error = std::move(result).error();
}

Result<void> ConvertedListener::conclude(const Result<void>& outcome) {
  TRY_VOID(stage_.workspace.begin());
  const bool good = outcome && state_ && (*state_ == ItemState::read || *state_ == ItemState::partial);
  if (good || words_ > 0) {
    // Whatever the program made of it, it was not read from the file itself: the state says whether all of it was.
    TRY_VOID(evidence::set_converted(db(), content_.id, good ? *state_ : ItemState::partial));
  } else {
    const Gap gap{GapKind::malformed, {}, "what LibreOffice made of it could not be read", PageIndex(0)};
    TRY_VOID(evidence::add_gap(db(), content_.id, kConversionStage, gap));
  }
  TRY_VOID(evidence::finish_content(db(), content_.id));
  stage_.workspace.log().event("converted",
                               {{"content", content_.id.value()}, {"words", static_cast<std::int64_t>(words_)}});
  return stage_.workspace.commit_if_due();
}

}  // namespace dragoman::ingest
