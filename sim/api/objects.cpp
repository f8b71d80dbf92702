#include "ledgram/sim_api/objects.hpp"

#include "ledgram/sim_api/pictures.hpp"

#include <algorithm>

namespace ledgram::sim {

namespace json = boost::json;

json::object ObjectMaker::object(std::string_view name, std::size_t fields) const {
  json::object out(memory_);
  out.reserve(fields + 1);
  out.emplace("_", name);
  return out;
}

json::object ObjectMaker::peer(const Channel& channel) const {
  auto out = object("peerChannel", 1);
  out.emplace("channel_id", channel.id().value());
  return out;
}

bool ObjectMaker::may_see(const Channel& channel) const {
  if (viewer_.joined.contains(channel.id()))
    return true;
  return channel.info().access == ChannelAccess::Public && !viewer_.banned.contains(channel.id());
}

json::object ObjectMaker::forbidden(const Channel& channel) const {
  const auto& info = channel.info();
  auto out = object("channelForbidden", 4);
  out.emplace(info.kind == ChannelKind::Broadcast ? "broadcast" : "megagroup", true);
  out.emplace("id", info.id.value());
  out.emplace("access_hash", hashes_.channel(viewer_.id, info.id));
  out.emplace("title", info.title);
  return out;
}

json::object ObjectMaker::channel(const Channel& channel) const {
  if (!may_see(channel))
    return forbidden(channel);
  const auto& info = channel.info();
  const bool min = min_peers_ == MinPeers::Chats || min_peers_ == MinPeers::All;
  auto out = object("channel", 11);
  if (min)
    out.emplace("min", true);
  out.emplace("id", info.id.value());
  out.emplace("access_hash", min ? hashes_.min_channel(viewer_.id, info.id) : hashes_.channel(viewer_.id, info.id));
  out.emplace("title", info.title);
  if (info.access == ChannelAccess::Public)
    out.emplace("username", info.username);
  out.emplace(info.kind == ChannelKind::Broadcast ? "broadcast" : "megagroup", true);
  const auto joined = viewer_.joined.find(info.id);
  if (joined == viewer_.joined.end())
    out.emplace("left", true);
  out.emplace("photo", shown_picture("chatPhoto", picture_id(info.id)));
  out.emplace("date", joined == viewer_.joined.end() ? info.date : joined->second.date);
  out.emplace("participants_count", info.members);
  if (info.kind == ChannelKind::Supergroup) {
    auto rights = object("chatBannedRights", 1);
    rights.emplace("until_date", INT32_MAX);  // for ever, as default rights are
    out.emplace("default_banned_rights", std::move(rights));
  }
  return out;
}

json::object ObjectMaker::shown_picture(std::string_view name, std::int64_t id) const {
  auto out = object(name, 2);
  out.emplace("photo_id", id);
  out.emplace("dc_id", files_.value());
  return out;
}

json::object ObjectMaker::user(const Account& account) const {
  auto out = object("user", 10);
  out.emplace("id", account.id.value());
  out.emplace("access_hash", hashes_.user(viewer_.id, account.id));
  out.emplace("first_name", account.first_name);
  if (!account.last_name.empty())
    out.emplace("last_name", account.last_name);
  if (!account.username.empty())
    out.emplace("username", account.username);
  if (account.id == viewer_.id) {
    out.emplace("self", true);
    if (!account.phone.empty())
      out.emplace("phone", account.phone);
  }
  out.emplace("photo", shown_picture("userProfilePhoto", picture_id(account.id)));
  if (account.is_bot()) {
    out.emplace("bot", true);
    out.emplace("bot_info_version", 1);
  } else {
    out.emplace("status", object("userStatusRecently", 0));
  }
  return out;
}

json::object ObjectMaker::person(const Person& person) const {
  const bool min = min_peers_ == MinPeers::Users || min_peers_ == MinPeers::All;
  const UserId id(person.id);
  auto out = object("user", 5);
  if (min)
    out.emplace("min", true);
  out.emplace("id", person.id);
  out.emplace("access_hash", min ? hashes_.min_user(viewer_.id, id) : hashes_.user(viewer_.id, id));
  if (person.name.empty()) {
    out.emplace("deleted", true);
  } else {
    out.emplace("first_name", person.name);
  }
  return out;
}

json::object ObjectMaker::entity(const Entity& entity) const {
  auto out = object(tl_name(entity.kind), 3);
  out.emplace("offset", entity.offset);
  out.emplace("length", entity.length);
  switch (entity.kind) {
    case EntityKind::TextUrl:
      out.emplace("url", entity.value);
      break;
    case EntityKind::Pre:
      out.emplace("language", entity.value);
      break;
    case EntityKind::MentionName:
      out.emplace("user_id", entity.number);
      break;
    case EntityKind::CustomEmoji:
      out.emplace("document_id", entity.number);
      break;
    case EntityKind::Blockquote:
      if (entity.number != 0)
        out.emplace("collapsed", true);
      break;
    default:
      break;
  }
  return out;
}

json::object ObjectMaker::message(const Channel& channel, const Post& post) const {
  const bool service = post.action != nullptr;
  auto out = object(service ? "messageService" : "message", 16);
  out.emplace("id", post.id);
  out.emplace("peer_id", peer(channel));
  out.emplace("date", post.date);
  if (channel.info().kind == ChannelKind::Broadcast) {
    out.emplace("post", true);
  } else {
    auto from = object(post.from_user != 0 ? "peerUser" : "peerChannel", 1);
    if (post.from_user != 0) {
      from.emplace("user_id", post.from_user);
    } else {
      from.emplace("channel_id", channel.id().value());
    }
    out.emplace("from_id", std::move(from));
    if (post.from_user == viewer_.id.value())
      out.emplace("out", true);
  }
  add_content(out, post);
  if (post.media != nullptr && !service)
    out.emplace("media", media(channel, post));
  return out;
}

void ObjectMaker::add_content(json::object& out, const Post& post) const {
  if (post.silent)
    out.emplace("silent", true);
  if (post.reply_to != 0) {
    auto reply = object("messageReplyHeader", 1);
    reply.emplace("reply_to_msg_id", post.reply_to);
    out.emplace("reply_to", std::move(reply));
  }
  if (post.action != nullptr) {
    out.emplace("action", action(post));
    return;
  }
  out.emplace("message", post.text);
  if (!post.entities.empty()) {
    json::array entities(memory_);
    entities.reserve(post.entities.size());
    for (const auto& item : post.entities)
      entities.push_back(entity(item));
    out.emplace("entities", std::move(entities));
  }
  if (post.views != 0 || post.forwards != 0) {
    out.emplace("views", post.views);
    out.emplace("forwards", post.forwards);
  }
  if (post.edit_date != 0)
    out.emplace("edit_date", post.edit_date);
  if (post.grouped_id != 0)
    out.emplace("grouped_id", post.grouped_id);
  if (post.pinned)
    out.emplace("pinned", true);
  if (!post.author.empty())
    out.emplace("post_author", post.author);
  if (!post.forwarded_from.empty()) {
    auto forward = object("messageFwdHeader", 2);
    forward.emplace("from_name", post.forwarded_from);
    forward.emplace("date", post.date);
    out.emplace("fwd_from", std::move(forward));
  }
}

json::object ObjectMaker::empty_message(const Channel& channel, std::int32_t id) const {
  auto out = object("messageEmpty", 2);
  out.emplace("id", id);
  out.emplace("peer_id", peer(channel));
  return out;
}

json::object ObjectMaker::notify_settings() const {
  return object("peerNotifySettings", 0);
}

json::object ObjectMaker::dialog(const Channel& channel) const {
  const auto& ids = channel.ids();
  const auto joined = viewer_.joined.find(channel.id());
  const auto read = joined == viewer_.joined.end() ? 0 : joined->second.read_inbox_max;
  auto out = object("dialog", 10);
  out.emplace("peer", peer(channel));
  out.emplace("top_message", ids.empty() ? 0 : ids.back());
  out.emplace("read_inbox_max_id", read);
  out.emplace("read_outbox_max_id", 0);
  out.emplace("unread_count", ids.end() - std::ranges::upper_bound(ids, read));
  out.emplace("unread_mentions_count", 0);
  out.emplace("unread_reactions_count", 0);
  out.emplace("notify_settings", notify_settings());
  out.emplace("pts", channel.pts());
  return out;
}

json::array ObjectMaker::users_of(const Channel& channel, const std::set<std::int64_t>& authors) const {
  json::array out(memory_);
  for (const auto& known : channel.info().people) {
    if (authors.contains(known.id))
      out.push_back(person(known));
  }
  return out;
}

}  // namespace ledgram::sim
