#pragma once

/// A data centre for tests of the client: the server role of mtproto behind a loopback socket, with scripted answers.
/// It knows nothing of accounts; a test says what each method answers. The full server is ledgram-sim.

#include "ledgram/base/random.hpp"
#include "ledgram/crypto/rsa.hpp"
#include "ledgram/mtproto/handshake_server.hpp"
#include "ledgram/mtproto/server_session.hpp"
#include "ledgram/mtproto/server_transport.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/stream.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/net/test_support/shifted_clock.hpp"
#include "ledgram/telegram/dc_table.hpp"
#include "ledgram/tl/api.hpp"
#include "ledgram/tl/codec.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ledgram::telegram::test {

/// What a method was called with.
struct TestCall {
  std::uint32_t method = 0;
  Bytes body;                ///< without invokeWithLayer and initConnection
  bool wrapped = false;      ///< came inside both
  std::int32_t api_id = 0;   ///< of initConnection
  std::string device_model;  ///< of initConnection
  AuthKeyId key;             ///< the permanent one
  AuthKeyId wire_key;        ///< the one that the message was encrypted with
  SessionId session;

  template <class Method>
  [[nodiscard]] Method as() const {
    return *tl::parse<Method>(body);
  }
};

struct Refuse {
  std::int32_t code;
  std::string text;
};
/// The call stays open.
struct StaySilent {};
/// The connection is closed first; the call is answered as `then` says when it can be sent.
struct DropConnection {
  Bytes then;
};
using TestReply = std::variant<Bytes, Refuse, StaySilent, DropConnection>;

template <class Object>
TestReply answer_with(const Object& object) {
  return tl::serialize(object);
}

class TestDc {
 public:
  using Handler = std::function<TestReply(const TestCall&)>;

  TestDc(asio::any_io_executor executor, DcId id, const crypto::RsaPrivateKey& key,
         std::optional<mtproto::ProxySecret> proxy_secret = std::nullopt);

  [[nodiscard]] DcOption option() const;

  /// What a method answers from now on; help.getConfig has an answer, everything else is refused until it is set.
  void on(std::uint32_t method, Handler handler) { handlers_[method] = std::move(handler); }
  template <class Method>
  void on(Handler handler) {
    on(Method::kId, std::move(handler));
  }

  [[nodiscard]] std::size_t calls_of(std::uint32_t method) const;
  template <class Method>
  [[nodiscard]] std::size_t calls() const {
    return calls_of(Method::kId);
  }

  /// Every call but help.getConfig, in order.
  [[nodiscard]] const std::vector<TestCall>& log() const { return log_; }
  [[nodiscard]] std::size_t connections() const { return connections_made_; }
  /// When each connection was accepted.
  [[nodiscard]] const std::vector<Instant>& connection_times() const { return connection_times_; }
  /// Permanent keys only.
  [[nodiscard]] std::size_t keys_made() const { return keys_made_; }
  [[nodiscard]] std::size_t temporary_keys_made() const { return temporary_keys_made_; }
  /// How long each temporary key was asked to live.
  [[nodiscard]] const std::vector<std::chrono::seconds>& lifetimes_asked() const { return lifetimes_asked_; }
  [[nodiscard]] std::size_t keys_destroyed() const { return keys_destroyed_; }
  /// How often one permanent key was used on a connection while another connection with it was open.
  [[nodiscard]] std::size_t doubled_uses() const { return doubled_uses_; }
  [[nodiscard]] bool knows(AuthKeyId key) const { return keys_.contains(key); }
  /// The data centre that the last obfuscation header named.
  [[nodiscard]] std::optional<std::int16_t> requested_dc() const { return requested_dc_; }
  [[nodiscard]] std::optional<mtproto::TransportKind> last_transport() const { return last_transport_; }

  /// Sessions that a client had destroyed, answers that it acknowledged, requests whose answer it no longer wanted.
  [[nodiscard]] const std::vector<SessionId>& destroyed() const { return destroyed_; }
  [[nodiscard]] const std::vector<MsgId>& acked() const { return acked_; }
  [[nodiscard]] const std::vector<MsgId>& dropped() const { return dropped_; }

  /// Forgets the sessions of every key, as a server that was restarted; their connections stay.
  void forget_sessions();

  /// Closes every open connection.
  void drop_connections();
  /// From now on no connection is accepted; those that are open are closed.
  void stop_listening();
  /// Answers the next `count` encrypted packets with a transport error and closes their connections.
  void answer_packets_with(std::int32_t transport_error, std::size_t count);
  /// Answers the next `count` connections with a transport error as soon as their transport is known.
  void answer_connections_with(std::int32_t transport_error, std::size_t count);
  /// Forgets every authorization key.
  void forget_keys();
  /// Forgets the temporary ones only.
  void forget_temporary_keys();
  /// Temporary keys live no longer than this, whatever the client asked for.
  void expire_temporary_keys_after(nanoseconds time) { longest_life_ = time; }
  /// Forgets which temporary key belongs to which permanent one.
  void forget_bindings();
  /// What goes wrong in the key exchanges of each further connection, once each.
  void spoil_handshakes(std::vector<mtproto::HandshakeFault> faults) { handshake_faults_ = std::move(faults); }
  /// The connections that are open now carry nothing any more, in neither direction, and stay open.
  void black_hole_open_connections();
  /// Closes the connection that the next encrypted packet comes on, without a look at it.
  void close_at_next_packet() { close_at_next_packet_ = true; }
  /// Refuses the next `count` bindings with this error.
  void refuse_bindings(std::string text, std::size_t count);
  /// Server time minus wall clock, in handshakes made from now on.
  void shift_clock(nanoseconds offset) { clock_.wall = offset; }
  /// Sends an object to every session.
  void push(const Bytes& object);

  /// Waits until so many connections are open.
  asio::awaitable<void> wait_for_open_connections(std::size_t count);

  asio::awaitable<void> stop();

 private:
  struct Key {
    explicit Key(crypto::AuthKey given) : key(std::move(given)) {}

    crypto::AuthKey key;
    std::optional<nanoseconds> expires;  ///< of temporary keys, unix time
    std::optional<AuthKeyId> bound_to;
    bool initialised = false;
    std::unique_ptr<mtproto::ServerSalts> salts;
    std::map<SessionId, std::unique_ptr<mtproto::ServerSession>> sessions;
  };
  struct Connection {
    Connection(net::Stream given, const mtproto::ServerTransportOptions& options, const crypto::RsaPrivateKey& key,
               RandomSource& random, const asio::any_io_executor& executor, std::vector<mtproto::HandshakeFault> faults)
        : stream(std::move(given)),
          transport(options, random),
          handshake(key, random, {std::move(faults), {}}),
          wake(executor) {}

    net::Stream stream;
    mtproto::ServerTransport transport;
    mtproto::ServerHandshake handshake;
    net::Event wake;
    Bytes out;
    std::set<mtproto::ServerSession*> sessions;
    std::optional<AuthKeyId> used_key;  ///< the permanent one
    bool closing = false;
    bool silent = false;
  };

  asio::awaitable<void> accept_all();
  asio::awaitable<void> serve(std::shared_ptr<Connection> connection);
  asio::awaitable<void> read_all(std::shared_ptr<Connection> connection);
  asio::awaitable<void> write_all(std::shared_ptr<Connection> connection);
  void take_packet(Connection& connection, ByteView packet);
  void take_encrypted(Connection& connection, ByteView packet);
  void take_events(Connection& connection, Key& key, mtproto::ServerSession& session);
  void run_call(Connection& connection, Key& key, mtproto::ServerSession& session, MsgId id, Bytes body);
  TestReply bind(Key& key, SessionId session, MsgId id, const TestCall& call);
  [[nodiscard]] AuthKeyId permanent_of(const Key& key) const { return key.bound_to.value_or(key.key.id()); }
  void forget(AuthKeyId id);
  void fail(Connection& connection, std::int32_t transport_error);
  TestReply config() const;

  asio::any_io_executor executor_;
  net::Condition open_changed_;
  DcId id_;
  const crypto::RsaPrivateKey* key_;
  mtproto::ServerTransportOptions transport_options_;
  SeededRandom random_{20240501};
  net::test::ShiftedClock clock_;
  asio::ip::tcp::acceptor acceptor_;

  std::map<std::uint32_t, Handler> handlers_;
  std::map<AuthKeyId, std::unique_ptr<Key>> keys_;
  std::vector<std::unique_ptr<Key>> forgotten_;
  std::vector<std::unique_ptr<mtproto::ServerSession>> forgotten_sessions_;
  std::vector<SessionId> destroyed_;
  std::vector<MsgId> acked_;
  std::vector<MsgId> dropped_;
  std::vector<std::shared_ptr<Connection>> open_;
  std::vector<TestCall> log_;
  std::map<std::uint32_t, std::size_t> counts_;
  std::vector<Instant> connection_times_;
  std::size_t connections_made_ = 0;
  std::size_t keys_made_ = 0;
  std::size_t temporary_keys_made_ = 0;
  std::size_t keys_destroyed_ = 0;
  std::size_t doubled_uses_ = 0;
  std::vector<std::chrono::seconds> lifetimes_asked_;
  std::optional<nanoseconds> longest_life_;
  std::vector<mtproto::HandshakeFault> handshake_faults_;
  bool close_at_next_packet_ = false;
  std::string binding_error_;
  std::size_t binding_errors_left_ = 0;
  std::optional<std::int16_t> requested_dc_;
  std::optional<mtproto::TransportKind> last_transport_;
  std::int32_t packet_error_ = 0;
  std::size_t packet_errors_left_ = 0;
  std::int32_t connection_error_ = 0;
  std::size_t connection_errors_left_ = 0;

  net::TaskGroup tasks_;
};

/// One key for all test servers, since making one takes some 100 ms.
const crypto::RsaPrivateKey& test_server_key();

}  // namespace ledgram::telegram::test
