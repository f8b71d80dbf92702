#pragma once

/// Creating an authorization key, the client's half (core.telegram.org/mtproto/auth_key).
///
/// One object makes one key over one connection. Its owner writes what start() and receive() return to the transport
/// and gives every packet that comes back to receive(). Inside, each step of the exchange is a type of its own that
/// only the step before can make, so a step cannot be taken too early, twice or not at all.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/crypto/auth_key.hpp"
#include "ledgram/crypto/dh.hpp"
#include "ledgram/crypto/rsa.hpp"
#include "ledgram/mtproto/error.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace ledgram::mtproto {

struct HandshakeOptions {
  /// The RSA keys that are trusted. Of those that the server offers, the first that is among them is used.
  std::vector<crypto::RsaPublicKey> keys;

  /// The data centre this connection leads to, from wire_dc().
  std::int32_t wire_dc = 0;

  /// Set for a temporary key: how long it is to live.
  std::optional<std::chrono::seconds> temporary_for;

  /// How long the whole exchange may take. TDLib gives up after 10 s as well.
  std::chrono::seconds time_limit{10};
};

/// Write these bytes to the transport and wait for the answer. If none comes, the same bytes may be sent again (K13).
struct SendPacket {
  Bytes packet;
};

/// The key exists on both sides.
struct HandshakeDone {
  crypto::AuthKey key;
  std::int64_t first_salt = 0;                ///< the server salt to begin with
  std::chrono::seconds server_time_offset{};  ///< add it to the local wall clock to get the server's
};

using HandshakeStep = std::variant<SendPacket, HandshakeDone>;

class ClientHandshake {
 public:
  /// `random` and `primes` must live as long as the handshake. `random` must be the kernel's outside of tests.
  ClientHandshake(HandshakeOptions options, RandomSource& random, crypto::DhGroupCache& primes);
  ~ClientHandshake();
  ClientHandshake(ClientHandshake&&) noexcept;
  ClientHandshake& operator=(ClientHandshake&&) noexcept;

  /// The first packet. May be called again at any time: it forgets what was exchanged and begins with a new nonce.
  [[nodiscard]] Bytes start(Instant now);

  /// Takes a packet (Frame::Kind::Packet) from the server. Every check of the specification is made here; the codes are
  /// those of MtprotoErrc's key exchange part. After an error the object has forgotten everything and the connection
  /// must be closed; a retryable() error may be answered by a new connection and a new handshake.
  [[nodiscard]] Result<HandshakeStep, MtprotoError> receive(ByteView packet, Instant now);

  /// When the exchange as a whole is too late, on the monotonic clock; nothing before start() and after the end.
  [[nodiscard]] std::optional<nanoseconds> deadline() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledgram::mtproto
