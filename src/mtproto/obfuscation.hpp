#pragma once

/// The 64-byte header that hides a transport, and the two key streams that follow from it
/// (core.telegram.org/mtproto/mtproto-transports#transport-obfuscation). It hides patterns; it protects nothing.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/crypto/aes.hpp"
#include "ledgram/mtproto/frame.hpp"

#include <cstdint>
#include <optional>

namespace ledgram::mtproto {

inline constexpr std::size_t kObfuscationHeaderSize = 64;

/// The 16 bytes that a client shares with an MTProxy.
using ProxySecret = ByteArray<16>;

enum class DcEnvironment : std::uint8_t { Production, Test };
enum class DcRole : std::uint8_t { Main, Media };

/// The data centre as obfuscation headers and the key exchange name it: plus 10000 for the test environment, negative
/// for media. `dc` is 1 to 9999.
[[nodiscard]] std::int16_t wire_dc(DcId dc, DcEnvironment environment, DcRole role);

struct DecodedDc {
  DcId dc;
  DcEnvironment environment = DcEnvironment::Production;
  DcRole role = DcRole::Main;
};

/// The reverse of wire_dc. Any value that a client sends is allowed; the number is not checked against known DCs.
[[nodiscard]] DecodedDc decode_wire_dc(std::int32_t wire);

/// One end's two key streams. Each is continuous for the life of the connection.
struct ObfuscationStreams {
  crypto::AesCtr sending;
  crypto::AesCtr receiving;
};

struct ClientObfuscation {
  ByteArray<kObfuscationHeaderSize> header;  ///< the first bytes to send
  ObfuscationStreams streams;
};

/// Client: draws a header. With a secret the keys are mixed with it, as MTProxies want; without one it is for Telegram
/// itself. `wire_dc` matters only to proxies.
[[nodiscard]] ClientObfuscation begin_obfuscation(TransportKind kind, std::int16_t wire_dc,
                                                  const std::optional<ProxySecret>& secret, RandomSource& random);

struct ServerObfuscation {
  TransportKind kind;
  std::int16_t wire_dc;
  ObfuscationStreams streams;
};

/// Server: reads a header. The full transport has no tag, so a header without a known tag is taken for that one; it
/// also is what a header made with another secret (or with none) looks like. The first frame then tells.
[[nodiscard]] ServerObfuscation accept_obfuscation(const ByteArray<kObfuscationHeaderSize>& header,
                                                   const std::optional<ProxySecret>& secret);

/// True if a connection may not begin with these 8 bytes because they mean something else: another transport, HTTP or
/// TLS.
[[nodiscard]] bool is_reserved_beginning(ByteView first_8_bytes);

}  // namespace ledgram::mtproto
