// SPDX-License-Identifier: AGPL-3.0-or-later
// Contents that no reader of ours could read and that a program may convert: which they are, and what is kept of it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evidence/items.h"
#include "store/database.h"

namespace dragoman::evidence {

/// The stage under which gaps of a conversion stand.
inline constexpr char kConversionStage[] = "office";

/// Contents of one of these types whose reader ended failed or unsupported, in the order of their ids, at most `limit`,
/// after `after`; those whose conversion failed before are left out. `program_is_there`: those that lacked the program
/// come again.
struct ConversionQuery {
  std::span<const std::string_view> mimes;
  bool program_is_there = true;
  ContentId after{0};
  int limit = 64;
};
Result<std::vector<ContentRow>> contents_to_convert(store::Database& db, const ConversionQuery& query);

/// The conversion was read and ended in this state: the gaps of the reader that could not are gone (a wrong ending of
/// the name stays one), those of an earlier conversion too. Of which reader it was stays as it is: a better version of
/// that one reads the content again. Call finish_content behind it.
Result<void> set_converted(store::Database& db, ContentId content, ItemState state);

}  // namespace dragoman::evidence
