#include "ledgram/http/connection.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/http/gzip.hpp"
#include "ledgram/http/response_head.hpp"
#include "ledgram/http/target.hpp"
#include "ledgram/http/text.hpp"
#include "ledgram/net/error.hpp"
#include "ledgram/net/with_deadline.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace ledgram::http {
namespace {

constexpr std::string_view kModule = "http";

/// A handler that heeds its deadline answers within this time after it.
constexpr nanoseconds kHandlerGrace = std::chrono::seconds(2);

/// What a refused client may still send before the connection ends. Closing with unread bytes would send a reset, and
/// the client would lose the answer that says why.
constexpr std::size_t kMostDrained = std::size_t{1} << 20;
constexpr nanoseconds kDrainTime = std::chrono::seconds(2);

bool wants_upgrade(const RawRequest& raw) {
  return raw.method == "GET" && !raw.http10 && list_holds(raw.headers.joined("Upgrade"), "websocket") &&
         list_holds(raw.headers.joined("Connection"), "upgrade") &&
         raw.headers.get("Sec-WebSocket-Version").value_or("") == "13" && raw.headers.has("Sec-WebSocket-Key");
}

}  // namespace

/// Chunks of RFC 9112, 7.1; without them for HTTP/1.0.
class ChunkWriter final : public BodyWriter {
 public:
  ChunkWriter(Connection& connection, bool chunked) : connection_(connection), chunked_(chunked) {}

  asio::awaitable<void> write(std::string_view bytes) override {
    if (bytes.empty())
      co_return;
    const std::string size = chunked_ ? fmt::format("{:x}\r\n", bytes.size()) : std::string();
    const std::string_view end = chunked_ ? "\r\n" : "";
    const std::array buffers{asio::buffer(size), asio::buffer(bytes), asio::buffer(end)};
    connection_.expect_within(connection_.shared_.options.limits.write_time);
    co_await connection_.transport_->write(buffers);
    connection_.deadline_ = net::kNoDeadline;
  }

  asio::awaitable<void> end() {
    if (!chunked_)
      co_return;
    const std::array buffers{asio::const_buffer("0\r\n\r\n", 5)};
    co_await connection_.write(buffers);
  }

 private:
  Connection& connection_;
  bool chunked_;
};

Connection::Connection(Shared& shared, asio::any_io_executor executor, std::unique_ptr<Transport> transport,
                       asio::ip::address peer)
    : shared_(shared),
      executor_(std::move(executor)),
      transport_(std::move(transport)),
      peer_(std::move(peer)),
      reader_(shared.options.limits.read) {}

void Connection::expect_within(nanoseconds time) {
  deadline_ = net::deadline_after(time);
}

void Connection::look_at_clock(net::Deadline now) {
  if (now < deadline_)
    return;
  deadline_ = net::kNoDeadline;
  expired_ = true;
  if (phase_ == Phase::Reading) {
    transport_->interrupt();
  } else {
    // What was taken of an answer cannot be taken back.
    transport_->close();
    if (stream_tasks_ != nullptr)
      stream_tasks_->cancel();
  }
}

void Connection::stop() {
  if (phase_ == Phase::Reading)
    transport_->close();
  if (phase_ == Phase::Streaming && stream_tasks_ != nullptr)
    stream_tasks_->cancel();
}

asio::awaitable<void> Connection::run() {
  try {
    co_await serve();
  } catch (const boost::system::system_error& error) {
    // The client went away, was cut by the clock, or the server stops.
    log::debug(kModule, "connection of {} ended: {}", peer_.to_string(), error.code().message());
  }
  phase_ = Phase::Closed;
  transport_->close();
}

asio::awaitable<void> Connection::serve() {
  expect_within(shared_.options.limits.header_time);
  co_await transport_->shake_hands();
  while (true) {
    const bool complete = co_await read_request();
    if (!complete)
      co_return;
    ++shared_.counters.requests;
    const bool goes_on = co_await answer_request();
    if (!goes_on)
      co_return;
    reader_.next();
  }
}

// False: the connection ends.
asio::awaitable<bool> Connection::read_request() {
  const Limits& limits = shared_.options.limits;
  phase_ = Phase::Reading;
  auto known = RequestReader::State::Done;
  while (reader_.state() != RequestReader::State::Done) {
    if (reader_.state() != known) {
      known = reader_.state();
      expect_within(known == RequestReader::State::Idle     ? limits.idle_time
                    : known == RequestReader::State::Header ? limits.header_time
                                                            : limits.body_time);
    }
    if (reader_.state() == RequestReader::State::Refused) {
      co_await send_refusal(reader_.refusal());
      co_return false;
    }
    if (shared_.stopping)
      co_return false;
    if (reader_.wants_continue() && reader_.state() == RequestReader::State::Body) {
      constexpr std::string_view kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
      const std::array buffers{asio::buffer(kGoOn)};
      co_await transport_->write(buffers);
      reader_.told_to_continue();
    }
    bool too_slow = false;
    try {
      const std::string_view bytes = co_await transport_->receive();
      if (bytes.empty())
        co_return false;
      reader_.feed(bytes);
    } catch (const boost::system::system_error& error) {
      if (!expired_)
        throw;
      too_slow = true;
    }
    if (too_slow) {
      const Refusal refusal{408, "the request came too slowly"};
      if (known != RequestReader::State::Idle)
        co_await send_refusal(refusal);
      co_return false;
    }
  }
  deadline_ = net::kNoDeadline;
  // The clock may have struck while the last bytes were on their way.
  expired_ = false;
  co_return true;
}

void Connection::name_client(Request& request) const {
  const Networks& trusted = shared_.options.trusted_proxies;
  request.client = peer_;
  request.secure = shared_.options.tls.has_value();
  request.host = request.headers.get("Host").value_or("");
  if (!trusted.contain(peer_))
    return;
  // The last address that no proxy of ours has added is the client's; what is left of it, anybody can write.
  const std::string forwarded = request.headers.joined("X-Forwarded-For");
  const std::vector<std::string_view> hops = split(forwarded, ',');
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    const auto address = address_in(*hop);
    if (!address)
      break;
    request.client = *address;
    if (!trusted.contain(*address))
      break;
  }
  if (const auto scheme = request.headers.get("X-Forwarded-Proto"))
    request.secure = equal_ignoring_case(trim(*scheme), "https");
  if (const auto host = request.headers.get("X-Forwarded-Host"))
    request.host = *host;
}

Request Connection::make_request(RawRequest& raw, std::optional<Refusal>& refusal) {
  Request request;
  request.wants_upgrade = wants_upgrade(raw);
  request.method = method_named(raw.method);
  if (auto target = parse_target(raw.target)) {
    request.path = std::move(target->path);
    request.segments = std::move(target->segments);
    request.query = std::move(target->query);
  } else if (raw.target != "*" || request.method != Method::Options) {
    refusal = Refusal{400, "the target of the request is no path with a query"};
  }
  request.headers = std::move(raw.headers);
  request.body = std::move(raw.body);
  request.id = fmt::format("{}-{}", shared_.id_prefix, shared_.counters.requests);
  request.deadline = net::deadline_after(shared_.options.limits.request_time);
  name_client(request);
  return request;
}

asio::awaitable<Reply> Connection::ask_handler(Request& request) {
  phase_ = Phase::Handling;
  std::optional<Reply> reply;
  const net::Deadline limit = net::deadline_after(shared_.options.limits.request_time + kHandlerGrace);
  asio::awaitable<Reply> handling = shared_.handler(request);
  std::string what = "the answer";
  try {
    reply = co_await net::with_deadline(std::move(handling), limit, std::move(what));
  } catch (const net::NetFailure&) {
    reply = shared_.error_page(504, "the answer was not ready in time", request.id);
  }
  co_return std::move(*reply);
}

// False: the connection ends.
asio::awaitable<bool> Connection::answer_request() {
  RawRequest& raw = reader_.request();
  std::optional<Refusal> refusal;
  Request request = make_request(raw, refusal);
  ++answered_;
  const bool keep_alive =
      raw.keep_alive && !shared_.stopping && answered_ < shared_.options.limits.requests_per_connection;
  if (refusal) {
    ++shared_.counters.refused;
    Response page = shared_.error_page(refusal->status, refusal->detail, request.id);
    co_return co_await send(request, std::move(page), keep_alive);
  }
  if (const auto wait = shared_.addresses.asked(request.client, shared_.clock.now())) {
    ++shared_.counters.refused;
    Response page = shared_.error_page(429, "there were too many requests from this address", request.id);
    page.headers.set("Retry-After", std::to_string(wait->count()));
    co_return co_await send(request, std::move(page), keep_alive);
  }
  Reply reply = co_await ask_handler(request);
  if (auto* response = std::get_if<Response>(&reply))
    co_return co_await send(request, std::move(*response), keep_alive && !shared_.stopping);
  if (auto* stream = std::get_if<Stream>(&reply)) {
    co_await send_stream(request, std::move(*stream));
    co_return false;
  }
  if (!request.wants_upgrade) {
    Response page = shared_.error_page(426, "this is a WebSocket; connect to it as one", request.id);
    page.headers.set("Upgrade", "websocket");
    co_return co_await send(request, std::move(page), keep_alive);
  }
  co_await run_websocket(request, std::move(std::get<Upgrade>(reply)));
  co_return false;
}

void Connection::add_server_headers(const Request& request, Response& response, bool keep_alive) const {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(shared_.clock.now().unix_time);
  response.headers.add("Date", http_date(now.count()));
  response.headers.add("X-Request-Id", request.id);
  response.headers.add("Connection", keep_alive ? "keep-alive" : "close");
  if (!response.content_type.empty())
    response.headers.add("Content-Type", response.content_type);
}

asio::awaitable<void> Connection::write(std::span<const asio::const_buffer> buffers) {
  expect_within(shared_.options.limits.write_time);
  co_await transport_->write(buffers);
  deadline_ = net::kNoDeadline;
}

// True if the connection goes on.
asio::awaitable<bool> Connection::send(const Request& request, Response response, bool keep_alive) {
  phase_ = Phase::Writing;
  const bool without_body = is_bodyless(response.status);
  if (!without_body)
    compress_for(request, response);
  add_server_headers(request, response, keep_alive);
  if (!without_body)
    response.headers.add("Content-Length", std::to_string(response.body.size()));
  const std::string head = head_text(response.status, response.headers);
  const bool head_only = without_body || request.method == Method::Head;
  const std::array buffers{asio::buffer(head), head_only ? asio::const_buffer() : asio::buffer(response.body)};
  co_await write(buffers);
  if (!keep_alive)
    co_await end_kindly();
  co_return keep_alive;
}

asio::awaitable<void> Connection::send_refusal(const Refusal& refusal) {
  ++shared_.counters.requests;
  ++shared_.counters.refused;
  Request request;
  request.id = fmt::format("{}-{}", shared_.id_prefix, shared_.counters.requests);
  Response page = shared_.error_page(refusal.status, refusal.detail, request.id);
  co_await send(request, std::move(page), false);
}

asio::awaitable<void> Connection::end_kindly() {
  phase_ = Phase::Writing;
  expect_within(kDrainTime);
  co_await transport_->finish();
  std::size_t drained = 0;
  while (drained < kMostDrained) {
    const std::string_view bytes = co_await transport_->receive();
    if (bytes.empty())
      co_return;
    drained += bytes.size();
  }
}

// While nothing is to be read, the only news from a client is that it has gone.
asio::awaitable<void> Connection::watch_for_end() {
  std::size_t unread = 0;
  while (unread <= shared_.options.limits.read.header_bytes) {
    const std::string_view bytes = co_await transport_->receive();
    if (bytes.empty())
      co_return;
    unread += bytes.size();
  }
}

asio::awaitable<void> Connection::send_stream(Request& request, Stream stream) {
  const bool chunked = !reader_.request().http10;
  phase_ = Phase::Streaming;
  Response head = std::move(stream.head);
  add_server_headers(request, head, false);
  if (chunked)
    head.headers.add("Transfer-Encoding", "chunked");
  const std::string text = head_text(head.status, head.headers);
  const std::array buffers{asio::buffer(text)};
  co_await write(buffers);
  if (request.method == Method::Head)
    co_return;
  request = Request{};
  ChunkWriter writer(*this, chunked);
  bool complete = false;
  std::exception_ptr failure;
  net::TaskGroup tasks(executor_, [&](std::string_view, std::exception_ptr error) {
    failure = std::move(error);
    tasks.cancel();
  });
  stream_tasks_ = &tasks;
  tasks.spawn("stream", [&]() -> asio::awaitable<void> {
    co_await stream.write(writer);
    complete = true;
    tasks.cancel();
  });
  tasks.spawn("end of a stream", [&]() -> asio::awaitable<void> {
    co_await watch_for_end();
    tasks.cancel();
  });
  if (shared_.stopping)
    tasks.cancel();
  co_await tasks.join();
  stream_tasks_ = nullptr;
  if (failure)
    log::debug(kModule, "a stream to {} was cut", peer_.to_string());
  if (!complete || expired_)
    co_return;
  co_await writer.end();
  co_await end_kindly();
}

asio::awaitable<void> Connection::run_websocket(Request& request, Upgrade upgrade) {
  if (!reader_.take_rest().empty()) {
    Response page = shared_.error_page(400, "nothing may be sent before the WebSocket is open", request.id);
    co_await send(request, std::move(page), false);
    co_return;
  }
  phase_ = Phase::Streaming;
  Handshake handshake;
  handshake.request = &request;
  handshake.headers.add("X-Request-Id", request.id);
  handshake.largest_message = upgrade.largest_message;
  handshake.write_time = shared_.options.limits.write_time;
  net::TaskGroup tasks(executor_, [&](std::string_view, std::exception_ptr) {
    log::debug(kModule, "a WebSocket of {} was cut", peer_.to_string());
  });
  stream_tasks_ = &tasks;
  tasks.spawn("WebSocket", [&]() -> asio::awaitable<void> {
    co_await transport_->run_websocket(std::move(handshake), std::move(upgrade.run));
  });
  if (shared_.stopping)
    tasks.cancel();
  co_await tasks.join();
  stream_tasks_ = nullptr;
}

}  // namespace ledgram::http
