#pragma once

/// The authorization keys that this Telegram knows, each of one DC, with their salts. Permanent keys are in the
/// StateStore as soon as the key exchange has ended; temporary ones live in memory until they expire.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/crypto/auth_key.hpp"
#include "ledgram/mtproto/server_salts.hpp"
#include "ledgram/sim_content/state_store.hpp"
#include "ledgram/sim_server/error.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace ledgram::sim {

struct KeyEntry {
  KeyEntry(crypto::AuthKey auth_key, DcId at, mtproto::Salt salt, Instant now, RandomSource& random)
      : key(std::move(auth_key)), dc(at), salts(salt, now, random), stored_salt(salt) {}

  crypto::AuthKey key;
  DcId dc;
  mtproto::ServerSalts salts;
  mtproto::Salt stored_salt;           ///< as it lies in the StateStore
  std::string phone;                   ///< digits of the account that last used the key, as the API service told
  std::optional<nanoseconds> expires;  ///< temporary keys: unix time
  std::optional<AuthKeyId> bound_to;   ///< temporary keys: the permanent one, once bound
  bool duplicated = false;             ///< used from two addresses at once: never good again

  /// The key that has the login.
  [[nodiscard]] AuthKeyId login_key() const { return bound_to.value_or(key.id()); }
};

class KeyRing {
 public:
  /// Both must outlive the ring.
  KeyRing(StateStore& state, RandomSource& random) : state_(state), random_(random) {}

  /// Reads the stored keys; call once. Database if a row is damaged.
  ServerResult<void> restore(Instant now);

  /// True if a key exchange may still end with a new key; the bound keeps a runaway client from filling the disk.
  [[nodiscard]] bool has_room() const { return keys_.size() < kMaxKeys; }

  /// A key that already exists is replaced. `expires` (unix time) makes it a temporary one.
  KeyEntry& add(const crypto::AuthKey& key, DcId dc, mtproto::Salt salt, std::optional<nanoseconds> expires,
                Instant now);

  /// Null if there is none or it has expired. The pointer is good until forget().
  KeyEntry* find(AuthKeyId id, Instant now);

  void set_phone(KeyEntry& entry, std::string phone);

  /// Writes the entry's present salt if it is another than the stored one.
  void save_salt(KeyEntry& entry, Instant now);

  void forget(AuthKeyId id);

  /// Binds a temporary key to a permanent one.
  void bind(KeyEntry& temporary, AuthKeyId permanent);

  /// The temporary keys that are bound to a permanent one. Telegram's documentation allows one; its servers bear
  /// several, and TDLib uses one for each of its sessions.
  [[nodiscard]] const std::vector<AuthKeyId>& bound_to(AuthKeyId permanent) const;

  /// The temporary keys that have expired.
  [[nodiscard]] std::vector<AuthKeyId> expired(Instant now) const;

  /// Every salt handed out so far becomes invalid.
  void rotate_salts(Instant now);

  [[nodiscard]] std::vector<const KeyEntry*> all() const;

 private:
  static constexpr std::size_t kMaxKeys = 50'000;

  void save(const KeyEntry& entry);

  StateStore& state_;
  RandomSource& random_;
  std::unordered_map<AuthKeyId, std::unique_ptr<KeyEntry>> keys_;
  std::unordered_map<AuthKeyId, std::vector<AuthKeyId>> bound_;  ///< by permanent key
};

/// Sixteen hexadecimal digits, as logs, the control API and the StateStore name a key.
std::string to_text(AuthKeyId id);

}  // namespace ledgram::sim
