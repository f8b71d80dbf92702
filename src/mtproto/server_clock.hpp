#pragma once

/// The client's idea of the server's time, from which message ids are made and by which the server's are judged.
///
/// Counted on the monotonic clock from the first moment it sees, so that setting the machine's wall clock during a
/// session changes nothing. The monotonic clock stands still while a machine sleeps; a jump between the two clocks
/// therefore takes the trust away until the server confirms the time again.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/strong_id.hpp"

#include <optional>

namespace ledgram::mtproto {

class ServerClock {
 public:
  /// `offset`: server time minus wall clock as known from earlier; good enough to make ids, not to reject any.
  explicit ServerClock(nanoseconds offset) : offset_(offset) {}

  /// To be called with each new Instant before anything else.
  void observe(Instant now);

  /// Server time since 1970.
  [[nodiscard]] nanoseconds at(Instant now) const;

  /// Server time minus wall clock; what is worth storing.
  [[nodiscard]] nanoseconds offset(Instant now) const { return at(now) - now.unix_time; }

  /// True if the time was confirmed on this connection, so that messages may be rejected by their age.
  [[nodiscard]] bool trusted() const { return trusted_; }

  /// Nothing is rejected by its age until the next confirmation; for a new connection.
  void doubt() { trusted_ = false; }

  /// True if an id of the server is older than 300 s or more than 30 s ahead
  /// (core.telegram.org/mtproto/security_guidelines#checking-msg-id). Never while the clock is not trusted.
  [[nodiscard]] bool rejects(MsgId id, Instant now) const;

  /// An authentic message was accepted. Its id was made before it arrived, so the server's clock shows at least that.
  void raise_to(MsgId id, Instant now);

  /// A message with this id was made just now, in answer to one of ours sent at `sent` (monotonic).
  void confirm(MsgId id, nanoseconds sent, Instant now);

  /// The server has said that our ids are wrong; `id` is that of its notification, made just now.
  void set_to(MsgId id, Instant now);

 private:
  [[nodiscard]] nanoseconds local(Instant now) const;

  nanoseconds offset_;                 ///< server time minus local()
  std::optional<nanoseconds> anchor_;  ///< wall clock minus monotonic clock when first seen
  nanoseconds last_difference_{};      ///< the same, at the last observation
  bool trusted_ = false;
};

}  // namespace ledgram::mtproto
