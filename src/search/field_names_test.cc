// SPDX-License-Identifier: AGPL-3.0-or-later
#include "search/field_names.h"

#include <gtest/gtest.h>

#include "search/query.h"

namespace dragoman::search {
namespace {

TEST(FieldNames, TimesFitByTheirBeginning) {
  const char* noon = "2014-10-03T12:00:00+03:30";
  for (const char* wanted : {"2014", "2014-10", "2014-10-03", "2014-10-03t12", "2014-10..2014-12", "..2014-10-03",
                             "2014-10-03..", "2013..2014"}) {
    EXPECT_TRUE(time_fits(noon, wanted)) << wanted;
  }
  for (const char* wanted :
       {"2013", "2014-11", "2014-10-04", "2014-10-03t13", "2014-11..", "..2014-09", "2015..2016"}) {
    EXPECT_FALSE(time_fits(noon, wanted)) << wanted;
  }
  EXPECT_FALSE(time_fits("2014", "2014-10")) << "only the year is known";
  EXPECT_TRUE(time_fits("2014", "2014-10..2015"));
  EXPECT_FALSE(time_fits("", "..2014"));
}

TEST(FieldNames, PlacesFitABoxOrLieNear) {
  EXPECT_TRUE(place_fits("35.6892,51.389", "35.6..35.8,51.2..51.5"));
  EXPECT_FALSE(place_fits("35.6892,51.6", "35.6..35.8,51.2..51.5"));
  EXPECT_TRUE(place_fits("35.6892,51.389", "35.7,51.4"));
  EXPECT_FALSE(place_fits("35.6892,51.389", "35.7,51.6"));
  EXPECT_TRUE(place_fits("-17,179.5", "-20..-10,178..-178")) << "across the line of the day";
  EXPECT_TRUE(place_fits("-17,-179.5", "-20..-10,178..-178"));
  EXPECT_FALSE(place_fits("-17,0", "-20..-10,178..-178"));
}

TEST(FieldNames, NumbersFitByValue) {
  EXPECT_TRUE(number_fits("100", "60..600"));
  EXPECT_FALSE(number_fits("1000", "60..600"));
  EXPECT_TRUE(number_fits("007", "7"));
  EXPECT_TRUE(number_fits("9", "..10"));
  EXPECT_FALSE(number_fits("9", "10.."));
}

TEST(FieldNames, EveryExampleParsesAndPrintsItself) {
  for (const FieldName& field : field_names()) {
    const std::string text = std::string(field.name) + ":" + std::string(field.example);
    const auto query = parse_query(text);
    ASSERT_TRUE(query) << text << ": " << query.error().message;
    EXPECT_TRUE(query->only_filters()) << text;
    const auto again = parse_query(to_string(*query));
    ASSERT_TRUE(again) << to_string(*query);
    EXPECT_EQ(to_string(*again), to_string(*query));
  }
}

}  // namespace
}  // namespace dragoman::search
