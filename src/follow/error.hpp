#pragma once

/// Errors of the follow floor: what somebody asked of the running service that it cannot do.

#include "ledgram/base/error.hpp"

#include <cstdint>
#include <string_view>

namespace ledgram::follow {

enum class FollowErrc : std::uint8_t {
  UnknownAccount,  ///< the service has no account of this number
  NeedsLogin,      ///< the account's login was lost, or it was logged out
  UnknownChannel,  ///< the channel is not followed
  NobodyCanRead,   ///< no account that is logged in can read the channel
  Stopping,        ///< the service ends
};

constexpr bool is_retryable(FollowErrc code) {
  return code == FollowErrc::Stopping;
}

constexpr std::string_view name_of(FollowErrc code) {
  switch (code) {
    case FollowErrc::UnknownAccount:
      return "unknown_account";
    case FollowErrc::NeedsLogin:
      return "needs_login";
    case FollowErrc::UnknownChannel:
      return "unknown_channel";
    case FollowErrc::NobodyCanRead:
      return "nobody_can_read";
    case FollowErrc::Stopping:
      return "stopping";
  }
  return "unknown";
}

using FollowError = BasicError<FollowErrc>;
using FollowFailure = Failure<FollowError>;

}  // namespace ledgram::follow
