#include "ledgram/webhooks/target_url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace ledgram::webhooks {
namespace {

namespace urls = boost::urls;

std::unexpected<WebhookProblem> bad(std::string message) {
  return std::unexpected(WebhookProblem{WebhookErrc::BadUrl, std::move(message)});
}

/// The address that the host is, if it is one. Resolvers take more forms of IPv4 than URLs have ("127.1",
/// "0x7f000001"); those are names here, and are asked about when the connection is made.
std::optional<asio::ip::address> literal_address(const urls::url_view& url) {
  if (url.host_type() == urls::host_type::ipv4)
    return asio::ip::address_v4(url.host_ipv4_address().to_bytes());
  if (url.host_type() == urls::host_type::ipv6)
    return asio::ip::address_v6(url.host_ipv6_address().to_bytes());
  return std::nullopt;
}

}  // namespace

std::string refusal(const asio::ip::address& address, std::string_view host) {
  const std::string text = address.to_string();
  const std::string subject = text == host ? text : fmt::format("{} ({})", host, text);
  return fmt::format(
      "webhooks are not sent to {}, which is no public address ({}); the setting webhooks.allow can permit it", subject,
      name_of(kind_of(address)));
}

WebhookResult<TargetUrl> parse_target(std::string_view text, const AddressGuard& guard) {
  if (text.size() > kLongestUrl)
    return bad(fmt::format("the URL has {} characters; {} is the most", text.size(), kLongestUrl));
  const auto parsed = urls::parse_uri({text.data(), text.size()});
  if (parsed.has_error())
    return bad("this is no URL as https://example.org/path");
  const urls::url_view& url = *parsed;
  if (url.scheme_id() != urls::scheme::http && url.scheme_id() != urls::scheme::https)
    return bad("a webhook's URL begins with https:// or http://");
  if (!url.has_authority() || url.host().empty())
    return bad("the URL names no host");
  if (url.has_userinfo())
    return bad("the URL must be without user name and password; receivers check the signature instead");
  if (url.has_fragment())
    return bad("the URL must be without a fragment (#...), which is never sent");
  if (url.host_type() == urls::host_type::ipvfuture)
    return bad("the URL's host is neither a name nor an IPv4 or IPv6 address");
  if (url.has_port() && (url.port_number() == 0 || url.port().size() > 5))
    return bad("the URL's port is not from 1 to 65535");
  if (const auto address = literal_address(url); address && !guard.permits(*address))
    return std::unexpected(WebhookProblem{WebhookErrc::ForbiddenAddress, refusal(*address, address->to_string())});
  return TargetUrl{.url = std::string(text), .host = std::string(url.encoded_host_and_port())};
}

}  // namespace ledgram::webhooks
