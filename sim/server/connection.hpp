#pragma once

/// A Peer with a socket: one coroutine reads, one writes. Made by the server for each accepted connection and kept
/// alive by its two coroutines, which the server's TaskGroup owns.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/clock.hpp"
#include "ledgram/mtproto/fake_tls.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/stream.hpp"
#include "ledgram/sim_server/peer.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace ledgram::sim {

class Connection {
 public:
  /// The hub must outlive the connection.
  Connection(Hub& hub, asio::ip::tcp::socket socket, const Entrance& entrance, std::uint64_t number);

  /// Each is to be run once; both end when the connection does.
  asio::awaitable<void> read();
  asio::awaitable<void> write();

  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  /// Whether a proxied connection looks like TLS shows in its first bytes.
  enum class Disguise : std::uint8_t { Unknown, None, Tls };

  void on_wake();
  void close();
  /// False: the connection is to be closed.
  bool take_received(ByteView received);
  bool take_records(ByteView received);
  void collect(Instant now, Bytes& out);

  Hub& hub_;
  net::Stream stream_;
  net::Event wake_writer_;
  net::Event wake_reader_;
  std::string name_;
  nanoseconds last_received_;  ///< monotonic
  bool closed_ = false;
  Disguise disguise_ = Disguise::None;
  Bytes first_bytes_;  ///< until the disguise is known
  std::optional<mtproto::FakeTlsServer> tls_;
  Bytes plain_;  ///< what collect() is about to wrap
  Peer peer_;
};

}  // namespace ledgram::sim
