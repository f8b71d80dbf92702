#pragma once

/// What the API knows of each authorization key: the layer it was initialised with and whose login it is.
/// Used inside the API floor.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/crypto/srp.hpp"
#include "ledgram/sim_content/error.hpp"
#include "ledgram/sim_content/state_store.hpp"

#include <cstdint>
#include <map>
#include <optional>

namespace ledgram::sim {

/// One attempt at a two-step password; good for one auth.checkPassword.
struct PasswordAttempt {
  std::int64_t id = 0;
  UserId account;
  crypto::SrpServerExchange exchange;
};

struct KeyState {
  // Stored:
  std::int32_t layer = 0;  ///< 0 before initConnection
  UserId account;          ///< 0 if nobody is logged in
  bool imported = false;   ///< logged in by auth.importAuthorization, at a DC that is not the account's home
  bool revoked = false;    ///< logged out from elsewhere

  // Forgotten at a restart, as an unfinished login may be:
  UserId password_wanted;  ///< the account whose code was right and whose password is to come
  std::optional<PasswordAttempt> attempt;
};

class KeyTable {
 public:
  /// `state` must outlive the table.
  explicit KeyTable(StateStore& state) : state_(state) {}

  Result<void, ContentError> restore();

  /// The key's state, made if it is new. Stays where it is until forget().
  KeyState& at(AuthKeyId key) { return keys_[key]; }

  /// Null if nothing is known of it.
  [[nodiscard]] const KeyState* find(AuthKeyId key) const {
    const auto found = keys_.find(key);
    return found == keys_.end() ? nullptr : &found->second;
  }

  void save(AuthKeyId key);
  void forget(AuthKeyId key);

  /// Ends the logins of an account on all keys.
  void revoke(UserId account);

 private:
  StateStore& state_;
  std::map<AuthKeyId, KeyState> keys_;
};

}  // namespace ledgram::sim
