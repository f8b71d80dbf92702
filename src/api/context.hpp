#pragma once

/// What handlers work with. Made in floor app, lives as long as the server; handlers keep a reference.

#include "ledgram/api/reader_pool.hpp"
#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/collect/ledger_worker.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/net/worker.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ledgram::api {

class AccessControl;
class TelegramGate;

struct ApiContext {
  asio::any_io_executor executor;
  ReaderPool& readers;            ///< for everything that only reads
  collect::LedgerWorker& ledger;  ///< for what writes
  net::Worker& hashing;           ///< for what costs time: passwords
  AccessControl& access;          ///< users, sessions, tokens
  const Clock& clock;
  RandomSource& random;
  TelegramGate* telegram = nullptr;  ///< set before the server starts

  /// Names of what is not ready yet, each a short sentence; empty: ready. For /readyz. Each part adds its own.
  std::vector<std::function<std::vector<std::string>()>> readiness{};

  /// Unix seconds.
  [[nodiscard]] std::int64_t now() const {
    return std::chrono::duration_cast<std::chrono::seconds>(clock.now().unix_time).count();
  }
};

}  // namespace ledgram::api
