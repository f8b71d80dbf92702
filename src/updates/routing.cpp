#include "ledgram/updates/routing.hpp"

#include "ledgram/tl/api.hpp"

#include <algorithm>
#include <optional>

namespace ledgram::updates {
namespace {

namespace api = tl::api;

std::optional<PeerRef> ref_of_peer(const api::Peer& peer) {
  if (const auto* user = peer.as<api::peerUser>(); user != nullptr)
    return PeerRef{PeerKind::User, user->user_id};
  if (const auto* chat = peer.as<api::peerChat>(); chat != nullptr)
    return PeerRef{PeerKind::Chat, chat->chat_id};
  if (const auto* channel = peer.as<api::peerChannel>(); channel != nullptr)
    return PeerRef{PeerKind::Channel, channel->channel_id};
  return std::nullopt;
}

const api::Peer* peer_id_of(const api::Message& message) {
  if (const auto* usual = message.as<api::message>(); usual != nullptr)
    return &usual->peer_id;
  if (const auto* service = message.as<api::messageService>(); service != nullptr)
    return &service->peer_id;
  if (const auto* empty = message.as<api::messageEmpty>(); empty != nullptr)
    return &empty->peer_id;
  return nullptr;
}

/// `update` is a U, which has pts and pts_count.
template <class U>
Route common(const api::Update& update) {
  const U& value = *update.as<U>();
  if (value.pts <= 0)
    return {};
  if (value.pts_count < 0)
    return {.kind = RouteKind::Nowhere};
  return {.kind = RouteKind::Common, .channel = {}, .number = value.pts, .count = value.pts_count};
}

template <class U>
Route of_channel(const api::Update& update, std::int64_t channel) {
  const U& value = *update.as<U>();
  if (value.pts_count < 0)
    return {.kind = RouteKind::Nowhere};
  // With pts 0 it is free, but still of a channel: the caller looks whether that is followed.
  return {.kind = RouteKind::Channel, .channel = ChannelId(channel), .number = value.pts, .count = value.pts_count};
}

template <class U>
Route of_message_channel(const api::Update& update) {
  const api::Peer* peer = peer_id_of(update.as<U>()->message);
  const auto* channel = peer == nullptr ? nullptr : peer->as<api::peerChannel>();
  if (channel == nullptr)
    return {.kind = RouteKind::Nowhere};
  return of_channel<U>(update, channel->channel_id);
}

template <class U>
Route of_named_channel(const api::Update& update) {
  return of_channel<U>(update, update.as<U>()->channel_id);
}

template <class U>
Route qts(const api::Update& update) {
  const std::int32_t number = update.as<U>()->qts;
  if (number <= 0)
    return {};
  return {.kind = RouteKind::Qts, .channel = {}, .number = number, .count = 1};
}

Route read_channel_inbox(const api::Update& update) {
  const auto& value = *update.as<api::updateReadChannelInbox>();
  return {.kind = RouteKind::ChannelRead, .channel = ChannelId(value.channel_id), .number = value.pts, .count = 0};
}

Route channel_too_long(const api::Update& update) {
  const auto& value = *update.as<api::updateChannelTooLong>();
  return {.kind = RouteKind::ChannelTooLong,
          .channel = ChannelId(value.channel_id),
          .number = value.pts.value_or(0),
          .count = 0};
}

}  // namespace

Route route_of(const api::Update& update) {
  switch (update.id()) {
    case api::updateNewMessage::kId:
      return common<api::updateNewMessage>(update);
    case api::updateEditMessage::kId:
      return common<api::updateEditMessage>(update);
    case api::updateDeleteMessages::kId:
      return common<api::updateDeleteMessages>(update);
    case api::updateReadHistoryInbox::kId:
      return common<api::updateReadHistoryInbox>(update);
    case api::updateReadHistoryOutbox::kId:
      return common<api::updateReadHistoryOutbox>(update);
    case api::updateReadMessagesContents::kId:
      return common<api::updateReadMessagesContents>(update);
    case api::updateWebPage::kId:
      return common<api::updateWebPage>(update);
    case api::updatePinnedMessages::kId:
      return common<api::updatePinnedMessages>(update);
    case api::updateFolderPeers::kId:
      return common<api::updateFolderPeers>(update);
    case api::updateNewChannelMessage::kId:
      return of_message_channel<api::updateNewChannelMessage>(update);
    case api::updateEditChannelMessage::kId:
      return of_message_channel<api::updateEditChannelMessage>(update);
    case api::updateDeleteChannelMessages::kId:
      return of_named_channel<api::updateDeleteChannelMessages>(update);
    case api::updatePinnedChannelMessages::kId:
      return of_named_channel<api::updatePinnedChannelMessages>(update);
    case api::updateChannelWebPage::kId:
      return of_named_channel<api::updateChannelWebPage>(update);
    case api::updateReadChannelInbox::kId:
      return read_channel_inbox(update);
    case api::updateChannelTooLong::kId:
      return channel_too_long(update);
    case api::updateNewEncryptedMessage::kId:
      return qts<api::updateNewEncryptedMessage>(update);
    case api::updateMessagePollVote::kId:
      return qts<api::updateMessagePollVote>(update);
    case api::updateBotStopped::kId:
      return qts<api::updateBotStopped>(update);
    case api::updateChatParticipant::kId:
      return qts<api::updateChatParticipant>(update);
    case api::updateChannelParticipant::kId:
      return qts<api::updateChannelParticipant>(update);
    case api::updateBotChatInviteRequester::kId:
      return qts<api::updateBotChatInviteRequester>(update);
    case api::updateBotChatBoost::kId:
      return qts<api::updateBotChatBoost>(update);
    case api::updateBotMessageReaction::kId:
      return qts<api::updateBotMessageReaction>(update);
    case api::updateBotMessageReactions::kId:
      return qts<api::updateBotMessageReactions>(update);
    case api::updateBotBusinessConnect::kId:
      return qts<api::updateBotBusinessConnect>(update);
    case api::updateBotNewBusinessMessage::kId:
      return qts<api::updateBotNewBusinessMessage>(update);
    case api::updateBotEditBusinessMessage::kId:
      return qts<api::updateBotEditBusinessMessage>(update);
    case api::updateBotDeleteBusinessMessage::kId:
      return qts<api::updateBotDeleteBusinessMessage>(update);
    case api::updateBotPurchasedPaidMedia::kId:
      return qts<api::updateBotPurchasedPaidMedia>(update);
    case api::updateMessageID::kId:
      return {.kind = RouteKind::MessageId};
    case api::updatePtsChanged::kId:
      return {.kind = RouteKind::PtsChanged};
    default:
      return {};
  }
}

std::optional<ChannelId> channel_of(const api::Message& message) {
  const api::Peer* peer = peer_id_of(message);
  const auto* channel = peer == nullptr ? nullptr : peer->as<api::peerChannel>();
  return channel == nullptr ? std::nullopt : std::optional(ChannelId(channel->channel_id));
}

namespace {

class Introductions {
 public:
  Introductions(std::span<const PeerRef> introduced, const PeerBook& book, UserId self)
      : introduced_(introduced), book_(book), self_(self) {}

  [[nodiscard]] bool has(PeerRef peer) const {
    if (peer.kind == PeerKind::User && peer.id == self_.value())
      return true;
    return std::ranges::binary_search(introduced_, peer) || book_.knows(peer);
  }

  /// An absent peer names nobody.
  [[nodiscard]] bool has(const api::Peer& peer) const {
    const auto ref = ref_of_peer(peer);
    return !ref || has(*ref);
  }

  [[nodiscard]] bool has_chat(const api::Peer& peer) const { return peer.is<api::peerChannel>() || has(peer); }

  [[nodiscard]] bool has_origin(const api::MessageFwdHeader& header) const {
    const auto* origin = header.as<api::messageFwdHeader>();
    return origin == nullptr || (has(origin->from_id) && has(origin->saved_from_peer));
  }

  [[nodiscard]] bool has_all_of(const api::message& message, PeerCheck check) const {
    if (!has(message.from_id) || !has_chat(message.peer_id) || !has_origin(message.fwd_from))
      return false;
    if (message.via_bot_id && !has(PeerRef{PeerKind::User, *message.via_bot_id}))
      return false;
    return check == PeerCheck::Usual || (has_replied_to(message.reply_to) && has_mentioned(message));
  }

 private:
  [[nodiscard]] bool has_replied_to(const api::MessageReplyHeader& header) const {
    const auto* reply = header.as<api::messageReplyHeader>();
    return reply == nullptr || has(reply->reply_to_peer_id);
  }

  [[nodiscard]] bool has_mentioned(const api::message& message) const {
    if (!message.entities)
      return true;
    return std::ranges::all_of(*message.entities, [this](const api::MessageEntity& entity) {
      const auto* mention = entity.as<api::messageEntityMentionName>();
      return mention == nullptr || has(PeerRef{PeerKind::User, mention->user_id});
    });
  }

  std::span<const PeerRef> introduced_;
  const PeerBook& book_;
  UserId self_;
};

const api::Message* message_of(const api::Update& update) {
  if (const auto* fresh = update.as<api::updateNewMessage>(); fresh != nullptr)
    return &fresh->message;
  if (const auto* fresh = update.as<api::updateNewChannelMessage>(); fresh != nullptr)
    return &fresh->message;
  if (const auto* edited = update.as<api::updateEditMessage>(); edited != nullptr)
    return &edited->message;
  if (const auto* edited = update.as<api::updateEditChannelMessage>(); edited != nullptr)
    return &edited->message;
  return nullptr;
}

}  // namespace

bool all_introduced(const api::Update& update, std::span<const PeerRef> introduced, const PeerBook& book, UserId self,
                    PeerCheck check) {
  const api::Message* message = message_of(update);
  if (message == nullptr)
    return true;
  const Introductions known(introduced, book, self);
  if (const auto* usual = message->as<api::message>(); usual != nullptr)
    return known.has_all_of(*usual, check);
  if (const auto* service = message->as<api::messageService>(); service != nullptr)
    return known.has(service->from_id) && known.has_chat(service->peer_id);
  return true;
}

PeerRef ref_of(const api::User& user) {
  if (const auto* full = user.as<api::user>(); full != nullptr)
    return {PeerKind::User, full->id};
  const auto* empty = user.as<api::userEmpty>();
  return {PeerKind::User, empty == nullptr ? 0 : empty->id};
}

PeerRef ref_of(const api::Chat& chat) {
  if (const auto* channel = chat.as<api::channel>(); channel != nullptr)
    return {PeerKind::Channel, channel->id};
  if (const auto* channel = chat.as<api::channelForbidden>(); channel != nullptr)
    return {PeerKind::Channel, channel->id};
  if (const auto* group = chat.as<api::chat>(); group != nullptr)
    return {PeerKind::Chat, group->id};
  if (const auto* group = chat.as<api::chatForbidden>(); group != nullptr)
    return {PeerKind::Chat, group->id};
  const auto* empty = chat.as<api::chatEmpty>();
  return {PeerKind::Chat, empty == nullptr ? 0 : empty->id};
}

}  // namespace ledgram::updates
