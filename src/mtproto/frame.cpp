#include "ledgram/mtproto/frame.hpp"

#include "ledgram/crypto/crc32.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace ledgram::mtproto {
namespace {

constexpr std::uint32_t kTopBit = 0x80000000U;

/// Abridged: this length, or its version with the top bit, says that three more bytes of length follow.
constexpr std::uint8_t kLongLengthMark = 0x7f;

/// Full: length, counter and checksum.
constexpr std::size_t kFullEnvelope = 12;

/// Padded intermediate: at most this many random bytes stand after the packet.
constexpr std::size_t kMaxPadding = 15;
/// A server's packets are multiples of four, and some clients take off only what is beyond one.
constexpr std::size_t kMaxServerPadding = 3;

/// A buffer that grew beyond this for one large frame is given back once it is empty.
constexpr std::size_t kKeptBuffer = std::size_t{256} * 1024;

/// In the padded framing a quick acknowledgement begins with this, which is no error that exists.
constexpr std::uint32_t kPaddedQuickAckMark = 0xffffffffU;

constexpr std::size_t kUnencryptedHeader = 20;
constexpr std::size_t kEncryptedHeader = 24;
constexpr std::size_t kCipherBlock = 16;

/// The packet without the random tail of the padded framing (T3): an encrypted part is whole blocks, an unencrypted
/// message says its length.
ByteView without_padding(ByteView payload) {
  if (payload.size() >= kUnencryptedHeader && load_le64(payload) == 0) {
    const std::size_t size = kUnencryptedHeader + std::size_t{load_le32(payload.subspan(16))};
    const bool plausible = size <= payload.size() && payload.size() - size <= kMaxPadding;
    return plausible ? payload.first(size) : payload;
  }
  if (payload.size() < kEncryptedHeader)
    return payload;
  const std::size_t blocks = (payload.size() - kEncryptedHeader) / kCipherBlock;
  return payload.first(kEncryptedHeader + blocks * kCipherBlock);
}

Frame error_or_signal(ByteView payload, TransportKind kind) {
  const std::uint32_t word = load_le32(payload);
  if (word == 0)
    return {.kind = Frame::Kind::Nop};
  if (kind == TransportKind::PaddedIntermediate && word == kPaddedQuickAckMark && payload.size() >= 8) {
    return {.kind = Frame::Kind::QuickAck, .quick_ack = load_le32(payload.subspan(4))};
  }
  if ((word & kTopBit) != 0)
    return {.kind = Frame::Kind::TransportError, .error_code = static_cast<std::int32_t>(word)};
  return {.kind = Frame::Kind::QuickAck, .quick_ack = word};
}

/// T5: what is too short for a message is a signal. A padded quick acknowledgement may have 16 bytes.
Frame classify(ByteView payload, TransportKind kind) {
  const bool padded_quick_ack = kind == TransportKind::PaddedIntermediate && payload.size() == kMinPacketSize &&
                                load_le32(payload) == kPaddedQuickAckMark;
  if (payload.size() < kMinPacketSize || padded_quick_ack)
    return error_or_signal(payload, kind);
  if (kind == TransportKind::PaddedIntermediate)
    payload = without_padding(payload);
  return {.kind = Frame::Kind::Packet, .payload = payload};
}

std::uint32_t load_le24(ByteView from) {
  return std::uint32_t{from[0]} | std::uint32_t{from[1]} << 8 | std::uint32_t{from[2]} << 16;
}

std::uint32_t load_be32(ByteView from) {
  return std::uint32_t{from[0]} << 24 | std::uint32_t{from[1]} << 16 | std::uint32_t{from[2]} << 8 |
         std::uint32_t{from[3]};
}

void append_le32(Bytes& to, std::uint32_t value) {
  ByteArray<4> bytes{};
  store_le32(bytes, value);
  append(to, bytes);
}

std::unexpected<MtprotoError> too_large(std::size_t size) {
  return fail(MtprotoErrc::FrameTooLarge,
              fmt::format("got a frame announced with {} bytes, expected at most {}", size, kMaxFrameSize));
}

}  // namespace

std::string_view name_of(TransportKind kind) {
  switch (kind) {
    case TransportKind::Abridged:
      return "abridged";
    case TransportKind::Intermediate:
      return "intermediate";
    case TransportKind::PaddedIntermediate:
      return "padded intermediate";
    case TransportKind::Full:
      return "full";
  }
  return "unknown";
}

/// One frame at the beginning of the input.
struct FrameReader::Cut {
  std::size_t size = 0;  ///< with its envelope
  ByteView payload;      ///< empty if the frame is a bare quick acknowledgement
  std::uint32_t quick_ack = 0;
  bool wants_quick_ack = false;
};

void FrameReader::feed(ByteView received) {
  static_cast<void>(feed_in_place(received));
}

MutableByteView FrameReader::feed_in_place(ByteView received) {
  if (begin_ == buffer_.size()) {
    buffer_.clear();
    begin_ = 0;
    if (buffer_.capacity() > kKeptBuffer && received.size() <= kKeptBuffer)
      Bytes().swap(buffer_);
  } else if (begin_ > buffer_.size() / 2) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  }
  append(buffer_, received);
  return MutableByteView(buffer_).last(received.size());
}

Result<std::optional<Frame>, MtprotoError> FrameReader::next() {
  if (failed_)
    return std::unexpected(*failed_);
  auto found = cut(ByteView(buffer_).subspan(begin_));
  if (!found) {
    failed_ = found.error();
    return std::unexpected(std::move(found.error()));
  }
  if (!*found)
    return std::optional<Frame>();

  const Cut& frame = **found;
  begin_ += frame.size;
  if (frame.payload.empty())
    return Frame{.kind = Frame::Kind::QuickAck, .quick_ack = frame.quick_ack};
  ++counter_;
  Frame result = classify(frame.payload, kind_);
  result.wants_quick_ack = frame.wants_quick_ack;
  return result;
}

FrameReader::CutResult FrameReader::cut(ByteView input) const {
  switch (kind_) {
    case TransportKind::Abridged:
      return cut_abridged(input);
    case TransportKind::Intermediate:
    case TransportKind::PaddedIntermediate:
      return cut_intermediate(input);
    case TransportKind::Full:
      return cut_full(input);
  }
  return std::optional<Cut>();
}

FrameReader::CutResult FrameReader::cut_abridged(ByteView input) const {
  if (input.empty())
    return std::optional<Cut>();
  const bool top_bit = (input[0] & 0x80U) != 0;
  if (top_bit && role_ == Role::Client) {
    if (input.size() < 4)
      return std::optional<Cut>();
    return Cut{.size = 4, .payload = {}, .quick_ack = load_be32(input)};
  }
  std::size_t words = input[0] & 0x7fU;
  std::size_t envelope = 1;
  if (words == kLongLengthMark) {
    if (input.size() < 4)
      return std::optional<Cut>();
    words = load_le24(input.subspan(1));
    envelope = 4;
  }
  const std::size_t size = words * 4;
  if (size == 0)
    return fail(MtprotoErrc::BadFrame, "got an empty frame, expected at least 4 bytes");
  if (size > kMaxFrameSize)
    return too_large(size);
  if (input.size() < envelope + size)
    return std::optional<Cut>();
  return Cut{.size = envelope + size, .payload = input.subspan(envelope, size), .wants_quick_ack = top_bit};
}

FrameReader::CutResult FrameReader::cut_intermediate(ByteView input) const {
  if (input.size() < 4)
    return std::optional<Cut>();
  const std::uint32_t word = load_le32(input);
  const bool top_bit = (word & kTopBit) != 0;
  if (top_bit && role_ == Role::Client)
    return Cut{.size = 4, .payload = {}, .quick_ack = word};
  const std::size_t size = word & ~kTopBit;
  if (size < 4) {
    return fail(MtprotoErrc::BadFrame, fmt::format("got a frame of {} bytes, expected at least 4", size));
  }
  if (size > kMaxFrameSize + kMaxPadding)
    return too_large(size);
  if (input.size() < 4 + size)
    return std::optional<Cut>();
  return Cut{.size = 4 + size, .payload = input.subspan(4, size), .wants_quick_ack = top_bit};
}

FrameReader::CutResult FrameReader::cut_full(ByteView input) const {
  if (input.size() < 4)
    return std::optional<Cut>();
  const std::size_t size = load_le32(input);
  if (size < kFullEnvelope + 4) {
    return fail(MtprotoErrc::BadFrame,
                fmt::format("got a frame of {} bytes, expected at least {}", size, kFullEnvelope + 4));
  }
  if (size > kMaxFrameSize + kFullEnvelope)
    return too_large(size);
  if (input.size() < 8)
    return std::optional<Cut>();
  const std::uint32_t counter = load_le32(input.subspan(4));
  if (counter != counter_) {
    return fail(MtprotoErrc::BadFrameOrder, fmt::format("got frame number {}, expected {}", counter, counter_));
  }
  if (input.size() < size)
    return std::optional<Cut>();
  const std::uint32_t got = load_le32(input.subspan(size - 4));
  const std::uint32_t expected = crypto::crc32(input.first(size - 4));
  if (got != expected) {
    return fail(MtprotoErrc::BadChecksum,
                fmt::format("got a frame with checksum {:08x}, expected {:08x}", got, expected));
  }
  return Cut{.size = size, .payload = input.subspan(8, size - kFullEnvelope)};
}

void FrameWriter::write(ByteView packet, Bytes& out) {
  assert(packet.size() >= kMinPacketSize && packet.size() <= kMaxFrameSize);
  write_any(packet, kMaxPadding, out);
}

void FrameWriter::write_error(std::int32_t code, Bytes& out) {
  assert(code < 0);
  ByteArray<4> payload{};
  store_le32(payload, static_cast<std::uint32_t>(code));
  write_any(payload, kMaxPadding - payload.size(), out);
}

void FrameWriter::write_quick_ack(std::uint32_t token, Bytes& out) {
  token |= kTopBit;
  ByteArray<4> bare{};
  store_le32(bare, token);
  switch (kind_) {
    case TransportKind::Abridged:
      std::ranges::reverse(bare);
      append(out, bare);
      return;
    case TransportKind::Intermediate:
      append(out, bare);
      return;
    case TransportKind::PaddedIntermediate: {
      ByteArray<8> payload{};
      store_le32(payload, kPaddedQuickAckMark);
      std::ranges::copy(bare, payload.begin() + 4);
      write_any(payload, kMaxPadding - payload.size(), out);
      return;
    }
    case TransportKind::Full:
      return;  // this framing has no quick acknowledgements
  }
}

void FrameWriter::write_any(ByteView payload, std::size_t most_padding, Bytes& out) {
  const auto size = static_cast<std::uint32_t>(payload.size());
  switch (kind_) {
    case TransportKind::Abridged: {
      assert(size % 4 == 0);
      const std::uint32_t words = size / 4;
      if (words < kLongLengthMark) {
        out.push_back(static_cast<std::uint8_t>(words));
      } else {
        append_le32(out, words << 8 | kLongLengthMark);
      }
      append(out, payload);
      return;
    }
    case TransportKind::Intermediate:
      append_le32(out, size);
      append(out, payload);
      return;
    case TransportKind::PaddedIntermediate: {
      if (role_ == Role::Server)
        most_padding = std::min(most_padding, kMaxServerPadding);
      const Bytes padding = random_->bytes(random_->below(most_padding + 1));
      append_le32(out, size + static_cast<std::uint32_t>(padding.size()));
      append(out, payload);
      append(out, padding);
      return;
    }
    case TransportKind::Full: {
      const std::size_t from = out.size();
      append_le32(out, size + static_cast<std::uint32_t>(kFullEnvelope));
      append_le32(out, counter_++);
      append(out, payload);
      append_le32(out, crypto::crc32(ByteView(out).subspan(from)));
      return;
    }
  }
}

}  // namespace ledgram::mtproto
