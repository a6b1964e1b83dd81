// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/serve.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <sodium.h>

#include "base/clock.h"
#include "pages/picture_maker.h"
#include "web/doing_routes.h"
#include "web/event_hub.h"
#include "web/picture_routes.h"
#include "web/server.h"

namespace dragoman::web {
namespace {

constexpr std::chrono::milliseconds kLookEvery{500};

/// Looks now and then whether the case has changed, whoever changed it, and tells the pages.
class Watch {
 public:
  Watch(CaseInfo& info, Adding& adding, EventHub& hub)
      : info_(info), adding_(adding), hub_(hub), thread_([this] { run(); }) {}
  ~Watch() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    stop_.notify_all();
    thread_.join();
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  void run() {
    for (;;) {
      const Stopwatch watch;
      const auto changed = info_.changed();
      if (changed && *changed) {
        if (const auto json = info_.get()) hub_.publish(EventKind::case_changed, answer_json(*json).body);
      }
      adding_.look_elsewhere();
      // Counting a large case takes its time: at most a fifth of a core goes into it.
      const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(watch.elapsed());
      std::unique_lock lock(mutex_);
      if (stop_.wait_for(lock, std::max(kLookEvery, took * 5), [this] { return stopping_; })) return;
    }
  }

  CaseInfo& info_;
  Adding& adding_;
  EventHub& hub_;
  std::mutex mutex_;  // guards stopping_
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

/// To the millisecond, so that no two starts are the same: "2026-03-01T12:00:00.123Z".
std::string started_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  std::string text = utc_now();
  text.pop_back();
  return fmt::format("{}.{:03}Z", text, std::chrono::duration_cast<std::chrono::milliseconds>(since).count() % 1000);
}

void resume_later(Uploads& uploads, Adding& adding) {
  const std::string upload = uploads.remove_leftovers();
  if (upload.empty()) return;
  auto taken = uploads.left_by_restart(upload);
  if (!taken) return;
  AddOrder order;
  order.upload = upload;
  order.paths = std::move(taken->paths);
  order.names = std::move(taken->names);
  adding.remember(std::move(order));
}

Result<void> check_folders(const std::vector<std::filesystem::path>& folders) {
  for (const std::filesystem::path& folder : folders) {
    std::error_code error;
    const bool there = std::filesystem::is_directory(folder, error);
    if (!there) return fail(ErrorKind::not_found, "this is no folder; --browse takes folders", folder.string());
  }
  return {};
}

Listening listening_at(ListenAddress address, std::uint16_t port, const std::string& token) {
  // What listens everywhere is opened here.
  std::string host = address.host == "0.0.0.0" ? "127.0.0.1" : address.host == "::" ? "::1" : address.host;
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return {fmt::format("http://{}:{}/?token={}", host, port, token), port, address.is_loopback()};
}

void append(std::vector<Route>& routes, std::vector<Route> more) {
  routes.insert(routes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

Result<void> serve(const ServeOptions& options, const std::function<void(const Listening&)>& on_ready) {
  CHECK(sodium_init() >= 0);
  ListenAddress address = TRY(parse_listen(options.listen));
  TRY_VOID(check_folders(options.browse));
  const store::CaseFolder folder = TRY(store::CaseFolder::open(options.folder));
  const auto info = TRY(CaseInfo::open(folder, started_now()));
  const std::filesystem::path state_folder = TRY(default_state_folder());
  Sessions sessions(TRY(SessionKey::load(state_folder)), info->id());

  // Each part outlives those below it.
  const ServerLimits limits;
  const auto disk = vault::real_disk();
  vault::Originals originals(folder, *disk);
  Log log;
  if (auto opened = Log::open(folder.log() / "serve.log")) log = std::move(*opened);
  EventHub hub;
  Uploads uploads(folder.root() / "incoming");
  Tickets tickets;
  Places places(options.browse.empty() ? default_places() : options.browse);
  Adding adding(
      folder, uploads, [&](const Json& status) { hub.publish(EventKind::add, answer_json(status).body); },
      options.allow_weaker_sandbox);
  Verifying verifying(folder, [&](const Json& status) { hub.publish(EventKind::verify, answer_json(status).body); });
  hub.publish(EventKind::hello, answer_json(Json{{"started", info->started()}}).body);
  resume_later(uploads, adding);
  pages::MakerSettings pictures;
  pictures.allow_weaker = options.allow_weaker_sandbox;
  pages::PictureMaker maker(folder, pictures);
  std::vector<Route> routes = reading_routes();
  append(routes, doing_routes({*info, adding, verifying, places, uploads, tickets}));
  append(routes, picture_routes(maker));
  Service service({sessions, uploads, tickets, originals, options.assets}, std::move(routes));
  Lanes lanes(folder, limits);
  const Watch watch(*info, adding, hub);

  const auto on_listening = [&](std::uint16_t port) {
    address.port = port;
    service.listening(address);
    on_ready(listening_at(address, port, sessions.token()));
  };
  const auto on_ending = [&] {
    adding.stop();
    verifying.stop();
  };
  return run_server(address, {service, lanes, hub, log, limits, on_listening, on_ending});
}

}  // namespace dragoman::web
