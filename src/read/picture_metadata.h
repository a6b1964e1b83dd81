// SPDX-License-Identifier: AGPL-3.0-or-later
// exiv2 behind values: what a picture file says about itself (EXIF, XMP, IPTC, comments).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "record/item.h"

namespace dragoman::read {

/// At most this many values are taken of one picture; those of the camera's maker come last and are the ones left out.
inline constexpr std::size_t kMostPictureFields = 450;

struct PictureMetadata {
  // exiv2's keys with the values as found, numbers as EXIF writes them ("51/1 30/1 0/1").
  std::vector<Field> fields;
  // What people wrote and what says where ("lat,lon", decimal degrees), when (ISO 8601, with a zone only where the file
  // gives one) and by which device, a line each ("Caption: …"); empty when there is no such value.
  std::string text;
};

/// `bytes` are any kind of picture that exiv2 knows. Metadata that cannot be read are none: the picture may be sound.
PictureMetadata picture_metadata(std::string_view bytes);

/// An XMP packet that stands in another kind of file, its values under exiv2's keys ("Xmp.dc.title").
std::vector<Field> xmp_fields(std::string_view packet);

/// Loads the XMP toolkit and the tables of tags; before the lock.
void warm_up_picture_metadata();

}  // namespace dragoman::read
