#pragma once

/// Writes events into the outbox, inside of the transaction that makes the change, and their JSON. For the inside of
/// this floor.

#include "ledgram/ledger/batch.hpp"
#include "ledgram/ledger/events.hpp"
#include "ledgram/ledger/id_ranges.hpp"
#include "ledgram/ledger/rows.hpp"
#include "ledgram/ledger/sqlite.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ledgram::ledger {

class EventWriter {
 public:
  EventWriter(sqlite::Connection& db, UnixMillis at) : db_(db), at_(at) {}

  /// For what people do from a command line, where no batch says when: the present time.
  explicit EventWriter(sqlite::Connection& db);

  void write(const Event& event);

  void message_new(const Channel& channel, const Message& message, Via via);
  enum class Restored : std::uint8_t { No, Yes };
  void message_edited(const Channel& channel, const Message& message, Via via, Restored restored);
  void message_deleted(const Channel& channel, MessageNumber number, DeletionState state);
  void private_new(const PrivateMessage& message, Via via);
  void private_edited(const PrivateMessage& message, Via via);
  void private_deleted(AccountId account, PeerKey peer, MessageNumber number);
  void channel_updated(const Channel& channel);
  void hole(EventType type, const Channel& channel, IdRange range);
  void account_state(AccountId account, std::string_view name, AccountState state, std::string_view reason);

  [[nodiscard]] UnixMillis at() const { return at_; }
  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] std::int64_t last() const { return last_; }

 private:
  sqlite::Connection& db_;
  UnixMillis at_;
  std::int64_t count_ = 0;
  std::int64_t last_ = 0;
};

/// How account.state names a state: "active", "needs_login".
std::string_view json_name_of(AccountState state);

}  // namespace ledgram::ledger
