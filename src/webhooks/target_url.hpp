#pragma once

/// Where a webhook is sent to. A URL may hold a secret in its path or query: what is shown of it in logs is the host.

#include "ledgram/webhooks/address_guard.hpp"
#include "ledgram/webhooks/error.hpp"

#include <string>
#include <string_view>

namespace ledgram::webhooks {

/// Longer ones are refused: servers commonly take 2,048 characters at least and not much more.
inline constexpr std::size_t kLongestUrl = 2048;

struct TargetUrl {
  std::string url;   ///< as it was given
  std::string host;  ///< with the port if the URL has one; for people
};

/// Takes http and https URLs with a host, without user name and fragment. A host that is an address is asked of `guard`
/// at once; what a name stands for is asked at each connection. Errors: BadUrl, ForbiddenAddress.
WebhookResult<TargetUrl> parse_target(std::string_view url, const AddressGuard& guard);

/// What people are told about a refused address; `host` is the name that stood for it, or the address itself.
std::string refusal(const asio::ip::address& address, std::string_view host);

}  // namespace ledgram::webhooks
