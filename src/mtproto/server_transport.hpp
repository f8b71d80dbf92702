#pragma once

/// The server's end of one connection. It finds out from the first bytes which transport the client speaks and answers
/// in the same.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/mtproto/error.hpp"
#include "ledgram/mtproto/frame.hpp"
#include "ledgram/mtproto/obfuscation.hpp"

#include <cstdint>
#include <optional>

namespace ledgram::mtproto {

struct ServerTransportOptions {
  /// With a secret the port is that of an MTProxy: only obfuscated connections made with it are accepted. Without one
  /// every transport is accepted, plain and obfuscated.
  std::optional<ProxySecret> secret;
};

class ServerTransport {
 public:
  /// `random` must live as long as the transport.
  ServerTransport(const ServerTransportOptions& options, RandomSource& random);

  /// Takes what the socket gave, in pieces of any size.
  void feed(ByteView received);

  /// The next whole frame, or nothing until more is fed. Fails with UnknownTransport or WrongProxySecret if the first
  /// bytes are not those of a transport, and as FrameReader::next(). After an error the connection must be closed.
  [[nodiscard]] Result<std::optional<Frame>, MtprotoError> next();

  /// True once the transport is known; nothing can be sent before.
  [[nodiscard]] bool detected() const { return reader_.has_value(); }

  /// The functions below need detected().
  void encode(ByteView packet, Bytes& out);
  void encode_error(std::int32_t code, Bytes& out);
  void encode_quick_ack(std::uint32_t token, Bytes& out);
  /// The beginning of a frame of a length that no framing allows; for a server that misbehaves on purpose.
  void encode_malformed(Bytes& out);
  [[nodiscard]] TransportKind kind() const { return kind_; }

  /// The data centre in the obfuscation header, as decode_wire_dc() reads it; nothing on a plain connection.
  [[nodiscard]] std::optional<std::int16_t> requested_dc() const { return requested_dc_; }

  [[nodiscard]] bool in_the_middle() const;

 private:
  [[nodiscard]] Result<void, MtprotoError> detect();
  [[nodiscard]] Result<void, MtprotoError> detect_obfuscated();
  void begin(TransportKind kind, std::size_t header_size);
  [[nodiscard]] std::unexpected<MtprotoError> refuse() const;

  ServerTransportOptions options_;
  RandomSource* random_;
  Bytes first_bytes_;  // until the transport is known
  TransportKind kind_ = TransportKind::Intermediate;
  std::optional<std::int16_t> requested_dc_;
  std::optional<ObfuscationStreams> streams_;
  std::optional<FrameReader> reader_;
  std::optional<FrameWriter> writer_;
  bool confirmed_ = false;  // a whole frame has arrived
  std::optional<MtprotoError> failed_;
};

}  // namespace ledgram::mtproto
