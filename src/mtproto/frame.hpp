#pragma once

/// How packets are cut out of a TCP stream and put into one (core.telegram.org/mtproto/mtproto-transports).
///
/// FrameReader and FrameWriter know the four framings and nothing of tags, obfuscation or encryption; ClientTransport
/// and ServerTransport put the parts together.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/mtproto/error.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ledgram::mtproto {

enum class TransportKind : std::uint8_t { Abridged, Intermediate, PaddedIntermediate, Full };

[[nodiscard]] std::string_view name_of(TransportKind kind);

/// Which end of the connection this is. The two differ in what the highest bit of a length means: sent by a client it
/// asks for a quick acknowledgement, sent by a server it is one.
enum class Role : std::uint8_t { Client, Server };

/// The largest packet that is accepted, in bytes. Telegram sends frames above 1 MiB, TDLib accepts about 4 MiB;
/// 16 MiB is also the largest length that the abridged framing was seen to carry in practice.
inline constexpr std::size_t kMaxFrameSize = std::size_t{16} * 1024 * 1024;

/// Anything shorter is not a message but a signal: an error, a quick acknowledgement or nothing at all.
inline constexpr std::size_t kMinPacketSize = 16;

struct Frame {
  enum class Kind : std::uint8_t { Packet, TransportError, QuickAck, Nop };

  Kind kind = Kind::Nop;
  ByteView payload;              ///< Packet: valid until the next call on whatever handed the frame out
  std::int32_t error_code = 0;   ///< TransportError: negative, -404 for example
  std::uint32_t quick_ack = 0;   ///< QuickAck: the token, its highest bit set
  bool wants_quick_ack = false;  ///< Packet at a server: the client asked for a quick acknowledgement
};

/// Cuts a stream into frames. After the first error it stays in that error: the stream has lost its rhythm and the
/// connection must be closed. Memory grows with the bytes received, never with the bytes announced.
class FrameReader {
 public:
  FrameReader(TransportKind kind, Role role) : kind_(kind), role_(role) {}

  void feed(ByteView received);

  /// The same, and gives out the place where the bytes now are: the caller may change them there (decrypt them) before
  /// the next call.
  [[nodiscard]] MutableByteView feed_in_place(ByteView received);

  /// The next whole frame, or nothing until more was fed. Fails with FrameTooLarge, BadFrame, BadChecksum or
  /// BadFrameOrder.
  [[nodiscard]] Result<std::optional<Frame>, MtprotoError> next();

  /// True if part of a frame has arrived; the end of the stream is then an error, not an end.
  [[nodiscard]] bool in_the_middle() const { return begin_ != buffer_.size(); }

  /// Bytes of memory held, for tests and statistics.
  [[nodiscard]] std::size_t memory() const { return buffer_.capacity(); }

 private:
  struct Cut;
  using CutResult = Result<std::optional<Cut>, MtprotoError>;

  [[nodiscard]] CutResult cut(ByteView input) const;
  [[nodiscard]] CutResult cut_abridged(ByteView input) const;
  [[nodiscard]] CutResult cut_intermediate(ByteView input) const;
  [[nodiscard]] CutResult cut_full(ByteView input) const;

  TransportKind kind_;
  Role role_;
  Bytes buffer_;
  std::size_t begin_ = 0;
  std::uint32_t counter_ = 0;  // full framing: number of the next frame
  std::optional<MtprotoError> failed_;
};

/// Puts packets into frames.
class FrameWriter {
 public:
  /// `random` gives the tail bytes of the padded framing and must live as long as the writer. A client appends up to 15
  /// (core.telegram.org/mtproto/mtproto-transports#padded-intermediate), a server up to 3: Telethon and gotd, which
  /// work with Telegram's servers, cut off what is beyond a multiple of four and nothing else.
  FrameWriter(TransportKind kind, RandomSource& random, Role role = Role::Client)
      : kind_(kind), random_(&random), role_(role) {}

  /// Appends one frame to `out`. The packet is at least kMinPacketSize and at most kMaxFrameSize bytes, and a multiple
  /// of 4 in the abridged framing.
  void write(ByteView packet, Bytes& out);

  /// Server: appends a transport error; `code` is negative.
  void write_error(std::int32_t code, Bytes& out);

  /// Server: appends a quick acknowledgement. The token is the first 32 bits of the SHA-256 that msg_key comes from.
  void write_quick_ack(std::uint32_t token, Bytes& out);

 private:
  void write_any(ByteView payload, std::size_t most_padding, Bytes& out);

  TransportKind kind_;
  RandomSource* random_;
  Role role_;
  std::uint32_t counter_ = 0;
};

}  // namespace ledgram::mtproto
