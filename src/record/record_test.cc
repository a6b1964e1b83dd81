// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "record/citation.h"
#include "record/item.h"
#include "record/page.h"
#include "record/wire.h"

namespace dragoman {
namespace {

Page sample_page() {
  Page page;
  page.number = PageIndex(3);
  page.width = 595;
  page.height = 842;
  page.source = TextSource::ocr;
  page.engine = "engine";
  page.lang = "fa";
  page.quality = 0.5F;
  page.words = {Word{"می‌رود", Box{1, 2, 30, 12}, 1.0F, Break::line}, Word{"1393", {}, {}, Break::space}};
  return page;
}

TEST(Words, SplitAndJoin) {
  const auto words = words_of("از: وزارت\n\nmemo\u202E to\x07you\n");
  ASSERT_EQ(words.size(), 5U);
  EXPECT_EQ(words[1].after, Break::paragraph);
  EXPECT_EQ(text_of(words), "از: وزارت\n\nmemo to you");
}

TEST(Words, VersionIsOfTheWordsJoinedByLf) {
  EXPECT_EQ(version_of(words_of("a b")), sha256("a\nb"));
  EXPECT_EQ(version_of({}), sha256(""));
}

TEST(Wire, RecordsRoundTrip) {
  const Limits limits;
  Document document;
  document.title = "t";
  document.fields = {{"from", "a"}, {"to", "b"}};
  for (const Record& record :
       {Record(TypeFound{"application/pdf"}), Record(document), Record(sample_page()),
        Record(Gap{GapKind::lost_line, "page 3", "a line", PageIndex(3)}), Record(ReadDone{ItemState::partial}),
        Record(OcrStats{1, 2, 3, 4, 5}), Record(Error{ErrorKind::limit, "m", "w"})}) {
    const std::string bytes = encode(record);
    const auto back = decode(bytes, limits);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(encode(*back), bytes);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) EXPECT_FALSE(decode(bytes.substr(0, cut), limits));
    EXPECT_FALSE(decode(bytes + "x", limits));
  }
}

TEST(Wire, WordsThatBreakTheirContractAreRefused) {
  for (const char* text : {"two words", "", "a\u202Eb", "x\n"}) {
    Page page = sample_page();
    page.words[0].text = text;
    EXPECT_FALSE(decode(encode(page), Limits{})) << text;
  }
  Page page = sample_page();
  page.words[0].box = Box{30, 2, 1, 12};
  EXPECT_FALSE(decode(encode(page), Limits{}));
}

TEST(Citation, RoundTripAndErrors) {
  const std::string hex = sha256("x").hex();
  const std::string text = "dragoman:sha256:" + hex + "#page=3&words=120-134&v=0123456789ab";
  const auto citation = parse_citation(text);
  ASSERT_TRUE(citation);
  EXPECT_EQ(to_string(*citation), text);
  EXPECT_EQ(parse_citation("dragoman:sha256:" + hex + "#page=1&words=7")->last_word, WordIndex(7));
  for (const std::string& bad :
       {std::string("x"), "dragoman:sha256:" + hex, "dragoman:sha256:" + hex + "#page=0&words=1-2",
        "dragoman:sha256:" + hex + "#page=1&words=3-2", "dragoman:sha256:" + hex + "#page=1&words=1&v=XYZ",
        "dragoman:sha256:" + hex + "#page=1&page=1&words=1", "dragoman:sha256:" + hex + "#words=1"}) {
    EXPECT_FALSE(parse_citation(bad)) << bad;
  }
}

}  // namespace
}  // namespace dragoman
