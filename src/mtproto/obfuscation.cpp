#include "ledgram/mtproto/obfuscation.hpp"

#include "ledgram/crypto/hash.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace ledgram::mtproto {
namespace {

// Where things stand in the header.
constexpr std::size_t kKeyAt = 8;
constexpr std::size_t kIvAt = 40;
constexpr std::size_t kTagAt = 56;
constexpr std::size_t kDcAt = 60;

constexpr std::uint32_t kAbridgedTag = 0xefefefefU;
constexpr std::uint32_t kIntermediateTag = 0xeeeeeeeeU;
constexpr std::uint32_t kPaddedTag = 0xddddddddU;

constexpr std::int32_t kTestOffset = 10000;

using Header = ByteArray<kObfuscationHeaderSize>;

std::optional<TransportKind> kind_of_tag(std::uint32_t tag) {
  if (tag == kAbridgedTag)
    return TransportKind::Abridged;
  if (tag == kIntermediateTag)
    return TransportKind::Intermediate;
  if (tag == kPaddedTag)
    return TransportKind::PaddedIntermediate;
  return std::nullopt;
}

/// The full transport has no tag; its place stays random.
std::optional<std::uint32_t> tag_of(TransportKind kind) {
  switch (kind) {
    case TransportKind::Abridged:
      return kAbridgedTag;
    case TransportKind::Intermediate:
      return kIntermediateTag;
    case TransportKind::PaddedIntermediate:
      return kPaddedTag;
    case TransportKind::Full:
      return std::nullopt;
  }
  return std::nullopt;
}

crypto::AesCtr stream_from(const Header& header, const std::optional<ProxySecret>& secret) {
  crypto::AesKey key{};
  ByteArray<16> iv{};
  std::copy_n(header.begin() + kKeyAt, key.size(), key.begin());
  std::copy_n(header.begin() + kIvAt, iv.size(), iv.begin());
  if (secret)
    key = crypto::sha256({ByteView(key), ByteView(*secret)});
  return crypto::AesCtr(key, iv);
}

/// The keys of the client's direction stand in the header, those of the server's in its reverse (T8).
crypto::AesCtr to_server_stream(const Header& header, const std::optional<ProxySecret>& secret) {
  return stream_from(header, secret);
}

crypto::AesCtr to_client_stream(const Header& header, const std::optional<ProxySecret>& secret) {
  Header reversed = header;
  std::ranges::reverse(reversed);
  return stream_from(reversed, secret);
}

void store_tag_and_dc(Header& header, TransportKind kind, std::int16_t wire_dc) {
  if (const auto tag = tag_of(kind))
    store_le32(MutableByteView(header).subspan(kTagAt), *tag);
  const auto dc = static_cast<std::uint16_t>(wire_dc);
  header[kDcAt] = static_cast<std::uint8_t>(dc & 0xffU);
  header[kDcAt + 1] = static_cast<std::uint8_t>(dc >> 8);
}

bool is_usable(const Header& header, TransportKind kind) {
  if (is_reserved_beginning(ByteView(header).first(8)))
    return false;
  // The full transport must not be taken for another one by chance.
  return kind != TransportKind::Full || !kind_of_tag(load_le32(ByteView(header).subspan(kTagAt)));
}

}  // namespace

std::int16_t wire_dc(DcId dc, DcEnvironment environment, DcRole role) {
  assert(dc.value() > 0 && dc.value() < kTestOffset);
  std::int32_t wire = dc.value();
  if (environment == DcEnvironment::Test)
    wire += kTestOffset;
  if (role == DcRole::Media)
    wire = -wire;
  return static_cast<std::int16_t>(wire);
}

DecodedDc decode_wire_dc(std::int32_t wire) {
  DecodedDc decoded;
  std::int64_t number = wire;
  if (number < 0) {
    decoded.role = DcRole::Media;
    number = -number;
  }
  if (number > kTestOffset) {
    decoded.environment = DcEnvironment::Test;
    number -= kTestOffset;
  }
  decoded.dc = DcId(static_cast<std::int32_t>(std::min<std::int64_t>(number, INT32_MAX)));
  return decoded;
}

bool is_reserved_beginning(ByteView first_8_bytes) {
  static constexpr std::array kReserved{
      std::uint32_t{0x44414548},  // HEAD
      std::uint32_t{0x54534f50},  // POST
      std::uint32_t{0x20544547},  // GET and a space
      std::uint32_t{0x4954504f},  // OPTI(ONS)
      std::uint32_t{0x02010316},  // TLS handshake record
      kIntermediateTag,          kPaddedTag,
  };
  if (first_8_bytes[0] == 0xef)
    return true;
  if (std::ranges::find(kReserved, load_le32(first_8_bytes)) != kReserved.end())
    return true;
  return load_le32(first_8_bytes.subspan(4)) == 0;  // the first frame of the full transport
}

ClientObfuscation begin_obfuscation(TransportKind kind, std::int16_t wire_dc, const std::optional<ProxySecret>& secret,
                                    RandomSource& random) {
  Header header{};
  do {
    random.fill(header);
  } while (!is_usable(header, kind));
  store_tag_and_dc(header, kind, wire_dc);

  ObfuscationStreams streams{to_server_stream(header, secret), to_client_stream(header, secret)};
  Header encrypted = header;
  streams.sending.apply(encrypted);
  std::copy(encrypted.begin() + kTagAt, encrypted.end(), header.begin() + kTagAt);
  return {header, std::move(streams)};
}

ServerObfuscation accept_obfuscation(const Header& header, const std::optional<ProxySecret>& secret) {
  ObfuscationStreams streams{to_client_stream(header, secret), to_server_stream(header, secret)};
  Header decrypted = header;
  streams.receiving.apply(decrypted);
  const auto dc = static_cast<std::uint16_t>(decrypted[kDcAt] | decrypted[kDcAt + 1] << 8);
  return {kind_of_tag(load_le32(ByteView(decrypted).subspan(kTagAt))).value_or(TransportKind::Full),
          static_cast<std::int16_t>(dc), std::move(streams)};
}

}  // namespace ledgram::mtproto
