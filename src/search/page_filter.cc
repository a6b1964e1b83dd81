// SPDX-License-Identifier: AGPL-3.0-or-later
#include "search/page_filter.h"

#include <algorithm>

namespace dragoman::search {
namespace {

// What people write for a language, beside ISO 639-1.
struct LangName {
  std::string_view written;
  std::string_view code;
};
constexpr LangName kLangNames[] = {
    {"fas", "fa"}, {"per", "fa"}, {"persian", "fa"}, {"farsi", "fa"},   {"ara", "ar"}, {"arabic", "ar"},
    {"eng", "en"}, {"kur", "ku"}, {"urd", "ur"},     {"english", "en"}, {"heb", "he"}, {"fra", "fr"},
    {"fre", "fr"}, {"deu", "de"}, {"ger", "de"},     {"rus", "ru"},     {"spa", "es"}, {"tur", "tr"},
};

std::string_view lang_code(std::string_view written) {
  for (const LangName& name : kLangNames) {
    if (name.written == written) return name.code;
  }
  return written;
}

bool fits(const PageClass& page, const Node& filter) {
  if (filter.field == FilterField::lang) return page.lang == lang_code(filter.value);
  return page.kind == filter.value || page.mime == filter.value ||
         page.mime.substr(0, page.mime.find('/')) == filter.value;
}

}  // namespace

bool path_fits(std::string_view path, std::string_view pattern) {
  std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return path.find(pattern) != std::string_view::npos;
  if (!path.starts_with(pattern.substr(0, star))) return false;
  path.remove_prefix(star);
  for (;;) {
    pattern.remove_prefix(star + 1);
    star = pattern.find('*');
    if (star == std::string_view::npos) return path.ends_with(pattern);
    // The first place is as good as any later one for what follows.
    const std::size_t at = path.find(pattern.substr(0, star));
    if (at == std::string_view::npos) return false;
    path.remove_prefix(at + star);
  }
}

bool PageFilter::Test::holds(std::int64_t version, const IndexedRow& row) const {
  const auto child_holds = [&](const Test& test) { return test.holds(version, row); };
  switch (kind) {
    case NodeKind::all_of: return std::all_of(children.begin(), children.end(), child_holds);
    case NodeKind::any_of: return std::any_of(children.begin(), children.end(), child_holds);
    case NodeKind::except:
      return children.front().holds(version, row) && std::none_of(children.begin() + 1, children.end(), child_holds);
    case NodeKind::filter:
    case NodeKind::sequence: break;
  }
  const std::size_t index = by == By::version   ? static_cast<std::size_t>(version)
                            : by == By::content ? row.content
                                                : row.page_class;
  return table && index < table->size() && (*table)[index];
}

Result<PageFilter::Test> PageFilter::make_test(const Node& node, std::span<const PageClass> classes,
                                               store::Database& db) {
  Test test;
  test.kind = node.kind;
  for (const Node& child : node.children) test.children.push_back(TRY(make_test(child, classes, db)));
  if (node.kind != NodeKind::filter) return test;
  if (node.field == FilterField::label || node.field == FilterField::field) {
    if (!node.table) return fail(ErrorKind::unsupported, "fields and labels are looked up in a case");
    test.by = node.field == FilterField::label ? Test::By::version : Test::By::content;
    test.table = node.table;
    return test;
  }
  auto table = std::make_shared<std::vector<bool>>();  // shared by copies of the filter, never written again
  test.table = table;
  if (node.field != FilterField::path) {
    for (const PageClass& page : classes) table->push_back(fits(page, node));
    return test;
  }
  test.by = Test::By::content;
  auto select = TRY(db.statement("SELECT content, path FROM paths"));
  for (;;) {
    const bool row = TRY(select->step());
    if (!row) return test;
    const std::int64_t content = select->int64(0);
    if (content < 0 || content > UINT32_MAX || !path_fits(select->text(1), node.value)) continue;
    const auto index = static_cast<std::size_t>(content);
    if (index >= table->size()) table->resize(index + 1);
    (*table)[index] = true;
  }
}

Result<PageFilter> PageFilter::make(const Query& query, std::span<const PageClass> classes, store::Database& db) {
  PageFilter filter;
  for (const Node& node : query.filters) filter.wanted_.push_back(TRY(make_test(node, classes, db)));
  for (const Node& node : query.excluded) filter.unwanted_.push_back(TRY(make_test(node, classes, db)));
  return filter;
}

Result<PageFilter> PageFilter::make(const Query& query, const Narrowing& narrowing, std::span<const PageClass> classes,
                                    store::Database& db) {
  PageFilter filter = TRY(make(query, classes, db));
  filter.contents_ = narrowing.contents;
  if (narrowing.langs.empty() && narrowing.kinds.empty()) return filter;
  const auto admits = [](const std::vector<std::string>& wanted, const std::string& value) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
  };
  for (const PageClass& page : classes) {
    filter.classes_.push_back(admits(narrowing.langs, page.lang) && admits(narrowing.kinds, page.kind));
  }
  // Not empty even where there are no classes: an empty table admits everything.
  filter.classes_.push_back(false);
  return filter;
}

bool PageFilter::passes(std::int64_t version, const IndexedRow& row) const {
  if (!classes_.empty() && (row.page_class >= classes_.size() || !classes_[row.page_class])) return false;
  if (contents_ && (row.content >= contents_->size() || !(*contents_)[row.content])) return false;
  const auto holds = [&](const Test& test) { return test.holds(version, row); };
  return std::all_of(wanted_.begin(), wanted_.end(), holds) && std::none_of(unwanted_.begin(), unwanted_.end(), holds);
}

}  // namespace dragoman::search
