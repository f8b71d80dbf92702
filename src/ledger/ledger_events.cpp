#include "ledgram/ledger/ledger_impl.hpp"

#include <array>
#include <utility>

/// Reading the outbox.

namespace ledgram::ledger {
namespace {

constexpr std::array<std::pair<EventType, std::string_view>, 7> kNames = {{
    {EventType::MessageNew, "message.new"},
    {EventType::MessageEdited, "message.edited"},
    {EventType::MessageDeleted, "message.deleted"},
    {EventType::ChannelUpdated, "channel.updated"},
    {EventType::AccountStateChanged, "account.state"},
    {EventType::HoleOpened, "hole.opened"},
    {EventType::HoleClosed, "hole.closed"},
}};

Event read_event(const sqlite::Statement& row) {
  Event event;
  event.number = row.integer(0);
  event.at = row.integer(1);
  event.type = static_cast<EventType>(row.integer(2));
  if (const auto account = row.optional64(3))
    event.account = AccountId(*account);
  if (const auto channel = row.optional64(4))
    event.channel = ChannelId(*channel);
  if (const auto message = row.optional32(5))
    event.message = MessageNumber(*message);
  event.data = row.text(6);
  return event;
}

}  // namespace

std::string_view name_of(EventType type) {
  for (const auto& [known, name] : kNames) {
    if (known == type)
      return name;
  }
  return "unknown";
}

std::optional<EventType> event_type_named(std::string_view name) {
  for (const auto& [type, known] : kNames) {
    if (known == name)
      return type;
  }
  return std::nullopt;
}

LedgerResult<std::vector<Event>> Ledger::events(const EventFilter& filter) {
  return sqlite::guarded([&] {
    std::vector<Event> result;
    auto query = impl_->db.query(
        "SELECT number, at, type, account, channel, message, data FROM events "
        "WHERE number >= ?1 AND (?3 IS NULL OR type = ?3) ORDER BY number LIMIT ?2");
    query->bind(1, filter.from);
    query->bind(2, filter.limit);
    if (filter.type)
      query->bind(3, static_cast<std::int64_t>(*filter.type));
    while (query->step())
      result.push_back(read_event(*query));
    return result;
  });
}

LedgerResult<std::int64_t> Ledger::last_event() {
  return sqlite::guarded([&] {
    auto query = impl_->db.query("SELECT coalesce(max(number), 0) FROM events");
    query->step();
    return query->integer(0);
  });
}

std::int64_t Ledger::changes() const {
  return impl_->db.total_changes();
}

LedgerResult<std::int64_t> Ledger::data_version() {
  return sqlite::guarded([&] {
    auto query = impl_->db.query("PRAGMA data_version");
    query->step();
    return query->integer(0);
  });
}

}  // namespace ledgram::ledger
