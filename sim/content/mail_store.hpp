#pragma once

/// The private chats and basic groups of all accounts, and the people in them who are no accounts.
///
/// Order of use: restore() once, then everything else. Not for use from several threads.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/sim_content/account_store.hpp"
#include "ledgram/sim_content/channel.hpp"
#include "ledgram/sim_content/error.hpp"
#include "ledgram/sim_content/mailbox.hpp"
#include "ledgram/sim_content/state_store.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::sim {

/// A basic group.
struct Group {
  std::int64_t id = 0;
  std::string title;
  std::int32_t date = 0;             ///< created, unix seconds
  std::vector<UserId> members;       ///< accounts
  std::vector<std::int64_t> people;  ///< members who are no accounts
  std::optional<ChannelId> migrated_to;

  [[nodiscard]] bool has(UserId account) const;
};

/// What happened in one account's mailbox. The pointer lives until the next change of that mailbox.
struct Delivery {
  Account* account = nullptr;
  const MailEvent* event = nullptr;
};

class MailStore {
 public:
  /// Both must outlive the store.
  MailStore(StateStore& state, AccountStore& accounts) : state_(state), accounts_(accounts) {}

  /// Reads the stored groups, people and messages; the accounts must have been restored. Messages of accounts that
  /// there are no more are passed over.
  Result<void, ContentError> restore();

  /// An empty one for an account that nobody wrote to.
  [[nodiscard]] const Mailbox& of(UserId account) const;

  [[nodiscard]] const Group* find_group(std::int64_t id) const;
  /// By title or number; null if there is none. The newest of those with this title.
  [[nodiscard]] const Group* find_group(std::string_view name) const;
  /// All groups, ascending by id.
  [[nodiscard]] const std::map<std::int64_t, Group>& groups() const { return groups_; }
  /// Null if nobody of this number was ever named.
  [[nodiscard]] const Person* find_person(std::int64_t id) const;

  /// A message to the account from `from`: a name, a phone number, or a user's number. Who is not known is made up.
  /// `message` is like one of an export; media are not taken. With Direction::Out it is from the account to `from`.
  Result<Delivery, ContentError> send(Account& account, std::string_view from, Direction direction,
                                      const boost::json::object& message, Instant now);

  /// A new group of accounts and people; its first message says so to all accounts.
  Result<std::vector<Delivery>, ContentError> create_group(std::string_view title, std::span<Account* const> members,
                                                           std::span<const std::string> people, Instant now);

  /// A message in a group, to each account in it. `from` as in send(). BadOption for a group that has migrated.
  Result<std::vector<Delivery>, ContentError> send_to_group(const Group& group, std::string_view from,
                                                            const boost::json::object& message, Instant now);

  /// Edits or deletes, by the account's ids. Messages of groups change for all their members.
  Result<std::vector<Delivery>, ContentError> edit(Account& account, std::int32_t id,
                                                   const boost::json::object& message, Instant now);
  Result<std::vector<Delivery>, ContentError> erase(Account& account, const std::vector<std::int32_t>& ids,
                                                    Instant now);

  /// Deletes from this account's mailbox alone. NoSuchPost if it has none of them.
  Result<Delivery, ContentError> erase_own(Account& account, const std::vector<std::int32_t>& ids, Instant now);

  /// The group has become this supergroup: its last message says so.
  Result<std::vector<Delivery>, ContentError> migrate(const Group& group, ChannelId to, Instant now);

  /// {"phone","pts","seq","last_id","count","deleted":[ids],"messages":[...]}: messages as in ChatStore::truth, and
  /// "peer":{"type":"user" or "group","id"}, "out" and "title" of the group.
  [[nodiscard]] std::string truth(const Account& account) const;

 private:
  Result<std::int64_t, ContentError> author(std::string_view from);
  std::int64_t add_person(std::string_view name, std::optional<std::int64_t> id);
  void save_group(const Group& group);
  Result<Delivery, ContentError> apply(Account& account, const boost::json::object& row);
  Result<Delivery, ContentError> apply_and_store(Account& account, const boost::json::object& row);
  Result<Delivery, ContentError> add_letter(Account& account, DialogPeer peer, Direction direction, std::int64_t serial,
                                            const boost::json::object& message);

  StateStore& state_;
  AccountStore& accounts_;
  std::map<UserId, Mailbox> mailboxes_;
  std::map<UserId, std::int64_t> next_row_;
  std::map<std::int64_t, Group> groups_;
  std::map<std::int64_t, Person> people_;
  std::map<std::string, std::int64_t, std::less<>> by_name_;
  std::int64_t next_serial_ = 1;
};

}  // namespace ledgram::sim
