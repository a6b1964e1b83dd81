// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/server.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <set>

#include <fmt/format.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "base/clock.h"

namespace dragoman::web {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

// Bytes read and thrown away behind an answer that came before its request was read to the end, so that the other
// side reads the answer and not a reset.
constexpr std::uint64_t kLingerBytes = 8 << 20;
constexpr std::chrono::seconds kLingerTime{2};
// Boost 1.74 takes "no limit" for one of 0 when a length is announced.
constexpr std::uint64_t kNoLimit = UINT64_MAX;
// Connections that still answer when the server ends get this long.
constexpr std::chrono::seconds kEndingTime{3};

std::string_view view(boost::string_view text) {
  return {text.data(), text.size()};
}
boost::string_view boosted(std::string_view text) {
  return {text.data(), text.size()};
}

std::optional<Method> method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get: return Method::get;
    case http::verb::post: return Method::post;
    case http::verb::put: return Method::put;
    case http::verb::delete_: return Method::remove;
    default: return std::nullopt;
  }
}

template <class Fields>
Head head_of(const Fields& fields) {
  const auto field = [&](auto name) { return view(fields[name]); };
  Head head;
  head.method = method_of(fields.method());
  head.target = view(fields.target());
  head.host = field(http::field::host);
  head.origin = field(http::field::origin);
  head.cookie = field(http::field::cookie);
  head.fetch_site = field("Sec-Fetch-Site");
  head.fetch_mode = field("Sec-Fetch-Mode");
  head.fetch_dest = field("Sec-Fetch-Dest");
  head.own_header = field("X-Dragoman");
  head.content_type = field(http::field::content_type);
  head.etag = field(http::field::if_none_match);
  head.encodings = field(http::field::accept_encoding);
  return head;
}

template <class Message>
void set_headers(Message& message, const Answer& answer, const std::string& set_cookie) {
  message.result(static_cast<unsigned>(answer.status));
  if (answer.status != 304 && answer.status != 204) message.set(http::field::content_type, answer.type);
  for (const auto& [name, value] : common_headers()) message.set(boosted(name), boosted(value));
  for (const auto& [name, value] : answer.headers) message.set(name, value);
  if (!set_cookie.empty()) message.set(http::field::set_cookie, set_cookie);
}

Answer too_large() {
  return answer_problem({ErrorKind::limit, "the body is larger than 1 MiB", "body"});
}

class Connection;

/// What the connections share. Its thread is the one that runs `context`.
struct Host {
  const ServerParts& parts;
  // Before the context: connections that its end takes with it leave this set.
  std::set<Connection*> connections{};
  bool ending = false;
  asio::io_context context{1};
  // Writes uploads: a slow disk must not hold up the answers.
  asio::thread_pool disk{1};
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, Host& host) : stream_(std::move(socket)), host_(host), heartbeat_(host.context) {
    host_.connections.insert(this);
  }
  ~Connection() { host_.connections.erase(this); }

  void begin() { read_head(); }

  /// The server ends: what is asked just now is still answered.
  void end() {
    closing_ = true;
    if (idle_) close();
  }
  void close() {
    error_code ignored;
    heartbeat_.cancel();
    stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
    stream_.close();
  }

 private:
  template <class Function>
  auto bound(Function function) {
    return beast::bind_front_handler(function, shared_from_this());
  }

  // ----- the head

  void read_head() {
    head_.emplace();
    head_->header_limit(host_.parts.limits.header_bytes);
    head_->body_limit(kNoLimit);
    idle_ = true;
    stream_.expires_after(host_.parts.limits.idle);
    http::async_read_header(stream_, buffer_, *head_, bound(&Connection::on_head_));
  }
  static void on_head_(const std::shared_ptr<Connection>& self, error_code error, std::size_t) { self->on_head(error); }

  void on_head(error_code error) {
    idle_ = false;
    if (error == http::error::header_limit) {
      return refuse(problem(431, "limit", "Too long", "the head of the request is longer than 16 KiB"));
    }
    if (error.category() == http::make_error_code(http::error::end_of_stream).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message) {
      return refuse(problem(400, "malformed", "This cannot be understood", "this is no HTTP request"));
    }
    if (error) return close();
    watch_ = Stopwatch();
    Head head = head_of(head_->get());
    const auto length = head_->content_length();
    head.has_body = head_->chunked() || (length && *length > 0);
    // A body that nobody asked for is not read: what follows it could not be told from it.
    keep_alive_ = head_->get().keep_alive() && (head_->is_done() || head.method != Method::get);
    plan_ = host_.parts.service.plan(head);
    carry_out();
  }

  void carry_out() {
    switch (plan_.kind) {
      case Plan::Kind::answer:
        return head_->is_done() ? send(std::move(plan_.answer)) : refuse(std::move(plan_.answer));
      case Plan::Kind::handle: return head_->is_done() ? dispatch() : read_body();
      case Plan::Kind::upload: return begin_upload();
      case Plan::Kind::file: return send_file();
      case Plan::Kind::events: return begin_events();
    }
  }

  // ----- a small body, a handler

  void read_body() {
    // An announced length is checked here: the parser did so when it read the head, which may precede any upload.
    const auto length = head_->content_length();
    if (length && *length > host_.parts.limits.body_bytes) return refuse(too_large());
    body_.emplace(std::move(*head_));
    body_->body_limit(host_.parts.limits.body_bytes);
    stream_.expires_after(host_.parts.limits.transfer);
    http::async_read(stream_, buffer_, *body_, bound(&Connection::on_body_));
  }
  static void on_body_(const std::shared_ptr<Connection>& self, error_code error, std::size_t) { self->on_body(error); }

  void on_body(error_code error) {
    if (error == http::error::body_limit) {
      return refuse(too_large());
    }
    if (error) return close();
    plan_.request.body = std::move(body_->get().body());
    body_.reset();
    dispatch();
  }

  void dispatch() {
    stream_.expires_never();
    const auto gone = watch_peer();
    auto job = [self = shared_from_this(), gone](Result<CaseReader*> reader) mutable {
      Answer answer;
      if (!*gone) answer = self->handled(reader);
      auto& context = self->host_.context;
      // Moved, not copied: a connection may end on its own thread only.
      asio::post(context,
                 [self = std::move(self), answer = std::move(answer)]() mutable { self->send(std::move(answer)); });
    };
    if (!host_.parts.lanes.run(plan_.route->lane, std::move(job))) {
      send(problem(503, "busy", "Too much is asked", "the server is busy; try again in a moment"));
    }
  }

  /// On a thread of a lane; the connection itself does nothing meanwhile.
  Answer handled(const Result<CaseReader*>& reader) const {
    if (!reader) return answer_problem(reader.error());
    try {
      auto answer = plan_.route->handler(plan_.request, **reader);
      return answer ? std::move(*answer) : answer_problem(answer.error());
    } catch (const std::exception&) {
      // The last catch of this thread: a fault of the program costs one answer.
      return problem(500, "internal", "Internal error", "the program failed at this; the log of the case says when");
    }
  }

  /// Becomes true when the other side hangs up: nobody needs the answer then, and a browser that scrolls on gives up
  /// many pictures.
  std::shared_ptr<std::atomic<bool>> watch_peer() {
    auto gone = std::make_shared<std::atomic<bool>>(false);  // shared with the job
    stream_.socket().async_wait(tcp::socket::wait_read, [self = shared_from_this(), gone](error_code error) {
      char byte = 0;
      if (!error && ::recv(self->stream_.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
        *gone = true;
    });
    return gone;
  }

  // ----- answers

  void refuse(Answer answer) {
    keep_alive_ = false;
    linger_ = true;
    send(std::move(answer));
  }

  void send(Answer answer) {
    note(answer.status);
    auto& response = response_.emplace();
    response.version(11);
    set_headers(response, answer, plan_.set_cookie);
    response.body() = std::move(answer.body);
    response.keep_alive(keep_alive_ && !closing_);
    if (answer.status != 304 && answer.status != 204) {
      response.prepare_payload();
    }
    stream_.expires_after(host_.parts.limits.transfer);
    http::async_write(stream_, response, bound(&Connection::on_sent_));
  }
  static void on_sent_(const std::shared_ptr<Connection>& self, error_code error, std::size_t) { self->on_sent(error); }

  void on_sent(error_code error) {
    const bool again = !error && response_->keep_alive();
    response_.reset();
    plan_ = Plan();
    if (error) return close();
    if (linger_) return linger();
    if (!again) return close();
    read_head();
  }

  void linger() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(kLingerTime);
    piece_.resize(host_.parts.limits.piece_bytes);
    drain(kLingerBytes);
  }

  void drain(std::uint64_t left) {
    stream_.async_read_some(asio::buffer(piece_), [self = shared_from_this(), left](error_code error, std::size_t got) {
      if (error || got >= left) return self->close();
      self->drain(left - got);
    });
  }

  void note(int status) {
    host_.parts.log.event(
        "request",
        {{"route", plan_.route_number}, {"status", status}, {"ms", static_cast<std::int64_t>(watch_.milliseconds())}});
  }

  // ----- originals

  void send_file() {
    note(200);
    beast::file_posix file;
    file.native_handle(plan_.file.release());
    file_.emplace();
    file_->version(11);
    set_headers(*file_, plan_.answer, plan_.set_cookie);
    file_->keep_alive(keep_alive_ && !closing_);
    error_code error;
    file_->body().reset(std::move(file), error);
    if (error) return close();
    file_->prepare_payload();
    file_writer_.emplace(*file_);
    write_file();
  }

  void write_file() {
    stream_.expires_after(host_.parts.limits.transfer);
    http::async_write_some(stream_, *file_writer_, bound(&Connection::on_file_));
  }
  static void on_file_(const std::shared_ptr<Connection>& self, error_code error, std::size_t) { self->on_file(error); }

  void on_file(error_code error) {
    if (error) return close();
    if (!file_writer_->is_done()) return write_file();
    const bool again = file_->keep_alive() && !closing_;
    file_writer_.reset();
    file_.reset();
    plan_ = Plan();
    if (!again) return close();
    read_head();
  }

  // ----- uploads

  void begin_upload() {
    pieces_.emplace(std::move(*head_));
    pieces_->body_limit(kNoLimit);
    piece_.resize(host_.parts.limits.piece_bytes);
    read_piece();
  }

  void read_piece() {
    auto& body = pieces_->get().body();
    body.data = piece_.data();
    body.size = piece_.size();
    stream_.expires_after(host_.parts.limits.transfer);
    http::async_read(stream_, buffer_, *pieces_, bound(&Connection::on_piece_));
  }
  static void on_piece_(const std::shared_ptr<Connection>& self, error_code error, std::size_t) {
    self->on_piece(error);
  }

  void on_piece(error_code error) {
    if (error && error != http::error::need_buffer) return close();  // the file goes with the plan
    const std::size_t size = piece_.size() - pieces_->get().body().size;
    stream_.expires_never();
    asio::post(host_.disk, [self = shared_from_this(), size, last = pieces_->is_done()]() mutable {
      auto written = self->plan_.upload->write({self->piece_.data(), size});
      if (written && last) written = self->plan_.upload->finish();
      auto& context = self->host_.context;
      asio::post(context,
                 [self = std::move(self), written = std::move(written), last] { self->on_written(written, last); });
    });
  }

  void on_written(const Result<void>& written, bool last) {
    if (written && !last) return read_piece();
    const std::string upload = plan_.upload->upload();
    plan_.upload.reset();
    pieces_.reset();
    if (!written) return refuse(answer_problem(written.error()));
    send(host_.parts.service.upload_answer(upload));
  }

  // ----- events

  void begin_events() {
    note(200);
    events_head_.emplace();
    events_head_->version(11);
    Answer answer;
    answer.type = "text/event-stream";
    set_headers(*events_head_, answer, plan_.set_cookie);
    events_head_->chunked(true);
    events_writer_.emplace(*events_head_);
    // Weak: the hub knows of this connection, but does not keep it.
    client_ = host_.parts.events.join([weak = weak_from_this(), &context = host_.context] {
      asio::post(context, [weak] {
        if (const auto self = weak.lock()) self->pump();
      });
    });
    writing_ = true;
    stream_.expires_after(host_.parts.limits.transfer);
    http::async_write_header(stream_, *events_writer_, bound(&Connection::on_events_sent_));
    const auto gone = watch_peer();
  }
  static void on_events_sent_(const std::shared_ptr<Connection>& self, error_code error, std::size_t) {
    self->writing_ = false;
    if (error) return self->close();
    self->stream_.expires_never();
    self->pump();
  }

  /// Writes what waits; else a comment after a while, so that both sides notice when the other is gone.
  void pump() {
    if (writing_) return;
    if (client_->over() || closing_) return close();
    std::string text = client_->take();
    if (!text.empty()) return write_event(std::move(text));
    heartbeat_.expires_after(host_.parts.limits.heartbeat);
    heartbeat_.async_wait([self = shared_from_this()](error_code error) {
      if (!error && !self->writing_) self->write_event(": still here\n\n");
    });
  }

  void write_event(std::string text) {
    heartbeat_.cancel();
    writing_ = true;
    event_ = std::move(text);
    stream_.expires_after(host_.parts.limits.transfer);
    asio::async_write(stream_, http::make_chunk(asio::buffer(event_)), bound(&Connection::on_events_sent_));
  }

  beast::tcp_stream stream_;
  Host& host_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::empty_body>> head_;
  std::optional<http::request_parser<http::string_body>> body_;
  std::optional<http::request_parser<http::buffer_body>> pieces_;
  std::optional<http::response<http::string_body>> response_;
  std::optional<http::response<http::file_body>> file_;
  std::optional<http::response_serializer<http::file_body>> file_writer_;
  std::optional<http::response<http::empty_body>> events_head_;
  std::optional<http::response_serializer<http::empty_body>> events_writer_;
  std::shared_ptr<EventHub::Client> client_;  // shared with nobody; the hub holds it weakly
  asio::steady_timer heartbeat_;
  std::string event_;
  std::string piece_;
  Plan plan_;
  Stopwatch watch_;
  bool idle_ = false;
  bool keep_alive_ = false;
  bool linger_ = false;
  bool closing_ = false;
  bool writing_ = false;
};

// ----- accepting

class Acceptor {
 public:
  explicit Acceptor(Host& host) : host_(host), acceptor_(host.context), signals_(host.context), ending_(host.context) {}

  Result<std::uint16_t> listen(const ListenAddress& address) {
    error_code error;
    const tcp::endpoint endpoint = TRY(endpoint_of(address));
    acceptor_.open(endpoint.protocol(), error);
    if (!error) ::fcntl(acceptor_.native_handle(), F_SETFD, FD_CLOEXEC);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    const std::string place = fmt::format("{}:{}", address.host, address.port);
    if (error == asio::error::address_in_use) {
      return fail(ErrorKind::conflict,
                  "this address is taken by another program; name another, as in --listen 127.0.0.1:0 for any port "
                  "that is free",
                  place);
    }
    if (error)
      return fail(ErrorKind::io, "cannot listen: " + error.message() + "; --listen names another address", place);
    return acceptor_.local_endpoint(error).port();
  }

  void begin() {
    signals_.add(SIGINT);
    signals_.add(SIGTERM);
    signals_.async_wait([this](error_code error, int) {
      if (!error) end();
    });
    accept();
  }

 private:
  Result<tcp::endpoint> endpoint_of(const ListenAddress& address) {
    error_code error;
    const std::string host = address.host == "localhost" ? "127.0.0.1" : address.host;
    const auto figures = asio::ip::make_address(host, error);
    if (!error) return tcp::endpoint(figures, address.port);
    tcp::resolver resolver(host_.context);
    const auto found = resolver.resolve(host, std::to_string(address.port), error);
    if (error || found.empty()) return fail(ErrorKind::not_found, "no address has this name", address.host);
    return found.begin()->endpoint();
  }

  void accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (!error) welcome(std::move(socket));
      // Out of descriptors: the next one that is closed frees one.
      if (error) return pause();
      accept();
    });
  }

  void pause() {
    ending_.expires_after(std::chrono::milliseconds(100));
    ending_.async_wait([this](error_code error) {
      if (!error && !host_.ending) accept();
    });
  }

  void welcome(tcp::socket socket) {
    if (host_.connections.size() >= host_.parts.limits.connections) return;  // closed by its destruction
    ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    std::make_shared<Connection>(std::move(socket), host_)->begin();
  }

  void end() {
    host_.ending = true;
    error_code ignored;
    signals_.clear(ignored);  // a second signal ends the process at once
    acceptor_.close(ignored);
    host_.parts.on_ending();
    host_.parts.events.close();
    const std::set<Connection*> open = host_.connections;
    for (Connection* connection : open) connection->end();
    ending_.expires_after(kEndingTime);
    ending_.async_wait([this](error_code) { host_.context.stop(); });
    watch_end();
  }

  /// Stops as soon as the last connection is gone.
  void watch_end() {
    if (host_.connections.empty()) return host_.context.stop();
    again_.expires_after(std::chrono::milliseconds(20));
    again_.async_wait([this](error_code) { watch_end(); });
  }

  Host& host_;
  tcp::acceptor acceptor_;
  asio::signal_set signals_;
  asio::steady_timer ending_;
  asio::steady_timer again_{host_.context};
};

}  // namespace

Result<void> run_server(const ListenAddress& address, const ServerParts& parts) {
  try {
    Host host{.parts = parts};
    Acceptor acceptor(host);
    const std::uint16_t port = TRY(acceptor.listen(address));
    acceptor.begin();
    parts.on_listening(port);
    host.context.run();
    // Whoever could still speak to the connections has ended before they do.
    parts.events.close();
    host.disk.join();
    parts.lanes.stop();
    return {};
  } catch (const boost::system::system_error& error) {
    return fail(ErrorKind::io, fmt::format("the network failed: {}", error.what()));
  }
}

}  // namespace dragoman::web
