// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/http.h"

#include <gtest/gtest.h>

#include "web/base64url.h"
#include "web/event_hub.h"
#include "web/router.h"
#include "web/target.h"
#include "web/tickets.h"
#include "web/uploads.h"

namespace dragoman::web {
namespace {

Request with(std::string name, std::string value) {
  Request request;
  request.query.emplace_back(std::move(name), std::move(value));
  return request;
}

TEST(Cursor, ComesBackAsItWasHandedOut) {
  for (const std::int64_t at : {std::int64_t{0}, std::int64_t{1}, std::int64_t{50}, INT64_MAX}) {
    const std::string text = to_text({"hits", "کتاب lang:fa", at});
    const auto back = cursor_of(with("cursor", text), "hits", "کتاب lang:fa");
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, at);
  }
  EXPECT_EQ(cursor_of(Request(), "hits", "q").value(), 0);
}

TEST(Cursor, OfAnotherListOrBrokenIsRefused) {
  const std::string text = to_text({"hits", "budget", 50});
  std::vector<std::string> wrong{"",
                                 "0",
                                 "zzzz",
                                 text + "A",
                                 text.substr(1),
                                 "*" + text,
                                 to_text({"gaps", "budget", 50}),
                                 to_text({"hits", "budgets", 50}),
                                 to_text({"hits", "budget", -1}),
                                 to_text({"hit", std::string("s\0budget", 8), 50}),
                                 std::string(100'000, 'A')};
  for (std::size_t i = 0; i < 24 && i < text.size(); ++i) wrong.push_back(text.substr(0, i));
  for (const std::string& cursor : wrong) {
    const auto back = cursor_of(with("cursor", cursor), "hits", "budget");
    ASSERT_FALSE(back) << cursor.substr(0, 60);
    EXPECT_EQ(back.error().kind, ErrorKind::malformed);
    EXPECT_EQ(back.error().where, "cursor");
  }
}

TEST(Request, NumbersAreWholeAndInRange) {
  EXPECT_EQ(Request().number("limit", 50, 1, 1000).value(), 50);
  EXPECT_EQ(with("limit", "1000").number("limit", 50, 1, 1000).value(), 1000);
  for (const char* wrong : {"", "0", "1001", "1.5", "-1", "+1", " 1", "1 ", "1e3", "99999999999999999999", "۵"}) {
    const auto number = with("limit", wrong).number("limit", 50, 1, 1000);
    ASSERT_FALSE(number) << wrong;
    EXPECT_EQ(number.error().where, "limit");
  }
  Request request;
  for (const char* wrong : {"", "0", "-7", "7x", "99999999999999999999"}) {
    request.captures = {wrong};
    EXPECT_EQ(request.id(0).error().kind, ErrorKind::not_found) << wrong;
  }
}

TEST(Problem, IsWhatTheErrorSays) {
  const Answer answer = answer_problem({ErrorKind::malformed, "a quote is open", "character 7"});
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.type, "application/problem+json");
  const Json json = Json::parse(answer.body);
  EXPECT_EQ(json["type"], "/problems/malformed");
  EXPECT_EQ(json["where"], "character 7");
  EXPECT_FALSE(Json::parse(answer_problem({ErrorKind::io, "full", ""}).body).contains("where"));
  // Whatever bytes a message holds, the answer is JSON.
  EXPECT_FALSE(Json::parse(answer_problem({ErrorKind::io, "\xff\xfe", "\x80"}).body, nullptr, false).is_discarded());
}

TEST(Target, IsTakenApartAndDecoded) {
  const auto target = parse_target("/api/items/%D8%A8?q=a+b%26c&flag&empty=&q=2&");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/api/items/ب");
  EXPECT_EQ(target->segments, (std::vector<std::string>{"api", "items", "ب"}));
  const std::vector<std::pair<std::string, std::string>> query{{"q", "a b&c"}, {"flag", ""}, {"empty", ""}, {"q", "2"}};
  EXPECT_EQ(target->query, query);
  EXPECT_EQ(parse_target("/a%2Fb/c")->segments, (std::vector<std::string>{"a/b", "c"}));
  EXPECT_EQ(parse_target("/a+b")->path, "/a+b");
  EXPECT_EQ(parse_target("/")->segments, (std::vector<std::string>{""}));
}

TEST(Target, RefusesWhatIsNoText) {
  for (const char* wrong : {"", "api", "http://127.0.0.1/", "*", "/%", "/%4", "/%zz", "/%ff", "/a%00b", "/?q=%C3",
                            "/?%=1", "/?q=%00", "/%C0%80", "/?q=%ED%A0%80"}) {
    EXPECT_FALSE(parse_target(wrong)) << wrong;
  }
}

TEST(Router, FindsTheRouteAndItsCaptures) {
  const Handler none = [](const Request&, CaseReader&) -> Result<Answer> { return Answer(); };
  const Router router({{Method::get, "/api/items/{id}", Lane::quick, none},
                       {Method::get, "/api/items/{id}/pages/{page}", Lane::quick, none},
                       {Method::post, "/api/items/{id}/original", Lane::quick, none}});
  const auto found = router.find(Method::get, {"api", "items", "7", "pages", "3"});
  ASSERT_NE(found.route, nullptr);
  EXPECT_EQ(found.number, 1U);
  EXPECT_EQ(found.captures, (std::vector<std::string>{"7", "3"}));
  EXPECT_EQ(router.find(Method::get, {"api", "items"}).route, nullptr);
  EXPECT_EQ(router.find(Method::get, {"api", "items", ""}).route, nullptr);
  EXPECT_EQ(router.find(Method::get, {"api", "items", "7", ""}).route, nullptr);
  EXPECT_TRUE(router.find(Method::get, {"api", "items", "7", "original"}).other_method);
  EXPECT_FALSE(router.find(Method::get, {"api", "nothing"}).other_method);
}

TEST(Base64Url, HasOneFormForEachBytes) {
  for (const std::string& bytes :
       {std::string(), std::string("\0", 1), std::string("\xff\xfe\xfd"), std::string("abcd")}) {
    EXPECT_EQ(from_base64url(to_base64url(bytes)).value(), bytes);
  }
  for (const char* wrong : {"A", "AA==", "A+/A", "AB", "A A", "AA\n"}) EXPECT_FALSE(from_base64url(wrong)) << wrong;
}

TEST(Tickets, WorkOnceForAMinute) {
  Tickets tickets;
  const auto now = Tickets::Clock::now();
  const std::string ticket = tickets.issue({sha256("bytes"), "name", 5}, now);
  EXPECT_EQ(ticket.size(), 32U);
  EXPECT_FALSE(tickets.redeem("another", now));
  EXPECT_EQ(tickets.redeem(ticket, now).value().blob, sha256("bytes"));
  EXPECT_FALSE(tickets.redeem(ticket, now)) << "used";
  const std::string late = tickets.issue({sha256("bytes"), "name", 5}, now);
  EXPECT_FALSE(tickets.redeem(late, now + Tickets::kLife)) << "too old";
}

TEST(Disposition, CannotBeBrokenOutOf) {
  EXPECT_EQ(disposition_of("a b.pdf"), "attachment; filename=\"a_b.pdf\"; filename*=UTF-8''a%20b.pdf");
  EXPECT_EQ(disposition_of("نامه"), "attachment; filename=\"____\"; filename*=UTF-8''%D9%86%D8%A7%D9%85%D9%87");
  const std::string evil = disposition_of(
      "x\"; filename=\"y\r\nSet-Cookie: z\xe2\x80\xae"
      "fdp.exe/../..");
  EXPECT_EQ(evil.find('\r'), std::string::npos);
  EXPECT_EQ(evil.find('\n'), std::string::npos);
  EXPECT_EQ(std::count(evil.begin(), evil.end(), '"'), 2);
  EXPECT_EQ(evil.find("%E2%80%AE"), std::string::npos) << "a bidi override would show another ending";
  EXPECT_EQ(evil.find('/'), std::string::npos);
  EXPECT_LT(disposition_of(std::string(100'000, 'a')).size(), 1000U);
  EXPECT_EQ(disposition_of(""), "attachment; filename=\"original\"; filename*=UTF-8''original");
}

TEST(Uploads, NamesStayBelowTheirFolder) {
  EXPECT_EQ(upload_parts("a/b.pdf").value(), (std::vector<std::string>{"a", "b.pdf"}));
  EXPECT_EQ(upload_parts("نامه.pdf").value().size(), 1U);
  EXPECT_TRUE(upload_parts("...")) << "an odd name, but a name";
  std::string deep = "a";
  for (int i = 1; i < 64; ++i) deep += "/a";
  EXPECT_TRUE(upload_parts(deep));
  for (const std::string& wrong :
       {std::string(), std::string("/"), std::string("/etc/passwd"), std::string("a/"), std::string("a//b"),
        std::string("."), std::string(".."), std::string("../x"), std::string("a/../b"), std::string("a/./b"),
        std::string("a/.."), std::string("a\0b", 3), std::string(256, 'a'), deep + "/a"}) {
    EXPECT_FALSE(upload_parts(wrong)) << wrong.substr(0, 40);
  }
}

TEST(EventHub, KeepsTheLastOfEachKindForSlowClients) {
  EventHub hub;
  hub.publish(EventKind::hello, "{}");
  int woken = 0;
  const auto client = hub.join([&] { ++woken; });
  EXPECT_EQ(client->take(), "event: hello\ndata: {}\n\n") << "who comes later hears how things stand";
  for (int i = 0; i < 1000; ++i) hub.publish(EventKind::add, std::to_string(i));
  hub.publish(EventKind::case_changed, "c");
  EXPECT_EQ(woken, 1001);
  EXPECT_EQ(client->take(), "event: case\ndata: c\n\nevent: add\ndata: 999\n\n");
  EXPECT_EQ(client->take(), "");
  EXPECT_FALSE(client->over());
  hub.close();
  EXPECT_TRUE(client->over());
}

}  // namespace
}  // namespace dragoman::web
