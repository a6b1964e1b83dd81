// SPDX-License-Identifier: AGPL-3.0-or-later
// Server-sent events: what happens, told to every page that listens. Of each kind a client has one place in its queue,
// and a newer event takes the place of an older one: a slow client loses steps in between, never the last, and no
// queue grows.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::web {

/// In the order in which they are sent.
enum class EventKind : std::uint8_t { hello, case_changed, add, verify };
inline constexpr std::size_t kEventKinds = 4;
/// "hello", "case", "add", "verify".
std::string_view to_string(EventKind kind);

class EventHub {
 public:
  /// Called when there is something to take, from any thread, with the hub locked: it may only post.
  using Wake = std::function<void()>;

  class Client {
   public:
    /// All that waits, in the form of text/event-stream; empty when nothing does.
    std::string take();
    /// The hub was closed: no more will come.
    bool over() const;

   private:
    friend class EventHub;
    explicit Client(EventHub& hub, Wake wake) : hub_(&hub), wake_(std::move(wake)) {}
    EventHub* hub_;
    Wake wake_;
    std::array<std::optional<std::string>, kEventKinds> waiting_;
  };

  /// Gets the newest event of each kind at once. Forgotten when the caller drops it; the hub must outlive it.
  std::shared_ptr<Client> join(Wake wake);
  /// `data` is JSON on one line.
  void publish(EventKind kind, std::string data);
  /// Ends all streams: they are woken once more, and never after.
  void close();

 private:
  std::mutex mutex_;  // guards everything, clients' queues as well
  bool closed_ = false;
  std::array<std::optional<std::string>, kEventKinds> newest_;
  std::vector<std::weak_ptr<Client>> clients_;  // shared with their connections
};

}  // namespace dragoman::web
