#pragma once

/// For the tests of this floor.

#include "ledgram/ledger/ledger.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace ledgram::ledger {

/// A folder of its own for each test, gone with it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ledgram-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      std::abort();
    path_ = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// The value, or a failed test that shows the error.
template <class T>
T must(LedgerResult<T> result) {
  if (!result) {
    ADD_FAILURE() << name_of(result.error().code) << ": " << result.error().message;
    std::abort();
  }
  if constexpr (!std::is_void_v<T>)
    return std::move(*result);
}

inline Message text_message(ChannelId channel, std::int32_t number, std::string text) {
  Message message;
  message.channel = channel;
  message.number = MessageNumber(number);
  message.date = 1'600'000'000 + number;
  message.text = std::move(text);
  message.set(MessageFlag::Post);
  message.layer = 223;
  message.raw = {1, 2, 3, static_cast<std::uint8_t>(number)};
  return message;
}

/// A ledger with one account ("me", number 1) that follows the channels 100 ("alpha") and 200 ("Beta").
inline Ledger ledger_with_channels(const std::filesystem::path& file) {
  Ledger ledger = must(Ledger::open(file));
  Account account;
  account.name = "me";
  account.created = 5;
  const AccountId id = must(ledger.add_account(account));
  for (const auto& [number, name] : {std::pair{100, "alpha"}, std::pair{200, "Beta"}}) {
    Channel channel;
    channel.id = ChannelId(number);
    channel.username = name;
    channel.title = std::string("The ") + name;
    channel.account = id;
    channel.created = 7;
    must(ledger.follow_channel(channel));
  }
  return ledger;
}

}  // namespace ledgram::ledger
