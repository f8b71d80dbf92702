#pragma once

/// Numbers that must not be mixed up: each has a type of its own, without implicit conversion.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace ledgram {

template <class Tag, class Value>
class StrongId {
 public:
  using value_type = Value;

  constexpr StrongId() = default;
  constexpr explicit StrongId(Value value) : value_(value) {}

  [[nodiscard]] constexpr Value value() const { return value_; }

  friend constexpr auto operator<=>(StrongId, StrongId) = default;

 private:
  Value value_{};
};

/// Telegram data centre number, 1 to 5 in production. Test and media flags of the wire are not part of it.
using DcId = StrongId<struct DcIdTag, std::int32_t>;

/// MTProto message identifier: unix time times 2^32 (core.telegram.org/mtproto/description#message-identifier-msg-id).
using MsgId = StrongId<struct MsgIdTag, std::int64_t>;

/// MTProto session identifier, a random number chosen by the client.
using SessionId = StrongId<struct SessionIdTag, std::int64_t>;

/// The low 64 bits of the SHA-1 of an authorization key.
using AuthKeyId = StrongId<struct AuthKeyIdTag, std::uint64_t>;

/// Our own number of an account in the ledger.
using AccountId = StrongId<struct AccountIdTag, std::int64_t>;

/// Telegram's number of a channel or supergroup, without the -100 prefix of the Bot API.
using ChannelId = StrongId<struct ChannelIdTag, std::int64_t>;

/// Telegram's number of a user.
using UserId = StrongId<struct UserIdTag, std::int64_t>;

/// Number of a message within its chat; what the API calls id. Unrelated to MsgId.
using MessageNumber = StrongId<struct MessageNumberTag, std::int32_t>;

/// Number of the last change in a message box: the one of private chats and basic groups, or that of one channel
/// (core.telegram.org/api/updates). 0 where none is known.
using Pts = StrongId<struct PtsTag, std::int32_t>;

/// The same for secret chats and for certain events of bots.
using Qts = StrongId<struct QtsTag, std::int32_t>;

/// Number of the last container of updates.
using Seq = StrongId<struct SeqTag, std::int32_t>;

}  // namespace ledgram

template <class Tag, class Value>
struct std::hash<ledgram::StrongId<Tag, Value>> {
  std::size_t operator()(ledgram::StrongId<Tag, Value> id) const noexcept { return std::hash<Value>{}(id.value()); }
};
