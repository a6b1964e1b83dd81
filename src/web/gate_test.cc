// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/gate.h"

#include <gtest/gtest.h>

namespace dragoman::web {
namespace {

constexpr char kOurs[] = "127.0.0.1:8484";
constexpr char kOurOrigin[] = "http://127.0.0.1:8484";

int status_of(const std::optional<Answer>& refusal) {
  return refusal ? refusal->status : 200;
}

TEST(Gate, AnswersUnderItsOwnNamesOnly) {
  struct Row {
    const char* listen;
    const char* host;
    int status;
  };
  const Row rows[] = {
      {"127.0.0.1:8484", "127.0.0.1:8484", 200},
      {"127.0.0.1:8484", "localhost:8484", 200},
      {"127.0.0.1:8484", "LOCALHOST:8484", 200},
      {"127.0.0.1:8484", "[::1]:8484", 200},
      {"127.0.0.1:8484", "127.0.0.1", 421},
      {"127.0.0.1:8484", "127.0.0.1:8485", 421},
      {"127.0.0.1:8484", "", 421},
      {"127.0.0.1:8484", "evil.example:8484", 421},
      {"127.0.0.1:8484", "localhost.evil.example:8484", 421},
      {"127.0.0.1:8484", "127.0.0.1.nip.io:8484", 421},
      {"127.0.0.1:8484", "192.168.0.7:8484", 421},
      {"127.0.0.1:8484", "user@127.0.0.1:8484", 421},
      {"127.0.0.1:80", "127.0.0.1", 200},
      {"127.0.0.1:80", "127.0.0.1:80", 200},
      {"[::1]:8484", "[::1]:8484", 200},
      {"[::1]:8484", "localhost:8484", 200},
      {"archive.example:8484", "archive.example:8484", 200},
      {"archive.example:8484", "localhost:8484", 421},
      {"192.168.0.7:8484", "192.168.0.7:8484", 200},
      {"192.168.0.7:8484", "192.168.0.8:8484", 421},
      {"0.0.0.0:8484", "192.168.0.7:8484", 200},
      {"0.0.0.0:8484", "[fe80::1]:8484", 200},
      {"0.0.0.0:8484", "localhost:8484", 200},
      {"0.0.0.0:8484", "evil.example:8484", 421},
      {"0.0.0.0:8484", "192.168.0.7:8485", 421},
  };
  for (const Row& row : rows) {
    const auto address = parse_listen(row.listen);
    ASSERT_TRUE(address) << row.listen;
    Approach approach;
    approach.host = row.host;
    EXPECT_EQ(status_of(Gate(*address).refuses(approach)), row.status) << row.listen << " asked as " << row.host;
  }
}

TEST(Gate, LetsOnlyTheOwnPageAsk) {
  struct Row {
    const char* what;
    Method method;
    bool to_page;
    const char* origin;
    const char* site;
    const char* mode;
    const char* dest;
    const char* own;
    int status;
  };
  const Row rows[] = {
      {"typed address", Method::get, true, "", "none", "navigate", "document", "", 200},
      {"a program", Method::get, false, "", "", "", "", "", 200},
      {"own page reads", Method::get, false, "", "same-origin", "cors", "empty", "", 200},
      {"own page reads, with Origin", Method::get, false, kOurOrigin, "same-origin", "cors", "empty", "", 200},
      {"a link elsewhere", Method::get, true, "", "cross-site", "navigate", "document", "", 200},
      {"a link to the API elsewhere", Method::get, false, "", "cross-site", "navigate", "document", "", 403},
      {"framed elsewhere", Method::get, true, "", "cross-site", "navigate", "iframe", "", 403},
      {"a picture elsewhere", Method::get, true, "", "cross-site", "no-cors", "image", "", 403},
      {"a script elsewhere", Method::get, true, "", "cross-site", "no-cors", "script", "", 403},
      {"another port", Method::get, false, "", "same-site", "cors", "empty", "", 403},
      {"another port, with Origin", Method::get, false, "http://127.0.0.1:9000", "", "", "", "", 403},
      {"another origin reads", Method::get, false, "https://evil.example", "", "", "", "", 403},
      {"a sandboxed page", Method::get, false, "null", "", "", "", "", 403},
      {"https of our name", Method::get, false, "https://127.0.0.1:8484", "", "", "", "", 403},
      {"own page writes", Method::post, false, kOurOrigin, "same-origin", "cors", "empty", "1", 200},
      {"own page writes, older browser", Method::post, false, kOurOrigin, "", "", "", "1", 200},
      {"own page writes, no Origin", Method::post, false, "", "same-origin", "cors", "empty", "1", 200},
      {"without our header", Method::post, false, kOurOrigin, "same-origin", "cors", "empty", "", 403},
      {"our header is wrong", Method::post, false, kOurOrigin, "same-origin", "cors", "empty", "2", 403},
      {"no word of where from", Method::post, false, "", "", "", "", "1", 403},
      {"no word, typed", Method::post, false, "", "none", "", "", "1", 403},
      {"a form elsewhere", Method::post, false, "https://evil.example", "cross-site", "navigate", "document", "", 403},
      {"a form elsewhere, Origin hidden", Method::post, true, "null", "cross-site", "navigate", "document", "1", 403},
      {"delete from elsewhere", Method::remove, false, "http://127.0.0.1:9000", "same-site", "cors", "empty", "1", 403},
      {"put by the own page", Method::put, false, kOurOrigin, "same-origin", "cors", "empty", "1", 200},
  };
  const Gate gate(*parse_listen(kOurs));
  for (const Row& row : rows) {
    const Approach approach{row.method, row.to_page, kOurs, row.origin, row.site, row.mode, row.dest, row.own};
    EXPECT_EQ(status_of(gate.refuses(approach)), row.status) << row.what;
  }
}

TEST(Gate, TakesReportsFromTheBrowserOnly) {
  const Gate gate(*parse_listen(kOurs));
  const auto report = [&](const char* host, const char* site) {
    const Approach approach{Method::post, false, host, "null", site, "no-cors", "report", ""};
    return status_of(gate.refuses_report(approach));
  };
  EXPECT_EQ(report(kOurs, "same-origin"), 200);
  EXPECT_EQ(report(kOurs, ""), 200);
  EXPECT_EQ(report(kOurs, "cross-site"), 403);
  EXPECT_EQ(report("evil.example:8484", "same-origin"), 421);
}

TEST(ListenAddress, IsAnAddressAndAPort) {
  for (const char* wrong : {"", ":", "8484", "127.0.0.1", "127.0.0.1:", ":8484", "127.0.0.1:65536", "127.0.0.1:-1",
                            "127.0.0.1:84 84", "[::1]", "[zz]:1", "::1:8484", "a b:1", "evil/x:1"}) {
    EXPECT_FALSE(parse_listen(wrong)) << wrong;
  }
  const auto address = parse_listen("[::1]:0");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "::1");
  EXPECT_TRUE(address->is_loopback());
  EXPECT_TRUE(parse_listen("127.9.9.9:1")->is_loopback());
  EXPECT_TRUE(parse_listen("localhost:1")->is_loopback());
  EXPECT_FALSE(parse_listen("127.evil.example:1")->is_loopback());
  EXPECT_FALSE(parse_listen("0.0.0.0:1")->is_loopback());
}

}  // namespace
}  // namespace dragoman::web
