// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/table.h"

#include <gtest/gtest.h>

#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

using Cells = std::vector<std::string>;

Document book() {
  Document document;
  document.kind = "xlsx";
  return document;
}

TEST(table, pages_say_their_rows) {
  Limits limits;
  limits.reflow_words_per_page = 4;
  RecordingSink sink;
  TablePages table(limits, sink, book(), "test");
  ASSERT_TRUE(table.begin_table("sheet Budget"));
  ASSERT_TRUE(table.row(1, Cells{"a b", "", "c"}));
  ASSERT_TRUE(table.row(2, Cells{"", " "}));
  ASSERT_TRUE(table.row(3, Cells{"d"}));
  ASSERT_TRUE(table.row(4, Cells{"e\nf"}));
  ASSERT_TRUE(table.begin_table("sheet Names (hidden)"));
  ASSERT_TRUE(table.row(7, Cells{"g"}));
  ASSERT_TRUE(table.note("comments", "h\n\ni"));
  const auto state = table.finish();
  ASSERT_TRUE(state);
  EXPECT_EQ(*state, ItemState::read);
  ASSERT_EQ(sink.pages.size(), 4U);
  EXPECT_EQ(sink.pages[0].label, "sheet Budget, rows 1–3");
  EXPECT_EQ(text_of(sink.pages[0].words), "a b c\nd");
  EXPECT_EQ(sink.pages[1].label, "sheet Budget, row 4");
  EXPECT_EQ(text_of(sink.pages[1].words), "e f");
  EXPECT_EQ(sink.pages[2].label, "sheet Names (hidden), row 7");
  EXPECT_EQ(sink.pages[3].label, "comments");
  ASSERT_EQ(sink.documents.size(), 1U);
  EXPECT_EQ(sink.documents[0].last_page.value(), 4U);
}

TEST(table, a_header_is_no_row) {
  Limits limits;
  RecordingSink sink;
  TablePages table(limits, sink, book(), "test");
  ASSERT_TRUE(table.begin_table("table a"));
  ASSERT_TRUE(table.header(Cells{"name", "town"}));
  ASSERT_TRUE(table.row(4, Cells{"x", "y"}));
  ASSERT_TRUE(table.row(6, Cells{"z"}));
  ASSERT_TRUE(table.begin_table("table b"));
  ASSERT_TRUE(table.header(Cells{"only"}));
  ASSERT_TRUE(table.finish());
  ASSERT_EQ(sink.pages.size(), 2U);
  EXPECT_EQ(sink.pages[0].label, "table a, rows 4–6");
  EXPECT_EQ(text_of(sink.pages[0].words), "name town\nx y\nz");
  EXPECT_EQ(sink.pages[1].label, "table b");
}

TEST(table, a_row_longer_than_a_page_is_cut) {
  Limits limits;
  limits.reflow_words_per_page = 2;
  RecordingSink sink;
  TablePages table(limits, sink, book(), "test");
  ASSERT_TRUE(table.begin_table("table t"));
  ASSERT_TRUE(table.row(9, Cells{"a b", "c d", "e"}));
  ASSERT_TRUE(table.finish());
  ASSERT_EQ(sink.pages.size(), 3U);
  EXPECT_EQ(sink.pages[2].label, "table t, row 9");
  EXPECT_EQ(text_of(sink.pages[2].words), "e");
}

TEST(table, a_limit_keeps_what_came_before) {
  Limits limits;
  limits.max_text_bytes = 10;
  RecordingSink sink;
  TablePages table(limits, sink, book(), "test");
  ASSERT_TRUE(table.row(1, Cells{"abcd"}));
  ASSERT_TRUE(table.row(2, Cells{"efgh"}));
  ASSERT_TRUE(table.row(3, Cells{"ijkl"}));
  EXPECT_TRUE(table.full());
  ASSERT_TRUE(table.row(4, Cells{"m"}));
  const auto state = table.finish();
  EXPECT_EQ(*state, ItemState::partial);
  ASSERT_EQ(sink.pages.size(), 1U);
  EXPECT_EQ(sink.pages[0].label, "rows 1–2");
  ASSERT_EQ(sink.gaps.size(), 1U);
  EXPECT_EQ(sink.gaps[0].kind, GapKind::limit);
}

TEST(table, pages_beyond_the_limit_are_a_gap) {
  Limits limits;
  limits.max_pages = 2;
  limits.reflow_words_per_page = 1;
  RecordingSink sink;
  TablePages table(limits, sink, book(), "test");
  for (std::uint64_t i = 1; i < 9; ++i) ASSERT_TRUE(table.row(i, Cells{"\xFFx"}));
  EXPECT_EQ(*table.finish(), ItemState::partial);
  EXPECT_EQ(sink.pages.size(), 2U);
  EXPECT_EQ(sink.gaps.size(), 1U);
}

TEST(table, a_long_name_leaves_room_for_the_rows) {
  RecordingSink sink;
  const Limits limits;
  TablePages table(limits, sink, book(), "test");
  std::string name = "sheet ";
  for (int i = 0; i < 200; ++i) name += "ش";
  ASSERT_TRUE(table.begin_table(name));
  ASSERT_TRUE(table.row(12, Cells{"x"}));
  ASSERT_TRUE(table.finish());
  ASSERT_EQ(sink.pages.size(), 1U);
  EXPECT_TRUE(sink.pages[0].label.ends_with(", row 12"));
}

}  // namespace
}  // namespace dragoman::read
