#pragma once

/// A small blocking MTProto client for the tests of the server: one socket, one thread, every wait bounded by a
/// deadline. Requests are written by hand from the documentation, not by the code that the server reads them with.

#include "ledgram/base/bytes.hpp"
#include "ledgram/crypto/auth_key.hpp"
#include "ledgram/crypto/dh.hpp"
#include "ledgram/crypto/rsa.hpp"
#include "ledgram/mtproto/client_session.hpp"
#include "ledgram/mtproto/client_transport.hpp"
#include "ledgram/mtproto/handshake_client.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/random.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::sim {

/// No test waits longer than this for anything; reaching it is a failure.
inline constexpr std::chrono::seconds kTestLimit{20};

struct TestKey {
  crypto::AuthKey key;
  mtproto::Salt salt;
};

/// How a call or a connection ended otherwise than well.
struct CallEnd {
  enum class Kind : std::uint8_t { Answer, RpcError, TransportError, Closed } kind = Kind::Answer;
  Bytes body;                  ///< Answer
  std::int32_t code = 0;       ///< RpcError, TransportError
  std::string message;         ///< RpcError
  bool in_the_middle = false;  ///< Closed: inside of a frame
};

class TestClient {
 public:
  /// Connects to 127.0.0.1, from 127.0.0.`from`.
  TestClient(std::uint16_t port, const mtproto::TransportOptions& transport, std::uint8_t from = 1);

  /// Makes a new key, a temporary one if `lifetime` is given. Fails the test if that goes wrong.
  std::optional<TestKey> exchange_keys(const crypto::RsaPublicKey& server_key, std::int32_t wire_dc,
                                       std::optional<std::chrono::seconds> lifetime = std::nullopt);

  /// The same when it is expected to go wrong: the error.
  std::optional<mtproto::MtprotoErrc> failed_exchange(const crypto::RsaPublicKey& server_key, std::int32_t wire_dc);

  /// Sends a method whose body depends on the id of its message.
  CallEnd call_made_for(std::function<Bytes(MsgId, SessionId)> make_body);

  /// Begins a session with the key, or goes on with one of an earlier connection.
  void begin_session(const TestKey& key);
  void take_session(TestClient& from);
  [[nodiscard]] SessionId session_id() const { return session_->session_id(); }

  /// Sends one request and waits for what becomes of it.
  CallEnd call(Bytes request);

  mtproto::RequestId send(Bytes request);
  CallEnd wait_for(mtproto::RequestId request);

  /// Writes a packet as it is; waits until the server says something that is no packet, or closes.
  void send_packet(ByteView packet);
  CallEnd wait_for_end();

  /// Waits for a packet or frame that cannot be taken, which is otherwise a failure of the test.
  void wait_until_refused();

  /// Waits for the next object that answers nothing.
  std::optional<Bytes> wait_for_update();

  [[nodiscard]] int new_sessions_seen() const { return new_sessions_; }

 private:
  Result<TestKey, mtproto::MtprotoError> exchange(mtproto::HandshakeOptions options);
  bool flush();
  /// One read. Nothing if the connection has ended (see end_) .
  bool read_more();
  std::optional<mtproto::Frame> next_frame();
  /// Feeds frames to the session until `done` has an answer or the connection ends.
  template <class Done>
  void pump(Done done);

  // Without state, and shared because a session may move from one client to another.
  static inline net::SystemRandom random_;
  static inline net::SystemClock clock_;
  crypto::DhGroupCache primes_;
  asio::io_context context_;
  asio::ip::tcp::socket socket_;
  mtproto::ClientTransport transport_;
  std::optional<mtproto::ClientSession> session_;
  std::chrono::steady_clock::time_point deadline_;
  std::optional<CallEnd> end_;
  std::vector<std::pair<mtproto::RequestId, CallEnd>> answers_;
  std::vector<Bytes> updates_;
  int new_sessions_ = 0;
  bool refusal_expected_ = false;
};

// Requests, written from core.telegram.org/schema.
inline constexpr std::uint32_t kConfigId = 0xcc1a241e;
inline constexpr std::uint32_t kAuthorizationId = 0x2ea2c0d4;
Bytes get_config();
/// invokeWithLayer(223, initConnection(..., query)).
Bytes init_connection(ByteView query);
Bytes send_code(std::string_view phone);
Bytes sign_in(std::string_view phone, std::string_view hash, std::string_view code);
std::string phone_code_hash_of(ByteView sent_code);
Bytes resolve_username(std::string_view username);
Bytes get_state();

/// The constructor that an answer begins with.
std::uint32_t constructor_of(ByteView body);

}  // namespace ledgram::sim
