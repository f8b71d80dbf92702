#pragma once

/// The client's end of one connection: packets in, bytes out, and the other way round. One object a connection, owned
/// by whoever owns the socket; nothing is kept from one connection to the next.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/mtproto/error.hpp"
#include "ledgram/mtproto/frame.hpp"
#include "ledgram/mtproto/obfuscation.hpp"

#include <cstdint>
#include <optional>

namespace ledgram::mtproto {

enum class Obfuscation : std::uint8_t {
  None,
  Plain,          ///< obfuscated, straight to Telegram
  MtproxySecret,  ///< obfuscated with the secret of an MTProxy
};

struct TransportOptions {
  TransportKind kind = TransportKind::Intermediate;
  Obfuscation obfuscation = Obfuscation::None;
  ProxySecret secret{};      ///< for Obfuscation::MtproxySecret
  std::int16_t wire_dc = 0;  ///< from wire_dc(); sent in the obfuscation header, where only proxies look at it
};

class ClientTransport {
 public:
  /// `random` must live as long as the transport.
  ClientTransport(const TransportOptions& options, RandomSource& random);

  /// Appends the bytes that carry the packet to `out`; the first call also puts the transport's header before them.
  /// The packet is an encrypted or unencrypted message of at most kMaxFrameSize bytes.
  void encode(ByteView packet, Bytes& out);

  /// Takes what the socket gave, in pieces of any size.
  void feed(ByteView received);

  /// The next whole frame, or nothing until more is fed. Call it until it gives nothing. After an error the connection
  /// must be closed; every further call fails in the same way.
  [[nodiscard]] Result<std::optional<Frame>, MtprotoError> next() { return reader_.next(); }

  /// True if the stream ended now, it would end inside a frame: a broken connection.
  [[nodiscard]] bool in_the_middle() const { return reader_.in_the_middle(); }

 private:
  Bytes header_;  // what is sent before the first frame; empty afterwards
  FrameWriter writer_;
  FrameReader reader_;
  std::optional<ObfuscationStreams> streams_;
};

}  // namespace ledgram::mtproto
