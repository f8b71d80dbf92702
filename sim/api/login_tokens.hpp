#pragma once

/// Tokens that stand for a login: those of QR codes (core.telegram.org/api/qr-login), and those by which an account
/// that logged out comes back without a code (core.telegram.org/api/auth#future-auth-tokens). Used inside the API
/// floor.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/sim_content/error.hpp"
#include "ledgram/sim_content/state_store.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace ledgram::sim {

/// A QR code that some client shows.
struct QrToken {
  AuthKeyId key;
  SessionId session;
  std::int32_t layer = 0;
  DcId dc;                   ///< where it was made
  std::int32_t expires = 0;  ///< unix seconds
  std::vector<std::int64_t> except;
  UserId account;  ///< that it was accepted for; 0 before
};

class QrDesk {
 public:
  /// Seconds that the next tokens live; Telegram's 30 at first.
  std::int32_t lifetime = 30;

  Bytes make(QrToken token, RandomSource& random);

  /// Null if there never was one, or if it ran out some time ago.
  QrToken* find(ByteView token);

  /// The token of this key that was accepted, if it still counts.
  [[nodiscard]] std::optional<Bytes> accepted_of(AuthKeyId key, std::int32_t now) const;

  /// The login is done: the key's tokens are void.
  void forget(AuthKeyId key);
  void forget(ByteView token);

  [[nodiscard]] const std::map<Bytes, QrToken>& all() const { return tokens_; }

 private:
  std::map<Bytes, QrToken> tokens_;
};

class FutureTokens {
 public:
  /// `state` must outlive it.
  explicit FutureTokens(StateStore& state) : state_(state) {}

  Result<void, ContentError> restore();

  Bytes make(UserId account, RandomSource& random);

  /// True if the token is this account's; it is used up then.
  bool use(const Bytes& token, UserId account);

 private:
  StateStore& state_;
  std::map<Bytes, UserId> tokens_;
};

}  // namespace ledgram::sim
