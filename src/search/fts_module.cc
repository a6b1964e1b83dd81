// SPDX-License-Identifier: AGPL-3.0-or-later
// The tokenizer gets the words of a page joined by LF and gives their tokens as text/tokens.h cuts them; joined
// forms are colocated. A query's tokens are cut and folded already (query.cc) and pass unchanged.
//
// Ranking is FTS5's own bm25 (k1 = 1.2, b = 0.75, idf at least 1e-6; sqlite.org/fts5.html section 5.1.1), with the
// lengths of pages from memory instead of a table: 4–7 times as fast, the same order. A query of one phrase is walked
// inside FTS5 (xQueryPhrase), without a turn of SQLite's machine a hit, and its idf comes out of the same walk.
#include "search/fts_module.h"

#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>

#include "store/sqlite_error.h"
#include "text/tokens.h"

namespace dragoman::search {
namespace {

constexpr double kK1 = 1.2;
constexpr double kB = 0.75;

using TokenSink = int (*)(void*, int, const char*, int, int, int);

bool better(const Hit& a, const Hit& b) {
  return a.score != b.score ? a.score > b.score : a.version < b.version;
}

template <class Each>
void each_line(std::string_view text, Each&& each) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (!each(text.substr(0, end))) return;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

struct FtsModule::Scorer {
  Ranking* ranking = nullptr;
  std::vector<double> idf;
  double average = 1;
  bool ready = false;
  bool failed = false;

  void keep(std::int64_t version, double score) {
    auto& best = ranking->best;
    const Hit hit{VersionId(version), score};
    if (best.size() < ranking->keep) {
      best.push_back(hit);
      std::push_heap(best.begin(), best.end(), better);
    } else if (!best.empty() && better(hit, best.front())) {
      std::pop_heap(best.begin(), best.end(), better);
      best.back() = hit;
      std::push_heap(best.begin(), best.end(), better);
    }
  }

  double part(double frequency, double length) const {
    return (frequency * (kK1 + 1.0)) / (frequency + kK1 * (1 - kB + kB * length / average));
  }
};

struct FtsModule::Callbacks {
  // ----- the tokenizer

  struct Cutter {
    FtsModule* module;
    text::Tokeniser tokeniser;
  };

  static int create(void* module, const char**, int, Fts5Tokenizer** out) {
    auto* cutter = new (std::nothrow) Cutter{static_cast<FtsModule*>(module), {}};
    *out = reinterpret_cast<Fts5Tokenizer*>(cutter);
    return cutter == nullptr ? SQLITE_NOMEM : SQLITE_OK;
  }

  static void destroy(Fts5Tokenizer* tokenizer) { delete reinterpret_cast<Cutter*>(tokenizer); }

  static int tokenize(Fts5Tokenizer* tokenizer, void* context, int flags, const char* text, int size, TokenSink sink) {
    try {
      const std::string_view bytes(text == nullptr ? "" : text, static_cast<std::size_t>(std::max(size, 0)));
      auto& cutter = *reinterpret_cast<Cutter*>(tokenizer);
      return (flags & FTS5_TOKENIZE_QUERY) != 0 ? pass_tokens(bytes, context, sink)
                                                : cut_words(cutter, bytes, context, sink);
    } catch (const std::exception&) {
      return SQLITE_NOMEM;
    }
  }

  static int pass_tokens(std::string_view bytes, void* context, TokenSink sink) {
    int code = SQLITE_OK;
    each_line(bytes, [&](std::string_view token) {
      code = sink(context, 0, token.data(), static_cast<int>(token.size()), 0, 0);
      return code == SQLITE_OK;
    });
    return code;
  }

  static int cut_words(Cutter& cutter, std::string_view bytes, void* context, TokenSink sink) {
    cutter.tokeniser.clear();
    each_line(bytes, [&](std::string_view word) {
      cutter.tokeniser.add_word(word);
      return true;
    });
    int code = SQLITE_OK;
    std::uint32_t length = 0;
    cutter.tokeniser.walk([&](const text::TokenView& token) {
      length += token.joined ? 0 : 1;
      const int flags = token.joined ? FTS5_TOKEN_COLOCATED : 0;
      code = sink(context, flags, token.text.data(), static_cast<int>(token.text.size()), 0, 0);
      return code == SQLITE_OK;
    });
    cutter.module->last_length_ = length;
    return code;
  }

  // ----- ranking

  static int count_row(const Fts5ExtensionApi*, Fts5Context*, void* count) {
    ++*static_cast<std::int64_t*>(count);
    return SQLITE_OK;
  }

  static double frequency(const Fts5ExtensionApi* api, Fts5Context* fts, int phrase) {
    Fts5PhraseIter iterator;
    int column = 0;
    int offset = 0;
    double count = 0;
    int code = api->xPhraseFirst(fts, phrase, &iterator, &column, &offset);
    for (; code == SQLITE_OK && column >= 0; api->xPhraseNext(fts, &iterator, &column, &offset)) ++count;
    return count;
  }

  static double idf_of(std::int64_t pages, std::int64_t with_phrase) {
    const double n = static_cast<double>(pages);
    const double hits = static_cast<double>(with_phrase);
    const double idf = std::log((n - hits + 0.5) / (hits + 0.5));
    return idf <= 0.0 ? 1e-6 : idf;
  }

  static int totals(const Fts5ExtensionApi* api, Fts5Context* fts, Scorer& scorer, std::int64_t& pages) {
    sqlite3_int64 rows = 0;
    sqlite3_int64 tokens = 0;
    int code = api->xRowCount(fts, &rows);
    if (code == SQLITE_OK) code = api->xColumnTotalSize(fts, -1, &tokens);
    pages = rows;
    if (rows > 0 && tokens > 0) scorer.average = static_cast<double>(tokens) / static_cast<double>(rows);
    return code;
  }

  // A query of several phrases: each scored one's idf first.
  static int prepare(const Fts5ExtensionApi* api, Fts5Context* fts, Scorer& scorer) {
    std::int64_t pages = 0;
    int code = totals(api, fts, scorer, pages);
    const auto& phrases = scorer.ranking->phrases;
    for (std::size_t i = 0; i < phrases.size() && code == SQLITE_OK; ++i) {
      if (!phrases[i].scored) {
        scorer.idf.push_back(0);
        continue;
      }
      auto [slot, added] = scorer.ranking->counts->try_emplace(phrases[i].text, 0);
      if (added) code = api->xQueryPhrase(fts, static_cast<int>(i), &slot->second, &count_row);
      scorer.idf.push_back(idf_of(pages, slot->second));
    }
    return code;
  }

  static void add_row(const Fts5ExtensionApi* api, Fts5Context* fts, Scorer& scorer) {
    const std::int64_t version = api->xRowid(fts);
    const IndexedRow row = scorer.ranking->rows->find(version);
    if (!row.there() || !scorer.ranking->filter->passes(version, row)) return;
    ++scorer.ranking->total;
    if (scorer.ranking->visit) return scorer.ranking->visit(version, row);
    double score = 0;
    for (std::size_t i = 0; i < scorer.idf.size(); ++i) {
      if (!scorer.ranking->phrases[i].scored) continue;
      const double count = frequency(api, fts, static_cast<int>(i));
      if (count > 0) score += scorer.idf[i] * scorer.part(count, row.tokens());
    }
    scorer.keep(version, score);
  }

  // One phrase: its idf is the same factor for all, and known at the end.
  struct Walk {
    Scorer* scorer;
    std::int64_t rows = 0;
  };

  static int walk_row(const Fts5ExtensionApi* api, Fts5Context* fts, void* data) {
    auto& walk = *static_cast<Walk*>(data);
    ++walk.rows;
    Scorer& scorer = *walk.scorer;
    const std::int64_t version = api->xRowid(fts);
    const IndexedRow row = scorer.ranking->rows->find(version);
    if (!row.there() || !scorer.ranking->filter->passes(version, row)) return SQLITE_OK;
    ++scorer.ranking->total;
    try {
      if (scorer.ranking->visit) {
        scorer.ranking->visit(version, row);
      } else {
        scorer.keep(version, scorer.part(frequency(api, fts, 0), row.tokens()));
      }
    } catch (const std::exception&) {
      return SQLITE_NOMEM;
    }
    return SQLITE_OK;
  }

  static int walk_phrase(const Fts5ExtensionApi* api, Fts5Context* fts, Scorer& scorer) {
    std::int64_t pages = 0;
    int code = totals(api, fts, scorer, pages);
    Walk walk{&scorer};
    if (code == SQLITE_OK) code = api->xQueryPhrase(fts, 0, &walk, &walk_row);
    const double idf = idf_of(pages, walk.rows);
    for (Hit& hit : scorer.ranking->best) hit.score *= idf;
    return code;
  }

  // dragoman_rank(words): called for every row of the expression, or, with one phrase, for the first only.
  static void rank(const Fts5ExtensionApi* api, Fts5Context* fts, sqlite3_context* context, int, sqlite3_value**) {
    auto* module = static_cast<FtsModule*>(api->xUserData(fts));
    Scorer* scorer = module->scorer_;
    if (scorer == nullptr) return sqlite3_result_error(context, "dragoman_rank() outside of a search", -1);
    try {
      int code = SQLITE_OK;
      if (scorer->ranking->phrases.size() == 1) {
        code = walk_phrase(api, fts, *scorer);
      } else {
        // Counting needs no idf, which costs a walk a phrase.
        if (!scorer->ready && !scorer->ranking->visit) code = prepare(api, fts, *scorer);
        scorer->ready = true;
        if (code == SQLITE_OK) add_row(api, fts, *scorer);
      }
      if (code != SQLITE_OK) sqlite3_result_error_code(context, code);
    } catch (const std::exception&) {
      sqlite3_result_error_nomem(context);
    }
  }
};

namespace {

// FTS5 hands out its API through a pointer bound to a call of fts5() (sqlite.org/fts5.html section 7).
Result<fts5_api*> api_of(sqlite3* handle) {
  fts5_api* api = nullptr;
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(handle, "SELECT fts5(?1)", -1, &statement, nullptr);
  if (code == SQLITE_OK) {
    sqlite3_bind_pointer(statement, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
    sqlite3_step(statement);
    code = sqlite3_finalize(statement);
  }
  if (code != SQLITE_OK || api == nullptr) {
    return fail(ErrorKind::unsupported, "this SQLite was built without FTS5: install Debian's libsqlite3-0");
  }
  return api;
}

}  // namespace

Result<std::unique_ptr<FtsModule>> FtsModule::attach(store::Database& db) {
  fts5_api* api = TRY(api_of(db.handle()));
  std::unique_ptr<FtsModule> module(new FtsModule());
  fts5_tokenizer tokenizer{&Callbacks::create, &Callbacks::destroy, &Callbacks::tokenize};
  int code = api->xCreateTokenizer(api, "dragoman", module.get(), &tokenizer, nullptr);
  if (code == SQLITE_OK) code = api->xCreateFunction(api, "dragoman_rank", module.get(), &Callbacks::rank, nullptr);
  if (code != SQLITE_OK) return Failure(store::sqlite_error(code, db.handle()));
  return module;
}

Result<void> FtsModule::rank(store::Database& db, const FtsExpression& expression, Ranking& ranking) {
  Scorer scorer;
  scorer.ranking = &ranking;
  scorer_ = &scorer;
  const bool one = expression.phrases.size() == 1;
  auto run = [&]() -> Result<void> {
    // The function is never true, so that SQLite walks all rows and hands out none.
    auto select = TRY(db.statement(one ? "SELECT dragoman_rank(words) FROM words WHERE words MATCH ? LIMIT 1"
                                       : "SELECT 1 FROM words WHERE words MATCH ? AND dragoman_rank(words)"));
    return select->bind(1, expression.match).run();
  };
  auto done = run();
  scorer_ = nullptr;
  TRY_VOID(std::move(done));
  std::sort_heap(ranking.best.begin(), ranking.best.end(), better);
  return {};
}

}  // namespace dragoman::search
