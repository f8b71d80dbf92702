#include "ledgram/sim_content/account_store.hpp"

#include "ledgram/sim_content/text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

constexpr std::string_view kKind = "account";

/// Users of test phone numbers get ids from here on, so that they never meet the ids of bots or of exported people,
/// which are far below or are given by their owners.
constexpr std::int64_t kFirstUserId = 5'000'000'001;

std::string state_key(UserId id) {
  return std::to_string(id.value());
}

Bytes bytes_at(const json::object& row, std::string_view key) {
  const auto* value = row.if_contains(key);
  if (value == nullptr || !value->is_string())
    return {};
  return from_hex(std::string_view(value->get_string())).value_or(Bytes{});
}

std::string text_at(const json::object& row, std::string_view key) {
  const auto* value = row.if_contains(key);
  if (value == nullptr || !value->is_string())
    return {};
  return std::string(value->get_string());
}

std::int64_t number_at(const json::object& row, std::string_view key) {
  const auto* value = row.if_contains(key);
  if (value == nullptr || !value->is_int64())
    return 0;
  return value->get_int64();
}

std::string to_row(const Account& account) {
  json::object row;
  row["id"] = account.id.value();
  row["dc"] = account.dc.value();
  row["phone"] = account.phone;
  row["token"] = account.token;
  row["first_name"] = account.first_name;
  row["last_name"] = account.last_name;
  row["username"] = account.username;
  if (account.password) {
    row["password"] = {{"salt1", to_hex(account.password->salt1)},
                       {"salt2", to_hex(account.password->salt2)},
                       {"verifier", to_hex(account.password->verifier)},
                       {"hint", account.password->hint}};
  }
  json::array joined;
  for (const auto& [channel, membership] : account.joined) {
    joined.push_back({{"id", channel.value()}, {"date", membership.date}, {"read", membership.read_inbox_max}});
  }
  row["joined"] = std::move(joined);
  json::array left;
  for (const auto& [channel, date] : account.left)
    left.push_back({{"id", channel.value()}, {"date", date}, {"banned", account.banned.contains(channel)}});
  if (!left.empty())
    row["left"] = std::move(left);
  return json::serialize(row);
}

Account from_row(const json::object& row) {
  Account account;
  account.id = UserId(number_at(row, "id"));
  account.dc = DcId(static_cast<std::int32_t>(number_at(row, "dc")));
  account.phone = text_at(row, "phone");
  account.token = text_at(row, "token");
  account.first_name = text_at(row, "first_name");
  account.last_name = text_at(row, "last_name");
  account.username = text_at(row, "username");
  if (const auto* value = row.if_contains("password"); value != nullptr && value->is_object()) {
    const auto& password = value->get_object();
    account.password = PasswordRecord{.salt1 = bytes_at(password, "salt1"),
                                      .salt2 = bytes_at(password, "salt2"),
                                      .verifier = bytes_at(password, "verifier"),
                                      .hint = text_at(password, "hint")};
  }
  if (const auto* value = row.if_contains("joined"); value != nullptr && value->is_array()) {
    for (const auto& item : value->get_array()) {
      if (!item.is_object())
        continue;
      const auto& membership = item.get_object();
      account.joined[ChannelId(number_at(membership, "id"))] = {
          .date = static_cast<std::int32_t>(number_at(membership, "date")),
          .read_inbox_max = static_cast<std::int32_t>(number_at(membership, "read"))};
    }
  }
  if (const auto* value = row.if_contains("left"); value != nullptr && value->is_array()) {
    for (const auto& item : value->get_array()) {
      const auto& gone = item.as_object();
      const ChannelId id(number_at(gone, "id"));
      account.left[id] = static_cast<std::int32_t>(number_at(gone, "date"));
      if (const auto* banned = gone.if_contains("banned"); banned != nullptr && *banned == true)
        account.banned.insert(id);
    }
  }
  return account;
}

}  // namespace

std::string phone_digits(std::string_view phone) {
  std::string digits;
  for (const char c : phone) {
    if (c >= '0' && c <= '9')
      digits += c;
  }
  return digits;
}

std::optional<DcId> test_phone_dc(std::string_view digits) {
  if (digits.size() != 10 || !digits.starts_with("99966"))
    return std::nullopt;
  if (!std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  const int dc = digits[5] - '0';
  if (dc < 1)
    return std::nullopt;
  return DcId(dc);
}

Result<void, ContentError> AccountStore::restore() {
  for (const auto& row : state_.load_all(kKind)) {
    boost::system::error_code code;
    const auto value = json::parse(row.text, code);
    if (code || !value.is_object() || number_at(value.get_object(), "id") == 0) {
      return std::unexpected(
          ContentError{ContentErrc::BadState, "the stored account " + row.key +
                                                  " cannot be read; start with another data "
                                                  "folder, or delete this one if nothing in it matters"});
    }
    insert(from_row(value.get_object()));
  }
  return {};
}

Account* AccountStore::find(UserId id) const {
  const auto it = accounts_.find(id);
  return it == accounts_.end() ? nullptr : it->second.get();
}

Account* AccountStore::find_phone(std::string_view phone) const {
  const auto it = by_phone_.find(phone_digits(phone));
  return it == by_phone_.end() ? nullptr : find(it->second);
}

Account* AccountStore::find_token(std::string_view token) const {
  const auto it = by_token_.find(token);
  return it == by_token_.end() ? nullptr : find(it->second);
}

Account* AccountStore::find_username(std::string_view username) const {
  for (const auto& [id, account] : accounts_) {
    if (!account->username.empty() && same_username(account->username, username))
      return account.get();
  }
  return nullptr;
}

Result<Account*, ContentError> AccountStore::ensure_phone(std::string_view phone) {
  const std::string digits = phone_digits(phone);
  if (Account* known = find_phone(digits))
    return known;
  const auto dc = test_phone_dc(digits);
  if (!dc) {
    return std::unexpected(
        ContentError{ContentErrc::BadOption,
                     std::string(phone) +
                         " is not a test phone number; use 99966XYYYY, where X is the number of the account's DC and Y "
                         "are any digits"});
  }
  Account account;
  // The digits after 99966 are unique, so the id is the same in every data folder: XYYYY.
  std::int64_t tail = 0;
  std::from_chars(digits.data() + 5, digits.data() + digits.size(), tail);
  account.id = UserId(kFirstUserId + tail);
  account.dc = *dc;
  account.phone = digits;
  account.first_name = "Test";
  account.last_name = digits.substr(5);
  Account* made = insert(std::move(account));
  save(*made);
  return made;
}

Result<Account*, ContentError> AccountStore::ensure_bot(std::string_view token, DcId dc) {
  if (Account* known = find_token(token))
    return known;
  const auto colon = token.find(':');
  std::int64_t id = 0;
  const auto parsed = std::from_chars(token.data(), token.data() + std::min(colon, token.size()), id);
  if (colon == std::string_view::npos || parsed.ec != std::errc{} || parsed.ptr != token.data() + colon || id <= 0 ||
      colon + 1 == token.size()) {
    return std::unexpected(
        ContentError{ContentErrc::BadOption, "the bot token is not of the form ID:SECRET, as in 123456:abcdef"});
  }
  if (find(UserId(id)) != nullptr) {
    return std::unexpected(ContentError{ContentErrc::NameTaken, "there is already an account with the id " +
                                                                    std::to_string(id) +
                                                                    "; give the bot another number before the colon"});
  }
  Account account;
  account.id = UserId(id);
  account.dc = dc;
  account.token = std::string(token);
  account.first_name = "Bot " + std::to_string(id);
  account.username = "test" + std::to_string(id) + "_bot";
  Account* made = insert(std::move(account));
  save(*made);
  return made;
}

void AccountStore::save(const Account& account) {
  state_.put(kKind, state_key(account.id), to_row(account));
}

bool AccountStore::join(Account& account, ChannelId channel, std::int32_t date) {
  return join_all(account, std::span(&channel, 1), date) == 1;
}

std::size_t AccountStore::join_all(Account& account, std::span<const ChannelId> channels, std::int32_t date) {
  std::size_t fresh = 0;
  for (const ChannelId channel : channels) {
    if (!account.joined.try_emplace(channel, Membership{.date = date, .read_inbox_max = 0}).second)
      continue;
    account.left.erase(channel);
    account.banned.erase(channel);
    ++fresh;
  }
  if (fresh != 0) {
    ++membership_version_;
    save(account);
  }
  return fresh;
}

bool AccountStore::leave(Account& account, ChannelId channel, std::int32_t date) {
  if (account.joined.erase(channel) == 0)
    return false;
  account.left[channel] = date;
  ++membership_version_;
  save(account);
  return true;
}

bool AccountStore::ban(Account& account, ChannelId channel, std::int32_t date) {
  if (!account.banned.insert(channel).second)
    return false;
  account.joined.erase(channel);
  account.left[channel] = date;
  ++membership_version_;
  save(account);
  return true;
}

bool AccountStore::unban(Account& account, ChannelId channel) {
  if (account.banned.erase(channel) == 0)
    return false;
  save(account);
  return true;
}

Account* AccountStore::insert(Account account) {
  const UserId id = account.id;
  if (!account.phone.empty())
    by_phone_[account.phone] = id;
  if (!account.token.empty())
    by_token_[account.token] = id;
  auto& slot = accounts_[id];
  slot = std::make_unique<Account>(std::move(account));
  return slot.get();
}

}  // namespace ledgram::sim
