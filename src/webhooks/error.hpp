#pragma once

/// What is wrong with the address of a webhook, before anything is sent there.

#include "ledgram/base/error.hpp"

#include <cstdint>
#include <string_view>

namespace ledgram::webhooks {

enum class WebhookErrc : std::uint8_t {
  BadUrl,            ///< no http or https URL, or with parts that a webhook may not have
  ForbiddenAddress,  ///< the URL names an address that webhooks are not sent to
};

constexpr bool is_retryable(WebhookErrc /*code*/) {
  return false;
}

constexpr std::string_view name_of(WebhookErrc code) {
  return code == WebhookErrc::BadUrl ? "bad_url" : "forbidden_address";
}

using WebhookProblem = BasicError<WebhookErrc>;

template <class T>
using WebhookResult = Result<T, WebhookProblem>;

}  // namespace ledgram::webhooks
