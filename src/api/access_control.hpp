#pragma once

/// Who a request comes from: sessions by cookie, API tokens, and what is remembered of both between requests.
///
/// Lives on the event loop. The ledger is the truth; what was looked up stays in memory until something about it
/// changes, and every change in this process goes through here.

#include "ledgram/api/call.hpp"
#include "ledgram/api/login_limits.hpp"
#include "ledgram/api/reader_pool.hpp"
#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/collect/ledger_worker.hpp"
#include "ledgram/ledger/audit.hpp"
#include "ledgram/ledger/users.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ledgram::api {

inline constexpr std::string_view kSessionCookie = "ledgram_session";
inline constexpr std::chrono::seconds kSessionTime = std::chrono::days(14);

/// A token as it is given out once, and what is kept of it.
struct NewToken {
  SecretText text;
  ledger::TokenHash hash;
};

/// 32 random bytes after `prefix`, in letters that need no escape anywhere.
NewToken make_token(std::string_view prefix, RandomSource& random);
ledger::TokenHash hash_of(std::string_view token);

/// What a change by cookie has to carry in X-CSRF-Token. Follows from the session's secret, which no script can read.
std::string csrf_token(std::string_view session_token);

class AccessControl {
 public:
  AccessControl(ReaderPool& readers, collect::LedgerWorker& ledger, const Clock& clock);

  /// The caller by Bearer, `?token=` or cookie; Nobody without any of them. Throws Unauthenticated for one that is
  /// wrong, expired, or of a disabled user. The parameter `token` is taken out of the query.
  asio::awaitable<Caller> identify(http::Request& request);

  /// Forgets what is remembered, after users, sessions or tokens have changed.
  void forget() {
    known_.clear();
    ++changes_;
  }

  /// Writes the last uses of tokens and sessions that have piled up, and takes expired sessions away.
  asio::awaitable<void> write_uses();

  asio::awaitable<void> audit(ledger::AuditEntry entry);

  [[nodiscard]] LoginLimits& login_limits() { return limits_; }
  [[nodiscard]] std::int64_t now() const;

 private:
  struct Known {
    Caller caller;
    ledger::UnixSeconds expires = 0;  ///< 0: never
  };

  asio::awaitable<Known> look_up(Caller::How how, ledger::TokenHash hash, net::Deadline deadline);
  asio::awaitable<void> note_sight(const Caller& caller, const http::Request& request);

  ReaderPool& readers_;
  collect::LedgerWorker& ledger_;
  const Clock& clock_;
  LoginLimits limits_;
  std::map<ledger::TokenHash, Known> known_;
  std::uint64_t changes_ = 0;  ///< what was looked up before one is not remembered after it
  std::map<std::int64_t, ledger::UnixSeconds> session_uses_;
  std::map<std::int64_t, ledger::UnixSeconds> token_uses_;
  std::map<std::pair<std::int64_t, std::string>, bool> seen_at_;  ///< token and address, since the start
};

}  // namespace ledgram::api
