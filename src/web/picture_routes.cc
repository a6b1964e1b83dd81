// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/picture_routes.h"

#include <limits>
#include <string>
#include <utility>

#include "evidence/items.h"
#include "evidence/pages.h"

namespace dragoman::web {
namespace {

Result<pages::Size> size_of(const Request& request) {
  const std::string name = request.parameter("size").value_or("screen");
  const auto size = pages::size_named(name);
  if (!size) return fail(ErrorKind::malformed, "the size is thumb, screen or large", "size");
  return *size;
}

Result<evidence::ContentRow> content_of(store::Database& db, ItemId id) {
  const auto item = TRY(evidence::item(db, id));
  if (!item) return fail(ErrorKind::not_found, "the case has no such item");
  if (!item->content) return fail(ErrorKind::not_found, "the bytes of this item could not be had");
  return *item->content;
}

Result<pages::PageKey> key_of(const Request& request, CaseReader& reader) {
  const pages::Size size = TRY(size_of(request));
  const ItemId id(TRY(request.id(0)));
  const std::int64_t number = TRY(request.id(1));
  const evidence::ContentRow content = TRY(content_of(reader.db(), id));
  if (number > std::numeric_limits<std::uint32_t>::max()) return fail(ErrorKind::not_found, "there is no such page");
  const PageIndex page(static_cast<std::uint32_t>(number));
  const auto row = TRY(evidence::page(reader.db(), content.id, page));
  if (!row) return fail(ErrorKind::not_found, "there is no such page");
  if (!(row->width > 0 && row->height > 0)) {
    return fail(ErrorKind::unsupported, "this page has text only, no picture");
  }
  return pages::PageKey{content.sha256, page, size};
}

Result<Answer> picture(pages::PictureMaker& maker, const Request& request, CaseReader& reader) {
  const pages::PageKey key = TRY(key_of(request, reader));
  // `no-store`, like every answer: a browser must not keep pictures of evidence in files of its own.
  Answer answer;
  answer.headers = {{"X-Content-Type-Options", "nosniff"}, {"Content-Disposition", "inline"}};
  const pages::PagePicture made = TRY(maker.get(key));
  answer.type = made.mime;
  answer.body = *made.bytes;
  return answer;
}

}  // namespace

std::vector<Route> picture_routes(pages::PictureMaker& maker) {
  return {{Method::get, "/api/items/{id}/pages/{page}/picture", Lane::picture,
           [&maker](const Request& request, CaseReader& reader) { return picture(maker, request, reader); }}};
}

}  // namespace dragoman::web
