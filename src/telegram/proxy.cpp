#include "ledgram/telegram/proxy.hpp"

#include <boost/url/encoding_opts.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace ledgram::telegram {

namespace {

namespace urls = boost::urls;

using mtproto::ParsedProxySecret;
using Disguise = ParsedProxySecret::Disguise;

/// Far above two texts of 255 characters, each percent-encoded, and below anything worth parsing.
constexpr std::size_t kLongestText = 4096;

/// Longest host name, user and password of SOCKS5; DNS names are shorter anyway.
constexpr std::size_t kLongestPart = 255;

constexpr std::array<std::string_view, 4> kLinkHosts{"t.me", "telegram.me", "telegram.dog", "www.t.me"};

std::unexpected<TelegramError> bad(std::string what) {
  TelegramError error;
  error.code = TelegramErrc::BadProxy;
  error.message = "the proxy's address cannot be used: " + std::move(what);
  return std::unexpected(std::move(error));
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::optional<std::uint16_t> port_from(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port == 0)
    return std::nullopt;
  return port;
}

/// Letters of a host name or an address; nothing that could end an HTTP header or a line of text.
bool is_host(std::string_view host) {
  const auto allowed = [](char c) { return c > ' ' && c <= '~' && c != '/' && c != '@' && c != '"'; };
  return !host.empty() && host.size() <= kLongestPart && std::ranges::all_of(host, allowed);
}

Result<net::Address, TelegramError> address_from(std::string host, std::string_view port) {
  if (!is_host(host))
    return bad("it needs the host of the proxy");
  const auto number = port_from(port);
  if (!number)
    return bad("it needs a port from 1 to 65535 behind the host, as in socks5://proxy.example.org:1080");
  return net::Address{std::move(host), *number};
}

Result<Proxy, TelegramError> tunnel(net::ProxyKind kind, std::string host, std::string_view port, std::string user,
                                    std::string password) {
  auto address = address_from(std::move(host), port);
  if (!address)
    return std::unexpected(std::move(address.error()));
  if (user.size() > kLongestPart || password.size() > kLongestPart)
    return bad("user name and password may have at most 255 bytes each");
  if (user.empty() && !password.empty())
    return bad("it has a password and no user name");
  if (kind == net::ProxyKind::HttpConnect && user.find(':') != std::string::npos)
    return bad("the user name of an HTTP proxy cannot hold a colon");
  net::ProxyServer server;
  server.kind = kind;
  server.address = std::move(*address);
  server.login = {SecretText(std::move(user)), SecretText(std::move(password))};
  return Proxy(std::move(server));
}

/// The parameters of a link, each once; others than the known ones are ignored, as Telegram's own programs do.
struct LinkParameters {
  std::string server, port, secret, user, pass;
};

LinkParameters parameters_of(const urls::url_view& url) {
  LinkParameters found;
  // A plus sign is itself here: base64 has it.
  for (const auto& parameter : url.params(urls::encoding_opts{})) {
    const std::array<std::pair<std::string_view, std::string*>, 5> known{{{"server", &found.server},
                                                                          {"port", &found.port},
                                                                          {"secret", &found.secret},
                                                                          {"user", &found.user},
                                                                          {"pass", &found.pass}}};
    for (const auto& [name, place] : known) {
      if (parameter.key == name)
        *place = parameter.value;
    }
  }
  return found;
}

Result<Proxy, TelegramError> from_link(std::string_view kind, const urls::url_view& url) {
  LinkParameters given = parameters_of(url);
  if (kind == "socks")
    return tunnel(net::ProxyKind::Socks5, given.server, given.port, std::move(given.user), std::move(given.pass));
  if (kind != "proxy")
    return bad(
        "a Telegram link to a proxy begins with tg://proxy, tg://socks, https://t.me/proxy or https://t.me/socks");
  auto address = address_from(given.server, given.port);
  if (!address)
    return std::unexpected(std::move(address.error()));
  const auto secret = mtproto::parse_proxy_secret(given.secret);
  if (!secret)
    return bad(secret.error().message);
  return Proxy(mtproxy_options(std::move(*address), *secret));
}

}  // namespace

Result<Proxy, TelegramError> parse_proxy(std::string_view text) {
  text = trimmed(text);
  if (text.size() > kLongestText)
    return bad("it is too long");
  const auto read = urls::parse_uri(urls::string_view(text.data(), text.size()));
  if (!read) {
    return bad(
        "it is not of the form socks5://user:password@host:port, http://host:port or tg://proxy?server=...; special "
        "characters in user and password are written as % and two hexadecimal digits");
  }
  const urls::url_view url = *read;
  std::string scheme(url.scheme());
  std::ranges::transform(scheme, scheme.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  const std::string host = url.host_address();
  const std::string path = url.path();
  if (scheme == "tg")
    return from_link(host, url);
  const bool is_web = scheme == "http" || scheme == "https";
  if (is_web && std::ranges::find(kLinkHosts, host) != kLinkHosts.end())
    return from_link(std::string_view(path).substr(path.empty() ? 0 : 1), url);
  if (scheme == "https")
    return bad("proxies that are spoken to in TLS are not supported; use http:// or socks5://");
  const bool is_socks = scheme == "socks5" || scheme == "socks5h";
  if (!is_socks && !is_web)
    return bad("it begins with none of socks5://, http://, tg://proxy and https://t.me/proxy");
  if ((!path.empty() && path != "/") || url.has_query() || url.has_fragment())
    return bad("nothing may stand behind the port; a # ? or / in a password is written as %23 %3F %2F");
  return tunnel(is_socks ? net::ProxyKind::Socks5 : net::ProxyKind::HttpConnect, host,
                std::string_view(url.port().data(), url.port().size()), url.user(), url.password());
}

std::string describe(const Proxy& proxy) {
  if (const auto* server = std::get_if<net::ProxyServer>(&proxy))
    return net::to_string(*server);
  const auto& mtproxy = std::get<MtproxyOptions>(proxy);
  std::string text = "MTProxy " + net::to_string(mtproxy.address);
  if (mtproxy.disguise == Disguise::Padding)
    text += " (dd)";
  if (mtproxy.disguise == Disguise::Tls)
    text += " (looks like TLS)";
  return text;
}

void use_proxy(ClientOptions& options, const Proxy& proxy) {
  options.tunnel.reset();
  options.mtproxy.reset();
  if (const auto* server = std::get_if<net::ProxyServer>(&proxy)) {
    options.tunnel = *server;
  } else {
    options.mtproxy = std::get<MtproxyOptions>(proxy);
  }
}

MtproxyOptions mtproxy_options(net::Address address, const ParsedProxySecret& secret) {
  MtproxyOptions options;
  options.address = std::move(address);
  options.secret = secret.key;
  options.disguise = secret.disguise;
  options.tls_host = secret.tls_host;
  return options;
}

}  // namespace ledgram::telegram
