// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/event_hub.h"

namespace dragoman::web {

std::string_view to_string(EventKind kind) {
  switch (kind) {
    case EventKind::hello: return "hello";
    case EventKind::case_changed: return "case";
    case EventKind::add: return "add";
    case EventKind::verify: return "verify";
  }
  return "";
}

std::string EventHub::Client::take() {
  const std::lock_guard lock(hub_->mutex_);
  std::string text;
  for (std::size_t i = 0; i < kEventKinds; ++i) {
    if (!waiting_[i]) continue;
    text += "event: ";
    text += to_string(static_cast<EventKind>(i));
    text += "\ndata: " + *waiting_[i] + "\n\n";
    waiting_[i].reset();
  }
  return text;
}

bool EventHub::Client::over() const {
  const std::lock_guard lock(hub_->mutex_);
  return hub_->closed_;
}

std::shared_ptr<EventHub::Client> EventHub::join(Wake wake) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Client> client(new Client(*this, std::move(wake)));
  client->waiting_ = newest_;
  std::erase_if(clients_, [](const auto& known) { return known.expired(); });
  clients_.push_back(client);
  return client;
}

void EventHub::publish(EventKind kind, std::string data) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  const auto slot = static_cast<std::size_t>(kind);
  newest_[slot] = std::move(data);
  for (const auto& known : clients_) {
    const auto client = known.lock();
    if (!client) continue;
    client->waiting_[slot] = newest_[slot];
    client->wake_();
  }
}

void EventHub::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const auto& known : clients_) {
    if (const auto client = known.lock()) client->wake_();
  }
}

}  // namespace dragoman::web
