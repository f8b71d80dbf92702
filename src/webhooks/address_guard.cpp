#include "ledgram/webhooks/address_guard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace ledgram::webhooks {
namespace {

struct SpecialV4 {
  std::uint32_t network;
  unsigned bits;
  AddressKind kind;
};

constexpr std::uint32_t v4(unsigned a, unsigned b, unsigned c, unsigned d) {
  return a << 24U | b << 16U | c << 8U | d;
}

// https://www.iana.org/assignments/iana-ipv4-special-registry
constexpr std::array kSpecialV4 = {
    SpecialV4{v4(0, 0, 0, 0), 8, AddressKind::Unspecified},
    SpecialV4{v4(10, 0, 0, 0), 8, AddressKind::Private},
    SpecialV4{v4(100, 64, 0, 0), 10, AddressKind::Shared},
    SpecialV4{v4(127, 0, 0, 0), 8, AddressKind::Loopback},
    SpecialV4{v4(169, 254, 0, 0), 16, AddressKind::LinkLocal},
    SpecialV4{v4(172, 16, 0, 0), 12, AddressKind::Private},
    SpecialV4{v4(192, 0, 0, 0), 24, AddressKind::Reserved},
    SpecialV4{v4(192, 0, 2, 0), 24, AddressKind::Reserved},
    SpecialV4{v4(192, 88, 99, 0), 24, AddressKind::Translated},
    SpecialV4{v4(192, 168, 0, 0), 16, AddressKind::Private},
    SpecialV4{v4(198, 18, 0, 0), 15, AddressKind::Reserved},
    SpecialV4{v4(198, 51, 100, 0), 24, AddressKind::Reserved},
    SpecialV4{v4(203, 0, 113, 0), 24, AddressKind::Reserved},
    SpecialV4{v4(224, 0, 0, 0), 4, AddressKind::Multicast},
    SpecialV4{v4(240, 0, 0, 0), 4, AddressKind::Reserved},
};

struct SpecialV6 {
  std::array<std::uint8_t, 16> network;
  unsigned bits;
  AddressKind kind;
};

// https://www.iana.org/assignments/iana-ipv6-special-registry; what is not listed is public only inside of 2000::/3,
// the one block from which addresses are given to networks.
constexpr std::array kSpecialV6 = {
    SpecialV6{{}, 128, AddressKind::Unspecified},
    SpecialV6{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, AddressKind::Loopback},
    SpecialV6{{}, 96, AddressKind::Translated},                        // ::a.b.c.d, deprecated
    SpecialV6{{0x00, 0x64, 0xff, 0x9b}, 32, AddressKind::Translated},  // NAT64, both prefixes
    SpecialV6{{0x20, 0x01, 0x0d, 0xb8}, 32, AddressKind::Reserved},    // documentation
    SpecialV6{{0x20, 0x01, 0x00, 0x00}, 32, AddressKind::Translated},  // Teredo
    SpecialV6{{0x20, 0x01, 0x00, 0x00}, 23, AddressKind::Reserved},    // protocols of the IETF
    SpecialV6{{0x20, 0x02}, 16, AddressKind::Translated},              // 6to4
    SpecialV6{{0x3f, 0xff, 0x00}, 20, AddressKind::Reserved},          // documentation
    SpecialV6{{0xfc}, 7, AddressKind::Private},                        // unique local
    SpecialV6{{0xfe, 0x80}, 10, AddressKind::LinkLocal},               //
    SpecialV6{{0xfe, 0xc0}, 10, AddressKind::Private},                 // site local, deprecated
    SpecialV6{{0xff}, 8, AddressKind::Multicast},                      //
};

bool within(std::span<const std::uint8_t, 16> address, std::span<const std::uint8_t, 16> network, unsigned bits) {
  constexpr unsigned kByte = 8;
  for (unsigned i = 0; i < address.size() && bits > 0; ++i) {
    const unsigned here = std::min(bits, kByte);
    const unsigned mask = (0xff00U >> here) & 0xffU;
    if (((address[i] ^ network[i]) & mask) != 0)
      return false;
    bits -= here;
  }
  return true;
}

AddressKind kind_of_v4(asio::ip::address_v4 address) {
  const std::uint32_t number = address.to_uint();
  for (const SpecialV4& special : kSpecialV4) {
    if ((number ^ special.network) >> (32 - special.bits) == 0)
      return special.kind;
  }
  return AddressKind::Public;
}

AddressKind kind_of_v6(const asio::ip::address_v6& address) {
  const auto bytes = address.to_bytes();
  for (const SpecialV6& special : kSpecialV6) {
    if (within(bytes, special.network, special.bits))
      return special.kind;
  }
  constexpr std::array<std::uint8_t, 16> kGlobal = {0x20};
  return within(bytes, kGlobal, 3) ? AddressKind::Public : AddressKind::Reserved;
}

/// The IPv4 address of an IPv4-mapped one; others as they are. A zone is no part of the question.
asio::ip::address plain(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  if (address.is_v6())
    return asio::ip::address_v6(address.to_v6().to_bytes());
  return address;
}

}  // namespace

std::string_view name_of(AddressKind kind) {
  switch (kind) {
    case AddressKind::Public:
      return "public";
    case AddressKind::Unspecified:
      return "unspecified";
    case AddressKind::Loopback:
      return "loopback";
    case AddressKind::Private:
      return "private";
    case AddressKind::Shared:
      return "shared";
    case AddressKind::LinkLocal:
      return "link-local";
    case AddressKind::Multicast:
      return "multicast";
    case AddressKind::Translated:
      return "translated";
    case AddressKind::Reserved:
      return "reserved";
  }
  return "unknown";
}

AddressKind kind_of(const asio::ip::address& address) {
  const asio::ip::address asked = plain(address);
  return asked.is_v4() ? kind_of_v4(asked.to_v4()) : kind_of_v6(asked.to_v6());
}

std::expected<AddressGuard, std::string> AddressGuard::allowing(std::span<const std::string> allowed) {
  AddressGuard guard;
  for (const std::string& text : allowed) {
    const bool single = text.find('/') == std::string::npos;
    boost::system::error_code not_v4;
    const auto network_v4 = asio::ip::make_network_v4(single ? text + "/32" : text, not_v4);
    if (!not_v4) {
      guard.allowed_v4_.push_back(network_v4.canonical());
      continue;
    }
    boost::system::error_code not_v6;
    const auto network_v6 = asio::ip::make_network_v6(single ? text + "/128" : text, not_v6);
    if (not_v6)
      return std::unexpected(fmt::format("\"{}\" is neither an address nor a network as 10.1.0.0/16", text));
    guard.allowed_v6_.push_back(network_v6.canonical());
  }
  return guard;
}

bool AddressGuard::permits(const asio::ip::address& address) const {
  const asio::ip::address asked = plain(address);
  if (kind_of(asked) == AddressKind::Public)
    return true;
  if (asked.is_v4()) {
    return std::ranges::any_of(allowed_v4_, [&](const asio::ip::network_v4& network) {
      return asio::ip::network_v4(asked.to_v4(), network.prefix_length()).network() == network.network();
    });
  }
  return std::ranges::any_of(allowed_v6_, [&](const asio::ip::network_v6& network) {
    return asio::ip::network_v6(asked.to_v6(), network.prefix_length()).network() == network.network();
  });
}

}  // namespace ledgram::webhooks
