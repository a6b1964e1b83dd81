// SPDX-License-Identifier: AGPL-3.0-or-later
// The reading handlers against a case of a few files that hold all that is awkward: a file under two paths, a
// container that came twice, members in folders, a page without text, a second reading, lost bytes.
#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "web/api_testing_case.h"

namespace dragoman::web {
namespace {

class ApiTest : public testing::Test {
 protected:
  void SetUp() override {
    report_ = case_.receive("a2/report.pdf", "report");
    case_.receive("a10/copy.pdf", "report");
    case_.page("report", 1, "the border report of the old ministry");
    case_.page("report", 2, "nothing here but a border");
    case_.page("report", 3, "گزارش مرز border report", "fa");
    case_.page("report", 4, "");
    case_.receive("mails/one.eml", "mail", "mail");
    case_.page("mail", 1, "a border letter 😀 with a report attached", "en", false);
    case_.member("mail", 0, "papers/scan.txt", "scan");
    case_.page("scan", 1, "border of the scan", "", false);
    case_.state("scan", ItemState::partial);
    case_.receive("box.zip", "zip one", "zip");
    case_.member("zip one", 0, "in/same.txt", "same");
    case_.receive("box.zip", "zip two", "zip");
    case_.member("zip two", 0, "in/same.txt", "same");
    case_.page("same", 1, "border in a box", "en", false);
    lost_ = *evidence::add_lost_member(case_.db(), {case_.content("zip two"), {1, "gone.txt"}, 1}, ItemState::failed,
                                       Gap{GapKind::malformed, "gone.txt", "the member is damaged", PageIndex(0)});
    gap("report", Gap{GapKind::lost_line, "page 2", "2 lines of 40 were not read", PageIndex(2)});
    gap("report", Gap{GapKind::lost_line, "page 3", "1 lines of 7 were not read", PageIndex(3)});
    gap("scan", Gap{GapKind::truncated, "", "the file ends early", PageIndex(0)});
    EXPECT_TRUE(evidence::add_path_gap(case_.db(), "leak/link", Gap{GapKind::unsupported, "", "a link", PageIndex(0)}));
    case_.end();
    reader_.emplace(case_.folder());
  }
  void gap(const std::string& bytes, const Gap& gap) {
    EXPECT_TRUE(evidence::add_gap(case_.db(), case_.content(bytes), "read", gap));
  }
  std::string id(const std::string& path, int which = 0) {
    const Json tree = walk_tree();
    for (const auto& node : tree) {
      if (node["path"] == path && node.contains("item") && which-- == 0) return std::to_string(node["item"].get<int>());
    }
    return "0";
  }
  /// Every node, asked for two at a time.
  Json walk_tree() {
    Json all = Json::array();
    std::vector<std::string> waiting{""};
    while (!waiting.empty()) {
      const std::string node = waiting.back();
      waiting.pop_back();
      std::string cursor;
      do {
        const Json part = reader_->json("/api/tree?limit=2&node=" + node + cursor);
        for (const auto& child : part["children"]) {
          all.push_back(child);
          if (child["children"] > 0) waiting.push_back(child["node"]);
        }
        cursor = part["next"].is_null() ? "" : "&cursor=" + part["next"].get<std::string>();
      } while (!cursor.empty());
    }
    return all;
  }
  std::string where(const std::string& target, int status = 400) {
    const Json problem = reader_->json(target, status);
    EXPECT_EQ(problem["status"], status);
    return problem.value("where", "");
  }

  TestingCase case_;
  std::optional<TestingReader> reader_;
  ItemId report_{0};
  ItemId lost_{0};
};

TEST_F(ApiTest, AHitSaysAllOfItsPage) {
  const Json answer = reader_->json("/api/search?q=border report lang:fa");
  ASSERT_EQ(answer["total"], 1);
  const Json& hit = answer["hits"][0];
  EXPECT_EQ(hit["item"], report_.value());
  EXPECT_EQ(hit["page"], 3);
  EXPECT_EQ(hit["pages"], 4);
  EXPECT_EQ(hit["type"], "pdf");
  EXPECT_EQ(hit["state"], "read");
  EXPECT_EQ(hit["source"], "text_layer");
  EXPECT_EQ(hit["matches"], 2);
  EXPECT_EQ(hit["boxes"].size(), 2U);
  EXPECT_EQ(hit["width"], 595.0);
  EXPECT_EQ(hit["quality"], 0.875);
  EXPECT_TRUE(answer["next"].is_null());
  EXPECT_EQ(reader_->json("/api/search?q=گزارش مرز")["hits"][0]["dir"], "ltr") << "most letters are Latin";
}

TEST_F(ApiTest, MarksCountInUtf16) {
  const Json answer = reader_->json("/api/search?q=report type:mail");
  ASSERT_EQ(answer["hits"].size(), 1U);
  const Json& snippet = answer["hits"][0]["snippet"];
  EXPECT_EQ(snippet["text"], "a border letter 😀 with a report attached");
  // The face is two units long.
  EXPECT_EQ(snippet["marks"], Json::parse("[[26,32]]"));
  const Json phrase = reader_->json("/api/search?q=\"a report attached\"");
  EXPECT_EQ(phrase["hits"][0]["snippet"]["marks"], Json::parse("[[24,41]]")) << "a phrase is one mark";
}

TEST_F(ApiTest, CursorsWalkTheWholeList) {
  const Json all = reader_->json("/api/search?q=border&limit=200");
  ASSERT_EQ(all["total"], 6);
  Json walked = Json::array();
  std::string target = "/api/search?q=border&limit=2";
  for (std::string next = target; !next.empty();) {
    const Json part = reader_->json(next);
    for (const auto& hit : part["hits"]) walked.push_back(hit);
    next = part["next"].is_null() ? "" : target + "&cursor=" + part["next"].get<std::string>();
  }
  EXPECT_EQ(walked, all["hits"]);
  const std::string cursor = reader_->json(target)["next"];
  EXPECT_EQ(where("/api/search?q=report&cursor=" + cursor), "cursor") << "of another query";
  EXPECT_EQ(where("/api/search?q=border&lang=fa&cursor=" + cursor), "cursor") << "of other filters";
  EXPECT_EQ(where("/api/search?q=border&cursor=AAAA"), "cursor");
  EXPECT_EQ(where("/api/gaps/list?cursor=" + cursor), "cursor") << "of another list";
}

TEST_F(ApiTest, WhatIsWrongIsNamed) {
  EXPECT_EQ(where("/api/search"), "q");
  EXPECT_EQ(where("/api/search?q=a (b"), "character 3");
  EXPECT_EQ(where("/api/search?q=a&limit=0"), "limit");
  EXPECT_EQ(where("/api/search?q=a&limit=100000"), "limit");
  EXPECT_EQ(where("/api/search?q=a&from=-1"), "from");
  EXPECT_EQ(where("/api/search?q=a&state=lost"), "state");
  EXPECT_EQ(where("/api/tree?state=lost"), "state");
  EXPECT_EQ(where("/api/tree?node=f00", 404), "node");
  EXPECT_EQ(where("/api/tree?node=i999", 404), "node");
  EXPECT_EQ(where("/api/items/999", 404), "id");
  EXPECT_EQ(reader_->get("/api/items/x").status, 404);
  EXPECT_EQ(reader_->get("/api/items/99999999999999999999").status, 404);
  const std::string item = "/api/items/" + std::to_string(report_.value());
  EXPECT_EQ(where(item + "/pages/5", 404), "page");
  EXPECT_EQ(where(item + "/pages/4294967297", 404), "page") << "no number wraps around";
  EXPECT_EQ(where(item + "/pages/1?v=zz"), "v");
  EXPECT_EQ(where(item + "/pages/1?v=000000000000", 404), "v");
  EXPECT_EQ(where(item + "/pages/1?q=a OR"), "character 5");
  EXPECT_EQ(where(item + "/pages?from=0"), "from");
  EXPECT_EQ(where(item + "/pages/1/citation"), "words");
  EXPECT_EQ(where(item + "/pages/1/citation?words=3-2"), "words");
  EXPECT_EQ(where(item + "/pages/1/citation?words=1-x"), "words");
  EXPECT_EQ(reader_->get(item + "/pages/1/citation?words=1-99").status, 404);
  EXPECT_EQ(where("/api/gaps/list?kind=none"), "kind");
  EXPECT_EQ(where("/api/gaps/list?cause=zz"), "cause");
  EXPECT_EQ(where("/api/custody?limit=x"), "limit");
}

// Each value's count is what a search with that value finds, and a facet's own choice does not narrow it.
TEST_F(ApiTest, FacetsAreWhatSearchesFind) {
  for (const std::string chosen :
       {"", "&lang=en", "&type=pdf&type=mail", "&state=partial", "&folder=leak/box.zip",
        "&folder=leak/mails&lang=", "&folder=leak/a2/report.pdf&state=read", "&folder=i1&type=pdf"}) {
    const Json facets = reader_->json("/api/facets?q=border" + chosen);
    EXPECT_EQ(facets["total"], reader_->json("/api/search?q=border" + chosen)["total"]) << chosen;
    for (const std::string facet : {"lang", "type", "state", "folder"}) {
      std::string others;
      for (std::size_t at = 0; at < chosen.size();) {
        const std::size_t end = std::min(chosen.find('&', at + 1), chosen.size());
        const std::string part = chosen.substr(at, end - at);
        if (!part.starts_with("&" + facet + "=")) others += part;
        at = end;
      }
      EXPECT_FALSE(facets[facet].empty());
      for (const auto& value : facets[facet]) {
        const std::string target =
            "/api/search?q=border" + others + "&" + facet + "=" + value["value"].get<std::string>();
        EXPECT_EQ(value["count"], reader_->json(target)["total"]) << target;
      }
    }
  }
}

TEST_F(ApiTest, FoldersAreCountedOnceHoweverPathsMeet) {
  std::map<std::string, int> counts;
  std::string order;
  const Json facets = reader_->json("/api/facets?q=border");
  for (const auto& folder : facets["folder"]) {
    EXPECT_TRUE(counts.emplace(folder["value"].get<std::string>(), folder["count"].get<int>()).second) << "listed once";
    const std::string parent = folder["parent"];
    EXPECT_TRUE(parent.empty() || counts.count(parent) == 1) << "after what it lies in";
    order += folder["label"].get<std::string>() + " ";
  }
  EXPECT_EQ(counts["leak"], 6);
  EXPECT_EQ(counts["leak/a2"], 3);
  EXPECT_EQ(counts["leak/a10"], 3) << "the same file by its other path";
  EXPECT_EQ(counts["leak/mails/one.eml"], 2) << "the mail and what is attached";
  EXPECT_EQ(counts["leak/mails/one.eml!/papers"], 1);
  EXPECT_EQ(counts["leak/box.zip"], 1) << "one page, in both";
  EXPECT_EQ(counts["leak/box.zip!/in"], 1);
  EXPECT_EQ(order.find("a2 a10"), order.find("a2")) << "two before ten: " << order;
}

TEST_F(ApiTest, TheTreeHoldsEveryItemOnce) {
  std::set<std::int64_t> items;
  std::set<std::string> nodes;
  for (const auto& node : walk_tree()) {
    EXPECT_TRUE(nodes.insert(node["node"].get<std::string>()).second);
    if (!node.contains("item")) continue;
    EXPECT_TRUE(items.insert(node["item"].get<std::int64_t>()).second);
    const Json item = reader_->json("/api/items/" + std::to_string(node["item"].get<std::int64_t>()));
    EXPECT_EQ(item["path"], node["path"]);
    EXPECT_EQ(item["state"], node["state"]);
    const Json listed = reader_->json("/api/tree?node=" + node["node"].get<std::string>());
    EXPECT_EQ(item["ancestors"].size(), listed["ancestors"].size());
  }
  EXPECT_EQ(items.size(), 9U);
  const Json top = reader_->json("/api/tree");
  EXPECT_TRUE(top["node"].is_null());
  ASSERT_EQ(top["children"].size(), 1U);
  EXPECT_EQ(top["children"][0]["counts"], Json::parse(R"({"read":5,"partial":1,"duplicate":2,"failed":1})"));
  const Json failed = reader_->json("/api/tree?state=failed&node=" + top["children"][0]["node"].get<std::string>());
  ASSERT_EQ(failed["children"].size(), 1U) << "only what holds such items";
  EXPECT_EQ(failed["children"][0]["path"], "leak/box.zip");
}

TEST_F(ApiTest, AnItemKnowsItsOtherPaths) {
  const Json item = reader_->json("/api/items/" + std::to_string(report_.value()));
  EXPECT_EQ(item["paths"].size(), 2U);
  EXPECT_EQ(item["pages"], 4);
  EXPECT_EQ(item["gaps"].size(), 2U);
  EXPECT_EQ(item["parent"], nullptr);
  const Json copy = reader_->json("/api/items/" + id("leak/a10/copy.pdf"));
  EXPECT_EQ(copy["state"], "duplicate");
  EXPECT_EQ(copy["primary"], report_.value());
  EXPECT_EQ(copy["pages"], 4);
  const Json mail = reader_->json("/api/items/" + id("leak/mails/one.eml"));
  EXPECT_EQ(mail["members"], 1);
  const Json gone = reader_->json("/api/items/" + std::to_string(lost_.value()));
  EXPECT_EQ(gone["sha256"], "");
  EXPECT_EQ(gone["state"], "failed");
  EXPECT_EQ(gone["gaps"].size(), 1U);
}

TEST_F(ApiTest, PagesAndTheirWords) {
  const std::string item = "/api/items/" + std::to_string(report_.value());
  const Json all = reader_->json(item + "/pages");
  ASSERT_EQ(all["pages"].size(), 4U);
  EXPECT_EQ(all["pages"][2]["lang"], "fa");
  EXPECT_EQ(all["pages"][3]["words"], 0);
  const Json part = reader_->json(item + "/pages?from=2&limit=2");
  EXPECT_EQ(part["pages"][0]["page"], 2);
  const Json rest = reader_->json(item + "/pages?limit=2&cursor=" + part["next"].get<std::string>());
  EXPECT_EQ(rest["pages"][0]["page"], 4);
  EXPECT_TRUE(rest["next"].is_null());
  const Json page = reader_->json(item + "/pages/1?q=\"border report\" ministry");
  EXPECT_EQ(page["words_list"].size(), 7U);
  EXPECT_EQ(page["words_list"][1][0], "border");
  EXPECT_EQ(page["words_list"][1][2], Json::parse("[20.0,20.0,28.0,30.0]"));
  EXPECT_EQ(page["marks"], Json::parse("[[2,3],[7,7]]"));
  EXPECT_EQ(page["v"], all["pages"][0]["v"]);
  EXPECT_EQ(reader_->json(item + "/pages/2")["gaps"].size(), 1U);
}

TEST_F(ApiTest, AnOlderReadingStaysThere) {
  const std::string page = "/api/items/" + std::to_string(report_.value()) + "/pages/1";
  const std::string old = reader_->json(page)["v"];
  case_.begin();
  case_.page("report", 1, "the frontier report");
  case_.end();
  const Json now = reader_->json(page);
  EXPECT_EQ(now["words_list"][1][0], "frontier");
  ASSERT_EQ(now["versions"].size(), 2U);
  EXPECT_EQ(now["versions"][1]["v"], old);
  const Json then = reader_->json(page + "?v=" + old);
  EXPECT_EQ(then["words_list"][1][0], "border");
  EXPECT_FALSE(then["newest"].get<bool>());
  EXPECT_EQ(reader_->json("/api/search?q=frontier")["total"], 1);
  EXPECT_EQ(reader_->json("/api/search?q=border")["total"], 5);
}

TEST_F(ApiTest, HitsOfAnItemAreThoseOfItsPages) {
  const std::string item = "/api/items/" + std::to_string(report_.value());
  const Json all = reader_->json(item + "/hits?q=border OR report");
  EXPECT_EQ(all["pages"], Json::parse("[[1,2],[2,1],[3,2]]"));
  const Json part = reader_->json(item + "/hits?q=border OR report&limit=2");
  EXPECT_EQ(part["total_pages"], 3);
  // The '=' and '&' of the address are no part of the query here.
  const Json rest = reader_->json(item + "/hits?q=border OR report&cursor=" + part["next"].get<std::string>());
  EXPECT_EQ(rest["pages"], Json::parse("[[3,2]]"));
  EXPECT_EQ(reader_->json("/api/items/" + std::to_string(lost_.value()) + "/hits?q=a")["total_pages"], 0);
}

TEST_F(ApiTest, CitationsComeBackAsTheSameLetters) {
  const std::string page = "/api/items/" + std::to_string(report_.value()) + "/pages/1";
  const Json cited = reader_->json(page + "/citation?words=2-3");
  EXPECT_EQ(cited["quote"], "border report");
  const Json& selectors = cited["annotation"]["target"]["selector"];
  ASSERT_EQ(selectors.size(), 3U);
  EXPECT_EQ(selectors[0]["exact"], "border report");
  EXPECT_EQ(selectors[0]["prefix"], "the");
  EXPECT_EQ(selectors[0]["suffix"], "of the old ministry");
  EXPECT_NE(selectors[2]["value"].get<std::string>().find(R"(<rect x="20.00" y="20.00")"), std::string::npos);
  EXPECT_EQ(cited["annotation"]["target"]["id"], cited["citation"]);
}

TEST_F(ApiTest, ACitationByHandIsRefusedOrNotFound) {
  // The test's reader cannot escape '=' and '&': what is behind them is cut off, which is a broken citation.
  EXPECT_EQ(reader_->get("/api/resolve?citation=dragoman:sha256:12").status, 400);
  EXPECT_EQ(reader_->get("/api/resolve").status, 400);
}

TEST_F(ApiTest, GapsAreGroupedByReason) {
  const Json groups = reader_->json("/api/gaps");
  EXPECT_EQ(groups["total"], 5);
  std::int64_t listed = 0;
  for (const auto& group : groups["groups"]) {
    for (const auto& cause : group["causes"]) {
      const Json list = reader_->json("/api/gaps/list?kind=" + group["kind"].get<std::string>() +
                                      "&cause=" + cause["cause"].get<std::string>());
      EXPECT_EQ(list["total"], cause["count"]);
      EXPECT_EQ(list["gaps"].size(), cause["count"]);
      listed += cause["count"].get<std::int64_t>();
    }
  }
  EXPECT_EQ(listed, 5);
  ASSERT_EQ(groups["groups"][0]["kind"], "lost_line");
  ASSERT_EQ(groups["groups"][0]["causes"].size(), 1U) << "numbers do not make another reason";
  EXPECT_EQ(groups["groups"][0]["causes"][0]["detail"], "… lines of … were not read");
  EXPECT_EQ(groups["groups"][0]["items"], 1);
  Json walked = Json::array();
  for (std::string cursor; cursor != "&cursor=";) {
    const Json part = reader_->json("/api/gaps/list?limit=2" + cursor);
    for (const auto& gap : part["gaps"]) walked.push_back(gap);
    cursor = "&cursor=" + (part["next"].is_null() ? "" : part["next"].get<std::string>());
  }
  EXPECT_EQ(walked, reader_->json("/api/gaps/list")["gaps"]);
  EXPECT_EQ(reader_->json("/api/gaps/list?item=" + std::to_string(report_.value()))["total"], 2);
}

TEST_F(ApiTest, CustodyIsListedNewestFirst) {
  const Json all = reader_->json("/api/custody");
  ASSERT_GE(all["list"].size(), 1U);
  EXPECT_EQ(all["entries"], all["list"].size());
  EXPECT_EQ(all["list"].back()["kind"], "case");
  EXPECT_EQ(all["key"].get<std::string>().size(), 64U);
}

TEST_F(ApiTest, ReadersSeeWhatIsAddedMeanwhile) {
  constexpr int kPages = 60;
  std::atomic<bool> done = false;
  std::thread writer([&] {
    case_.begin();
    for (int i = 0; i < kPages; ++i) {
      const std::string name = "new" + std::to_string(i);
      case_.receive(name, name);
      case_.page(name, 1, "meanwhile word" + std::to_string(i));
      EXPECT_TRUE(case_.workspace().commit());
    }
    case_.end();
    done = true;
  });
  std::int64_t last = 0;
  while (!done) {
    const std::int64_t total = reader_->json("/api/search?q=meanwhile")["total"];
    EXPECT_GE(total, last);
    last = total;
    reader_->json("/api/facets?q=meanwhile&state=read");
  }
  writer.join();
  EXPECT_EQ(reader_->json("/api/search?q=meanwhile")["total"], kPages);
  // The tree follows at most a few of its own building times later.
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(reader_->json("/api/facets?q=meanwhile&state=read&folder=leak")["total"], kPages);
}

}  // namespace
}  // namespace dragoman::web
