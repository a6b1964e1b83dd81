// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/metadata.h"

#include <set>

#include <gtest/gtest.h>

#include "read/coordinates.h"
#include "read/moment.h"

namespace dragoman::read {
namespace {

struct Row {
  const char* written;
  const char* normal;
};

TEST(Moment, IsReadInEveryNotation) {
  constexpr Row kRows[] = {
      // ISO 8601
      {"2014-10-03T12:00:00+03:30", "2014-10-03T12:00:00+03:30"},
      {"2014-10-03T12:00:00Z", "2014-10-03T12:00:00Z"},
      {"2014-10-03T12:00:00.123456", "2014-10-03T12:00:00"},
      {"2014-10-03 12:00:00", "2014-10-03T12:00:00"},
      {"20141003T120000Z", "2014-10-03T12:00:00Z"},
      {"2014-10-03", "2014-10-03"},
      {"20141003", "2014-10-03"},
      {"2014-10", "2014-10"},
      {"2014", "2014"},
      // RFC 5322 and its forebears
      {"Fri, 3 Oct 2014 12:00:00 +0330", "2014-10-03T12:00:00+03:30"},
      {"Fri, 03 Oct 2014 12:00 -0700 (PDT)", "2014-10-03T12:00:00-07:00"},
      {"3 Oct 14 12:00:00 EST", "2014-10-03T12:00:00-05:00"},
      {"Fri, 3 Oct (the third (of them)) 2014 12:00:00 GMT", "2014-10-03T12:00:00Z"},
      {"Fri, 3 Oct 2014 12:00:00 +9999", "2014-10-03T12:00:00"},
      {"Fri, 3 Oct 2014 12:00:00 XYZ", "2014-10-03T12:00:00"},
      {"Friday, 03-Oct-14 12:00:00 GMT", "2014-10-03T12:00:00Z"},
      {"Fri Oct  3 12:00:00 2014", "2014-10-03T12:00:00"},
      {"Fri Oct  3 9:05:00 UTC 2014", "2014-10-03T09:05:00Z"},
      // PDF
      {"D:20141003120000+03'30'", "2014-10-03T12:00:00+03:30"},
      {"D:20141003120000Z00'00'", "2014-10-03T12:00:00Z"},
      {"D:20141003120000", "2014-10-03T12:00:00"},
      {"D:2014", "2014"},
      // EXIF
      {"2014:10:03 12:00:00", "2014-10-03T12:00:00"},
      // counted
      {"130568112000000000", "2014-10-03T12:00:00Z"},
      {"1412323200", "2014-10-03T08:00:00Z"},
      // never was, or no time
      {"0000:00:00 00:00:00", ""},
      {"2014-13-01", ""},
      {"2014-02-30T12:00:00Z", ""},
      {"Fri, 31 Feb 2014 12:00:00 +0000", ""},
      {"2014-10-03T25:00:00", ""},
      {"yesterday", ""},
      {"", ""},
      {"D:", ""},
  };
  for (const Row& row : kRows) EXPECT_EQ(moment_of(row.written), row.normal) << row.written;
}

TEST(Coordinates, AreReadInEveryNotation) {
  constexpr Row kRows[] = {
      {"+35.6892+051.3890/", "35.6892,51.389"},
      {"-35.5-051.25+1200.5/", "-35.5,-51.25"},
      {"+3541.5+05123.25/", "35.691667,51.3875"},
      {"geo:35.6,51.3;u=35", "35.6,51.3"},
      {"35.6;51.3", "35.6,51.3"},
      {"35.6, -51.3", "35.6,-51.3"},
      {"95.0,51.3", ""},
      {"somewhere", ""},
      {"Paris, France", ""},
  };
  for (const Row& row : kRows) EXPECT_EQ(place_of(row.written), row.normal) << row.written;
  EXPECT_NEAR(*coordinate_of("35/1 41/1 2112/100", "N"), 35.6892, 1e-6);
  EXPECT_NEAR(*coordinate_of("35 deg 41' 21.12\"", "South"), -35.6892, 1e-6);
  EXPECT_NEAR(*coordinate_of("51,23.34W", ""), -51.389, 1e-6);
  EXPECT_FALSE(coordinate_of("0/0 0/0 0/0", "N"));
  EXPECT_FALSE(coordinate_of("35/1 99/1 0/1", "N"));
}

std::string understood(std::vector<Field> fields, std::string_view kind, std::string_view key) {
  understand(fields, kind);
  for (const Field& field : fields) {
    if (field.key == key) return field.name + "=" + field.normal;
  }
  return "?";
}

TEST(Metadata, OneNameForWhatFormatsCallDifferently) {
  struct Known {
    const char* kind;
    Field field;
    const char* expected;
  };
  const Known kRows[] = {
      {"pdf", {"Creator", "Writer 5"}, "creator=Writer 5"},
      {"docx", {"dc:creator", "  A.\n Karimi "}, "author=A. Karimi"},
      {"odt", {"dc:creator", "B"}, "last_author=B"},
      {"odt", {"meta:initial-creator", "A"}, "author=A"},
      {"odt", {"dc:date", "2014-10-03T12:00:00"}, "modified=2014-10-03T12:00:00"},
      {"docx", {"cp:lastModifiedBy", "B"}, "last_author=B"},
      {"doc", {"LastAuthor", "B"}, "last_author=B"},
      {"xlsx", {"Application", "Excel"}, "creator=Excel"},
      {"pdf", {"CreationDate", "D:20141003"}, "created=2014-10-03"},
      {"mail", {"date", "Fri, 3 Oct 2014 12:00:00 +0330"}, "sent=2014-10-03T12:00:00+03:30"},
      {"video", {"date", "2014"}, "created=2014"},
      {"mail", {"received", "from a by b; Fri, 3 Oct 2014 12:00:00 +0000"}, "received=2014-10-03T12:00:00Z"},
      {"mail", {"Message-ID", "<a@b>"}, "message_id=a@b"},
      {"mail", {"references", "<a@b>\r\n <c@d>"}, "references=a@b c@d"},
      {"image", {"Xmp.dc.creator", "C"}, "author=C"},
      {"image", {"Iptc.Application2.Byline", "C"}, "author=C"},
      {"audio", {"duration", "1:02:03.9"}, "duration=3723"},
      {"audio", {"duration", "PT1H2M3S"}, "duration=3723"},
      {"video", {"location", "+35.6892+051.3890/"}, "place=35.6892,51.389"},
      {"text", {"location", "Room 4"}, "location=Room 4"},
      {"docx", {"custom:Author", "nobody's business"}, "="},
      {"docx", {"unheard of", "x"}, "="},
      {"pdf", {"ModDate", "soon"}, "modified="},
  };
  for (const Known& row : kRows) EXPECT_EQ(understood({row.field}, row.kind, row.field.key), row.expected);
}

TEST(Metadata, ZonesMakesAndLongitudesStandBeside) {
  const std::vector<Field> fields = {
      {"Exif.Photo.DateTimeOriginal", "2014:10:03 12:00:00"},
      {"Exif.Photo.OffsetTimeOriginal", "+03:30"},
      {"Exif.Image.DateTime", "2014:10:04 12:00:00"},
      {"Exif.Image.Make", "Canon"},
      {"Exif.Image.Model", "EOS 400D"},
      {"Exif.GPSInfo.GPSLatitude", "35/1 41/1 2112/100"},
      {"Exif.GPSInfo.GPSLatitudeRef", "N"},
      {"Exif.GPSInfo.GPSLongitude", "51/1 23/1 2040/100"},
      {"Exif.GPSInfo.GPSLongitudeRef", "E"},
  };
  EXPECT_EQ(understood(fields, "image", "Exif.Photo.DateTimeOriginal"), "taken=2014-10-03T12:00:00+03:30");
  EXPECT_EQ(understood(fields, "image", "Exif.Image.DateTime"), "modified=2014-10-04T12:00:00") << "no zone is said";
  EXPECT_EQ(understood(fields, "image", "Exif.Image.Model"), "device=Canon EOS 400D");
  EXPECT_EQ(understood(fields, "image", "Exif.GPSInfo.GPSLatitude"), "place=35.6892,51.389");
}

TEST(Metadata, KeysStandOnceInTheTable) {
  std::set<std::string_view> keys;
  for (const Meaning& row : meanings()) EXPECT_TRUE(keys.insert(row.key).second) << row.key;
}

}  // namespace
}  // namespace dragoman::read
