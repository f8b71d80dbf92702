// channels.*: objects, joining and leaving.

#include "ledgram/sim_api/answers.hpp"
#include "ledgram/sim_api/core.hpp"
#include "ledgram/sim_api/peers.hpp"
#include "ledgram/sim_api/pictures.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

json::value get_channels(Call& call) {
  const auto make = maker(call);
  auto chats = call.array();
  for (const auto& item : array_field(call.args, "id")) {
    if (item.is_object())
      chats.push_back(make.channel(channel_of(call, item.get_object())));
  }
  auto out = call.object("messages.chats");
  out.emplace("chats", std::move(chats));
  return out;
}

json::value get_full_channel(Call& call) {
  const Channel& channel = channel_of(call, object_field(call.args, "channel"));
  const auto make = maker(call);
  const auto dialog = make.dialog(channel);
  auto full = call.object("channelFull");
  full.emplace("id", channel.id().value());
  full.emplace("about", channel.info().about);
  full.emplace("participants_count", channel.info().members);
  for (const auto* name : {"read_inbox_max_id", "read_outbox_max_id", "unread_count", "pts"}) {
    full.emplace(name, dialog.at(name));
  }
  full.emplace("chat_photo", make.picture(picture_id(channel.id())));
  full.emplace("notify_settings", make.notify_settings());
  full.emplace("bot_info", call.array());
  if (const std::int64_t old = channel.info().migrated_from; old != 0) {
    const auto& ids = call.core.mail.of(call.account->id).ids({.kind = DialogPeer::Kind::Group, .id = old});
    full.emplace("migrated_from_chat_id", old);
    full.emplace("migrated_from_max_id", ids.empty() ? 0 : ids.back());
  }
  auto out = call.object("messages.chatFull");
  out.emplace("full_chat", std::move(full));
  out.emplace("chats", array_of(call, make.channel(channel)));
  out.emplace("users", call.array());
  return out;
}

/// Tells the account's other sessions what the caller hears as an answer.
json::value changed(Call& call, const Channel& channel) {
  const auto updates = [&](const ObjectMaker& make) { return channel_changed(make, channel, call.now); };
  push_to_account(call.core, *call.account, updates, Subscriptions::Name{call.context.key, call.context.session});
  return channel_changed(maker(call), channel, call.now);
}

json::value join(Call& call) {
  const Channel& channel = channel_of(call, object_field(call.args, "channel"));
  call.core.accounts.join(*call.account, channel.id(), call.now);
  return changed(call, channel);
}

json::value leave(Call& call) {
  const Channel& channel = channel_of(call, object_field(call.args, "channel"));
  if (!call.core.accounts.leave(*call.account, channel.id(), call.now))
    refuse("USER_NOT_PARTICIPANT");
  return changed(call, channel);
}

json::value read_history(Call& call) {
  const Channel& channel = channel_of(call, object_field(call.args, "channel"));
  const auto joined = call.account->joined.find(channel.id());
  if (joined == call.account->joined.end())
    return false;
  // 0 means "all".
  const auto wanted = int_field(call.args, "max_id");
  const auto read = wanted <= 0 ? channel.last_id() : std::min(wanted, channel.last_id());
  if (read > joined->second.read_inbox_max) {
    joined->second.read_inbox_max = read;
    call.core.accounts.save(*call.account);
  }
  return true;
}

/// "INVITE" and the chat's number is the hash of an invite link to it.
const Channel* invited_to(const Call& call, std::string_view hash) {
  constexpr std::string_view kPrefix = "INVITE";
  std::int64_t number = 0;
  if (!hash.starts_with(kPrefix))
    return nullptr;
  hash.remove_prefix(kPrefix.size());
  const auto end = std::from_chars(hash.data(), hash.data() + hash.size(), number);
  if (end.ec != std::errc() || end.ptr != hash.data() + hash.size())
    return nullptr;
  return call.core.chats.find(ChannelId(number));
}

json::value check_invite(Call& call) {
  const Channel* channel = invited_to(call, text_field(call.args, "hash"));
  if (channel == nullptr)
    refuse("INVITE_HASH_EXPIRED");
  if (call.account->joined.contains(channel->id())) {
    auto known = call.object("chatInviteAlready");
    known.emplace("chat", maker(call).channel(*channel));
    return known;
  }
  const ChannelInfo& info = channel->info();
  auto invite = call.object("chatInvite");
  invite.emplace("channel", true);
  invite.emplace(info.kind == ChannelKind::Broadcast ? "broadcast" : "megagroup", true);
  if (info.access == ChannelAccess::Public)
    invite.emplace("public", true);
  invite.emplace("title", info.title);
  if (!info.about.empty())
    invite.emplace("about", info.about);
  invite.emplace("photo", maker(call).picture(picture_id(channel->id())));
  invite.emplace("participants_count", info.members);
  invite.emplace("color", 0);
  return invite;
}

constexpr std::array kMethods{
    Method{"messages.checkChatInvite", Caller::User, check_invite},
    Method{"channels.getChannels", Caller::Account, get_channels},
    Method{"channels.getFullChannel", Caller::Account, get_full_channel},
    Method{"channels.joinChannel", Caller::User, join},
    Method{"channels.leaveChannel", Caller::Account, leave},
    Method{"channels.readHistory", Caller::User, read_history},
};

}  // namespace

std::span<const Method> channel_methods() {
  return kMethods;
}

}  // namespace ledgram::sim
