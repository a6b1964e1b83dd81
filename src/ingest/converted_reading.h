// SPDX-License-Identifier: AGPL-3.0-or-later
// Takes down what a worker reads in a conversion, as pages of the content that was converted.
#pragma once

#include <optional>
#include <string>

#include "ingest/stage_state.h"
#include "record/wire.h"
#include "sandbox/pool.h"
#include "vault/blobs.h"

namespace dragoman::ingest {

class ConvertedListener final : public sandbox::JobListener {
 public:
  /// `engine`: the program, written before the engine of each page.
  ConvertedListener(StageState& stage, evidence::ContentRow content, std::string engine);

  /// Before the job is started.
  Result<void> begin();
  Result<void> record(std::string_view bytes) override;
  Result<void> child_begin(std::string_view header) override;
  Result<void> child_bytes(std::string_view bytes) override;
  Result<void> child_end(std::uint8_t how) override;
  void finished(Result<void> outcome) override;

 private:
  store::Database& db() { return stage_.workspace.db(); }
  Result<void> take(Document document);
  Result<void> take(Page page);
  Result<void> take(const Gap& gap);
  Result<void> take(const ReadDone& done);
  // Of the conversion, not of the content.
  Result<void> take(const TypeFound&) { return {}; }
  Result<void> take(const MemberCount&) { return {}; }
  Result<void> take(const OcrStats&) { return {}; }
  Result<void> take(const Error&) { return {}; }
  Result<void> finish_child();
  Result<void> conclude(const Result<void>& outcome);

  StageState& stage_;
  evidence::ContentRow content_;
  std::string engine_;
  std::optional<ItemState> state_;
  ChildHeader child_;
  std::optional<vault::BlobStore::Writer> writer_;
  std::uint64_t members_ = 0;
  std::uint64_t unpacked_ = 0;
  std::uint64_t words_ = 0;
};

}  // namespace dragoman::ingest
