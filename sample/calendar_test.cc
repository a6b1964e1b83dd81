// SPDX-License-Identifier: AGPL-3.0-or-later
#include "calendar.h"

#include <gtest/gtest.h>

namespace dragoman::sample {
namespace {

struct Row {
  Calendar calendar;
  CalendarDate date;
  const char* iso;
};

TEST(Calendar, AgreesWithPublishedTables) {
  const Row rows[] = {
      {Calendar::solar_hijri, {1391, 12, 30}, "2013-03-20"},  // a leap year's last day
      {Calendar::solar_hijri, {1392, 1, 1}, "2013-03-21"},
      {Calendar::solar_hijri, {1393, 1, 1}, "2014-03-21"},
      {Calendar::solar_hijri, {1393, 4, 12}, "2014-07-03"},
      {Calendar::solar_hijri, {1395, 12, 30}, "2017-03-20"},
      {Calendar::solar_hijri, {1397, 10, 11}, "2019-01-01"},
      {Calendar::islamic, {1435, 9, 1}, "2014-06-28"},  // first of Ramadan in the Umm al-Qura table
      {Calendar::islamic, {1436, 1, 1}, "2014-10-25"},
      {Calendar::islamic, {1437, 10, 1}, "2016-07-06"},
      {Calendar::gregorian, {2016, 2, 29}, "2016-02-29"},
  };
  for (const Row& row : rows) {
    const DayNumber day = day_number(row.calendar, row.date);
    EXPECT_EQ(iso_date(day), row.iso);
    EXPECT_EQ(day_of(row.iso), day);
    const CalendarDate back = in_calendar(row.calendar, day);
    EXPECT_EQ(back.year, row.date.year);
    EXPECT_EQ(back.month, row.date.month);
    EXPECT_EQ(back.day, row.date.day);
  }
}

TEST(Calendar, WritesAMonthAsTheDaysItHas) {
  const DateMention month = write_date(Lang::fa, Calendar::solar_hijri, DateForm::month, day_of("2014-07-03"));
  EXPECT_EQ(month.text, "تیر ۱۳۹۳");
  EXPECT_EQ(month.from, "2014-06-22");
  EXPECT_EQ(month.to, "2014-07-22");
  EXPECT_EQ(month.precision, "month");
}

TEST(Calendar, WritesEachLanguagesDigitsAndEra) {
  const DayNumber day = day_of("2014-07-03");
  EXPECT_EQ(write_date(Lang::fa, Calendar::solar_hijri, DateForm::short_day, day).text, "۱۳۹۳/۰۴/۱۲");
  EXPECT_EQ(write_date(Lang::ar, Calendar::islamic, DateForm::long_day, day).text, "٦ رمضان ١٤٣٥ هـ");
  EXPECT_EQ(write_date(Lang::ar, Calendar::gregorian, DateForm::year, day).text, "٢٠١٤ م");
  EXPECT_EQ(write_date(Lang::en, Calendar::gregorian, DateForm::long_day, day).text, "3 July 2014");
}

}  // namespace
}  // namespace dragoman::sample
