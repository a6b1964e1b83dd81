// SPDX-License-Identifier: AGPL-3.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "cli/report.h"
#include "cli/report_words.h"
#include "evidence/listing.h"
#include "evidence/remedy.h"
#include "evidence/report_rows.h"
#include "ingest/workspace.h"
#include "vault/custody.h"
#include "vault/entries.h"

namespace dragoman::cli {
namespace {

constexpr std::int64_t kMostRows = 10'000;  // of the long list; a browser still scrolls them
constexpr std::size_t kMostFolders = 60;
constexpr std::int64_t kMostNotes = 100'000;

constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--ink:#1d1d1f;--soft:#5c5f66;--line:#d5d7db;--paper:#fff;--head:#f4f5f7;--bad:#9a3412}
@media (prefers-color-scheme:dark){:root{--ink:#e8e8ea;--soft:#a5a8af;--line:#3a3d44;--paper:#17181b;--head:#202227;--bad:#fdba74}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 "Vazirmatn","Noto Sans","Noto Naskh Arabic",Arial,sans-serif}
main{max-width:76rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem}
h2{font-size:1.15rem;margin:2.25rem 0 .6rem}
p{margin:.35rem 0;max-width:46rem}
.soft{color:var(--soft)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.25rem;margin:1rem 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.facts{display:flex;flex-wrap:wrap;gap:.5rem 2.25rem;margin:1rem 0;padding:0;list-style:none}
.facts b{display:block;font-size:1.5rem;line-height:1.2;font-variant-numeric:tabular-nums}
.facts .bad b{color:var(--bad)}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:start;vertical-align:top;padding:.4rem .7rem .4rem 0;padding-inline:0 .8rem;border-block-end:1px solid var(--line)}
th{color:var(--soft);font-weight:600;white-space:nowrap}
td{overflow-wrap:anywhere;min-width:5rem}
th.n{text-align:end}.k,.word{white-space:nowrap}
.n{text-align:end;font-variant-numeric:tabular-nums;white-space:nowrap;min-width:0}
code{font:.82em/1.5 "DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
.path{min-width:12rem}
@media (max-width:640px){
 main{padding:1.25rem 1rem 3rem}dl{grid-template-columns:1fr;gap:0}dd{margin-block-end:.5rem}
 table.stack thead{display:none}table.stack tr{display:block;padding-block:.6rem;border-block-end:1px solid var(--line)}
 table.stack td{display:block;border:0;padding:.1rem 0;text-align:start}
 table.stack td:not(:empty)::before{content:attr(data-h) ": ";color:var(--soft)}
}
@media print{body{font-size:10.5pt;background:#fff;color:#000}main{max-width:none;padding:0}
 tr{break-inside:avoid}h2{break-after:avoid}thead{display:table-header-group}.wide{overflow:visible}}
)css";

struct Cell {
  std::string html;
  std::string_view css = {};
};

class HtmlReport {
 public:
  HtmlReport(const store::CaseFolder& folder, store::Database& db, std::string_view lang, ReportOut& out)
      : folder_(folder), db_(db), lang_(lang), out_(out) {}

  Result<void> run() {
    groups_ = TRY(evidence::gap_groups(db_));
    for (const evidence::GapGroup& group : groups_) gaps_ += group.count;
    TRY_VOID(head());
    TRY_VOID(summary());
    TRY_VOID(causes());
    TRY_VOID(shortfalls());
    const auto types = TRY(evidence::counts_by_type(db_));
    TRY_VOID(counted("By type", "Type", types, false));
    const auto folders = TRY(evidence::counts_by_folder(db_, kMostFolders));
    TRY_VOID(counted("By folder", "Folder", folders, true));
    TRY_VOID(removed());
    TRY_VOID(all_gaps());
    TRY_VOID(out_.put("</main></body></html>\n"));
    return out_.flush();
  }

 private:
  std::string said(std::string_view english) const { return html_text(said_in(lang_, english)); }
  /// What is typed stays on one line and reads left to right.
  std::string remedy(std::string_view english) const {
    const std::string text = said(english);
    std::string html;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t mark = text.find("--", at);
      if (mark == text.npos) return html + text.substr(at);
      const std::size_t end = std::min(text.find_first_of(" .,;)", mark), text.size());
      html +=
          text.substr(at, mark - at) + "<code class=\"word\" dir=\"ltr\">" + text.substr(mark, end - mark) + "</code>";
      at = end;
    }
    return html;
  }
  std::string number(std::int64_t value) const { return number_in(lang_, value); }
  /// A text of evidence or of the program's English, its direction its own.
  static std::string own(std::string_view text) { return "<bdi>" + html_text(text) + "</bdi>"; }
  /// Details are English sentences, whatever the language of the report.
  static std::string sentence(std::string_view text) {
    return "<span lang=\"en\" dir=\"ltr\">" + html_text(text) + "</span>";
  }

  Result<void> head() {
    const bool persian = lang_ == "fa";
    const std::string title = TRY(text_of("SELECT value FROM case_info WHERE key = 'title'"));
    const std::string id = TRY(text_of("SELECT value FROM case_info WHERE key = 'id'"));
    const vault::Head custody = TRY(vault::custody_head(db_));
    std::string html = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"{}\" dir=\"{}\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        "<meta name=\"referrer\" content=\"no-referrer\"><title>{}: {}</title><style>{}</style></head><body><main>",
        persian ? "fa" : "en", persian ? "rtl" : "ltr", said("Report on the case"), html_text(title), kStyle);
    html += fmt::format("<h1>{}</h1><p class=\"soft\">{}</p><dl>",
                        own(title.empty() ? folder_.root().filename().string() : title),
                        said("What was read, and what was not"));
    const auto fact = [&](std::string_view name, const std::string& value) {
      html += fmt::format("<dt>{}</dt><dd>{}</dd>", said(name), value);
    };
    fact("Made on", own(utc_now().substr(0, 10)));
    fact("Program", own(ingest::tool_name()));
    fact("Identity of the case", "<code>" + own(id) + "</code>");
    fact("Head of the custody log",
         "<code>" + own(vault::to_string(custody)) + "</code><br><span class=\"soft\">" +
             said("Note it down: with it anybody can check later that nothing was taken out of the log.") + "</span>");
    const std::string limits = TRY(limits_noted());
    if (!limits.empty()) fact("Limits other than the usual ones", limits);
    return out_.put(html + "</dl>");
  }

  Result<std::string> text_of(const char* sql) {
    auto row = TRY(db_.statement(sql));
    return TRY(row->step()) ? std::string(row->text(0)) : std::string();
  }

  Result<std::string> limits_noted() {
    std::string html;
    for (const vault::ListedEntry& entry : TRY(vault::entries(db_, 0, kMostNotes))) {
      if (entry.kind != "note" || !entry.detail.starts_with("limits: ")) continue;
      html += "<div>" + own(entry.at + "  " + entry.detail.substr(8)) + "</div>";
    }
    return html;
  }

  Result<void> summary() {
    const evidence::Counts counts = TRY(evidence::counts(db_));
    std::string html = "<h2>" + said("In short") + "</h2><ul class=\"facts\">";
    const auto fact = [&](std::int64_t value, std::string_view what, std::string_view css) {
      html += fmt::format("<li{}><b>{}</b>{}</li>", css, number(value), said(what));
    };
    fact(counts.items, "items", "");
    fact(counts.pages, "pages", "");
    fact(counts.ocr_pages, "of them recognised from pictures", "");
    fact(counts.words, "words", "");
    fact(counts.bytes, "bytes", "");
    fact(gaps_, "places that could not be read", gaps_ > 0 ? " class=\"bad\"" : "");
    html += "</ul>";
    if (gaps_ == 0) html += "<p>" + said("Nothing was left unread.") + "</p>";
    TRY_VOID(out_.put(html));
    TRY_VOID(begin_table({"State", "Items", "Meaning"}, false));
    constexpr std::string_view kMeanings[] = {"a run was interrupted; the next one goes on",
                                              "all of it",
                                              "some of it; the list below says what is missing",
                                              "the same bytes as another item, which was read",
                                              "needs a password",
                                              "kept, but of a kind that is not read",
                                              "kept where that was possible, but not read"};
    for (const auto& [state, count] : counts.by_state) {
      if (count == 0) continue;
      const auto at = static_cast<std::size_t>(state);
      TRY_VOID(row({{said(to_string(state)), "k"}, {number(count), "n"}, {said(kMeanings[at])}}));
    }
    return out_.put("</tbody></table></div>");
  }

  Result<void> causes() {
    if (groups_.empty()) return {};
    TRY_VOID(heading("By cause"));
    TRY_VOID(begin_table({"Kind", "Places", "Cause", "What can be done"}, true));
    for (const evidence::GapGroup& group : groups_) {
      for (const evidence::GapCause& cause : group.causes) {
        TRY_VOID(row({{said(to_string(group.kind)), "k"},
                      {number(cause.count), "n"},
                      {sentence(cause.detail)},
                      {remedy(cause.remedy)}}));
      }
    }
    return out_.put("</tbody></table></div>");
  }

  Result<void> shortfalls() {
    bool any = false;
    const auto show = [&](const std::string& path, const MemberCount& count) -> Result<void> {
      if (!any) {
        TRY_VOID(heading("Containers that hold less than they say"));
        TRY_VOID(begin_table({"Container", "Of", "Expected", "read", "Unreadable"}, true));
      }
      any = true;
      return row({{own(path), "path"},
                  {own(count.what)},
                  {number(static_cast<std::int64_t>(count.expected)), "n"},
                  {number(static_cast<std::int64_t>(count.read)), "n"},
                  {number(static_cast<std::int64_t>(count.unreadable)), "n"}});
    };
    TRY_VOID(evidence::for_each_shortfall(db_, show));
    return any ? out_.put("</tbody></table></div>") : Result<void>();
  }

  Result<void> counted(std::string_view title, std::string_view first, const std::vector<evidence::CountRow>& rows,
                       bool paths) {
    TRY_VOID(heading(title));
    std::vector<std::string_view> heads{first, "Items"};
    // A state that nothing is in needs no column.
    std::vector<std::size_t> states;
    for (std::size_t state = 0; state < std::size(kItemStates); ++state) {
      const auto has = [state](const evidence::CountRow& one) { return one.by_state[state] != 0; };
      if (std::none_of(rows.begin(), rows.end(), has)) continue;
      states.push_back(state);
      heads.push_back(to_string(kItemStates[state]));
    }
    heads.push_back("places that could not be read");
    TRY_VOID(begin_table(heads, false));
    for (const evidence::CountRow& one : rows) {
      std::vector<Cell> cells{{one.name.empty() ? said("no bytes") : own(one.name), paths ? "path" : ""}};
      cells.push_back({number(one.items), "n"});
      for (const std::size_t state : states) {
        cells.push_back({one.by_state[state] == 0 ? "" : number(one.by_state[state]), "n"});
      }
      cells.push_back({one.gaps == 0 ? "" : number(one.gaps), "n"});
      TRY_VOID(row(cells));
    }
    return out_.put("</tbody></table></div>");
  }

  Result<void> removed() {
    const auto list = TRY(evidence::removals(db_));
    if (list.empty()) return {};
    TRY_VOID(heading("Taken out of the case"));
    TRY_VOID(begin_table({"Day", "SHA-256", "Who", "Why"}, true));
    for (const evidence::RemovalRow& one : list) {
      TRY_VOID(row({{own(one.day)}, {"<code>" + one.blob.hex() + "</code>"}, {own(one.who)}, {own(one.reason)}}));
    }
    return out_.put("</tbody></table></div>");
  }

  Result<void> all_gaps() {
    if (gaps_ == 0) return {};
    TRY_VOID(heading("Every place that could not be read"));
    if (gaps_ > kMostRows) {
      TRY_VOID(out_.put("<p>" + said("Only the first are listed here; the CSV report has all of them:") + " " +
                        number(gaps_) + "</p>"));
    }
    TRY_VOID(begin_table({"Path", "Kind", "Where", "Cause", "SHA-256"}, true));
    // Asked for in parts, so that the rest is not even read.
    std::int64_t left = kMostRows;
    const auto show = [&](const evidence::GapListed& gap) -> Result<void> {
      if (--left < 0) return {};
      return row({{own(gap.path), "path"},
                  {said(to_string(gap.gap.kind)), "k"},
                  {gap.gap.where.empty() ? "" : own(gap.gap.where)},
                  {sentence(gap.gap.detail)},
                  {gap.blob ? "<code>" + gap.blob->hex() + "</code>" : ""}});
    };
    TRY_VOID(evidence::for_each_gap(db_, show));
    return out_.put("</tbody></table></div>");
  }

  static bool is_number(std::string_view head) {
    constexpr std::string_view kNumbers[] = {"Items", "Places", "Expected", "Unreadable",
                                             "places that could not be read"};
    const auto is = [head](std::string_view one) { return one == head; };
    const auto names = [head](ItemState state) { return to_string(state) == head; };
    return std::any_of(std::begin(kNumbers), std::end(kNumbers), is) ||
           std::any_of(std::begin(kItemStates), std::end(kItemStates), names);
  }

  Result<void> heading(std::string_view title) { return out_.put("<h2>" + said(title) + "</h2>"); }

  /// `stack`: on a narrow screen each row is a block of named lines.
  Result<void> begin_table(const std::vector<std::string_view>& heads, bool stack) {
    heads_.clear();
    std::string html = fmt::format("<div class=\"wide\"><table{}><thead><tr>", stack ? " class=\"stack\"" : "");
    for (const std::string_view head : heads) {
      heads_.push_back(said(head));
      html += fmt::format("<th scope=\"col\"{}>{}</th>", is_number(head) ? " class=\"n\"" : "", heads_.back());
    }
    return out_.put(html + "</tr></thead><tbody>");
  }

  Result<void> row(const std::vector<Cell>& cells) {
    std::string html = "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      html += fmt::format("<td data-h=\"{}\"", heads_.at(i));
      if (!cells[i].css.empty()) html += fmt::format(" class=\"{}\"", cells[i].css);
      html += ">" + cells[i].html + "</td>";
    }
    return out_.put(html + "</tr>\n");
  }

  const store::CaseFolder& folder_;
  store::Database& db_;
  std::string_view lang_;
  ReportOut& out_;
  std::vector<evidence::GapGroup> groups_;
  std::int64_t gaps_ = 0;
  std::vector<std::string> heads_;
};

}  // namespace

std::string html_text(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_codepoint(text, at);
    switch (c) {
      case U'&': out += "&amp;"; continue;
      case U'<': out += "&lt;"; continue;
      case U'>': out += "&gt;"; continue;
      case U'"': out += "&quot;"; continue;
      case U'\'': out += "&#39;"; continue;
      default: break;
    }
    if (c < 0x20 || (c >= 0x7F && c < 0xA0) || is_bidi_control(c) || c == 0xFEFF || c == 0x2028 || c == 0x2029) {
      out += fmt::format("⟨U+{:04X}⟩", static_cast<std::uint32_t>(c));
    } else {
      append_utf8(out, c);
    }
  }
  return out;
}

Result<void> write_html_report(const store::CaseFolder& folder, store::Database& db, std::string_view lang,
                               ReportOut& out) {
  return HtmlReport(folder, db, lang, out).run();
}

}  // namespace dragoman::cli
