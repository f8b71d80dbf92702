#include "ledgram/ledger/event_writer.hpp"
#include "ledgram/ledger/ledger_impl.hpp"

#include <string>

/// Deletion marks, held waves, and what messages were before.

namespace ledgram::ledger {
namespace {

std::vector<DeletionMark> read_marks(sqlite::Statement& rows) {
  std::vector<DeletionMark> marks;
  while (rows.step()) {
    marks.push_back({MessageNumber(rows.integer32(0)), rows.integer32(1), rows.integer(2),
                     static_cast<DeletionState>(rows.integer(3))});
  }
  return marks;
}

std::vector<MessageVersion> read_versions(sqlite::Statement& rows) {
  std::vector<MessageVersion> versions;
  while (rows.step()) {
    MessageVersion& version = versions.emplace_back();
    version.edit_date = rows.integer(0);
    version.text = rows.text(1);
    version.entities = rows.text(2);
    version.media_kind = rows.text(3);
    version.media = rows.text(4);
    version.layer = rows.integer32(5);
    const ByteView raw = rows.blob(6);
    version.raw.assign(raw.begin(), raw.end());
    version.as_of = rows.integer32(7);
    version.replaced_at = rows.integer(8);
  }
  return versions;
}

std::vector<DeletionMark> held_marks(Ledger::Impl& impl, ChannelId channel) {
  auto query =
      impl.db.query("SELECT number, as_of, at, state FROM deletions WHERE channel = ?1 AND state = 1 ORDER BY number");
  query->bind(1, channel.value());
  return read_marks(*query);
}

void settle(Ledger::Impl& impl, ChannelId channel, DeletionState state) {
  auto update = impl.db.query("UPDATE deletions SET state = ?2 WHERE channel = ?1 AND state = 1");
  update->bind(1, channel.value());
  update->bind(2, static_cast<std::int64_t>(state));
  update->run();
}

}  // namespace

void Ledger::set_wave_limit(std::int64_t deletions_per_minute) {
  impl_->wave_limit = deletions_per_minute;
}

LedgerResult<std::vector<DeletionMark>> Ledger::deletions(ChannelId channel) {
  return sqlite::guarded([&] {
    auto query = impl_->db.query("SELECT number, as_of, at, state FROM deletions WHERE channel = ?1 ORDER BY number");
    query->bind(1, channel.value());
    return read_marks(*query);
  });
}

LedgerResult<std::vector<DeletionMark>> Ledger::held_deletions(ChannelId channel) {
  return sqlite::guarded([&] { return held_marks(*impl_, channel); });
}

LedgerResult<std::int64_t> Ledger::release_deletions(ChannelId channel) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    const Channel row = require_channel(*impl_, channel);
    const std::vector<DeletionMark> held = held_marks(*impl_, channel);
    settle(*impl_, channel, DeletionState::Applied);
    EventWriter events(impl_->db);
    for (const DeletionMark& mark : held)
      events.message_deleted(row, mark.number, DeletionState::Applied);
    transaction.commit();
    return static_cast<std::int64_t>(held.size());
  });
}

LedgerResult<std::int64_t> Ledger::reject_deletions(ChannelId channel) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    require_channel(*impl_, channel);
    settle(*impl_, channel, DeletionState::Rejected);
    const std::int64_t count = impl_->db.changes();
    transaction.commit();
    return count;
  });
}

LedgerResult<std::vector<MessageVersion>> Ledger::message_versions(ChannelId channel, MessageNumber number) {
  return sqlite::guarded([&] {
    auto query = impl_->db.query(
        "SELECT edit_date, text, entities, media_kind, media, layer, raw, as_of, replaced_at FROM message_versions "
        "WHERE channel = ?1 AND number = ?2 ORDER BY rowid");
    query->bind(1, channel.value());
    query->bind(2, std::int64_t{number.value()});
    return read_versions(*query);
  });
}

LedgerResult<std::vector<MessageVersion>> Ledger::private_versions(AccountId account, MessageNumber number) {
  return sqlite::guarded([&] {
    auto query = impl_->db.query(
        "SELECT edit_date, text, entities, media_kind, media, layer, raw, as_of, replaced_at FROM private_versions "
        "WHERE account = ?1 AND number = ?2 ORDER BY rowid");
    query->bind(1, account.value());
    query->bind(2, std::int64_t{number.value()});
    return read_versions(*query);
  });
}

}  // namespace ledgram::ledger
