#include "ledgram/collect/message_row.hpp"

#include "ledgram/base/json_text.hpp"
#include "ledgram/collect/entities.hpp"
#include "ledgram/collect/media.hpp"
#include "ledgram/tl/codec.hpp"

#include <utility>

namespace ledgram::collect {
namespace {

namespace api = tl::api;
using ledger::MessageFlag;
using ledger::PeerKey;
using ledger::PeerType;

void write_peer(JsonText& out, std::string_view name, const api::Peer& peer) {
  const auto key = key_of(peer);
  if (!key)
    return;
  out.key(name);
  out.begin_object();
  out.member("type", ledger::name_of(key->type));
  out.member("id", key->id);
  out.end_object();
}

void write_forward(JsonText& out, const api::messageFwdHeader& header) {
  out.begin_object();
  out.member("date", header.date);
  write_peer(out, "from", header.from_id);
  out.member("from_name", header.from_name);
  out.member("message", header.channel_post);
  out.member("post_author", header.post_author);
  out.member_flag("imported", header.imported);
  write_peer(out, "saved_from", header.saved_from_peer);
  out.member("saved_from_message", header.saved_from_msg_id);
  out.member("psa_type", header.psa_type);
  out.end_object();
}

std::string forward_json(const api::MessageFwdHeader& forward) {
  const auto* header = forward.as<api::messageFwdHeader>();
  if (header == nullptr)
    return {};
  JsonText out;
  write_forward(out, *header);
  return out.take();
}

void set_reply(ledger::Message& row, const api::MessageReplyHeader& reply) {
  if (reply.empty())
    return;
  JsonText out;
  out.begin_object();
  if (const auto* header = reply.as<api::messageReplyHeader>()) {
    // In another chat the number means another message.
    if (header->reply_to_peer_id.empty())
      row.reply_to = header->reply_to_msg_id;
    out.member("message", header->reply_to_msg_id);
    write_peer(out, "peer", header->reply_to_peer_id);
    out.member("top", header->reply_to_top_id);
    out.member_flag("forum_topic", header->forum_topic);
    out.member_flag("scheduled", header->reply_to_scheduled);
    if (const auto* from = header->reply_from.as<api::messageFwdHeader>()) {
      out.key("from");
      write_forward(out, *from);
    }
    out.member_flag("quote", header->quote);
    out.member("quote_text", header->quote_text);
    out.member("quote_offset", header->quote_offset);
    if (header->quote_entities) {
      out.key("quote_entities");
      write_entities(out, *header->quote_entities);
    }
    out.member("todo_item", header->todo_item_id);
  } else if (const auto* story = reply.as<api::messageReplyStoryHeader>()) {
    write_peer(out, "peer", story->peer);
    out.member("story", story->story_id);
  }
  out.end_object();
  row.reply = out.take();
}

void set_if(ledger::Message& row, MessageFlag flag, bool truth) {
  if (truth)
    row.set(flag);
}

ledger::Message plain_row(const api::message& message) {
  ledger::Message row;
  row.number = MessageNumber(message.id);
  row.date = message.date;
  row.edit_date = message.edit_date.value_or(0);
  row.text = message.message;
  if (message.entities && !message.entities->empty()) {
    constexpr std::size_t kUsualLength = 48;  // {"type":"hashtag","offset":100,"length":10},
    JsonText out;
    out.reserve(message.entities->size() * kUsualLength);
    write_entities(out, *message.entities);
    row.entities = out.take();
  }
  row.views = message.views;
  row.forwards = message.forwards;
  row.from = key_of(message.from_id);
  if (message.post_author)
    row.post_author = *message.post_author;
  set_reply(row, message.reply_to);
  row.forward = forward_json(message.fwd_from);
  MediaDescription media = describe_media(message.media);
  row.media_kind = media.kind;
  row.media = std::move(media.json);
  row.grouped_id = message.grouped_id;
  set_if(row, MessageFlag::Out, message.out);
  set_if(row, MessageFlag::Mentioned, message.mentioned);
  set_if(row, MessageFlag::Silent, message.silent);
  set_if(row, MessageFlag::Post, message.post);
  set_if(row, MessageFlag::Pinned, message.pinned);
  set_if(row, MessageFlag::NoForwards, message.noforwards);
  set_if(row, MessageFlag::EditHidden, message.edit_hide);
  set_if(row, MessageFlag::FromScheduled, message.from_scheduled);
  set_if(row, MessageFlag::InvertMedia, message.invert_media);
  return row;
}

ledger::Message service_row(const api::messageService& message) {
  ledger::Message row;
  row.number = MessageNumber(message.id);
  row.date = message.date;
  row.from = key_of(message.from_id);
  set_reply(row, message.reply_to);
  row.action = message.action.name();
  row.action_json = generic_json(tl::serialize(message.action));
  set_if(row, MessageFlag::Out, message.out);
  set_if(row, MessageFlag::Mentioned, message.mentioned);
  set_if(row, MessageFlag::Silent, message.silent);
  set_if(row, MessageFlag::Post, message.post);
  row.set(MessageFlag::Service);
  return row;
}

std::string_view first_active(const std::optional<std::vector<api::Username>>& usernames) {
  if (!usernames)
    return {};
  for (const api::Username& entry : *usernames) {
    const auto* name = entry.as<api::username>();
    if (name != nullptr && name->active)
      return name->username;
  }
  return {};
}

template <class Named>
std::string_view username_of_any(const Named& named) {
  if (named.username && !named.username->empty())
    return *named.username;
  return first_active(named.usernames);
}

std::optional<ledger::Peer> user_row(const api::User& user) {
  const auto* full = user.as<api::user>();
  if (full == nullptr)
    return std::nullopt;
  ledger::Peer row;
  row.key = {PeerType::User, full->id};
  row.access_hash = full->access_hash;
  row.completeness = full->min ? ledger::PeerCompleteness::Min : ledger::PeerCompleteness::Full;
  row.username = username_of_any(*full);
  row.title = full->first_name.value_or("");
  if (full->last_name && !full->last_name->empty()) {
    if (!row.title.empty())
      row.title += ' ';
    row.title += *full->last_name;
  }
  return row;
}

std::optional<ledger::Peer> chat_row(const api::Chat& chat) {
  ledger::Peer row;
  if (const auto* channel = chat.as<api::channel>()) {
    row.key = {PeerType::Channel, channel->id};
    row.access_hash = channel->access_hash;
    row.completeness = channel->min ? ledger::PeerCompleteness::Min : ledger::PeerCompleteness::Full;
    row.username = username_of_any(*channel);
    row.title = channel->title;
  } else if (const auto* group = chat.as<api::chat>()) {
    row.key = {PeerType::Chat, group->id};
    row.title = group->title;
  } else if (const auto* hidden = chat.as<api::channelForbidden>()) {
    row.key = {PeerType::Channel, hidden->id};
    row.access_hash = hidden->access_hash;
    row.completeness = ledger::PeerCompleteness::Min;
    row.title = hidden->title;
  } else if (const auto* closed = chat.as<api::chatForbidden>()) {
    row.key = {PeerType::Chat, closed->id};
    row.completeness = ledger::PeerCompleteness::Min;
    row.title = closed->title;
  } else {
    return std::nullopt;
  }
  return row;
}

}  // namespace

std::int32_t number_of(const api::Message& message) {
  if (const auto* plain = message.as<api::message>())
    return plain->id;
  if (const auto* service = message.as<api::messageService>())
    return service->id;
  if (const auto* empty = message.as<api::messageEmpty>())
    return empty->id;
  return 0;
}

std::optional<ledger::PeerKey> key_of(const api::Peer& peer) {
  if (const auto* channel = peer.as<api::peerChannel>())
    return PeerKey{PeerType::Channel, channel->channel_id};
  if (const auto* user = peer.as<api::peerUser>())
    return PeerKey{PeerType::User, user->user_id};
  if (const auto* chat = peer.as<api::peerChat>())
    return PeerKey{PeerType::Chat, chat->chat_id};
  return std::nullopt;
}

std::optional<ledger::PeerKey> chat_of(const api::Message& message) {
  if (const auto* plain = message.as<api::message>())
    return key_of(plain->peer_id);
  if (const auto* service = message.as<api::messageService>())
    return key_of(service->peer_id);
  if (const auto* empty = message.as<api::messageEmpty>())
    return key_of(empty->peer_id);
  return std::nullopt;
}

std::optional<ledger::Message> to_row(const api::Message& message, ChannelId channel) {
  const std::optional<ledger::PeerKey> chat = chat_of(message);
  if (chat != ledger::PeerKey{ledger::PeerType::Channel, channel.value()})
    return std::nullopt;
  std::optional<ledger::Message> row = to_private_row(message);
  if (row)
    row->channel = channel;
  return row;
}

std::optional<ledger::Message> to_private_row(const api::Message& message) {
  std::optional<ledger::Message> row;
  if (const auto* plain = message.as<api::message>()) {
    row = plain_row(*plain);
  } else if (const auto* service = message.as<api::messageService>()) {
    row = service_row(*service);
  } else {
    return std::nullopt;
  }
  row->layer = api::kLayer;
  row->raw = tl::serialize(message);
  return row;
}

std::vector<ledger::Peer> to_peers(const std::vector<api::User>& users, const std::vector<api::Chat>& chats,
                                   AccountId account, ledger::UnixSeconds now, std::string_view source) {
  std::vector<ledger::Peer> rows;
  rows.reserve(users.size() + chats.size());
  const auto add = [&](std::optional<ledger::Peer> row) {
    if (!row)
      return;
    row->account = account;
    row->source = source;
    row->updated = now;
    rows.push_back(std::move(*row));
  };
  for (const api::User& user : users)
    add(user_row(user));
  for (const api::Chat& chat : chats)
    add(chat_row(chat));
  return rows;
}

std::string_view username_of(const api::channel& channel) {
  return username_of_any(channel);
}

ledger::ChannelKind kind_of(const api::channel& channel) {
  if (channel.broadcast)
    return ledger::ChannelKind::Broadcast;
  return channel.megagroup || channel.gigagroup ? ledger::ChannelKind::Supergroup : ledger::ChannelKind::Unknown;
}

}  // namespace ledgram::collect
