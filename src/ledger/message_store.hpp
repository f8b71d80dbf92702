#pragma once

/// Stores the content of one message by the rule of docs/decisions/0041-as-of.md, and its deletion mark. The same for
/// messages of channels and of private chats. For the inside of this floor.

#include "ledgram/ledger/rows.hpp"
#include "ledgram/ledger/sqlite.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace ledgram::ledger {

/// The tables of one family of messages. In each the first two columns are the owner (a channel or an account) and the
/// number; the parameters are numbered alike, so that the same code fills them.
struct MessageTables {
  std::string_view insert;
  std::string_view select;
  std::string_view update;
  std::string_view refresh;
  std::string_view keep_version;
  std::string_view find_mark;
  std::string_view drop_mark;
  std::string_view set_mark;
  std::string_view raise_mark;
  std::string_view stored_as_of;
};

extern const MessageTables kChannelTables;
extern const MessageTables kPrivateTables;

enum class Outcome : std::uint8_t {
  Inserted,
  Stale,      ///< something newer is stored; nothing was changed
  Same,       ///< at most the raw bytes and as_of were renewed
  Refreshed,  ///< other views, votes, web page preview: nobody edited it
  Edited,     ///< other content; the old one is kept as a version
};

/// What became of a message, and the mark that it has afterwards.
struct StoredMessage {
  Outcome outcome{};
  std::optional<DeletionMark> mark;
  bool restored = false;  ///< it had a mark, which newer content disproved
};

/// Whether marks have to be looked for at all.
enum class Marks : std::uint8_t { None, Possible };

/// `peer`: only for kPrivateTables. `owner`: the channel or the account.
StoredMessage store_message(sqlite::Connection& db, const MessageTables& tables, std::int64_t owner,
                            const Message& message, const PeerKey* peer, UnixSeconds seen_at, Marks marks);

/// Whether something known to be as new as `as_of` is older than what is as new as `than`; 0 is not known, and older
/// than nothing.
constexpr bool is_older(std::int32_t as_of, std::int32_t than) {
  return as_of != 0 && than != 0 && as_of < than;
}

std::optional<DeletionMark> find_mark(sqlite::Connection& db, const MessageTables& tables, std::int64_t owner,
                                      MessageNumber number);

/// The as_of of a stored message; nothing if it is not stored.
std::optional<std::int32_t> stored_as_of(sqlite::Connection& db, const MessageTables& tables, std::int64_t owner,
                                         MessageNumber number);

void set_mark(sqlite::Connection& db, const MessageTables& tables, std::int64_t owner, const DeletionMark& mark);

/// A mark that is there becomes at least as new as `as_of`.
void raise_mark(sqlite::Connection& db, const MessageTables& tables, std::int64_t owner, MessageNumber number,
                std::int32_t as_of);

}  // namespace ledgram::ledger
