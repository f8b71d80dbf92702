#pragma once

/// A ledger with many accounts that follow many channels, as `ledgram account add` and `ledgram channel add` would have
/// made it one by one.

#include "scene.hpp"

#include <filesystem>

namespace ledgram::bench {

/// `data` was made by `ledgram init`. Logs every account of the scene in and has its channels followed by the account
/// that the scene names. Throws std::runtime_error, Failure<LedgerError> or TelegramFailure.
void fill_ledger(const std::filesystem::path& data, const Scene& scene);

}  // namespace ledgram::bench
