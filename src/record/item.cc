// SPDX-License-Identifier: AGPL-3.0-or-later
#include "record/item.h"

namespace dragoman {

std::string_view to_string(ItemState state) {
  switch (state) {
    case ItemState::pending: return "pending";
    case ItemState::read: return "read";
    case ItemState::partial: return "partial";
    case ItemState::duplicate: return "duplicate";
    case ItemState::encrypted: return "encrypted";
    case ItemState::unsupported: return "unsupported";
    case ItemState::failed: return "failed";
  }
  return "failed";
}

Result<ItemState> item_state_from(std::string_view word) {
  for (const ItemState state : kItemStates) {
    if (to_string(state) == word) return state;
  }
  return fail(ErrorKind::malformed, "not an item state");
}

std::string_view to_string(GapKind kind) {
  switch (kind) {
    case GapKind::empty: return "empty";
    case GapKind::malformed: return "malformed";
    case GapKind::truncated: return "truncated";
    case GapKind::encrypted: return "encrypted";
    case GapKind::unsupported: return "unsupported";
    case GapKind::type_mismatch: return "type_mismatch";
    case GapKind::limit: return "limit";
    case GapKind::timeout: return "timeout";
    case GapKind::crashed: return "crashed";
    case GapKind::io: return "io";
    case GapKind::lost_line: return "lost_line";
    case GapKind::not_transcribed: return "not_transcribed";
    case GapKind::missing_dependency: return "missing_dependency";
  }
  return "malformed";
}

Result<GapKind> gap_kind_from(std::string_view word) {
  for (int i = 0; i <= static_cast<int>(GapKind::missing_dependency); ++i) {
    const auto kind = static_cast<GapKind>(i);
    if (to_string(kind) == word) return kind;
  }
  return fail(ErrorKind::malformed, "not a gap kind");
}

GapKind gap_kind_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::encrypted: return GapKind::encrypted;
    case ErrorKind::unsupported: return GapKind::unsupported;
    case ErrorKind::limit: return GapKind::limit;
    case ErrorKind::timeout: return GapKind::timeout;
    case ErrorKind::crashed: return GapKind::crashed;
    case ErrorKind::not_found: return GapKind::missing_dependency;
    case ErrorKind::io:
    case ErrorKind::denied:
    case ErrorKind::conflict:
    case ErrorKind::cancelled: return GapKind::io;
    case ErrorKind::malformed: return GapKind::malformed;
  }
  return GapKind::malformed;
}

}  // namespace dragoman
