#pragma once

/// The salts that a client knows: the one in use and those announced by future_salts
/// (core.telegram.org/mtproto/service_messages#request-for-several-future-salts).

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/clock.hpp"
#include "ledgram/mtproto/salt.hpp"

#include <cstddef>
#include <vector>

namespace ledgram::mtproto {

class SaltBook {
 public:
  /// How many salts are asked for: six hours' worth. Asking for more saves nothing, and bad_server_salt makes all of
  /// them worthless anyway.
  static constexpr std::int32_t kWanted = 12;

  explicit SaltBook(Salt first) : current_(first) {}

  /// The salt for a message at this server time.
  Salt at(nanoseconds server_time);

  [[nodiscard]] Salt current() const { return current_; }

  /// The server named the right salt: it is used from now on and the announced ones are forgotten.
  void replace(Salt salt);

  /// The server named its salt without refusing ours; announced ones stay.
  void note(Salt salt) { current_ = salt; }

  /// Takes the body of future_salts behind its constructor and req_msg_id. A body that cannot be read changes nothing.
  void read_future_salts(ByteView body);

  /// True if the last announced salt is in use or none is known, so that more should be asked for.
  [[nodiscard]] bool wants_more() const { return future_.empty(); }

 private:
  Salt current_;
  std::vector<TimedSalt> future_;  ///< later than the one in use, by valid_since descending: the next is the last
};

}  // namespace ledgram::mtproto
