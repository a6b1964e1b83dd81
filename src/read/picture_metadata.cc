// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/picture_metadata.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <exiv2/exiv2.hpp>
#include <functional>
#include <optional>

#include "base/utf8.h"
#include "read/encoding.h"
#include "read/picture_comments.h"
#include "record/page.h"

namespace dragoman::read {
namespace {

// A value that is bytes or a list of numbers (a colour profile, a maker's block, where strips lie) tells a person
// nothing unless it is short.
constexpr long kMostNumbers = 64;
constexpr std::size_t kMostValue = 30'000;

std::string utf8(const std::string& value) {
  std::string text = is_valid_utf8(value) ? value : decode_text(value).utf8;
  while (!text.empty() && (text.back() == '\0' || text.back() == ' ')) text.pop_back();
  if (text.size() > kMostValue) text.resize(kMostValue);
  return to_valid_utf8(text);
}

bool is_binary(const Exiv2::Metadatum& datum) {
  switch (datum.typeId()) {
    case Exiv2::asciiString:
    case Exiv2::comment:
    case Exiv2::string:
    case Exiv2::date:
    case Exiv2::time: return false;
    default: return datum.count() > kMostNumbers;
  }
}

bool starts(const std::string& text, std::string_view with) {
  return text.starts_with(with);
}

std::string value_of(const Exiv2::Exifdatum& datum, const Exiv2::ExifData& all) {
  const std::string key = datum.key();
  // Text behind a name of its encoding.
  if (const auto* comment = dynamic_cast<const Exiv2::CommentValue*>(&datum.value())) return utf8(comment->comment());
  // Text in UTF-16 that is declared as bytes.
  if (starts(key, "Exif.Image.XP") || key == "Exif.GPSInfo.GPSProcessingMethod" ||
      key == "Exif.GPSInfo.GPSAreaInformation") {
    return utf8(datum.print(&all));
  }
  if (is_binary(datum)) return {};
  return utf8(datum.toString());
}

/// Fills a PictureMetadata from an open picture.
class Collector {
 public:
  explicit Collector(const Exiv2::Image& image) : image_(image) {}
  PictureMetadata collect();

 private:
  void exif(bool standard);
  void iptc();
  void xmp();
  void together();
  void add(std::string key, std::string value);
  void say(std::string_view name, const std::string& value);
  std::string exif_text(const char* key) const;
  std::optional<double> degrees(const char* key, const char* reference, std::string_view negative) const;

  const Exiv2::Image& image_;
  PictureMetadata out_;
  std::vector<std::string> said_;
};

struct Spoken {
  std::string_view key;
  std::string_view name;
};

// What people write and what tells where, when and with what; the same words said twice are said once.
constexpr Spoken kSpoken[] = {
    {"Xmp.dc.title", "Title"},
    {"Exif.Image.XPTitle", "Title"},
    {"Iptc.Application2.ObjectName", "Title"},
    {"Iptc.Application2.Headline", "Headline"},
    {"Xmp.photoshop.Headline", "Headline"},
    {"Exif.Image.ImageDescription", "Description"},
    {"Xmp.dc.description", "Description"},
    {"Iptc.Application2.Caption", "Caption"},
    {"Exif.Image.XPComment", "Comment"},
    {"Exif.Photo.UserComment", "Comment"},
    {"Xmp.exif.UserComment", "Comment"},
    {"Exif.Image.XPSubject", "Subject"},
    {"Exif.Image.XPKeywords", "Keywords"},
    {"Xmp.dc.subject", "Keywords"},
    {"Iptc.Application2.Keywords", "Keywords"},
    {"Iptc.Application2.SpecialInstructions", "Instructions"},
    {"Xmp.photoshop.Instructions", "Instructions"},
    {"Exif.Image.Artist", "Artist"},
    {"Exif.Image.XPAuthor", "Artist"},
    {"Exif.Photo.CameraOwnerName", "Camera owner"},
    {"Xmp.aux.OwnerName", "Camera owner"},
    {"Xmp.dc.creator", "Creator"},
    {"Iptc.Application2.Byline", "By"},
    {"Iptc.Application2.Writer", "Writer"},
    {"Xmp.photoshop.CaptionWriter", "Writer"},
    {"Iptc.Application2.Credit", "Credit"},
    {"Xmp.photoshop.Credit", "Credit"},
    {"Iptc.Application2.Source", "Source"},
    {"Xmp.photoshop.Source", "Source"},
    {"Exif.Image.Copyright", "Copyright"},
    {"Xmp.dc.rights", "Copyright"},
    {"Iptc.Application2.Copyright", "Copyright"},
    {"Iptc.Application2.SubLocation", "Place"},
    {"Xmp.iptc.Location", "Place"},
    {"Iptc.Application2.City", "City"},
    {"Xmp.photoshop.City", "City"},
    {"Iptc.Application2.ProvinceState", "Province"},
    {"Xmp.photoshop.State", "Province"},
    {"Iptc.Application2.CountryName", "Country"},
    {"Xmp.photoshop.Country", "Country"},
    {"Exif.GPSInfo.GPSAreaInformation", "Area"},
    {"Exif.Image.Software", "Software"},
    {"Xmp.xmp.CreatorTool", "Software"},
    {"Exif.Photo.BodySerialNumber", "Serial number"},
    {"Exif.Image.CameraSerialNumber", "Serial number"},
    {"Xmp.aux.SerialNumber", "Serial number"},
    {"Exif.Image.HostComputer", "Host computer"},
    {"Xmp.photoshop.DateCreated", "Created"},
};

void Collector::add(std::string key, std::string value) {
  if (value.empty() || out_.fields.size() >= kMostPictureFields) return;
  for (const Spoken& row : kSpoken) {
    if (row.key == key) say(row.name, value);
  }
  out_.fields.push_back({std::move(key), std::move(value)});
}

void Collector::say(std::string_view name, const std::string& value) {
  const std::vector<Word> words = words_of(value);
  if (words.empty()) return;
  const std::string text = text_of(words);
  if (std::find(said_.begin(), said_.end(), text) != said_.end()) return;
  said_.push_back(text);
  out_.text += std::string(name) + ": " + text + "\n";
}

std::string Collector::exif_text(const char* key) const {
  const auto found = image_.exifData().findKey(Exiv2::ExifKey(key));
  return found == image_.exifData().end() ? std::string() : value_of(*found, image_.exifData());
}

// Degrees, minutes and seconds as three fractions. Out of range or 0/0: none.
std::optional<double> Collector::degrees(const char* key, const char* reference, std::string_view negative) const {
  const auto found = image_.exifData().findKey(Exiv2::ExifKey(key));
  if (found == image_.exifData().end() || found->count() < 1) return std::nullopt;
  double sum = 0;
  double unit = 1;
  for (long i = 0; i < std::min<long>(3, found->count()); ++i, unit *= 60) {
    const Exiv2::Rational part = found->toRational(i);
    if (part.second == 0 && part.first == 0 && i > 0) continue;
    if (part.second == 0) return std::nullopt;
    // Exiv2 hands unsigned fractions out as signed ones.
    sum += static_cast<double>(static_cast<std::uint32_t>(part.first)) /
           static_cast<double>(static_cast<std::uint32_t>(part.second)) / unit;
  }
  if (!(sum <= 180)) return std::nullopt;
  return exif_text(reference).starts_with(negative) ? -sum : sum;
}

// "2014:10:03 12:00:00" as "2014-10-03T12:00:00"; anything else unchanged.
std::string iso(std::string time) {
  const bool exif_form = time.size() >= 19 && time[4] == ':' && time[7] == ':' && time[10] == ' ';
  if (!exif_form) return time;
  time.resize(19);
  time[4] = time[7] = '-';
  time[10] = 'T';
  return time;
}

// What makes sense only when several values are put together; as fields they stay apart (metadata.h joins them).
void Collector::together() {
  const std::optional<double> latitude = degrees("Exif.GPSInfo.GPSLatitude", "Exif.GPSInfo.GPSLatitudeRef", "S");
  const std::optional<double> longitude = degrees("Exif.GPSInfo.GPSLongitude", "Exif.GPSInfo.GPSLongitudeRef", "W");
  if (latitude && longitude && std::abs(*latitude) <= 90) {
    char text[64];
    std::snprintf(text, sizeof text, "%.6f,%.6f", *latitude, *longitude);
    say("Position", text);
  }
  std::string device = exif_text("Exif.Image.Make");
  const std::string model = exif_text("Exif.Image.Model");
  // Many write the maker into the model as well.
  device = device.empty() || model.starts_with(device) ? model : device + (model.empty() ? "" : " ") + model;
  say("Device", device);
  std::string taken = iso(exif_text("Exif.Photo.DateTimeOriginal"));
  if (taken.empty()) taken = iso(exif_text("Exif.Image.DateTimeOriginal"));
  if (taken.empty() || taken.starts_with("0000")) return;
  // EXIF 2.31, 4.6.6: "+03:30", or blank where it is not known.
  const std::string zone = exif_text("Exif.Photo.OffsetTimeOriginal");
  if (zone.size() == 6 && (zone[0] == '+' || zone[0] == '-')) taken += zone;
  say("Taken", taken);
}

void Collector::exif(bool standard) {
  for (const Exiv2::Exifdatum& datum : image_.exifData()) {
    const std::string group = datum.groupName();
    const bool known = group == "Image" || group == "Photo" || group == "GPSInfo" || group == "Iop";
    if (known != standard || group.starts_with("Thumb")) continue;
    add(datum.key(), value_of(datum, image_.exifData()));
  }
}

void Collector::iptc() {
  const char* charset = image_.iptcData().detectCharset();
  const bool utf = charset != nullptr && std::string_view(charset) == "UTF-8";
  for (const Exiv2::Iptcdatum& datum : image_.iptcData()) {
    if (is_binary(datum)) continue;
    const std::string value = datum.toString();
    add(datum.key(), utf ? to_valid_utf8(value) : utf8(value));
  }
}

// 'lang="x-default" text' is text.
std::string without_language(const std::string& value) {
  if (!value.starts_with("lang=\"")) return value;
  const std::size_t end = value.find("\" ");
  return end == value.npos ? value : value.substr(end + 2);
}

void add_xmp(const Exiv2::XmpData& data, const std::function<void(std::string, std::string)>& add) {
  for (const Exiv2::Xmpdatum& datum : data) {
    const Exiv2::TypeId type = datum.typeId();
    if (type == Exiv2::langAlt && datum.count() > 1) {
      const auto& alternatives = dynamic_cast<const Exiv2::LangAltValue&>(datum.value());
      for (const auto& [language, text] : alternatives.value_) add(datum.key(), utf8(text));
    } else if (type == Exiv2::xmpBag || type == Exiv2::xmpSeq || type == Exiv2::xmpAlt) {
      for (long i = 0; i < datum.count(); ++i) add(datum.key(), utf8(datum.toString(i)));
    } else if (const std::string value = datum.toString(); !value.starts_with("type=\"")) {
      // What is left out is the name of a structure; its parts follow.
      add(datum.key(), utf8(without_language(value)));
    }
  }
}

void Collector::xmp() {
  // A preview in base64 is no text.
  const auto take = [this](std::string key, std::string value) {
    if (key.find("image") == key.npos || value.size() < 4096) add(std::move(key), std::move(value));
  };
  add_xmp(image_.xmpData(), take);
}

PictureMetadata Collector::collect() {
  together();
  exif(true);
  iptc();
  xmp();
  const std::string comment = image_.comment();
  if (!comment.empty()) {
    say("Comment", utf8(comment));
    add("Comment", utf8(comment));
  }
  exif(false);
  return std::move(out_);
}

auto opened(std::string_view bytes) {
  auto image =
      Exiv2::ImageFactory::open(reinterpret_cast<const Exiv2::byte*>(bytes.data()), static_cast<long>(bytes.size()));
  if (image.get() != nullptr) image->readMetadata();
  return image;
}

}  // namespace

std::vector<Field> xmp_fields(std::string_view packet) {
  std::vector<Field> out;
  try {
    Exiv2::XmpData data;
    if (Exiv2::XmpParser::decode(data, std::string(packet)) != 0) return out;
    add_xmp(data, [&out](std::string key, std::string value) {
      if (!value.empty() && value.size() < kMostValue && out.size() < kMostPictureFields)
        out.push_back({std::move(key), std::move(value)});
    });
  } catch (const std::exception&) {
    out.clear();
  }
  return out;
}

PictureMetadata picture_metadata(std::string_view bytes) {
  PictureMetadata out;
  try {
    const auto image = opened(bytes);
    if (image.get() != nullptr) out = Collector(*image).collect();
  } catch (const std::exception&) {
    // Broken metadata of a picture that may be sound: what the container says itself is still there.
    out = {};
  }
  for (const PictureComment& comment : picture_comments(bytes)) {
    if (out.fields.size() >= kMostPictureFields) break;
    if (comment.written) out.text += comment.keyword + ": " + text_of(words_of(comment.text)) + "\n";
    out.fields.push_back({comment.keyword, comment.text});
  }
  return out;
}

void warm_up_picture_metadata() {
  Exiv2::LogMsg::setLevel(Exiv2::LogMsg::mute);
  Exiv2::enableBMFF(true);
  Exiv2::XmpParser::initialize();
  static_cast<void>(
      xmp_fields("<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
                 "<rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:format>a</dc:format>"
                 "</rdf:Description></rdf:RDF></x:xmpmeta>"));
}

}  // namespace dragoman::read
