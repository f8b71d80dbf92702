#pragma once

/// Server salts: 64-bit numbers that the server changes every half hour and wants to see in each message
/// (core.telegram.org/mtproto/description#server-salt). A type of their own, without formatter: salts stay out of logs.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/strong_id.hpp"

#include <cstdint>

namespace ledgram::mtproto {

using Salt = StrongId<struct SaltTag, std::int64_t>;

/// A salt and the span of server time (since 1970, whole seconds on the wire) in which the server accepts it.
struct TimedSalt {
  Salt salt;
  nanoseconds valid_since{};
  nanoseconds valid_until{};
};

}  // namespace ledgram::mtproto
