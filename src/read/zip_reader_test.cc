// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "read/recorded_reading.h"
#include "read/zip_of.h"

namespace dragoman::read {
namespace {

std::string noise(std::size_t size) {
  std::string out;
  std::uint32_t state = 7;
  while (out.size() < size) {
    state = state * 1664525 + 1013904223;
    out.push_back(static_cast<char>(state >> 24));
  }
  return out;
}

TEST(ZipReader, members_are_children_in_order) {
  const Reading reading = read_named(zip_of({{"dir/", ""}, {"dir/a.txt", "alpha"}, {"../../b", "beta"}}), "x.zip");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.mime, "application/zip");
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].header.name, "dir/a.txt");
  EXPECT_EQ(reading.children[0].header.ordinal, 0U);
  EXPECT_EQ(reading.children[0].bytes, "alpha");
  EXPECT_EQ(reading.children[0].end, ChildEnd::complete);
  EXPECT_EQ(reading.children[1].header.name, "../../b");
  EXPECT_TRUE(reading.gaps.empty());
}

TEST(ZipReader, documents_of_iwork_give_their_members_and_ask_for_a_conversion) {
  const Reading reading = read_named(zip_of({{"Index/Document.iwa", "packed"}, {"Data/a.txt", "alpha"}}), "plan.pages");
  EXPECT_EQ(reading.mime, "application/vnd.apple.iwork");
  EXPECT_EQ(reading.state, ItemState::unsupported);
  EXPECT_EQ(reading.children.size(), 2U);
  EXPECT_TRUE(reading.has_gap(GapKind::unsupported));
}

TEST(ZipReader, names_in_unknown_encodings_are_kept_as_bytes) {
  const Reading reading = read_bytes(zip_of({{"\x90\xD2.txt", "x"}}, "zip:hdrcharset=BINARY"));
  ASSERT_EQ(reading.children.size(), 1U);
  EXPECT_EQ(reading.children[0].header.name, "%90%D2.txt");
}

TEST(ZipReader, encrypted_members_open_with_a_password) {
  const std::string zip = zip_of({{"a", "secret one"}, {"b", "secret two"}}, "", "kaj");
  const Reading locked = read_bytes(zip, {"x.zip", {"wrong"}, {}});
  EXPECT_EQ(locked.state, ItemState::encrypted);
  ASSERT_EQ(locked.children.size(), 2U);
  EXPECT_EQ(locked.children[0].end, ChildEnd::encrypted);
  EXPECT_EQ(locked.gaps.back().kind, GapKind::encrypted);
  EXPECT_EQ(locked.gaps.back().where, "");
  const Reading open = read_bytes(zip, {"x.zip", {"wrong", "kaj"}, {}});
  EXPECT_EQ(open.state, ItemState::read);
  ASSERT_EQ(open.children.size(), 2U);
  EXPECT_EQ(open.children[1].bytes, "secret two");
}

TEST(ZipReader, truncated_archive_keeps_what_came_before) {
  std::string zip = zip_of({{"first", "first whole"}, {"second", noise(5000)}});
  zip.resize(3000);
  const Reading reading = read_bytes(zip);
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.has_gap(GapKind::truncated));
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].bytes, "first whole");
  EXPECT_EQ(reading.children[0].end, ChildEnd::complete);
  EXPECT_EQ(reading.children[1].end, ChildEnd::truncated);
}

TEST(ZipReader, damaged_member_costs_itself_only) {
  std::string zip = zip_of({{"a", noise(3000)}, {"b", "good"}}, "zip:compression=store");
  zip[1000] = static_cast<char>(zip[1000] ^ 1);
  const Reading reading = read_bytes(zip);
  EXPECT_EQ(reading.state, ItemState::partial);
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].end, ChildEnd::failed);
  EXPECT_EQ(reading.children[1].bytes, "good");
}

TEST(ZipReader, bomb_stops_at_the_limit) {
  ReadRequest request;
  request.limits.max_unpacked_bytes = 10'000;
  const Reading reading = read_bytes(zip_of({{"small", "x"}, {"bomb", std::string(500'000, 'z')}}), request);
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.has_gap(GapKind::limit));
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].end, ChildEnd::complete);
  EXPECT_LE(reading.children[1].bytes.size(), 10'000U);
}

TEST(ZipReader, bomb_stops_by_its_own_ratio_long_before_the_archive_s) {
  ReadRequest request;
  request.limits.ratio_floor_bytes = 100'000;
  const std::string noisy = noise(1'000'000);  // the archive as a whole may unpack to 250 MB
  const Reading reading = read_bytes(zip_of({{"noise", noisy}, {"bomb", std::string(50'000'000, 'z')}}), request);
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.has_gap(GapKind::limit));
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].bytes, noisy);
  EXPECT_LT(reading.children[1].bytes.size(), 10'000'000U);
}

TEST(ZipReader, members_that_the_directory_counts_and_nobody_finds_are_a_gap) {
  std::string zip = zip_of({{"a", "1"}, {"b", "2"}});
  zip[zip.rfind("PK\5\6") + 10] = 5;  // entries in all
  const Reading reading = read_bytes(zip);
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_EQ(reading.children.size(), 2U);
  EXPECT_TRUE(reading.has_gap(GapKind::malformed));
  ASSERT_EQ(reading.counts.size(), 1U);
  EXPECT_EQ(reading.counts[0].read, 2U);
}

TEST(ZipReader, too_many_members_stop_at_the_limit) {
  ReadRequest request;
  request.limits.max_members = 2;
  const Reading reading = read_bytes(zip_of({{"a", "1"}, {"b", "2"}, {"c", "3"}}), request);
  EXPECT_EQ(reading.children.size(), 2U);
  EXPECT_TRUE(reading.has_gap(GapKind::limit));
}

TEST(ZipReader, empty_archive_is_read) {
  const Reading reading = read_bytes(std::string("PK\5\6", 4) + std::string(18, '\0'));
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_TRUE(reading.children.empty());
}

}  // namespace
}  // namespace dragoman::read
