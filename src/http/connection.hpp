#pragma once

/// One accepted connection: requests in, replies out, in order. For the inside of this floor.

#include "ledgram/http/address_limits.hpp"
#include "ledgram/http/request_reader.hpp"
#include "ledgram/http/server.hpp"
#include "ledgram/http/transport.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/task_group.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace ledgram::http {

/// What the connections of a server share.
struct Shared {
  ServerOptions options;
  Handler handler;
  ErrorPage error_page;
  net::SystemClock clock{};
  AddressLimits addresses{options.limits};
  ServerCounters counters{};
  std::string id_prefix{};  ///< of request ids; differs from start to start
  bool stopping = false;
};

class Connection {
 public:
  Connection(Shared& shared, asio::any_io_executor executor, std::unique_ptr<Transport> transport,
             asio::ip::address peer);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Until the connection has ended. Throws only when cancelled.
  asio::awaitable<void> run();

  /// Ends what has taken too long. Called every now and then.
  void look_at_clock(net::Deadline now);

  /// Ends the connection unless an answer is being made or written.
  void stop();

 private:
  enum class Phase : std::uint8_t { Reading, Handling, Writing, Streaming, Closed };

  asio::awaitable<void> serve();
  asio::awaitable<bool> read_request();
  asio::awaitable<bool> answer_request();
  asio::awaitable<Reply> ask_handler(Request& request);
  asio::awaitable<bool> send(const Request& request, Response response, bool keep_alive);
  asio::awaitable<void> send_refusal(const Refusal& refusal);
  asio::awaitable<void> send_stream(Request& request, Stream stream);
  asio::awaitable<void> run_websocket(Request& request, Upgrade upgrade);
  asio::awaitable<void> watch_for_end();
  asio::awaitable<void> write(std::span<const asio::const_buffer> buffers);
  asio::awaitable<void> end_kindly();
  [[nodiscard]] Request make_request(RawRequest& raw, std::optional<Refusal>& refusal);
  void name_client(Request& request) const;
  void add_server_headers(const Request& request, Response& response, bool keep_alive) const;
  void expect_within(nanoseconds time);

  friend class ChunkWriter;

  Shared& shared_;
  asio::any_io_executor executor_;
  std::unique_ptr<Transport> transport_;
  asio::ip::address peer_;
  RequestReader reader_;
  Phase phase_ = Phase::Reading;
  net::Deadline deadline_ = net::kNoDeadline;
  bool expired_ = false;
  std::size_t answered_ = 0;
  net::TaskGroup* stream_tasks_ = nullptr;  ///< while a stream or WebSocket runs
};

}  // namespace ledgram::http
