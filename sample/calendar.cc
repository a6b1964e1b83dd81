// SPDX-License-Identifier: AGPL-3.0-or-later
#include "calendar.h"

#include <fmt/format.h>
#include <unicode/calendar.h>
#include <unicode/locid.h>
#include <unicode/timezone.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace dragoman::sample {
namespace {

using MonthNames = std::array<std::string_view, 12>;

constexpr double kMillisecondsPerDay = 86400000.0;

constexpr MonthNames kSolarFa{"فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
                              "مهر",     "آبان",     "آذر",   "دی",  "بهمن",  "اسفند"};
constexpr MonthNames kIslamicFa{"محرم",
                                "صفر",
                                "ربیع‌الاول",
                                "ربیع‌الثانی",
                                "جمادی‌الاول",
                                "جمادی‌الثانی",
                                "رجب",
                                "شعبان",
                                "رمضان",
                                "شوال",
                                "ذی‌القعده",
                                "ذی‌الحجه"};
constexpr MonthNames kGregorianFa{"ژانویه", "فوریه", "مارس",    "آوریل", "مه",     "ژوئن",
                                  "ژوئیه",  "اوت",   "سپتامبر", "اکتبر", "نوامبر", "دسامبر"};
constexpr MonthNames kSolarAr{"فروردين", "أرديبهشت", "خرداد", "تير", "مرداد", "شهريور",
                              "مهر",     "آبان",     "آذر",   "دي",  "بهمن",  "إسفند"};
constexpr MonthNames kIslamicAr{"محرم", "صفر",   "ربيع الأول", "ربيع الآخر", "جمادى الأولى", "جمادى الآخرة",
                                "رجب",  "شعبان", "رمضان",      "شوال",       "ذو القعدة",    "ذو الحجة"};
constexpr MonthNames kGregorianAr{"يناير", "فبراير", "مارس",   "أبريل",  "مايو",   "يونيو",
                                  "يوليو", "أغسطس",  "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"};
constexpr MonthNames kSolarEn{"Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar",
                              "Mehr",      "Aban",        "Azar",    "Dey", "Bahman", "Esfand"};
constexpr MonthNames kIslamicEn{"Muharram",      "Safar",           "Rabi al-Awwal", "Rabi al-Thani",
                                "Jumada al-Ula", "Jumada al-Thani", "Rajab",         "Shaban",
                                "Ramadan",       "Shawwal",         "Dhu al-Qadah",  "Dhu al-Hijjah"};
constexpr MonthNames kGregorianEn{"January", "February", "March",     "April",   "May",      "June",
                                  "July",    "August",   "September", "October", "November", "December"};

const MonthNames& month_names(Lang lang, Calendar calendar) {
  static constexpr std::array kTable{&kSolarFa,     &kIslamicFa, &kGregorianFa, &kSolarAr,    &kIslamicAr,
                                     &kGregorianAr, &kSolarEn,   &kIslamicEn,   &kGregorianEn};
  return *kTable[static_cast<std::size_t>(lang) * 3 + static_cast<std::size_t>(calendar)];
}

std::string_view calendar_name(Calendar calendar) {
  static constexpr std::array<std::string_view, 3> kNames{"solar_hijri", "islamic", "gregorian"};
  return kNames[static_cast<std::size_t>(calendar)];
}

// What follows a year where the reader could mistake the calendar.
std::string_view era(Lang lang, Calendar calendar) {
  if (lang == Lang::fa) {
    return calendar == Calendar::gregorian ? " میلادی" : calendar == Calendar::islamic ? " قمری" : "";
  }
  if (lang == Lang::ar) {
    return calendar == Calendar::gregorian ? " م" : calendar == Calendar::islamic ? " هـ" : " ش";
  }
  return calendar == Calendar::gregorian ? "" : " AH";
}

icu::Calendar& icu_calendar(Calendar calendar) {
  static const auto make = [](const char* keyword) {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::Calendar> made(icu::Calendar::createInstance(
        icu::TimeZone::getGMT()->clone(), icu::Locale("en", nullptr, nullptr, keyword), status));
    if (U_FAILURE(status)) {
      std::abort();  // ICU without its own calendar data: nothing to recover to
    }
    return made;
  };
  static const std::array kCalendars{make("calendar=persian"), make("calendar=islamic-umalqura"),
                                     make("calendar=gregorian")};
  return *kCalendars[static_cast<std::size_t>(calendar)];
}

}  // namespace

CalendarDate in_calendar(Calendar calendar, DayNumber day) {
  UErrorCode status = U_ZERO_ERROR;
  icu::Calendar& c = icu_calendar(calendar);
  c.setTime(day * kMillisecondsPerDay, status);
  return {c.get(UCAL_YEAR, status), c.get(UCAL_MONTH, status) + 1, c.get(UCAL_DATE, status)};
}

DayNumber day_number(Calendar calendar, CalendarDate date) {
  UErrorCode status = U_ZERO_ERROR;
  icu::Calendar& c = icu_calendar(calendar);
  c.clear();
  c.set(date.year, date.month - 1, date.day);
  return static_cast<DayNumber>(c.getTime(status) / kMillisecondsPerDay);
}

std::string iso_date(DayNumber day) {
  const CalendarDate d = in_calendar(Calendar::gregorian, day);
  return fmt::format("{:04}-{:02}-{:02}", d.year, d.month, d.day);
}

DayNumber day_of(std::string_view iso_date) {
  const auto number = [&](std::size_t at, std::size_t length) {
    return std::atoi(std::string(iso_date.substr(at, length)).c_str());
  };
  return day_number(Calendar::gregorian, {number(0, 4), number(5, 2), number(8, 2)});
}

DateMention write_date(Lang lang, Calendar calendar, DateForm form, DayNumber day) {
  const CalendarDate d = in_calendar(calendar, day);
  const std::string_view month = month_names(lang, calendar)[static_cast<std::size_t>(d.month - 1)];
  const std::string_view suffix = era(lang, calendar);
  DateMention mention{.text = {},
                      .calendar = std::string(calendar_name(calendar)),
                      .from = iso_date(day),
                      .to = iso_date(day),
                      .precision = "day"};
  switch (form) {
    case DateForm::long_day: mention.text = fmt::format("{} {} {}{}", d.day, month, d.year, suffix); break;
    case DateForm::short_day:
      mention.text = lang == Lang::en ? fmt::format("{}-{:02}-{:02}", d.year, d.month, d.day)
                                      : fmt::format("{}/{:02}/{:02}", d.year, d.month, d.day);
      break;
    case DateForm::month: {
      const CalendarDate next = d.month == 12 ? CalendarDate{d.year + 1, 1, 1} : CalendarDate{d.year, d.month + 1, 1};
      mention.text = fmt::format("{} {}{}", month, d.year, suffix);
      mention.from = iso_date(day_number(calendar, {d.year, d.month, 1}));
      mention.to = iso_date(day_number(calendar, next) - 1);
      mention.precision = "month";
      break;
    }
    case DateForm::year:
      mention.text = fmt::format("{}{}", d.year, suffix);
      mention.from = iso_date(day_number(calendar, {d.year, 1, 1}));
      mention.to = iso_date(day_number(calendar, {d.year + 1, 1, 1}) - 1);
      mention.precision = "year";
      break;
  }
  mention.text = native_digits(lang, mention.text);
  return mention;
}

DayNumber some_day(Prng& prng) {
  constexpr DayNumber kFirst = 15340;  // 2012-01-01
  constexpr DayNumber kLast = 17896;   // 2018-12-31
  return prng.between(kFirst, kLast);
}

}  // namespace dragoman::sample
