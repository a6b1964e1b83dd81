// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cast.h"

namespace dragoman::sample {
namespace {

constexpr Trilingual kGivenNames[] = {
    {"کیوان", "كيوان", "Kayvan"},      {"رامین", "رامين", "Ramin"},  {"بهرام", "بهرام", "Bahram"},
    {"جلال", "جلال", "Jalal"},         {"کریم", "كريم", "Karim"},    {"منصور", "منصور", "Mansur"},
    {"فرید", "فريد", "Farid"},         {"سیامک", "سيامك", "Siamak"}, {"یوسف", "يوسف", "Yusuf"},
    {"ابراهیم", "إبراهيم", "Ibrahim"}, {"خلیل", "خليل", "Khalil"},   {"نادر", "نادر", "Nader"},
    {"حاتم", "حاتم", "Hatem"},         {"طارق", "طارق", "Tareq"},    {"انور", "أنور", "Anwar"},
    {"سهراب", "سهراب", "Sohrab"},      {"ولی", "ولي", "Vali"},       {"ادریس", "إدريس", "Idris"},
    {"منیر", "منير", "Munir"},         {"شکیب", "شكيب", "Shakib"},   {"ادیب", "أديب", "Adib"},
    {"ظهیر", "ظهير", "Zahir"},         {"رستم", "رستم", "Rostam"},   {"یعقوب", "يعقوب", "Yaqub"},
};

constexpr Trilingual kFamilyNames[] = {
    {"تلبارانی", "تلباراني", "Tolbarani"},  {"نیلوشی", "نيلوشي", "Nilvashi"},
    {"هرسومی", "هرسومي", "Harsomi"},        {"پلنداری", "بلنداري", "Pelandari"},
    {"گوراوینی", "غورافيني", "Goravini"},   {"شمروقی", "شمروقي", "Shemroqi"},
    {"وشکانی", "وشكاني", "Vashkani"},       {"برتلامی", "برتلامي", "Bartelami"},
    {"دژواری", "دجواري", "Dezhvari"},       {"خلمانی", "خلماني", "Khelmani"},
    {"استامیری", "أستاميري", "Ostamiri"},   {"رمزولی", "رمزولي", "Ramzuli"},
    {"قندوشی", "قندوشي", "Qandushi"},       {"زورکی", "زوركي", "Zavraki"},
    {"کمروشی", "كمروشي", "Kamrushi"},       {"اندلاگی", "أندلاغي", "Andelagi"},
    {"سیروندی", "سيرفندي", "Sirvendi"},     {"تیشپاری", "تيشباري", "Tishpari"},
    {"یلکانی", "يلكاني", "Yelkani"},        {"مرغونی", "مرغوني", "Marghuni"},
    {"تالمیرایی", "تالميرائي", "Talmirai"}, {"فیروندایی", "فيروندائي", "Firundai"},
};

constexpr Trilingual kTowns[] = {
    {"تلباران", "تلباران", "Tolbaran"}, {"زرکونه", "زركونة", "Zarkuneh"},  {"نیلوش", "نيلوش", "Nilvash"},
    {"هرسومه", "هرسومة", "Harsomeh"},   {"پلندار", "بلندار", "Pelandar"},  {"گوراوین", "غورافين", "Goravin"},
    {"شمروق", "شمروق", "Shemroq"},      {"وشکان", "وشكان", "Vashkan"},     {"برتلام", "برتلام", "Bartelam"},
    {"دژوار", "دجوار", "Dezhvar"},      {"خلمان", "خلمان", "Khelman"},     {"استامیر", "أستامير", "Ostamir"},
    {"رمزول", "رمزول", "Ramzul"},       {"قندوش", "قندوش", "Qandush"},     {"تالمیرا", "تالميرا", "Talmira"},
    {"زورک", "زورك", "Zavrak"},         {"فیروندا", "فيروندا", "Firunda"}, {"کمروش", "كمروش", "Kamrush"},
    {"اندلاگ", "أندلاغ", "Andelag"},    {"سیروند", "سيرفند", "Sirvend"},   {"مرغون", "مرغون", "Marghun"},
    {"تیشپار", "تيشبار", "Tishpar"},    {"یلکان", "يلكان", "Yelkan"},      {"اسکارود", "أسكارود", "Oskarud"},
};

constexpr Trilingual kOffices[] = {
    {"وزارت امنیت داخلی ورزنیا", "وزارة الأمن الداخلي في ورزنيا", "Ministry of Internal Security of Varzenia"},
    {"اداره کل هماهنگی مرزی ورزنیا", "الإدارة العامة للتنسيق الحدودي في ورزنيا",
     "Directorate of Border Coordination of Varzenia"},
    {"سازمان پیگیری و ارزیابی ورزنیا", "هيئة المتابعة والتقييم في ورزنيا",
     "Varzenia Office of Monitoring and Assessment"},
    {"سفارت ورزنیا در یلکان", "سفارة ورزنيا في يلكان", "Embassy of Varzenia in Yelkan"},
    {"وزارت راه و آب کلموریا", "وزارة الطرق والمياه في كلموريا", "Ministry of Roads and Water of Kelmoria"},
    {"سرویس اطلاعات عمومی کلموریا", "جهاز الاستخبارات العامة في كلموريا", "General Intelligence Service of Kelmoria"},
    {"ستاد مشترک مرزبانی کلموریا", "هيئة الأركان المشتركة لحرس الحدود في كلموريا",
     "Joint Staff of the Kelmoria Border Guard"},
    {"دبیرخانه کمیسیون مشترک", "أمانة اللجنة المشتركة", "Secretariat of the Joint Commission"},
    {"کنسولگری کلموریا در گوراوین", "القنصلية الكلمورية في غورافين", "Consulate of Kelmoria in Goravin"},
    {"دفتر ویژه نخست‌وزیر ورزنیا", "المكتب الخاص لرئيس وزراء ورزنيا",
     "Special Office of the Prime Minister of Varzenia"},
    {"مرکز پژوهش‌های مرزی تلباران", "مركز الدراسات الحدودية في تلباران",
     "Tolbaran Centre for Border Studies"},
    {"گمرک ناحیه شرقی کلموریا", "جمارك المنطقة الشرقية في كلموريا", "Eastern District Customs of Kelmoria"},
};

}  // namespace

std::span<const Trilingual> given_names() {
  return kGivenNames;
}
std::span<const Trilingual> family_names() {
  return kFamilyNames;
}
std::span<const Trilingual> towns() {
  return kTowns;
}
std::span<const Trilingual> offices() {
  return kOffices;
}

}  // namespace dragoman::sample
