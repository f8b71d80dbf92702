#include "ledgram/http/networks.hpp"

#include "ledgram/http/text.hpp"

#include <algorithm>
#include <string>

namespace ledgram::http {

Networks Networks::loopback() {
  Networks networks;
  networks.add("127.0.0.0/8");
  networks.add("::1");
  return networks;
}

bool Networks::add(std::string_view text) {
  const std::string written(text);
  boost::system::error_code error;
  if (text.find('/') == std::string_view::npos) {
    const auto address = asio::ip::make_address(written, error);
    if (error)
      return false;
    const asio::ip::address plain = plain_address(address);
    if (plain.is_v4()) {
      v4_.emplace_back(plain.to_v4(), 32);
    } else {
      v6_.emplace_back(plain.to_v6(), 128);
    }
    return true;
  }
  const auto v4 = asio::ip::make_network_v4(written, error);
  if (!error) {
    v4_.push_back(v4.canonical());
    return true;
  }
  const auto v6 = asio::ip::make_network_v6(written, error);
  if (error)
    return false;
  v6_.push_back(v6.canonical());
  return true;
}

bool Networks::contain(const asio::ip::address& address) const {
  const asio::ip::address plain = plain_address(address);
  if (plain.is_v4()) {
    return std::ranges::any_of(v4_, [ip = plain.to_v4()](const asio::ip::network_v4& network) {
      return asio::ip::network_v4(ip, network.prefix_length()).network() == network.network();
    });
  }
  return std::ranges::any_of(v6_, [ip = plain.to_v6()](const asio::ip::network_v6& network) {
    return asio::ip::network_v6(ip, network.prefix_length()).network() == network.network();
  });
}

asio::ip::address plain_address(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  return address;
}

asio::ip::address counted_address(const asio::ip::address& address) {
  const asio::ip::address plain = plain_address(address);
  if (plain.is_v4())
    return plain;
  return asio::ip::network_v6(plain.to_v6(), 64).network();
}

std::optional<asio::ip::address> address_in(std::string_view text) {
  std::string_view name = trim(text);
  if (name.starts_with('[')) {
    name = name.substr(1, name.find(']') - 1);
  } else if (std::ranges::count(name, ':') == 1) {
    name = name.substr(0, name.find(':'));
  }
  boost::system::error_code error;
  const auto address = asio::ip::make_address(std::string(name), error);
  return error ? std::nullopt : std::optional(plain_address(address));
}

}  // namespace ledgram::http
