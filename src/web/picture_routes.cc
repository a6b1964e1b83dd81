// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/picture_routes.h"

#include <string>
#include <utility>

#include "web/api_json.h"

namespace dragoman::web {
namespace {

Result<pages::Size> size_of(const Request& request) {
  const std::string name = request.parameter("size").value_or("screen");
  const auto size = pages::size_named(name);
  if (!size) return fail(ErrorKind::malformed, "the size is thumb, screen or large", "size");
  return *size;
}

Result<pages::PageKey> key_of(const Request& request, CaseReader& reader) {
  const pages::Size size = TRY(size_of(request));
  const evidence::ItemRow item = TRY(item_of(request, reader.db()));
  if (!item.content) return fail(ErrorKind::not_found, "the bytes of this item could not be had");
  const evidence::PageRow page = TRY(page_of(request, reader.db(), item));
  if (!(page.width > 0 && page.height > 0)) {
    return fail(ErrorKind::unsupported, "this page has text only, no picture");
  }
  return pages::PageKey{item.content->sha256, page.number, size};
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
