// SPDX-License-Identifier: AGPL-3.0-or-later
// What this machine offers to a run, for `doctor`: the lock's layers, workers that start, languages, keys.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "sandbox/probing.h"

namespace dragoman::ingest {

struct Finding {
  std::string name;
  bool ok = false;
  bool required = true;
  std::string detail;  // what there is, or the remedy
};

std::vector<Finding> examine_machine(const std::vector<std::string>& ocr_langs);

/// Starts workers of each kind that try what they must not, `hear` for each attempt as it ends. True when all were
/// blocked. An error means that workers do not start here.
Result<bool> try_escapes(const std::function<void(const sandbox::ProbeOutcome&)>& hear);

/// Languages that Tesseract has data for here, by its names: "ara", "eng", "fas". Sorted; found without loading any.
std::vector<std::string> installed_languages();

}  // namespace dragoman::ingest
