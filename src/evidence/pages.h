// SPDX-License-Identifier: AGPL-3.0-or-later
// Pages and their versions. A reading is a version; the newest is the one searched; none is ever deleted.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "record/citation.h"
#include "record/item.h"
#include "record/page.h"
#include "store/database.h"

namespace dragoman::evidence {

/// What OCR of a page stands at.
enum class OcrState : std::uint8_t { none, waiting, done, failed };

struct PageRow {
  PageId id{0};
  ContentId content{0};
  PageIndex number{1};
  double width = 0;  // points; 0 on reflowable pages
  double height = 0;
  VersionId newest{0};  // 0: nothing was read
  std::string label;    // what the page is called beside its number; mostly empty
  OcrState ocr = OcrState::none;
};

struct VersionRow {
  VersionId id{0};
  PageId page{0};
  Sha256 hash;  // of the words joined by LF; `v` of a citation is its first 12 hex digits
  TextSource source = TextSource::none;
  std::string engine;
  std::string lang;
  double quality = 0;
  std::vector<Word> words;

  std::string v() const { return hash.hex().substr(0, kVersionDigits); }
};

Result<void> add_document(store::Database& db, ContentId content, const Document& document);
Result<std::vector<Document>> documents_of(store::Database& db, ContentId content);
/// What a container said of one sort of members; said again, it replaces.
Result<void> set_member_count(store::Database& db, ContentId content, const MemberCount& count);
Result<std::vector<MemberCount>> member_counts(store::Database& db, ContentId content);
/// Gives documents without a language the commonest one of their pages.
Result<void> set_document_languages(store::Database& db, ContentId content);

/// The page's row, made if it was not there; its size is updated.
Result<PageId> add_page(store::Database& db, ContentId content, const Page& page);
/// Adds a reading as the newest version; a version of the same words is used again.
Result<VersionId> add_version(store::Database& db, PageId page, const Page& reading);

/// The page is to be recognised; `choice` is kept for the one who brings the readings together.
Result<void> wait_for_ocr(store::Database& db, PageId page, int choice);
Result<void> set_ocr_state(store::Database& db, PageId page, OcrState state);

struct WaitingPage {
  PageId page{0};
  ContentId content{0};
  PageIndex number{1};
  double width = 0;
  double height = 0;
  int choice = 0;
};
/// Pages that wait for OCR, by (content, number).
Result<std::vector<WaitingPage>> pages_waiting_for_ocr(store::Database& db);
/// Of one content: how many wait, failed, were read.
struct OcrProgress {
  std::int64_t waiting = 0;
  std::int64_t failed = 0;
  std::int64_t pages = 0;
};
Result<OcrProgress> ocr_progress(store::Database& db, ContentId content);

/// Of the pages of a content that OCR was asked for, the one with the lowest number: what the others are
/// expected to be like.
struct Anchor {
  PageIndex number{1};
  bool waiting = true;
  std::string lang;  // of its newest version; empty when nothing was read
};
Result<std::optional<Anchor>> ocr_anchor(store::Database& db, ContentId content);

Result<std::optional<PageRow>> page(store::Database& db, ContentId content, PageIndex number);
Result<std::vector<PageRow>> pages_of(store::Database& db, ContentId content);
Result<VersionRow> version(store::Database& db, VersionId id);
/// The page a version belongs to.
Result<PageRow> page_of_version(store::Database& db, VersionId id);

/// Newest versions with their content, for building the index: (version, content, words, lang).
using NewestVisitor = std::function<Result<void>(const VersionRow&, ContentId)>;
Result<void> for_each_newest(store::Database& db, const NewestVisitor& visit);

struct Resolved {
  Citation citation;  // with its version filled in
  PageRow page;
  VersionRow version;  // words of the whole page
  bool newest = true;  // the version shown is the newest one
  bool stated = true;  // the citation named its version
};
/// The words a citation names, or not_found: blob, page, version or words that are not there. Never a neighbour.
Result<Resolved> resolve(store::Database& db, const Citation& citation);

Result<void> add_gap(store::Database& db, ContentId content, const char* stage, const Gap& gap);
/// A gap of a path that is no item: a link, a special file, a folder that cannot be opened. Found again, kept once.
Result<void> add_path_gap(store::Database& db, const std::string& path, const Gap& gap);
/// Before a stage runs again over a content.
Result<void> clear_gaps(store::Database& db, ContentId content, const char* stage);
/// Gaps of a container that only repeat what its lost members say of themselves.
Result<void> drop_repeated_gaps(store::Database& db, ContentId container);
/// Before OCR runs again over one page.
Result<void> clear_page_gaps(store::Database& db, ContentId content, const char* stage, PageIndex number);

}  // namespace dragoman::evidence
