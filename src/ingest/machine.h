// SPDX-License-Identifier: AGPL-3.0-or-later
// What this machine offers to a run, for `doctor`: the lock's layers, workers that start, languages, keys.
#pragma once

#include <string>
#include <vector>

namespace dragoman::ingest {

struct Finding {
  std::string name;
  bool ok = false;
  bool required = true;
  std::string detail;  // what there is, or the remedy
};

/// With `probe` a worker is started and tries what it must not: each attempt is a finding.
std::vector<Finding> examine_machine(const std::vector<std::string>& ocr_langs, bool probe);

/// Languages that Tesseract has data for here, by its names: "ara", "eng", "fas". Sorted; found without loading any.
std::vector<std::string> installed_languages();

}  // namespace dragoman::ingest
