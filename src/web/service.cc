// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/service.h"

#include <algorithm>
#include <array>
#include <ctime>

#include <fmt/format.h>

#include "base/utf8.h"
#include "web/locked_page.h"
#include "web/server_limits.h"

namespace dragoman::web {
namespace {

using namespace std::string_view_literals;

constexpr std::pair<std::string_view, std::string_view> kCommonHeaders[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; "
     "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
     "require-trusted-types-for 'script'; trusted-types svelte-trusted-html dragoman; report-uri /csp-report"sv},
    {"X-Content-Type-Options"sv, "nosniff"sv},
    {"Referrer-Policy"sv, "no-referrer"sv},
    {"Cross-Origin-Opener-Policy"sv, "same-origin"sv},
    {"Cross-Origin-Resource-Policy"sv, "same-origin"sv},
    {"Permissions-Policy"sv,
     "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "
     "microphone=(), midi=(), payment=(), serial=(), usb=()"sv},
    {"Cache-Control"sv, "no-store"sv},
};

Plan answered(Plan plan, Answer answer) {
  plan.kind = Plan::Kind::answer;
  plan.answer = std::move(answer);
  return plan;
}

Answer no_method() {
  return problem(405, "method", "Not possible here", "this address does not know that method");
}

bool is_api(const Target& target) {
  return !target.segments.empty() &&
         (target.segments[0] == "api" || target.segments[0] == "csp-report" || target.segments[0] == "originals");
}

Approach approach_of(const Head& head, const Target& target) {
  return {*head.method,    !is_api(target), head.host,       head.origin,
          head.fetch_site, head.fetch_mode, head.fetch_dest, head.own_header};
}

/// The target as it was sent, without the parameter "token".
std::string without_token(std::string_view target) {
  const std::size_t question = target.find('?');
  std::string out(target.substr(0, question));
  std::string_view query = question == std::string_view::npos ? ""sv : target.substr(question + 1);
  char joint = '?';
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    if (part == "token" || part.starts_with("token=")) continue;
    out += joint;
    out += part;
    joint = '&';
  }
  return out;
}

const std::string* token_of(const Target& target) {
  for (const auto& [name, value] : target.query) {
    if (name == "token") return &value;
  }
  return nullptr;
}

}  // namespace

std::span<const std::pair<std::string_view, std::string_view>> common_headers() {
  return kCommonHeaders;
}

Service::Service(Parts parts, std::vector<Route> routes) : parts_(parts), router_(std::move(routes)) {}

Plan Service::plan(const Head& head) {
  if (!head.method) return answered({}, no_method());
  if (head.target.size() > ServerLimits{}.target_bytes) {
    return answered({}, problem(414, "limit", "Too long", "the address is longer than 8 KiB"));
  }
  auto target = parse_target(head.target);
  if (!target) return answered({}, answer_problem(target.error()));
  if (!is_valid_utf8(head.etag)) return answered({}, problem(400, "malformed", "This cannot be understood", "headers"));
  const Approach approach = approach_of(head, *target);
  const bool report = target->path == "/csp-report" && head.method == Method::post;
  const auto refusal = report ? gate_->refuses_report(approach) : gate_->refuses(approach);
  if (refusal) return answered({}, *refusal);
  if (report) {
    ++reports_;
    Answer noted;
    noted.status = 204;
    return answered({}, std::move(noted));
  }
  Plan plan;
  if (auto other = enter(head, *target, plan)) return std::move(*other);
  if (is_api(*target)) return plan_api(head, std::move(*target), std::move(plan));
  return plan_asset(head, *target, std::move(plan));
}

/// nullopt: come in; else what is answered instead. A cookie to be renewed is put into the plan.
std::optional<Plan> Service::enter(const Head& head, const Target& target, Plan& plan) {
  const Sessions::Time now = std::time(nullptr);
  const auto standing = parts_.sessions.standing(head.cookie, now);
  const bool page = head.method == Method::get && !is_api(target);
  const std::string* token = page ? token_of(target) : nullptr;
  const bool token_right = token != nullptr && parts_.sessions.token_is_right(*token);
  // An old address opened again by somebody who is in: the token leaves the address all the same. "//host" would lead
  // away from here, and browsers take a backslash for a slash.
  const bool leads_away = head.target.size() > 1 && (head.target[1] == '/' || head.target[1] == '\\');
  if (token != nullptr && (token_right || standing != Sessions::Standing::none) && !leads_away) {
    Answer there;
    there.status = 303;
    there.headers.emplace_back("Location", without_token(head.target));
    if (token_right) there.headers.emplace_back("Set-Cookie", parts_.sessions.cookie(now));
    return answered({}, std::move(there));
  }
  if (standing == Sessions::Standing::to_renew) plan.set_cookie = parts_.sessions.cookie(now);
  if (standing != Sessions::Standing::none) return std::nullopt;
  if (page) return answered({}, locked_page());
  return answered({}, problem(401, "session", "Not let in", "open the address that dragoman printed in the terminal"));
}

Plan Service::plan_api(const Head& head, Target target, Plan plan) {
  const auto& segments = target.segments;
  if (segments[0] == "originals" && segments.size() == 2 && head.method == Method::get) {
    return plan_original(segments[1], std::move(plan));
  }
  if (target.path == "/api/events" && head.method == Method::get) {
    plan.kind = Plan::Kind::events;
    return plan;
  }
  if (target.path == "/api/csp" && head.method == Method::get) {
    return answered(std::move(plan), answer_json(Json{{"reports", reports_}}));
  }
  if (segments.size() == 3 && segments[1] == "uploads" && head.method == Method::put) {
    return plan_upload(std::move(target), std::move(plan));
  }
  Router::Match match = router_.find(*head.method, segments);
  if (match.route == nullptr) {
    if (match.other_method) return answered(std::move(plan), no_method());
    return answered(std::move(plan), answer_problem({ErrorKind::not_found, "there is nothing under this address", {}}));
  }
  if (head.has_body && !head.content_type.starts_with("application/json")) {
    return answered(std::move(plan), answer_problem({ErrorKind::unsupported, "the body must be application/json", {}}));
  }
  plan.kind = Plan::Kind::handle;
  plan.route = match.route;
  plan.route_number = static_cast<std::int64_t>(match.number);
  plan.request.method = *head.method;
  plan.request.path = std::move(target.path);
  plan.request.captures = std::move(match.captures);
  plan.request.query = std::move(target.query);
  return plan;
}

Plan Service::plan_upload(Target target, Plan plan) {
  std::string name;
  for (auto& [key, value] : target.query) {
    if (key == "name") name = std::move(value);
  }
  auto file = parts_.uploads.begin_file(target.segments[2], name);
  if (!file) return answered(std::move(plan), answer_problem(file.error()));
  plan.kind = Plan::Kind::upload;
  plan.upload = std::move(*file);
  return plan;
}

Answer Service::upload_answer(const std::string& upload) const {
  const auto state = parts_.uploads.state(upload);
  if (!state) return answer_problem(state.error());
  return answer_json(Json{{"upload", state->upload}, {"files", state->files}, {"bytes", state->bytes}}, 201);
}

Plan Service::plan_original(const std::string& ticket, Plan plan) {
  const auto original = parts_.tickets.redeem(ticket);
  if (!original) return answered(std::move(plan), answer_problem(original.error()));
  auto file = parts_.originals.open(original->blob);
  if (!file) return answered(std::move(plan), answer_problem(file.error()));
  plan.kind = Plan::Kind::file;
  plan.file = std::move(*file);
  plan.answer.type = "application/octet-stream";
  plan.answer.headers.emplace_back("Content-Disposition", disposition_of(original->name));
  plan.answer.headers.emplace_back("Content-Security-Policy", "default-src 'none'; sandbox");
  return plan;
}

Plan Service::plan_asset(const Head& head, const Target& target, Plan plan) const {
  if (head.method != Method::get) return answered(std::move(plan), no_method());
  const Asset* asset = find_asset(parts_.assets, target.path);
  // The pages have addresses of their own, which the script in index.html reads; a file that is not there has none.
  const bool file = !target.segments.empty() && target.segments[0] == "assets";
  if (asset == nullptr && !file) asset = find_asset(parts_.assets, "/index.html");
  if (asset == nullptr) {
    return answered(std::move(plan), answer_problem({ErrorKind::not_found, "there is nothing under this address", {}}));
  }
  Answer answer;
  answer.type = asset->type;
  answer.headers.emplace_back("ETag", asset->etag);
  answer.headers.emplace_back("Vary", "Accept-Encoding");
  answer.headers.emplace_back("Cache-Control",
                              asset->immutable ? "private, max-age=31536000, immutable" : "private, no-cache");
  if (head.etag == asset->etag) {
    answer.status = 304;
  } else if (!asset->gzip.empty() && head.encodings.find("gzip") != std::string_view::npos) {
    answer.headers.emplace_back("Content-Encoding", "gzip");
    answer.body = asset->gzip;
  } else {
    answer.body = asset->bytes;
  }
  return answered(std::move(plan), std::move(answer));
}

}  // namespace dragoman::web
