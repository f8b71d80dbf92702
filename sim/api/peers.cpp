#include "ledgram/sim_api/peers.hpp"

#include <algorithm>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

Channel& known_channel(const Call& call, ChannelId id, std::int64_t hash) {
  Channel* channel = call.core.chats.find(id);
  const bool bot_without_hash = call.account->is_bot() && hash == 0;
  if (channel == nullptr || (!bot_without_hash && hash != call.core.hashes.channel(call.account->id, id))) {
    refuse("CHANNEL_INVALID");
  }
  if (!may_see(call, *channel))
    refuse("CHANNEL_PRIVATE");
  return *channel;
}

/// inputChannelFromMessage and inputPeerChannelFromMessage: seen in a message of a channel that the caller can name.
Channel& channel_from_message(const Call& call, const json::object& input) {
  const Channel* where = peer_channel(call, object_field(input, "peer"));
  if (where == nullptr || where->date_of(int_field(input, "msg_id")) == 0)
    refuse("MSG_ID_INVALID");
  const ChannelId id(long_field(input, "channel_id"));
  // Messages here mention no other channel than the one they stand in.
  if (id != where->id())
    refuse("CHANNEL_INVALID");
  return *call.core.chats.find(id);
}

}  // namespace

ObjectMaker maker(const Call& call) {
  return {*call.account, call.core.hashes, call.core.files.settings.home, call.memory};
}

bool may_see(const Call& call, const Channel& channel) {
  return maker(call).may_see(channel);
}

Channel& channel_of(const Call& call, const json::object& input) {
  const auto kind = name_of(input);
  if (kind == "inputChannel") {
    return known_channel(call, ChannelId(long_field(input, "channel_id")), long_field(input, "access_hash"));
  }
  if (kind == "inputChannelFromMessage")
    return channel_from_message(call, input);
  refuse("CHANNEL_INVALID");
}

bool knows_person(const Call& call, std::int64_t id, std::int64_t hash) {
  if (call.core.hashes.user(call.account->id, UserId(id)) != hash && !(call.account->is_bot() && hash == 0))
    return false;
  if (call.core.accounts.find(UserId(id)) != nullptr || call.core.mail.find_person(id) != nullptr)
    return true;
  return std::ranges::any_of(call.core.chats.channels(), [id](const auto& item) {
    return std::ranges::binary_search(item.second->info().people, id, {}, &Person::id);
  });
}

bool shown_in_message(const Call& call, const json::object& input) {
  const AnyPeer where = any_peer(call, object_field(input, "peer"));
  const std::int32_t id = int_field(input, "msg_id");
  const std::int64_t user = long_field(input, "user_id");
  if (where.channel == nullptr) {
    const Letter* letter = call.core.mail.of(call.account->id).find(id);
    return letter != nullptr && letter->peer == where.dialog && letter->post.from_user == user;
  }
  Post scratch;
  const Post* post = where.channel->find(id, scratch);
  return post != nullptr && post->from_user == user;
}

AnyPeer any_peer(const Call& call, const json::object& input) {
  const auto kind = name_of(input);
  if (kind == "inputPeerChat") {
    const Group* group = call.core.mail.find_group(long_field(input, "chat_id"));
    if (group == nullptr || !group->has(call.account->id))
      refuse("CHAT_ID_INVALID");
    return {.channel = nullptr, .dialog = {.kind = DialogPeer::Kind::Group, .id = group->id}};
  }
  if (kind == "inputPeerUserFromMessage") {
    if (!shown_in_message(call, input))
      refuse("PEER_ID_INVALID");
    return {.channel = nullptr, .dialog = {.kind = DialogPeer::Kind::User, .id = long_field(input, "user_id")}};
  }
  if (Channel* channel = peer_channel(call, input))
    return {.channel = channel, .dialog = {}};
  const std::int64_t user = kind == "inputPeerSelf" ? call.account->id.value() : long_field(input, "user_id");
  return {.channel = nullptr, .dialog = {.kind = DialogPeer::Kind::User, .id = user}};
}

Channel* peer_channel(const Call& call, const json::object& input) {
  const auto kind = name_of(input);
  if (kind == "inputPeerChannel") {
    return &known_channel(call, ChannelId(long_field(input, "channel_id")), long_field(input, "access_hash"));
  }
  if (kind == "inputPeerChannelFromMessage")
    return &channel_from_message(call, input);
  if (kind == "inputPeerSelf")
    return nullptr;
  if (kind == "inputPeerUser" && knows_person(call, long_field(input, "user_id"), long_field(input, "access_hash"))) {
    return nullptr;
  }
  refuse("PEER_ID_INVALID");
}

}  // namespace ledgram::sim
