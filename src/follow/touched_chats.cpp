#include "ledgram/follow/touched_chats.hpp"

#include "ledgram/collect/message_row.hpp"

#include <vector>

namespace ledgram::follow {

namespace api = tl::api;

namespace {

using ledger::PeerKey;
using ledger::PeerType;

void tell_of(const api::Message& message, const ChatListener& tell) {
  if (const auto chat = collect::chat_of(message))
    tell(chat);
}

void tell_of(const api::Peer& peer, const ChatListener& tell) {
  if (const auto chat = collect::key_of(peer))
    tell(chat);
}

void tell_of(const api::DialogPeer& dialog, const ChatListener& tell) {
  if (const auto* one = dialog.as<api::dialogPeer>())
    tell_of(one->peer, tell);
}

template <class U>
void tell_of_channel(const api::Update& update, const ChatListener& tell) {
  tell(PeerKey{PeerType::Channel, update.as<U>()->channel_id});
}

void tell_of(const api::Update& update, const ChatListener& tell) {
  switch (update.id()) {
    case api::updateNewMessage::kId:
      return tell_of(update.as<api::updateNewMessage>()->message, tell);
    case api::updateEditMessage::kId:
      return tell_of(update.as<api::updateEditMessage>()->message, tell);
    case api::updateNewChannelMessage::kId:
      return tell_of(update.as<api::updateNewChannelMessage>()->message, tell);
    case api::updateEditChannelMessage::kId:
      return tell_of(update.as<api::updateEditChannelMessage>()->message, tell);
    case api::updateReadHistoryInbox::kId:
      return tell_of(update.as<api::updateReadHistoryInbox>()->peer, tell);
    case api::updateReadHistoryOutbox::kId:
      return tell_of(update.as<api::updateReadHistoryOutbox>()->peer, tell);
    case api::updatePinnedMessages::kId:
      return tell_of(update.as<api::updatePinnedMessages>()->peer, tell);
    case api::updateDialogPinned::kId:
      return tell_of(update.as<api::updateDialogPinned>()->peer, tell);
    case api::updateDialogUnreadMark::kId:
      return tell_of(update.as<api::updateDialogUnreadMark>()->peer, tell);
    case api::updateChat::kId:
      return tell(PeerKey{PeerType::Chat, update.as<api::updateChat>()->chat_id});
    case api::updateDeleteChannelMessages::kId:
      return tell_of_channel<api::updateDeleteChannelMessages>(update, tell);
    case api::updateChannelTooLong::kId:
      return tell_of_channel<api::updateChannelTooLong>(update, tell);
    case api::updateChannel::kId:
      return tell_of_channel<api::updateChannel>(update, tell);
    case api::updateReadChannelInbox::kId:
      return tell_of_channel<api::updateReadChannelInbox>(update, tell);
    case api::updateReadChannelOutbox::kId:
      return tell_of_channel<api::updateReadChannelOutbox>(update, tell);
    case api::updatePinnedChannelMessages::kId:
      return tell_of_channel<api::updatePinnedChannelMessages>(update, tell);
    case api::updateChannelWebPage::kId:
      return tell_of_channel<api::updateChannelWebPage>(update, tell);
    case api::updateChannelAvailableMessages::kId:
      return tell_of_channel<api::updateChannelAvailableMessages>(update, tell);
    // Numbers of private chats and basic groups do not name the chat.
    case api::updateDeleteMessages::kId:
    case api::updateReadMessagesContents::kId:
    case api::updateWebPage::kId:
    case api::updatePinnedDialogs::kId:
    case api::updateFolderPeers::kId:
      return tell(std::nullopt);
    default:
      return;
  }
}

template <class Items>
void tell_of_each(const Items& items, const ChatListener& tell) {
  for (const auto& item : items) {
    if (!item.empty())
      tell_of(item, tell);
  }
}

}  // namespace

void tell_touched(const api::Updates& updates, const ChatListener& tell) {
  if (const auto* all = updates.as<api::updates>())
    tell_of_each(all->updates, tell);
  else if (const auto* combined = updates.as<api::updatesCombined>())
    tell_of_each(combined->updates, tell);
  else if (const auto* one = updates.as<api::updateShort>(); one != nullptr && !one->update.empty())
    tell_of(one->update, tell);
  else if (const auto* said = updates.as<api::updateShortMessage>())
    tell(PeerKey{PeerType::User, said->user_id});
  else if (const auto* in_group = updates.as<api::updateShortChatMessage>())
    tell(PeerKey{PeerType::Chat, in_group->chat_id});
  else if (updates.is<api::updateShortSentMessage>() || updates.is<api::updatesTooLong>())
    tell(std::nullopt);
}

void tell_touched(const api::updates_Difference& difference, const ChatListener& tell) {
  if (const auto* all = difference.as<api::updates_difference>()) {
    tell_of_each(all->new_messages, tell);
    tell_of_each(all->other_updates, tell);
  } else if (const auto* slice = difference.as<api::updates_differenceSlice>()) {
    tell_of_each(slice->new_messages, tell);
    tell_of_each(slice->other_updates, tell);
  } else if (difference.is<api::updates_differenceTooLong>()) {
    tell(std::nullopt);
  }
}

void tell_touched(const api::updates_ChannelDifference& difference, const ChatListener& tell) {
  if (const auto* all = difference.as<api::updates_channelDifference>()) {
    tell_of_each(all->new_messages, tell);
    tell_of_each(all->other_updates, tell);
  } else if (const auto* too_long = difference.as<api::updates_channelDifferenceTooLong>()) {
    if (const auto* dialog = too_long->dialog.as<api::dialog>())
      tell_of(dialog->peer, tell);
  }
}

bool tells_of_changes(ByteView answer) {
  return tl::parse<api::messages_AffectedMessages>(answer).has_value() ||
         tl::parse<api::messages_AffectedHistory>(answer).has_value();
}

}  // namespace ledgram::follow
