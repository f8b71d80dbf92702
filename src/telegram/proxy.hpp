#pragma once

/// Proxies as people write them: one address that says kind, host, port and secrets.

#include "ledgram/base/error.hpp"
#include "ledgram/telegram/error.hpp"
#include "ledgram/telegram/options.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace ledgram::telegram {

using Proxy = std::variant<net::ProxyServer, MtproxyOptions>;

/// Accepts
///
///     socks5://[user:password@]host:port            SOCKS5; also socks5h://
///     http://[user:password@]host:port              HTTP CONNECT
///     tg://proxy?server=H&port=P&secret=S           MTProxy, any form of secret (core.telegram.org/api/links)
///     tg://socks?server=H&port=P[&user=U&pass=W]    SOCKS5
///
/// and the last two as https://t.me/proxy?... and https://t.me/socks?... Users and passwords are percent-encoded.
/// Fails with BadProxy; messages never repeat the text, because it holds secrets.
Result<Proxy, TelegramError> parse_proxy(std::string_view text);

/// "socks5://host:port", "http://host:port" or "MTProxy host:port (dd)": for people and logs, without secrets.
std::string describe(const Proxy& proxy);

/// Makes every connection of a client with these options go through the proxy, and no other.
void use_proxy(ClientOptions& options, const Proxy& proxy);

/// An MTProxy from a parsed secret.
MtproxyOptions mtproxy_options(net::Address address, const mtproto::ParsedProxySecret& secret);

}  // namespace ledgram::telegram
