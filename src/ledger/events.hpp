#pragma once

/// The outbox: what changed, in the order in which it was committed. Written in the same transaction as the change
/// itself, read by whatever leaves the ledger. The types and their JSON are described for users in docs/events.md.

#include "ledgram/base/strong_id.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ledgram::ledger {

/// Unix time in milliseconds.
using UnixMillis = std::int64_t;

/// Stored numbers; stable for ever.
enum class EventType : std::uint8_t {
  MessageNew = 1,
  MessageEdited = 2,
  MessageDeleted = 3,
  ChannelUpdated = 4,
  AccountStateChanged = 5,
  HoleOpened = 6,
  HoleClosed = 7,
};

/// "message.new", "channel.updated", "account.state", "hole.opened"...
std::string_view name_of(EventType type);

std::optional<EventType> event_type_named(std::string_view name);

struct Event {
  std::int64_t number{};  ///< given by the ledger: rises with each commit, is never used again; ignored in a Batch
  UnixMillis at{};        ///< 0 in a Batch: the time of the batch
  EventType type{};
  std::optional<AccountId> account;
  std::optional<ChannelId> channel;
  std::optional<MessageNumber> message;
  std::string data;  ///< a JSON object
};

}  // namespace ledgram::ledger
