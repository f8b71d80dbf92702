#pragma once

/// How an account stands to Telegram at this moment.

#include "ledgram/base/clock.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ledgram::follow {

enum class Link : std::uint8_t {
  Connecting,  ///< no connection, and one is being made
  Connected,
  NeedsLogin,  ///< Telegram has ended the login, or nobody has logged in
};

struct LinkState {
  Link link = Link::Connecting;
  nanoseconds since{};     ///< wall clock
  std::string last_error;  ///< what went wrong last, for people; empty if nothing did
};

constexpr std::string_view name_of(Link link) {
  switch (link) {
    case Link::Connecting:
      return "connecting";
    case Link::Connected:
      return "connected";
    case Link::NeedsLogin:
      return "needs_login";
  }
  return "unknown";
}

}  // namespace ledgram::follow
