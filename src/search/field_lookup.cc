// SPDX-License-Identifier: AGPL-3.0-or-later
#include "search/field_lookup.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "record/page.h"
#include "search/field_names.h"
#include "search/match.h"
#include "search/spelling.h"

namespace dragoman::search {
namespace {

/// Whether a value of a field is the one that a filter asks for.
using Fits = std::function<bool(std::string_view normal)>;

Fits fits_words(const std::string& value) {
  std::string words = value;
  const bool prefix = words.ends_with('*');
  if (prefix) words.pop_back();
  Query query;
  std::uint32_t terms = 0;
  std::vector<Node> nodes = spell_phrase({words, prefix, CodepointOffset(0)}, terms);
  query.text.kind = NodeKind::all_of;
  query.text.children = std::move(nodes);
  return [query = std::move(query)](std::string_view normal) {
    return !query.text.children.empty() && !find_matches(query, words_of(normal)).empty();
  };
}

Fits fits_value(const FieldName& field, const std::string& value) {
  switch (field.form) {
    case FieldForm::time: return [value](std::string_view normal) { return time_fits(normal, value); };
    case FieldForm::place: return [value](std::string_view normal) { return place_fits(normal, value); };
    case FieldForm::number: return [value](std::string_view normal) { return number_fits(normal, value); };
    case FieldForm::words: break;
  }
  return fits_words(value);
}

void set(std::vector<bool>& table, std::int64_t id) {
  if (id <= 0 || id > INT32_MAX) return;
  const auto at = static_cast<std::size_t>(id);
  if (at >= table.size()) table.resize(at + 1);
  table[at] = true;
}

/// Rows (value, id), equal values side by side.
Result<std::shared_ptr<const std::vector<bool>>> table_of(store::Statement& rows, const Fits& fits) {
  auto table = std::make_shared<std::vector<bool>>();  // shared by the copies of a query, never written again
  std::string last;
  bool passes = false;
  bool any = false;
  while (TRY(rows.step())) {
    const std::string_view value = rows.text(0);
    if (!any || value != last) {
      last = value;
      passes = fits(last);
      any = true;
    }
    if (passes) set(*table, rows.int64(1));
  }
  return std::shared_ptr<const std::vector<bool>>(std::move(table));
}

Result<void> look_up(store::Database& db, Node& node) {
  for (Node& child : node.children) TRY_VOID(look_up(db, child));
  if (node.kind != NodeKind::filter) return {};
  if (node.field == FilterField::label) {
    auto rows = TRY(db.statement("SELECT label, newest FROM pages WHERE label != '' AND newest IS NOT NULL"));
    node.table = TRY(table_of(*rows, fits_words(node.value)));
  } else if (node.field == FilterField::field) {
    const FieldName* name = field_named(node.name);
    CHECK(name != nullptr);
    auto rows = TRY(db.statement("SELECT normal, content FROM fields WHERE name = ? ORDER BY normal"));
    rows->bind_all(node.name);
    node.table = TRY(table_of(*rows, fits_value(*name, node.value)));
  }
  return {};
}

}  // namespace

Result<Query> look_up_fields(store::Database& db, const Query& query) {
  Query ready = query;
  for (Node& filter : ready.filters) TRY_VOID(look_up(db, filter));
  for (Node& filter : ready.excluded) TRY_VOID(look_up(db, filter));
  return ready;
}

}  // namespace dragoman::search
