#pragma once

/// The salts that a server hands out for one authorization key: a new one every 30 minutes, each accepted for 30
/// minutes more (core.telegram.org/mtproto/description#server-salt). One object per key, shared by the key's sessions.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/mtproto/salt.hpp"

#include <cstddef>
#include <vector>

namespace ledgram::mtproto {

class ServerSalts {
 public:
  /// `first` is the salt agreed in the key exchange (or the stored current one); it is valid from now on. The
  /// RandomSource must outlive the object.
  ServerSalts(Salt first, Instant now, RandomSource& random);

  /// The newest salt that is valid now; what bad_server_salt and new_session_created name.
  Salt current(Instant now);

  [[nodiscard]] bool accepts(Salt salt, Instant now);

  /// The salts of get_future_salts, the current one first, `count` of them (at most 64).
  std::vector<TimedSalt> schedule(std::size_t count, Instant now);

  /// Makes all salts given out so far invalid at once, as a server that lost them would.
  void rotate_now(Instant now);

 private:
  void advance(Instant now);
  void extend_to(std::size_t count);

  RandomSource* random_;
  std::vector<TimedSalt> salts_;  ///< by time; the first may still be in its overlap, never empty
};

}  // namespace ledgram::mtproto
