#pragma once

/// The temporary key of one data centre and what its binding to the permanent key has told (core.telegram.org/api/pfs).
/// Sans-IO: DcConnection makes the key, calls auth.bindTempAuthKey and asks here what follows.
///
/// A temporary key lives in memory only and ends with the process, so that nothing on disk opens what was sent.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/crypto/auth_key.hpp"
#include "ledgram/mtproto/salt.hpp"
#include "ledgram/telegram/error.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace ledgram::telegram {

/// How long a temporary key is to live: 23 to 24 hours as with official clients, at random, so that the accounts of one
/// process do not renew theirs together.
std::chrono::seconds random_key_lifetime(RandomSource& random);

/// Before its end a key is given up for another this early: long enough that an outage does not outlast it.
inline constexpr std::chrono::minutes kRenewKeyBefore{30};

/// When it is time to renew, so long is waited for the open calls; new ones wait meanwhile.
inline constexpr std::chrono::seconds kRenewalWait{60};

struct TemporaryKey {
  crypto::AuthKey key;
  mtproto::Salt salt;                 ///< its own: that of the permanent key stays as it is (K21)
  std::chrono::seconds expires_at{};  ///< server time since 1970, as the server was told

  /// `server_time` is since 1970.
  [[nodiscard]] bool due(nanoseconds server_time) const { return server_time >= expires_at - kRenewKeyBefore; }
  [[nodiscard]] bool overdue(nanoseconds server_time) const {
    return server_time >= expires_at - kRenewKeyBefore + kRenewalWait;
  }
};

/// auth.bindTempAuthKey for the message with this id.
Bytes bind_call(const crypto::AuthKey& permanent, const TemporaryKey& temporary, std::int64_t nonce, MsgId msg_id,
                SessionId session, RandomSource& random);

/// Whether refused bindings mean that the server has lost the permanent key (K20).
class BindingRecord {
 public:
  /// The permanent key was made on this connection's watch, not loaded.
  void on_key_made(nanoseconds monotonic) { made_at_ = monotonic; }
  void on_bound(nanoseconds monotonic);

  /// True if the permanent key must be taken for lost. Only ENCRYPTED_MESSAGE_INVALID says anything about it.
  [[nodiscard]] bool on_refused(const RpcError& error, nanoseconds monotonic);

 private:
  std::optional<nanoseconds> made_at_;
  std::optional<nanoseconds> bound_at_;
  int refusals_ = 0;  ///< ENCRYPTED_MESSAGE_INVALID, each for another temporary key, one after the other
};

}  // namespace ledgram::telegram
