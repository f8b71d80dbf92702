#pragma once

/// What of a login must survive the process, and the interface by which a Client loads and saves it.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/clock.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/crypto/auth_key.hpp"
#include "ledgram/mtproto/salt.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/telegram/dc_table.hpp"
#include "ledgram/telegram/error.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace ledgram::telegram {

enum class AccountKind : std::uint8_t { User, Bot };

/// The authorization key of one data centre with what makes its next use cheap.
struct StoredKey {
  DcId dc;
  crypto::AuthKey key;
  mtproto::Salt salt;
  nanoseconds clock_offset{};  ///< server time minus wall clock
  bool authorized = false;     ///< the account's authorization was imported there, or was made there
  /// The session that was used last, 0 if there was none; the next one has it destroyed.
  SessionId session{};
};

/// Secret as a whole: whoever has it is logged in. It goes to disk only sealed.
struct StoredSession {
  DcId main_dc;
  DcEnvironment environment = DcEnvironment::Production;
  UserId user;
  AccountKind kind = AccountKind::User;
  std::vector<StoredKey> keys;  ///< one a data centre; the main one's is always there
};

/// A versioned, self-contained form; unsealed, so for sealing only.
Bytes to_bytes(const StoredSession& session);

/// The reverse. BadStoredSession for anything that to_bytes did not make: unknown version, wrong lengths, no key of the
/// main data centre, trailing bytes. Never allocates more than a small multiple of the input.
Result<StoredSession, TelegramError> from_bytes(ByteView bytes);

/// Keeps the session of one account. Implemented over the ledger; it must replace atomically, and it must have written
/// when save() returns. The Client never calls two of them at once.
class KeyStore {
 public:
  virtual ~KeyStore() = default;
  virtual asio::awaitable<std::optional<StoredSession>> load() = 0;
  virtual asio::awaitable<void> save(StoredSession session) = 0;
  virtual asio::awaitable<void> erase() = 0;
};

/// Keeps the session in memory: for tests, and for a login that is stored by the caller once it has succeeded.
class MemoryKeyStore final : public KeyStore {
 public:
  MemoryKeyStore() = default;
  explicit MemoryKeyStore(StoredSession session) : session_(std::move(session)) {}

  asio::awaitable<std::optional<StoredSession>> load() override;
  asio::awaitable<void> save(StoredSession session) override;
  asio::awaitable<void> erase() override;

  [[nodiscard]] const std::optional<StoredSession>& session() const { return session_; }

 private:
  std::optional<StoredSession> session_;
};

}  // namespace ledgram::telegram
