#include "ledgram/mtproto/proxy_secret.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace ledgram::mtproto {
namespace {

constexpr std::uint8_t kTlsMark = 0xee;

/// The longest host name that fits beside the rest of a disguised TLS greeting; TDLib has the same bound.
constexpr std::size_t kMaxTlsHost = 182;

constexpr std::size_t kKeySize = std::tuple_size_v<ProxySecret>;

}  // namespace

TransportKind ParsedProxySecret::transport(TransportKind preferred) const {
  return disguise == Disguise::None ? preferred : TransportKind::PaddedIntermediate;
}

Result<ParsedProxySecret, MtprotoError> proxy_secret_from_bytes(ByteView bytes) {
  if (bytes.size() < kKeySize) {
    return fail(MtprotoErrc::BadProxySecret,
                fmt::format("the MTProxy secret has {} bytes, expected at least {}; copy it again from the proxy link",
                            bytes.size(), kKeySize));
  }
  ParsedProxySecret parsed;
  if (bytes.size() == kKeySize) {
    std::ranges::copy(bytes, parsed.key.begin());
    return parsed;
  }
  std::copy_n(bytes.begin() + 1, kKeySize, parsed.key.begin());
  if (bytes.size() == kKeySize + 1) {
    parsed.disguise = ParsedProxySecret::Disguise::Padding;
    return parsed;
  }
  const ByteView host = bytes.subspan(kKeySize + 1);
  if (bytes.front() != kTlsMark || host.size() > kMaxTlsHost) {
    return fail(
        MtprotoErrc::BadProxySecret,
        fmt::format("the MTProxy secret has {} bytes, expected 16, 17, or a TLS secret that begins with ee; copy "
                    "it again from the proxy link",
                    bytes.size()));
  }
  parsed.disguise = ParsedProxySecret::Disguise::Tls;
  parsed.tls_host = std::string(as_text(host));
  return parsed;
}

Result<ParsedProxySecret, MtprotoError> parse_proxy_secret(std::string_view text) {
  std::optional<Bytes> bytes = from_hex(text);
  if (!bytes)
    bytes = from_base64(text);
  if (!bytes) {
    return fail(MtprotoErrc::BadProxySecret,
                "the MTProxy secret is neither hexadecimal nor base64; copy it again from the proxy link");
  }
  return proxy_secret_from_bytes(*bytes);
}

}  // namespace ledgram::mtproto
