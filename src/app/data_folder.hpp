#pragma once

/// The data folder, opened: configuration, lock, seal key and ledger. Made by the command that needs it, on its stack.

#include "ledgram/app/config.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/ledger/data_lock.hpp"
#include "ledgram/ledger/ledger.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

namespace ledgram::app {

std::filesystem::path ledger_path(const std::filesystem::path& data);
std::filesystem::path search_path(const std::filesystem::path& data);
std::filesystem::path media_folder(const std::filesystem::path& data);

/// For commands that only look: no lock, nothing is changed, also while another ledgram collects.
struct ReadOnlyData {
  Config config;
  ledger::Ledger ledger;

  /// Throws AppFailure or Failure<LedgerError>.
  static ReadOnlyData open(const std::filesystem::path& data);
};

/// For commands that write or use an account's session: holds the lock of the folder.
struct ExclusiveData {
  Config config;
  ledger::DataLock lock;
  ledger::Ledger ledger;

  /// `random` must outlive the result. Throws AppFailure or Failure<LedgerError>.
  static ExclusiveData open(const std::filesystem::path& data, RandomSource& random);
};

/// The account of that name. Throws AppFailure UnknownAccount.
ledger::Account account_named(ledger::Ledger& ledger, std::string_view name);

/// The channel of that name, followed or not. Throws AppFailure UnknownChannel.
ledger::Channel known_channel(ledger::Ledger& ledger, std::string_view name);

/// The followed channel of that name. Throws AppFailure UnknownChannel.
ledger::Channel followed_channel(ledger::Ledger& ledger, std::string_view name);

}  // namespace ledgram::app
