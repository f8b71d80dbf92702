#pragma once

/// Where Telegram's data centres are and which RSA keys prove that it is them
/// (core.telegram.org/api/datacenter, core.telegram.org/mtproto/auth_key).

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/crypto/rsa.hpp"
#include "ledgram/mtproto/obfuscation.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ledgram::telegram {

using DcEnvironment = mtproto::DcEnvironment;

/// One address of one data centre, as dcOption of help.getConfig describes it.
struct DcOption {
  DcId dc;
  std::string host;
  std::uint16_t port = 443;
  bool ipv6 = false;
  bool media_only = false;
  bool cdn = false;
  bool tcpo_only = false;  ///< takes only obfuscated connections
  bool static_ip = false;  ///< stays the same, so that proxies may be configured to let it pass
  bool this_port_only = false;
  Bytes secret;  ///< not empty: the address is an MTProxy that wants this secret, see proxy_secret_from_bytes()

  friend bool operator==(const DcOption&, const DcOption&) = default;
};

/// How a data centre is reached: straight, or through a SOCKS5 or HTTP proxy.
enum class Way : std::uint8_t { Direct, Tunnel };

struct DcTable {
  std::vector<DcOption> options;
  std::vector<crypto::RsaPublicKey> rsa_keys;
  DcEnvironment environment = DcEnvironment::Production;
  DcId first_dc{2};  ///< where an account that is not logged in begins

  /// Telegram itself.
  static DcTable production();
  /// Telegram's own test environment (core.telegram.org/api/auth#test-accounts).
  static DcTable test();

  /// The addresses for API calls to `dc`, best first: neither media_only nor cdn, static ones first for a tunnel, then
  /// IPv4 before IPv6 (C8).
  [[nodiscard]] std::vector<DcOption> addresses(DcId dc, Way way) const;

  /// The addresses of a data centre of the CDN, in the same order.
  [[nodiscard]] std::vector<DcOption> cdn_addresses(DcId dc, Way way) const;

  /// Puts what the server named before what was known; the old addresses of the same data centres stay as the last
  /// fall-back (C9). Options without a usable host, port or id are left out.
  void merge(std::vector<DcOption> fresh);
};

}  // namespace ledgram::telegram
