// SPDX-License-Identifier: AGPL-3.0-or-later
// Between the readers and the sink that was given: what a record may hold (record/wire.h) is enforced here once,
// so that no reader has to, and what had to be cut leaves a gap.
#pragma once

#include "base/limits.h"
#include "read/reader.h"

namespace dragoman::read {

class BoundedSink : public ReadSink {
 public:
  BoundedSink(ReadSink& inner, const Limits& limits) : inner_(inner), limits_(limits) {}
  Result<void> record(const Record& record) override;
  Result<void> begin_child(const ChildHeader& child) override;
  Result<void> child_bytes(std::string_view bytes) override { return inner_.child_bytes(bytes); }
  Result<void> end_child(ChildEnd end) override { return inner_.end_child(end); }

  /// Something was left out: the item is not `read` but `partial`.
  bool cut() const { return cut_; }

 private:
  Result<void> page(const Page& page);
  Result<void> document(const Document& document);
  Result<void> gap(Gap gap);
  ReadSink& inner_;
  const Limits& limits_;
  std::uint64_t sent_ = 0;  // bytes of records so far
  bool full_ = false;       // max_reply_bytes is near: no more pages
  bool cut_ = false;
  std::uint32_t gaps_ = 0;
};

}  // namespace dragoman::read
