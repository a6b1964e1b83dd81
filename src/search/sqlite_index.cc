// SPDX-License-Identifier: AGPL-3.0-or-later
// Why FTS5: 42 MB of text a second and 0.35 times the text on disk, where Xapian does 3.5 MB/s and 2.4 times.
// Contentless: the text lies in the case database already. Without FTS5's table of lengths: ours is in memory.
//
// One writer at a time. Durability is off, since the file can be made again; so that a power cut is noticed, the
// file is marked as not clean, on disk, before the first change, and clean after everything is on disk. A killed
// process does no harm: what it committed is in the page cache of a machine that runs on (IndexState::intact).
#include "search/sqlite_index.h"

#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "search/fts_expression.h"
#include "search/fts_module.h"
#include "search/index_file.h"
#include "search/page_filter.h"
#include "search/row_table.h"
#include "search/with_forms.h"
#include "text/fold.h"

namespace dragoman::search {

class SqliteIndex::Body {
 public:
  explicit Body(store::Database db) : db_(std::move(db)) {}

  Result<void> start(const SqliteIndexOptions& options) {
    module_ = TRY(FtsModule::attach(db_));
    TRY_VOID(make_tables(db_));
    if (!options.read_only) TRY_VOID(configure_fts(db_, options));
    return {};
  }

  Result<void> add(const IndexRow& row);
  Result<void> add_path(ContentId content, std::string_view path);
  Result<void> remove(VersionId version, std::span<const Word> words);
  Result<void> commit(std::uint64_t generation);
  Result<void> finish();
  Result<IndexState> state();
  Result<SearchResult> search(const Query& query, const SearchOptions& options);
  Result<Tally> tally(const Query& query, const SearchOptions& options);
  Result<std::vector<VersionId>> matching(const Query& query, const SearchOptions& options);

  /// A failed change leaves SQLite rolled back or in doubt: drop the transaction and what memory says of it.
  Result<void> or_abandon(Result<void> done) {
    if (!done) {
      transaction_.reset();
      loaded_change_ = -1;
      last_path_ = {};
    }
    return done;
  }

 private:
  Result<void> begin_change();
  Result<void> end_change();
  Result<void> refresh();
  Result<void> load_classes();
  Result<std::uint32_t> class_of(const IndexRow& row);
  std::string_view join(std::span<const Word> words);
  Result<std::optional<store::Transaction>> view();
  void list_all(const PageFilter& filter, Ranking& ranking);
  Result<void> run(const Query& query, const SearchOptions& options, Ranking& ranking);

  store::Database db_;
  std::unique_ptr<FtsModule> module_;
  std::optional<store::Transaction> transaction_;  // of the writer, from its first change to commit()
  IndexMeta meta_;
  std::int64_t loaded_change_ = -1;  // state of the file that the rest mirrors; -1: nothing
  RowTable rows_;
  std::vector<PageClass> classes_;
  std::map<std::tuple<std::string, std::string, std::string>, std::uint32_t> class_ids_;
  PhraseCounts counts_;
  std::pair<std::int64_t, std::string> last_path_;
  std::string joined_;
};

// ----- reading the file's state into memory

Result<void> SqliteIndex::Body::load_classes() {
  classes_.clear();
  class_ids_.clear();
  auto select = TRY(db_.statement("SELECT id, lang, mime, kind FROM classes ORDER BY id"));
  for (;;) {
    const bool row = TRY(select->step());
    if (!row) return {};
    PageClass page{std::string(select->text(1)), std::string(select->text(2)), std::string(select->text(3))};
    if (select->int64(0) != static_cast<std::int64_t>(classes_.size())) {
      return fail(ErrorKind::malformed, "the index is damaged: delete it, it will be made again", db_.path().string());
    }
    class_ids_[{page.lang, page.mime, page.kind}] = static_cast<std::uint32_t>(classes_.size());
    classes_.push_back(std::move(page));
  }
}

// Inside of a transaction. Cheap when nothing was committed since.
Result<void> SqliteIndex::Body::refresh() {
  const IndexMeta meta = TRY(read_meta(db_));
  if (meta.change == loaded_change_) return {};
  counts_.clear();
  const std::int64_t since = std::exchange(loaded_change_, -1);
  TRY_VOID(rows_.load(db_, since));
  TRY_VOID(load_classes());
  meta_ = meta;
  loaded_change_ = meta.change;
  return {};
}

// ----- writing

Result<void> SqliteIndex::Body::begin_change() {
  if (transaction_) return {};
  transaction_.emplace(TRY(store::Transaction::begin(db_)));
  TRY_VOID(refresh());
  const bool marked = !meta_.clean && meta_.boot == boot_id();
  if (marked) return {};
  meta_.clean = false;
  meta_.boot = boot_id();
  TRY_VOID(write_meta(db_, meta_));
  TRY_VOID(end_change());
  TRY_VOID(sync_index_file(db_));
  transaction_.emplace(TRY(store::Transaction::begin(db_)));
  return {};
}

Result<void> SqliteIndex::Body::end_change() {
  auto done = transaction_->commit();
  transaction_.reset();
  return done;
}

std::string_view SqliteIndex::Body::join(std::span<const Word> words) {
  joined_.clear();
  for (const Word& word : words) {
    joined_ += word.text;
    joined_ += '\n';
  }
  return joined_;
}

Result<std::uint32_t> SqliteIndex::Body::class_of(const IndexRow& row) {
  auto key = std::tuple(std::string(row.lang), text::fold_word(row.type), text::fold_word(row.kind));
  const auto found = class_ids_.find(key);
  if (found != class_ids_.end()) return found->second;
  const auto id = static_cast<std::uint32_t>(classes_.size());
  const auto& [lang, mime, kind] = key;
  auto insert = TRY(db_.statement("INSERT INTO classes(id, lang, mime, kind) VALUES (?, ?, ?, ?)"));
  TRY_VOID(insert->bind_all(id, lang, mime, kind).run());
  classes_.push_back({lang, mime, kind});
  class_ids_.emplace(std::move(key), id);
  return id;
}

Result<void> SqliteIndex::Body::add(const IndexRow& row) {
  const std::int64_t version = row.version.value();
  CHECK(version > 0 && row.content.value() > 0);
  if (version > RowTable::kMaxVersion || row.content.value() > UINT32_MAX) {
    return fail(ErrorKind::limit, "the index holds at most 2,147,483,647 page versions", db_.path().string());
  }
  TRY_VOID(begin_change());
  IndexedRow indexed = rows_.find(version);
  indexed.page_class = TRY(class_of(row));
  indexed.content = static_cast<std::uint32_t>(row.content.value());
  if (!indexed.there()) {
    auto insert = TRY(db_.statement("INSERT INTO words(rowid, text) VALUES (?, ?)"));
    TRY_VOID(insert->bind_all(version, join(row.words)).run());
    indexed.tokens_and_one = module_->last_length() + 1;
    ++meta_.rows;
  }
  rows_.set(version, indexed);
  counts_.clear();
  if (row.path.empty()) return {};
  return add_path(row.content, row.path);
}

Result<void> SqliteIndex::Body::add_path(ContentId content, std::string_view path) {
  CHECK(content.value() > 0);
  // Pages of one content come one after the other.
  if (last_path_.first == content.value() && last_path_.second == path) return {};
  TRY_VOID(begin_change());
  auto insert = TRY(db_.statement("INSERT OR IGNORE INTO paths(content, path) VALUES (?, ?)"));
  TRY_VOID(insert->bind_all(content, text::fold_word(path)).run());
  last_path_ = {content.value(), std::string(path)};
  return {};
}

Result<void> SqliteIndex::Body::remove(VersionId version, std::span<const Word> words) {
  TRY_VOID(begin_change());
  if (!rows_.find(version.value()).there()) return {};
  auto erase = TRY(db_.statement("INSERT INTO words(words, rowid, text) VALUES ('delete', ?, ?)"));
  TRY_VOID(erase->bind_all(version, join(words)).run());
  rows_.set(version.value(), IndexedRow{});
  --meta_.rows;
  counts_.clear();
  return {};
}

Result<void> SqliteIndex::Body::commit(std::uint64_t generation) {
  TRY_VOID(begin_change());
  CHECK(generation <= INT64_MAX);
  meta_.generation = static_cast<std::int64_t>(generation);
  ++meta_.change;
  TRY_VOID(rows_.save(db_, meta_.change));
  TRY_VOID(write_meta(db_, meta_));
  TRY_VOID(end_change());
  loaded_change_ = meta_.change;
  return {};
}

Result<void> SqliteIndex::Body::finish() {
  CHECK(!transaction_);  // commit() comes first
  TRY_VOID(sync_index_file(db_));
  store::Transaction work = TRY(store::Transaction::begin(db_));
  IndexMeta meta = TRY(read_meta(db_));
  meta.clean = true;
  TRY_VOID(write_meta(db_, meta));
  TRY_VOID(work.commit());
  meta_.clean = true;
  return sync_index_file(db_);
}

// ----- reading

Result<IndexState> SqliteIndex::Body::state() {
  const IndexMeta meta = TRY(read_meta(db_));
  IndexState state;
  state.generation = static_cast<std::uint64_t>(meta.generation);
  state.clean = meta.clean;
  state.intact = meta.clean || (!meta.boot.empty() && meta.boot == boot_id());
  state.rows = static_cast<std::uint64_t>(meta.rows);
  return state;
}

// A view of the newest commit, mirrored in memory; of the writer's own changes while it has some.
Result<std::optional<store::Transaction>> SqliteIndex::Body::view() {
  std::optional<store::Transaction> view;
  if (transaction_) return view;
  view.emplace(TRY(store::Transaction::begin_read(db_)));
  TRY_VOID(refresh());
  return view;
}

// Without words nothing is ranked: pages come in the order in which they were read.
void SqliteIndex::Body::list_all(const PageFilter& filter, Ranking& ranking) {
  constexpr double kScore = 1;
  rows_.for_each([&](std::int64_t version, const IndexedRow& row) {
    if (!filter.passes(version, row)) return;
    ++ranking.total;
    if (ranking.visit) {
      ranking.visit(version, row);
    } else if (ranking.best.size() < ranking.keep) {
      ranking.best.push_back({VersionId(version), kScore});
    }
  });
}

Result<void> SqliteIndex::Body::run(const Query& query, const SearchOptions& options, Ranking& ranking) {
  const PageFilter filter = TRY(PageFilter::make(query, options.narrowing, classes_, db_));
  if (query.only_filters()) {
    list_all(filter, ranking);
    return {};
  }
  const FtsExpression expression =
      fts_expression(options.forms == nullptr ? query.text : with_forms(query.text, *options.forms));
  ranking.rows = &rows_;
  ranking.filter = &filter;
  ranking.phrases = expression.phrases;
  ranking.counts = &counts_;
  auto done = module_->rank(db_, expression, ranking);
  ranking.filter = nullptr;
  ranking.phrases = {};
  return done;
}

Result<SearchResult> SqliteIndex::Body::search(const Query& query, const SearchOptions& options) {
  const auto held = TRY(view());
  Ranking ranking;
  ranking.keep = options.offset + options.limit;
  TRY_VOID(run(query, options, ranking));
  SearchResult result;
  result.total = ranking.total;
  result.generation = static_cast<std::uint64_t>(meta_.generation);
  const std::size_t skipped = std::min(options.offset, ranking.best.size());
  result.hits.assign(ranking.best.begin() + static_cast<std::ptrdiff_t>(skipped), ranking.best.end());
  return result;
}

Result<Tally> SqliteIndex::Body::tally(const Query& query, const SearchOptions& options) {
  const auto held = TRY(view());
  Tally tally;
  tally.classes = classes_;
  tally.generation = static_cast<std::uint64_t>(meta_.generation);
  std::unordered_map<std::uint64_t, std::size_t> places;
  std::uint64_t last_key = 0;  // no content has number 0
  std::size_t last_place = 0;
  Ranking ranking;
  ranking.visit = [&](std::int64_t, const IndexedRow& row) {
    const std::uint64_t key = std::uint64_t{row.content} << 32 | row.page_class;
    // Pages of one content come one after the other.
    if (key != last_key) {
      const auto [place, added] = places.try_emplace(key, tally.rows.size());
      if (added) tally.rows.push_back({ContentId(row.content), row.page_class, 0});
      last_key = key;
      last_place = place->second;
    }
    ++tally.rows[last_place].pages;
  };
  TRY_VOID(run(query, options, ranking));
  return tally;
}

Result<std::vector<VersionId>> SqliteIndex::Body::matching(const Query& query, const SearchOptions& options) {
  const auto held = TRY(view());
  std::vector<VersionId> versions;
  Ranking ranking;
  ranking.visit = [&](std::int64_t version, const IndexedRow&) { versions.emplace_back(version); };
  TRY_VOID(run(query, options, ranking));
  return versions;
}

// ----- the border

SqliteIndex::SqliteIndex(std::unique_ptr<Body> body) : body_(std::move(body)) {}
SqliteIndex::~SqliteIndex() = default;

Result<std::unique_ptr<SqliteIndex>> SqliteIndex::open(const std::filesystem::path& path,
                                                       const SqliteIndexOptions& options) {
  store::Database db = TRY(open_index_file(path, options));
  auto body = std::make_unique<Body>(std::move(db));
  TRY_VOID(body->start(options));
  return std::unique_ptr<SqliteIndex>(new SqliteIndex(std::move(body)));
}

Result<void> SqliteIndex::add(const IndexRow& row) {
  return body_->or_abandon(body_->add(row));
}
Result<void> SqliteIndex::add_path(ContentId content, std::string_view path) {
  return body_->or_abandon(body_->add_path(content, path));
}
Result<void> SqliteIndex::remove(VersionId version, std::span<const Word> words) {
  return body_->or_abandon(body_->remove(version, words));
}
Result<void> SqliteIndex::commit(std::uint64_t generation) {
  return body_->or_abandon(body_->commit(generation));
}
Result<void> SqliteIndex::finish() {
  return body_->finish();
}
Result<IndexState> SqliteIndex::state() {
  return body_->state();
}
Result<SearchResult> SqliteIndex::search(const Query& query, const SearchOptions& options) {
  return body_->search(query, options);
}
Result<Tally> SqliteIndex::tally(const Query& query, const SearchOptions& options) {
  return body_->tally(query, options);
}
Result<std::vector<VersionId>> SqliteIndex::matching(const Query& query, const SearchOptions& options) {
  return body_->matching(query, options);
}

}  // namespace dragoman::search
