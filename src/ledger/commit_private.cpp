#include "ledgram/ledger/commit.hpp"

#include <algorithm>
#include <map>

/// Messages of private chats and basic groups, and what has to be read again of them.

namespace ledgram::ledger {

void Commit::open_private_gaps() {
  for (const PrivateGap& gap : batch_.private_gaps) {
    auto open = impl_.db.query(
        "INSERT INTO private_gaps (account, as_of, newest, since) VALUES (?1, ?2, "
        "coalesce((SELECT number FROM private_tails WHERE account = ?1), 0), "
        "coalesce((SELECT date FROM update_states WHERE account = ?1), 0)) "
        "ON CONFLICT (account) DO UPDATE SET as_of = excluded.as_of");
    open->bind(1, gap.account.value());
    open->bind(2, std::int64_t{gap.as_of});
    open->run();
    auto forget = impl_.db.query("DELETE FROM private_readings WHERE account = ?1");
    forget->bind(1, gap.account.value());
    forget->run();
  }
}

// Updates come in the order of pts, and numbers are given in it, so nothing below a number that an update brought is
// still to come by updates. A page of history says nothing of the kind: it may be ahead of what other chats were told.
void Commit::raise_private_tails() {
  if (batch_.via != Via::Live)
    return;
  std::map<AccountId, std::int32_t> tails;
  for (const PrivateMessage& message : batch_.private_messages)
    tails[message.account] = std::max(tails[message.account], message.message.number.value());
  for (const auto& [account, number] : tails) {
    auto raise = impl_.db.query(
        "INSERT INTO private_tails (account, number) VALUES (?1, ?2) "
        "ON CONFLICT (account) DO UPDATE SET number = excluded.number WHERE excluded.number > number");
    raise->bind(1, account.value());
    raise->bind(2, std::int64_t{number});
    raise->run();
  }
}

void Commit::store_private_messages() {
  for (const PrivateMessage& message : batch_.private_messages) {
    const StoredMessage stored = ledger::store_message(impl_.db, kPrivateTables, message.account.value(),
                                                       message.message, &message.peer, batch_.seen_at, Marks::Possible);
    count(stored, message.message);
    if (stored.outcome == Outcome::Inserted) {
      events_.private_new(message, batch_.via);
      if (stored.mark)
        events_.private_deleted(message.account, message.peer, message.message.number);
    }
    if (stored.restored || (stored.outcome == Outcome::Edited && !stored.mark))
      events_.private_edited(message, batch_.via);
  }
}

void Commit::delete_private_messages() {
  for (const PrivateDeletion& deletion : batch_.private_deletions) {
    const std::int64_t owner = deletion.account.value();
    if (const auto mark = find_mark(impl_.db, kPrivateTables, owner, deletion.number)) {
      if (is_older(mark->as_of, deletion.as_of))
        raise_mark(impl_.db, kPrivateTables, owner, deletion.number, deletion.as_of);
      continue;
    }
    const auto as_of = stored_as_of(impl_.db, kPrivateTables, owner, deletion.number);
    if (as_of && is_older(deletion.as_of, *as_of))
      continue;
    set_mark(impl_.db, kPrivateTables, owner,
             {deletion.number, deletion.as_of, batch_.seen_at, DeletionState::Applied});
    if (!as_of)
      continue;
    ++stats_.deleted;
    PeerKey peer;
    {
      auto query = impl_.db.query("SELECT peer_type, peer_id FROM private_messages WHERE account = ?1 AND number = ?2");
      query->bind(1, owner);
      query->bind(2, std::int64_t{deletion.number.value()});
      query->step();
      peer = {static_cast<PeerType>(query->integer(0)), query->integer(1)};
    }
    events_.private_deleted(deletion.account, peer, deletion.number);
  }
}

void Commit::note_private_readings() {
  for (const PrivateReading& reading : batch_.private_readings) {
    auto note = impl_.db.query(
        "INSERT INTO private_readings (account, peer_type, peer_id, down_to) SELECT account, ?2, ?3, ?4 "
        "FROM private_gaps WHERE account = ?1 AND as_of = ?5 "
        "ON CONFLICT (account, peer_type, peer_id) DO UPDATE SET down_to = min(down_to, excluded.down_to)");
    note->bind(1, reading.account.value());
    note->bind(2, static_cast<std::int64_t>(reading.peer.type));
    note->bind(3, reading.peer.id);
    note->bind(4, std::int64_t{reading.down_to});
    note->bind(5, std::int64_t{reading.as_of});
    note->run();
  }
  for (const PrivateGapEnd& end : batch_.private_gap_ends) {
    auto close = impl_.db.query("DELETE FROM private_gaps WHERE account = ?1 AND as_of = ?2");
    close->bind(1, end.account.value());
    close->bind(2, std::int64_t{end.as_of});
    close->run();
    if (impl_.db.changes() == 0)
      continue;
    auto forget = impl_.db.query("DELETE FROM private_readings WHERE account = ?1");
    forget->bind(1, end.account.value());
    forget->run();
  }
}

}  // namespace ledgram::ledger
