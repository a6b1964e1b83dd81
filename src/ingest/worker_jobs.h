// SPDX-License-Identifier: AGPL-3.0-or-later
// What a worker can do, and the requests that ask for it. The functions run inside the locked worker; the
// requests and settings are made by the process that spawns it.
#pragma once

#include <string>
#include <vector>

#include "base/limits.h"
#include "ocr/recogniser.h"
#include "read/reader.h"
#include "sandbox/job.h"

namespace dragoman::ingest {

/// Jobs "read" (bytes → records and members) and "ocr" (one page → Page, Gaps, OcrStats), and the warm-up of whatever
/// jobs the program has. Empty settings: no OCR.
const sandbox::JobTable& worker_jobs();

/// Settings for a pool's workers: the OCR languages to load before the lock ("fas" …); none: no OCR jobs.
std::string worker_settings(const std::vector<std::string>& ocr_langs);

std::string read_request(const read::ReadRequest& request);
/// `passwords` open encrypted PDFs.
std::string ocr_request(const ocr::OcrRequest& request, const std::vector<std::string>& passwords,
                        const Limits& limits);

}  // namespace dragoman::ingest
