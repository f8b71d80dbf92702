#pragma once

/// Message identifiers (core.telegram.org/mtproto/description#message-identifier-msg-id).
///
/// An identifier is unix time times 2^32. The two lowest bits tell who speaks: 0 the client, 1 the server in answer to
/// a message, 3 the server on its own.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/crypto/message_key.hpp"

#include <cstdint>

namespace ledgram::mtproto {

/// Gives out strictly rising identifiers for one session, also while the clock stands still or is set back.
/// Owned by whoever writes the messages of that session; it lives as long as the session.
class MsgIdGenerator {
 public:
  /// `direction` tells for which side: ToServer makes the client's identifiers, ToClient the server's.
  explicit MsgIdGenerator(crypto::Direction direction) : direction_(direction) {}

  /// The next identifier of a message that answers nothing. `unix_time` is the server's time as far as it is known,
  /// since 1970. The low 32 bits are never zero: servers take that for a client without a fine clock.
  [[nodiscard]] MsgId next(nanoseconds unix_time);

  /// Server only: the next identifier of a message that answers one of the client's.
  [[nodiscard]] MsgId next_reply(nanoseconds unix_time);

  /// The last identifier given out; 0 before the first.
  [[nodiscard]] MsgId last() const { return MsgId(last_); }

 private:
  MsgId next_with_low_bits(nanoseconds unix_time, std::int64_t low_bits);

  crypto::Direction direction_;
  std::int64_t last_ = 0;
};

/// The time that an identifier stands for, to about a nanosecond. Any value a peer sends is allowed.
[[nodiscard]] nanoseconds unix_time_of(MsgId id);

/// The smallest identifier for a time; the low bits are 0.
[[nodiscard]] MsgId msg_id_at(nanoseconds unix_time);

/// True for identifiers that a client may use (divisible by 4).
[[nodiscard]] constexpr bool is_client_msg_id(MsgId id) {
  return (id.value() & 3) == 0;
}

/// True for identifiers that a server may use (odd).
[[nodiscard]] constexpr bool is_server_msg_id(MsgId id) {
  return (id.value() & 1) == 1;
}

}  // namespace ledgram::mtproto
