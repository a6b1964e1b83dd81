// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/case_info.h"

#include <unistd.h>

#include "evidence/change.h"
#include "evidence/items.h"
#include "evidence/listing.h"
#include "ingest/machine.h"
#include "ingest/workspace.h"
#include "vault/custody.h"

namespace dragoman::web {

Result<std::unique_ptr<CaseInfo>> CaseInfo::open(const store::CaseFolder& folder, std::string started) {
  store::Database db = TRY(ingest::open_for_reading(folder));
  const auto id = TRY(store::case_info(db, "id"));
  const auto title = TRY(store::case_info(db, "title"));
  if (!id || id->size() < 8) return fail(ErrorKind::malformed, "the case has no id", folder.root().string());
  std::unique_ptr<CaseInfo> info(new CaseInfo(folder, std::move(db)));
  info->id_ = *id;
  info->title_ = title.value_or("");
  info->started_ = std::move(started);
  info->langs_ = ingest::installed_languages();
  info->writable_ = ::access(folder.root().c_str(), W_OK) == 0;
  return info;
}

Result<Json> CaseInfo::get() {
  const std::lock_guard lock(mutex_);
  const std::int64_t mark = TRY(evidence::change_mark(db_));
  if (!newest_ || mark != mark_) {
    newest_ = TRY(count());
    mark_ = mark;
  }
  return *newest_;
}

Result<bool> CaseInfo::changed() {
  const Json now = TRY(get());
  std::string text = now.dump(-1, ' ', false, Json::error_handler_t::replace);
  const std::lock_guard lock(mutex_);
  if (text == told_) return false;
  told_ = std::move(text);
  return true;
}

Result<Json> CaseInfo::count() {
  const auto view = TRY(store::Transaction::begin_read(db_));
  const evidence::Counts counts = TRY(evidence::counts(db_));
  const std::int64_t gaps = TRY(evidence::gap_count(db_, {}));
  const std::int64_t generation = TRY(evidence::progress_value(db_, "generation"));
  const vault::Head head = TRY(vault::custody_head(db_));
  Json states = Json::object();
  for (const ItemState state : kItemStates) {
    const auto found = counts.by_state.find(state);
    states[std::string(to_string(state))] = found == counts.by_state.end() ? 0 : found->second;
  }
  return Json{{"id", id_},
              {"title", title_},
              {"version", ingest::tool_name()},
              {"started", started_},
              {"generation", generation},
              {"items", counts.items},
              {"states", std::move(states)},
              {"pages", counts.pages},
              {"ocr_pages", counts.ocr_pages},
              {"words", counts.words},
              {"bytes", counts.bytes},
              {"gaps", gaps},
              {"custody", {{"head", vault::to_string(head)}, {"entries", head.count}}},
              {"ocr_langs", langs_},
              {"writable", writable_}};
}

}  // namespace dragoman::web
