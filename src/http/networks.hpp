#pragma once

/// Sets of addresses, as configurations write them: "10.0.0.0/8", "::1", "192.168.1.7".

#include "ledgram/net/asio.hpp"

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace ledgram::http {

class Networks {
 public:
  static Networks loopback();

  /// False if `text` is neither an address nor a network in CIDR form.
  bool add(std::string_view text);

  /// An IPv4 address that is written as IPv6 (::ffff:a.b.c.d) counts as IPv4.
  [[nodiscard]] bool contain(const asio::ip::address& address) const;

  [[nodiscard]] bool empty() const { return v4_.empty() && v6_.empty(); }

 private:
  std::vector<asio::ip::network_v4> v4_;
  std::vector<asio::ip::network_v6> v6_;
};

/// IPv4 where it is one in the form of IPv6.
asio::ip::address plain_address(const asio::ip::address& address);

/// What limits by address count as one: an address of IPv4, and a network (/64) of IPv6, since one customer has all of
/// it (RFC 6177).
asio::ip::address counted_address(const asio::ip::address& address);

/// Nothing if it is none. Brackets and a port are taken off, as in X-Forwarded-For.
std::optional<asio::ip::address> address_in(std::string_view text);

}  // namespace ledgram::http
