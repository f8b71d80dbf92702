#pragma once

/// Which addresses webhooks may be sent to. Whoever may create a webhook chooses an address that this machine connects
/// to, so addresses that mean something only here (this machine, its networks, the cloud's own services) are refused
/// unless the configuration allows them. The question is asked for the very address of each connection, so what a name
/// meant earlier does not matter.

#include "ledgram/net/asio.hpp"

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::webhooks {

/// What an address is for, by the registries of IANA for special addresses (RFC 6890 and its updates).
enum class AddressKind : std::uint8_t {
  Public,
  Unspecified,  ///< 0.0.0.0/8, ::
  Loopback,
  Private,    ///< RFC 1918, unique local, site local
  Shared,     ///< 100.64.0.0/10: between a provider and its customers
  LinkLocal,  ///< also where clouds keep their metadata
  Multicast,
  Translated,  ///< IPv6 that holds an IPv4 address for a translator or a tunnel
  Reserved,    ///< documentation, measurements, broadcast, not given to anybody
};

/// "public", "loopback", "private", "link-local"...
std::string_view name_of(AddressKind kind);

/// An IPv4-mapped address is what its IPv4 address is.
AddressKind kind_of(const asio::ip::address& address);

/// Immutable; for any number of threads.
class AddressGuard {
 public:
  /// Only public addresses.
  AddressGuard() = default;

  /// `allowed`: networks ("10.1.0.0/16", "fd00::/8") and single addresses that are permitted besides. The error names
  /// the first one that is neither.
  static std::expected<AddressGuard, std::string> allowing(std::span<const std::string> allowed);

  [[nodiscard]] bool permits(const asio::ip::address& address) const;

 private:
  std::vector<asio::ip::network_v4> allowed_v4_;
  std::vector<asio::ip::network_v6> allowed_v6_;
};

}  // namespace ledgram::webhooks
