// SPDX-License-Identifier: AGPL-3.0-or-later
// The JSON of the command contract, made from rows and records. docs/schema/ describes it; tests validate it.
#pragma once

#include "cli/command.h"
#include "evidence/items.h"
#include "evidence/listing.h"
#include "evidence/pages.h"
#include "evidence/report_rows.h"
#include "search/found.h"
#include "vault/verify.h"

namespace dragoman::cli {

/// Without its lists, which are written row by row.
Json status_json(const evidence::Counts& counts, const std::vector<evidence::GapGroup>& groups);
/// {"sha256","size","path","day","who","reason"}: what was taken out of the case.
Json removal_json(const evidence::RemovalRow& removal);
/// "removed on 2026-03-01 by W: reason".
std::string removal_text(const evidence::RemovalRow& removal);
Json gap_json(const evidence::GapListed& gap);
Json member_count_json(const MemberCount& count);
/// "messages: expected 120, read 118, unreadable 2".
std::string member_count_text(const MemberCount& count);
Json found_json(const search::Found& found, double took_ms);
Json resolved_json(const evidence::Resolved& resolved, const std::string& path);
Json verify_json(const vault::VerifyReport& report);
/// One page of `read` and `ocr`.
Json page_json(const evidence::PageRow& page, const evidence::VersionRow* version);
Json word_json(const Word& word);
/// [x0, y0, x1, y1] in points, two decimals.
Json box_json(const Box& box);

}  // namespace dragoman::cli
