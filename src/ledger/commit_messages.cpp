#include "ledgram/ledger/commit.hpp"

/// Messages of channels, with the events of what is new and what was edited.

namespace ledgram::ledger {

void Commit::store_messages() {
  for (const Message& message : batch_.messages)
    store_message(message);
}

void Commit::count(const StoredMessage& stored, const Message& message) {
  switch (stored.outcome) {
    case Outcome::Inserted:
      ++stats_.inserted;
      if (!message.action.empty())
        ++stats_.inserted_service;
      if (stored.mark)
        ++stats_.deleted;
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
}

void Commit::store_message(const Message& message) {
  ChannelWork& work = channel(message.channel);
  work.raise_newest(message.number.value());
  const StoredMessage stored = ledger::store_message(impl_.db, kChannelTables, message.channel.value(), message,
                                                     nullptr, batch_.seen_at, work.marks);
  const bool is_gone = stored.mark && stored.mark->state == DeletionState::Applied;
  count(stored, message);
  if (stored.outcome == Outcome::Inserted) {
    if (message.number.value() > work.news_after()) {
      events_.message_new(work.now, message, batch_.via);
      if (stored.mark)
        events_.message_deleted(work.now, message.number, stored.mark->state);
    }
    return;
  }
  if (stored.restored || (stored.outcome == Outcome::Edited && !is_gone)) {
    events_.message_edited(work.now, message, batch_.via,
                           stored.restored ? EventWriter::Restored::Yes : EventWriter::Restored::No);
  }
}

}  // namespace ledgram::ledger
