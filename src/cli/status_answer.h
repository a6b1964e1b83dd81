// SPDX-License-Identifier: AGPL-3.0-or-later
// What `status` prints, and `add` and `retry` at their end.
#pragma once

#include <string>

#include "cli/command.h"

namespace dragoman::cli {

struct StatusArguments {
  std::string path;
  bool json = false;
  bool gaps = false;       // causes with their remedies
  bool every_gap = false;  // list every gap
  bool items = false;      // list every item
};

/// done_with_gaps when there are gaps.
Result<Exit> answer_status(const StatusArguments& arguments);

}  // namespace dragoman::cli
