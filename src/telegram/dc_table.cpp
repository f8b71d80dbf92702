#include "ledgram/telegram/dc_table.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <cassert>
#include <functional>
#include <iterator>
#include <string_view>
#include <utility>

namespace ledgram::telegram {

namespace {

/// The moduli of the keys that my.telegram.org shows to every owner of an api_id; the exponent of both is 65537.
/// Fingerprint d09d1d85de64fd85.
constexpr std::string_view kProductionModulus =
    "e8bb3305c0b52c6cf2afdf7637313489e63e05268e5badb601af417786472e5f93b85438968e20e6729a301c0afc121b"
    "f7151f834436f7fda680847a66bf64accec78ee21c0b316f0edafe2f41908da7bd1f4a5107638eeb67040ace472a14f9"
    "0d9f7c2b7def99688ba3073adb5750bb02964902a359fe745d8170e36876d4fd8a5d41b2a76cbff9a13267eb9580b2d0"
    "6d10357448d20d9da2191cb5d8c93982961cdfdeda629e37f1fb09a0722027696032fe61ed663db7a37f6f263d370f69"
    "db53a0dc0a1748bdaaff6209d5645485e6e001d1953255757e4b8e42813347b11da6ab500fd0ace7e6dfa3736199ccaf"
    "9397ed0745a427dcfa6cd67bcb1acff3";

/// Fingerprint b25898df208d2603.
constexpr std::string_view kTestModulus =
    "c8c11d635691fac091dd9489aedced2932aa8a0bcefef05fa800892d9b52ed03200865c9e97211cb2ee6c7ae96d3fb0e"
    "15aeffd66019b44a08a240cfdd2868a85e1f54d6fa5deaa041f6941ddf302690d61dc476385c2fa655142353cb4e4b59"
    "f6e5b6584db76fe8b1370263246c010c93d011014113ebdf987d093f9d37c2be48352d69a1683f8f6e6c2167983c761e"
    "3ab169fde5daaa12123fa1beab621e4da5935e9c198f82f35eae583a99386d8110ea6bd1abb0f568759f62694419ea5f"
    "69847c43462abef858b4cb5edc84e7b9226cd7bd7e183aa974a712c079dde85b9dc063b8a5c08e8f859c0ee5dcd824c7"
    "807f20153361a7f63cfd2a433a1be7f5";

crypto::RsaPublicKey key_of(std::string_view modulus_hex) {
  const Bytes modulus = *from_hex(modulus_hex);
  const Bytes exponent = {1, 0, 1};
  auto key = crypto::RsaPublicKey::from_parts(modulus, exponent);
  assert(key.has_value());  // both are constants above
  return std::move(*key);
}

DcOption option(std::int32_t dc, std::string_view host) {
  DcOption made;
  made.dc = DcId(dc);
  made.host = host;
  made.ipv6 = host.find(':') != std::string_view::npos;
  return made;
}

/// Telegram numbers its data centres from 1; five exist, CDN ones have numbers of three digits, and what is sent on the
/// wire must fit into 16 bits together with the test mark of 10000.
constexpr std::int32_t kLargestDc = 9999;

bool is_usable(const DcOption& option) {
  if (option.dc.value() < 1 || option.dc.value() > kLargestDc || option.port == 0)
    return false;
  boost::system::error_code error;
  boost::asio::ip::make_address(option.host, error);
  return !error;
}

bool same_endpoint(const DcOption& a, const DcOption& b) {
  return a.dc == b.dc && a.host == b.host && a.port == b.port && a.media_only == b.media_only && a.cdn == b.cdn;
}

std::vector<DcOption> best_first(const std::vector<DcOption>& options, Way way,
                                 const std::function<bool(const DcOption&)>& wanted) {
  std::vector<DcOption> found;
  std::ranges::copy_if(options, std::back_inserter(found), wanted);
  std::ranges::stable_sort(found, {}, [way](const DcOption& known) {
    return std::pair(way == Way::Tunnel && !known.static_ip, known.ipv6);
  });
  return found;
}

}  // namespace

DcTable DcTable::production() {
  DcTable table;
  table.environment = DcEnvironment::Production;
  table.options = {
      option(1, "149.154.175.53"),        option(2, "149.154.167.51"),        option(3, "149.154.175.100"),
      option(4, "149.154.167.91"),        option(5, "91.108.56.130"),         option(1, "2001:b28:f23d:f001::a"),
      option(2, "2001:67c:4e8:f002::a"),  option(3, "2001:b28:f23d:f003::a"), option(4, "2001:67c:4e8:f004::a"),
      option(5, "2001:b28:f23f:f005::a"),
  };
  table.rsa_keys.push_back(key_of(kProductionModulus));
  return table;
}

DcTable DcTable::test() {
  DcTable table;
  table.environment = DcEnvironment::Test;
  table.options = {
      option(1, "149.154.175.10"),        option(2, "149.154.167.40"),       option(3, "149.154.175.117"),
      option(1, "2001:b28:f23d:f001::e"), option(2, "2001:67c:4e8:f002::e"), option(3, "2001:b28:f23d:f003::e"),
  };
  table.rsa_keys.push_back(key_of(kTestModulus));
  return table;
}

std::vector<DcOption> DcTable::addresses(DcId dc, Way way) const {
  return best_first(options, way,
                    [dc](const DcOption& known) { return known.dc == dc && !known.media_only && !known.cdn; });
}

std::vector<DcOption> DcTable::cdn_addresses(DcId dc, Way way) const {
  return best_first(options, way, [dc](const DcOption& known) { return known.dc == dc && known.cdn; });
}

void DcTable::merge(std::vector<DcOption> fresh) {
  std::erase_if(fresh, [](const DcOption& named) { return !is_usable(named); });
  // A list that names no data centre at all is a mistake of the server, and so are more addresses than anybody has.
  constexpr std::size_t kMostOptions = 256;
  if (fresh.size() > kMostOptions)
    fresh.resize(kMostOptions);
  for (DcOption& old : options) {
    const bool named =
        std::any_of(fresh.begin(), fresh.end(), [&old](const DcOption& known) { return same_endpoint(known, old); });
    if (!named && fresh.size() < 2 * kMostOptions)
      fresh.push_back(std::move(old));
  }
  options = std::move(fresh);
}

}  // namespace ledgram::telegram
