#include "ledgram/ledger/commit.hpp"

/// Messages of channels and of private chats, with the events of what is new and what was edited.

namespace ledgram::ledger {

void Commit::store_messages() {
  for (const Message& message : batch_.messages)
    store_message(message);
}

void Commit::store_message(const Message& message) {
  ChannelWork& work = channel(message.channel);
  work.raise_newest(message.number.value());
  const StoredMessage stored = ledger::store_message(impl_.db, kChannelTables, message.channel.value(), message,
                                                     nullptr, batch_.seen_at, work.marks);
  const bool is_gone = stored.mark && stored.mark->state == DeletionState::Applied;
  switch (stored.outcome) {
    case Outcome::Inserted:
      ++stats_.inserted;
      if (!message.action.empty())
        ++stats_.inserted_service;
      if (stored.mark)
        ++stats_.deleted;
      if (message.number.value() > work.news_after()) {
        events_.message_new(work.now, message, batch_.via);
        if (stored.mark)
          events_.message_deleted(work.now, message.number, stored.mark->state);
      }
      return;
    case Outcome::Edited:
      ++stats_.updated;
      ++stats_.edited;
      break;
    case Outcome::Refreshed:
      ++stats_.updated;
      break;
    case Outcome::Stale:
    case Outcome::Same:
      ++stats_.unchanged;
      break;
  }
  if (stored.restored)
    ++stats_.restored;
  if (stored.restored || (stored.outcome == Outcome::Edited && !is_gone)) {
    events_.message_edited(work.now, message, batch_.via,
                           stored.restored ? EventWriter::Restored::Yes : EventWriter::Restored::No);
  }
}

void Commit::store_private_messages() {
  for (const PrivateMessage& message : batch_.private_messages) {
    const StoredMessage stored = ledger::store_message(impl_.db, kPrivateTables, message.account.value(),
                                                       message.message, &message.peer, batch_.seen_at, Marks::Possible);
    switch (stored.outcome) {
      case Outcome::Inserted:
        ++stats_.inserted;
        if (!message.message.action.empty())
          ++stats_.inserted_service;
        events_.private_new(message);
        if (stored.mark) {
          ++stats_.deleted;
          events_.private_deleted(message.account, message.peer, message.message.number);
        }
        break;
      case Outcome::Edited:
        ++stats_.updated;
        ++stats_.edited;
        break;
      case Outcome::Refreshed:
        ++stats_.updated;
        break;
      case Outcome::Stale:
      case Outcome::Same:
        ++stats_.unchanged;
        break;
    }
    if (stored.restored)
      ++stats_.restored;
    if (stored.restored || (stored.outcome == Outcome::Edited && !stored.mark))
      events_.private_edited(message);
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

}  // namespace ledgram::ledger
