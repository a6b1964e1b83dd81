// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/doing_routes.h"

#include <algorithm>

#include "web/api_json.h"

namespace dragoman::web {
namespace {

// Of one order; more are wanted by no one.
constexpr std::size_t kMostPlaces = 1000;
constexpr std::size_t kMostPasswords = 10'000;
constexpr std::size_t kMostLangs = 20;

/// The body of a request as an object; empty when there is none.
Result<Json> body_of(const Request& request) {
  if (request.body.empty()) return Json::object();
  Json json = Json::parse(request.body, nullptr, false);
  if (json.is_discarded() || !json.is_object())
    return fail(ErrorKind::malformed, "the body must be a JSON object", "body");
  return json;
}

Result<std::vector<std::string>> texts_of(const Json& body, const char* name, std::size_t most) {
  std::vector<std::string> texts;
  const auto found = body.find(name);
  if (found == body.end() || found->is_null()) return texts;
  bool right = found->is_array() && found->size() <= most;
  for (std::size_t i = 0; right && i < found->size(); ++i) {
    right = (*found)[i].is_string();
    if (right) texts.push_back((*found)[i].get<std::string>());
  }
  if (!right) return fail(ErrorKind::malformed, "this must be a list of texts, and not too long", name);
  return texts;
}

Result<std::string> text_of(const Json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end() || found->is_null()) return std::string();
  if (!found->is_string()) return fail(ErrorKind::malformed, "this must be a text", name);
  return found->get<std::string>();
}

/// Tesseract's names are file names: letters, digits and low lines.
Result<void> check_langs(const std::vector<std::string>& langs) {
  for (const std::string& lang : langs) {
    const bool right = lang.size() >= 2 && lang.size() <= 20 && std::all_of(lang.begin(), lang.end(), [](char c) {
                         return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
                       });
    if (!right) return fail(ErrorKind::malformed, "this is no language's name; fas, ara and eng are", "langs");
  }
  return {};
}

Result<AddOrder> order_of(const Json& body, const DoingParts& parts) {
  AddOrder order;
  order.langs = TRY(texts_of(body, "langs", kMostLangs));
  TRY_VOID(check_langs(order.langs));
  order.passwords = TRY(texts_of(body, "passwords", kMostPasswords));
  const auto places = TRY(texts_of(body, "places", kMostPlaces));
  for (const std::string& handle : places) {
    Places::Chosen chosen = TRY(parts.places.choose(handle));
    order.paths.push_back(std::move(chosen.path));
    order.names.push_back(std::move(chosen.name));
  }
  // Last: what was taken is given back only by `done`.
  order.upload = TRY(text_of(body, "upload"));
  if (order.upload.empty()) return order;
  Uploads::Taken taken = TRY(parts.uploads.take(order.upload));
  order.paths.insert(order.paths.end(), taken.paths.begin(), taken.paths.end());
  order.names.insert(order.names.end(), taken.names.begin(), taken.names.end());
  return order;
}

Result<Answer> start_adding(const Request& request, const DoingParts& parts) {
  const Json body = TRY(body_of(request));
  TRY_VOID(parts.adding.can_start());
  AddOrder order = TRY(order_of(body, parts));
  const std::string upload = order.upload;
  const auto started = parts.adding.start(std::move(order));
  if (!started && !upload.empty()) parts.uploads.give_back(upload);
  if (!started) return Failure(started.error());
  return answer_json(parts.adding.status(), 202);
}

Result<Answer> start_verifying(const Request& request, Verifying& verifying) {
  const Json body = TRY(body_of(request));
  const std::string head_text = TRY(text_of(body, "head"));
  std::optional<vault::Head> head;
  if (!head_text.empty()) {
    const auto parsed = vault::parse_head(head_text);
    if (!parsed) return fail(ErrorKind::malformed, parsed.error().message, "head");
    head = *parsed;
  }
  const auto record = body.find("record");
  if (record != body.end() && !record->is_boolean())
    return fail(ErrorKind::malformed, "this must be true or false", "record");
  TRY_VOID(verifying.start(head, record != body.end() && record->get<bool>()));
  return answer_json(verifying.status(), 202);
}

Result<Answer> issue_ticket(const Request& request, CaseReader& reader, Tickets& tickets) {
  const evidence::ItemRow item = TRY(item_of(request, reader.db()));
  if (!item.content) return fail(ErrorKind::not_found, "the bytes of this item could not be had");
  const std::string name = last_name(item.path);
  const std::string ticket = tickets.issue({item.content->sha256, name, item.content->size});
  return answer_json(Json{
      {"href", "/originals/" + ticket}, {"name", name}, {"size", item.content->size}, {"type", item.content->mime}});
}

Json state_json(const Uploads::State& state) {
  return Json{{"upload", state.upload}, {"files", state.files}, {"bytes", state.bytes}};
}

Result<Answer> list_places(const Request& request, Places& places) {
  const std::string handle = request.captures.empty() ? std::string() : request.captures[0];
  const std::int64_t from = TRY(cursor_of(request, "places", handle));
  const auto cursor = [&](std::int64_t at) { return Json(to_text({"places", handle, at})); };
  const Json list = TRY(places.list(handle, from, cursor));
  return answer_json(list);
}

std::vector<Route> adding_routes(const DoingParts& parts) {
  Adding& adding = parts.adding;
  const auto act = [&adding](Result<void> (Adding::*action)()) {
    return [&adding, action](const Request&, CaseReader&) -> Result<Answer> {
      TRY_VOID((adding.*action)());
      return answer_json(adding.status(), 202);
    };
  };
  return {
      {Method::get, "/api/add", Lane::quick,
       [&adding](const Request&, CaseReader&) -> Result<Answer> { return answer_json(adding.status()); }},
      {Method::post, "/api/add", Lane::quick,
       [parts](const Request& request, CaseReader&) { return start_adding(request, parts); }},
      {Method::post, "/api/add/pause", Lane::quick, act(&Adding::pause)},
      {Method::post, "/api/add/resume", Lane::quick, act(&Adding::resume)},
      {Method::post, "/api/add/cancel", Lane::quick, act(&Adding::cancel)},
  };
}

std::vector<Route> upload_routes(Uploads& uploads) {
  return {
      {Method::post, "/api/uploads", Lane::quick,
       [&uploads](const Request&, CaseReader&) -> Result<Answer> {
         const Uploads::State state = TRY(uploads.create());
         return answer_json(state_json(state), 201);
       }},
      {Method::get, "/api/uploads/{upload}", Lane::quick,
       [&uploads](const Request& request, CaseReader&) -> Result<Answer> {
         const Uploads::State state = TRY(uploads.state(request.captures[0]));
         return answer_json(state_json(state));
       }},
      {Method::remove, "/api/uploads/{upload}", Lane::quick,
       [&uploads](const Request& request, CaseReader&) -> Result<Answer> {
         TRY_VOID(uploads.give_up(request.captures[0]));
         return answer_json(Json::object());
       }},
  };
}

}  // namespace

std::vector<Route> doing_routes(const DoingParts& parts) {
  std::vector<Route> routes{
      {Method::get, "/api/case", Lane::quick,
       [&info = parts.info](const Request&, CaseReader&) -> Result<Answer> {
         const Json json = TRY(info.get());
         return answer_json(json);
       }},
      {Method::get, "/api/places", Lane::quick,
       [&places = parts.places](const Request& request, CaseReader&) { return list_places(request, places); }},
      {Method::get, "/api/places/{handle}", Lane::quick,
       [&places = parts.places](const Request& request, CaseReader&) { return list_places(request, places); }},
      {Method::get, "/api/verify", Lane::quick,
       [&verifying = parts.verifying](const Request&, CaseReader&) -> Result<Answer> {
         return answer_json(verifying.status());
       }},
      {Method::post, "/api/verify", Lane::quick,
       [&verifying = parts.verifying](const Request& request, CaseReader&) {
         return start_verifying(request, verifying);
       }},
      {Method::post, "/api/items/{id}/original", Lane::quick,
       [&tickets = parts.tickets](const Request& request, CaseReader& reader) {
         return issue_ticket(request, reader, tickets);
       }},
  };
  for (auto& more : {adding_routes(parts), upload_routes(parts.uploads)}) {
    routes.insert(routes.end(), more.begin(), more.end());
  }
  return routes;
}

}  // namespace dragoman::web
