// SPDX-License-Identifier: AGPL-3.0-or-later
#include "pages/picture_listener.h"

#include <utility>

namespace dragoman::pages {

Result<void> PictureListener::record(std::string_view /*bytes*/) {
  return fail(ErrorKind::malformed, "a picture has no records");
}

Result<void> PictureListener::child_begin(std::string_view /*header*/) {
  if (++members_ > 1) return fail(ErrorKind::malformed, "a page has one picture");
  return {};
}

Result<void> PictureListener::child_bytes(std::string_view bytes) {
  if (bytes.size() > max_bytes_ - bytes_.size()) return fail(ErrorKind::limit, "the picture is too large");
  bytes_ += bytes;
  return {};
}

Result<void> PictureListener::child_end(std::uint8_t /*how*/) {
  return {};
}

void PictureListener::finished(Result<void> outcome) {
  if (!outcome) {
    done_(Failure(std::move(outcome).error()));
  } else {
    done_(std::move(bytes_));
  }
}

}  // namespace dragoman::pages
