#include "ledgram/app/data_folder.hpp"

#include "ledgram/ledger/seal_key.hpp"

#include <fmt/format.h>

namespace ledgram::app {

std::filesystem::path ledger_path(const std::filesystem::path& data) {
  return data / "ledger.db";
}

std::filesystem::path search_path(const std::filesystem::path& data) {
  return data / "search.db";
}

std::filesystem::path media_folder(const std::filesystem::path& data) {
  return data / "media";
}

ReadOnlyData ReadOnlyData::open(const std::filesystem::path& data) {
  Config config = value_or_throw(read_config(data));
  auto ledger = value_or_throw(ledger::Ledger::open(ledger_path(data), {.mode = ledger::OpenMode::ReadOnly}));
  return {std::move(config), std::move(ledger)};
}

ExclusiveData ExclusiveData::open(const std::filesystem::path& data, RandomSource& random) {
  Config config = value_or_throw(read_config(data));
  auto lock = value_or_throw(ledger::DataLock::acquire(data));
  auto ledger = value_or_throw(ledger::Ledger::open(ledger_path(data)));
  auto key = value_or_throw(ledger::load_or_create_seal_key(data, random));
  value_or_throw(ledger.use_seal_key(std::move(key), random));
  return {std::move(config), std::move(lock), std::move(ledger)};
}

ledger::Account account_named(ledger::Ledger& ledger, std::string_view name) {
  auto account = value_or_throw(ledger.find_account(name));
  if (!account) {
    throw AppFailure({AppErrc::UnknownAccount,
                      fmt::format("there is no account {}; `ledgram account list` shows the accounts", name)});
  }
  return std::move(*account);
}

ledger::Channel known_channel(ledger::Ledger& ledger, std::string_view name) {
  auto channel = value_or_throw(ledger.find_channel(name));
  if (!channel) {
    throw AppFailure({AppErrc::UnknownChannel,
                      fmt::format("the ledger knows no channel @{0}; `ledgram channel add @{0}` follows it", name)});
  }
  return std::move(*channel);
}

ledger::Channel followed_channel(ledger::Ledger& ledger, std::string_view name) {
  auto channel = value_or_throw(ledger.find_channel(name));
  if (!channel || channel->follow != ledger::FollowState::Followed) {
    throw AppFailure({AppErrc::UnknownChannel,
                      fmt::format("the channel @{0} is not followed; `ledgram channel add @{0}` follows it", name)});
  }
  return std::move(*channel);
}

}  // namespace ledgram::app
