// SPDX-License-Identifier: AGPL-3.0-or-later
// Days in the three calendars of the leak. ICU does the arithmetic: Solar Hijri by its Persian
// calendar, Islamic by Umm al-Qura.
#pragma once

#include <string>
#include <string_view>

#include "letter.h"
#include "prng.h"

namespace dragoman::sample {

enum class Calendar { solar_hijri, islamic, gregorian };

struct CalendarDate {
  int year = 0;
  int month = 0;  // from 1
  int day = 0;    // from 1
};

// Days since 1970-01-01.
using DayNumber = int;

CalendarDate in_calendar(Calendar calendar, DayNumber day);
DayNumber day_number(Calendar calendar, CalendarDate date);
std::string iso_date(DayNumber day);
DayNumber day_of(std::string_view iso_date);

// How a date is written.
enum class DateForm { long_day, short_day, month, year };

DateMention write_date(Lang lang, Calendar calendar, DateForm form, DayNumber day);

// A day in the years the leak covers, 2012 to 2018.
DayNumber some_day(Prng& prng);

}  // namespace dragoman::sample
