#pragma once

/// The accounts of the simulated Telegram: users by phone number, and bots by token.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/sim_content/error.hpp"
#include "ledgram/sim_content/state_store.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace ledgram::sim {

/// A two-step password as the server knows it (core.telegram.org/api/srp).
struct PasswordRecord {
  Bytes salt1;
  Bytes salt2;
  Bytes verifier;  ///< g^x mod p, 256 bytes
  std::string hint;
};

struct Membership {
  std::int32_t date = 0;            ///< joined, unix seconds
  std::int32_t read_inbox_max = 0;  ///< highest message id read
};

struct Account {
  UserId id;
  DcId dc;            ///< home
  std::string phone;  ///< digits only; empty for a bot
  std::string token;  ///< of a bot; empty for a user
  std::string first_name;
  std::string last_name;
  std::string username;
  std::optional<PasswordRecord> password;
  std::map<ChannelId, Membership> joined;
  std::map<ChannelId, std::int32_t> left;  ///< left or banned from, and not joined again: when, unix seconds
  std::set<ChannelId> banned;

  [[nodiscard]] bool is_bot() const { return !token.empty(); }
};

/// Digits of a phone number as people write it.
std::string phone_digits(std::string_view phone);

/// Home DC of a test phone number 99966XYYYY; nothing for other numbers
/// (core.telegram.org/api/auth#test-accounts).
std::optional<DcId> test_phone_dc(std::string_view digits);

class AccountStore {
 public:
  /// `state` must outlive the store.
  explicit AccountStore(StateStore& state) : state_(state) {}

  /// Reads the stored accounts; call once before anything else.
  Result<void, ContentError> restore();

  [[nodiscard]] Account* find(UserId id) const;
  [[nodiscard]] Account* find_phone(std::string_view phone) const;
  [[nodiscard]] Account* find_token(std::string_view token) const;
  [[nodiscard]] Account* find_username(std::string_view username) const;
  [[nodiscard]] const std::map<UserId, std::unique_ptr<Account>>& all() const { return accounts_; }

  /// The account of this test phone number, made if it is new. An error for numbers that are not test numbers.
  Result<Account*, ContentError> ensure_phone(std::string_view phone);

  /// The bot of this token ("ID:secret"), made if it is new.
  Result<Account*, ContentError> ensure_bot(std::string_view token, DcId dc);

  /// Writes an account that was changed through the pointer.
  void save(const Account& account);

  // Membership, which is to be changed here only. Each saves the account; false if nothing changed.

  bool join(Account& account, ChannelId channel, std::int32_t date);
  /// Several at once; how many are new.
  std::size_t join_all(Account& account, std::span<const ChannelId> channels, std::int32_t date);
  bool leave(Account& account, ChannelId channel, std::int32_t date);
  bool ban(Account& account, ChannelId channel, std::int32_t date);
  bool unban(Account& account, ChannelId channel);

  /// Changes whenever somebody joins or leaves.
  [[nodiscard]] std::uint64_t membership_version() const { return membership_version_; }

 private:
  Account* insert(Account account);

  StateStore& state_;
  std::map<UserId, std::unique_ptr<Account>> accounts_;
  std::map<std::string, UserId, std::less<>> by_phone_;
  std::map<std::string, UserId, std::less<>> by_token_;
  std::uint64_t membership_version_ = 0;
};

}  // namespace ledgram::sim
