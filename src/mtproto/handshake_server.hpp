#pragma once

/// Creating an authorization key, the server's half (core.telegram.org/mtproto/auth_key), as the simulator needs it:
/// correct by default, and able to misbehave on demand.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/crypto/auth_key.hpp"
#include "ledgram/crypto/rsa.hpp"
#include "ledgram/mtproto/error.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace ledgram::mtproto {

/// One wrong answer. Each fault of a handshake happens once, at the first step where it can, and is then used up.
enum class HandshakeFault : std::uint8_t {
  // resPQ
  WrongNonceInResPq,
  UnknownFingerprint,  ///< offers only a key that nobody has
  PqIsPrime,
  PqTooLarge,  ///< above 2^63
  PqTooLong,   ///< nine bytes
  // server_DH_params
  WrongNonceInDhParams,
  WrongServerNonceInDhParams,
  WrongNonceInside,
  WrongServerNonceInside,
  WrongHashInside,
  PaddingOf16,  ///< 16 bytes of padding more than whole blocks need
  NotWholeBlocks,
  DhParamsFail,    ///< server_DH_params_fail with the right hash
  UnsafePrime,     ///< a prime whose half is not prime
  CompositeGroup,  ///< not a prime at all
  WrongResidue,    ///< g = 2, for which the prime has the wrong residue
  GeneratorTooLarge,
  GaIsOne,
  GaIsPrimeMinusOne,
  GaTooSmall,  ///< below 2^1984
  GaTooLarge,  ///< above p - 2^1984
  // the answer to set_client_DH_params
  DhGenRetry,  ///< asks for another b
  DhGenFail,   ///< refuses
  WrongNonceInDhGen,
  WrongServerNonceInDhGen,
  WrongNewNonceHash,
  RetryWithWrongHash,
  FailWithWrongHash,
  // anywhere
  WrongConstructor,  ///< resPQ where something else belongs
};

struct ServerHandshakeOptions {
  std::vector<HandshakeFault> faults;
  std::chrono::seconds time_offset{};  ///< added to the wall clock in server_time and in message ids
};

enum class KeyLifetime : std::uint8_t { Permanent, Temporary };

/// What a finished exchange has made; the server stores it under key.id().
struct NewAuthKey {
  crypto::AuthKey key;
  std::int64_t salt = 0;
  KeyLifetime lifetime = KeyLifetime::Permanent;
  std::chrono::seconds expires_in{};    ///< KeyLifetime::Temporary only
  std::optional<std::int32_t> wire_dc;  ///< what the client named, if its form of inner data has it
};

struct ServerHandshakeStep {
  Bytes reply;                        ///< a whole packet to send back
  std::optional<NewAuthKey> new_key;  ///< set once, with the dh_gen_ok
};

/// One object a connection. It answers req_pq and req_pq_multi at any time, which begins again, and a repeated request
/// with the answer it got before. State older than 10 minutes is gone, as on Telegram.
class ServerHandshake {
 public:
  /// `key` and `random` must live as long as the handshake.
  ServerHandshake(const crypto::RsaPrivateKey& key, RandomSource& random, ServerHandshakeOptions options = {});
  ~ServerHandshake();
  ServerHandshake(ServerHandshake&&) noexcept;
  ServerHandshake& operator=(ServerHandshake&&) noexcept;

  /// Takes an unencrypted packet. An error means: send the transport error -404 and close the connection.
  [[nodiscard]] Result<ServerHandshakeStep, MtprotoError> receive(ByteView packet, Instant now);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledgram::mtproto
