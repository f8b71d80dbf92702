#include "ledgram/sim_api/mail_objects.hpp"

#include "ledgram/sim_api/core.hpp"

#include <algorithm>
#include <utility>

namespace ledgram::sim {

namespace json = boost::json;

const Mailbox& MailMaker::mailbox() const {
  return core_.mail.of(make_.viewer().id);
}

json::object MailMaker::peer(DialogPeer peer) const {
  const bool group = peer.kind == DialogPeer::Kind::Group;
  auto out = make_.object(group ? "peerChat" : "peerUser", 1);
  out.emplace(group ? "chat_id" : "user_id", peer.id);
  return out;
}

json::object MailMaker::letter(const Letter& letter) const {
  auto out = make_.object(letter.post.action != nullptr ? "messageService" : "message", 12);
  out.emplace("id", letter.post.id);
  out.emplace("peer_id", peer(letter.peer));
  out.emplace("date", letter.post.date);
  if (letter.direction == Direction::Out)
    out.emplace("out", true);
  // In a private chat the peer and `out` say whose it is.
  if (letter.peer.kind == DialogPeer::Kind::Group)
    out.emplace("from_id", peer({.kind = DialogPeer::Kind::User, .id = letter.post.from_user}));
  make_.add_content(out, letter.post);
  return out;
}

json::object MailMaker::group(const Group& group) const {
  if (!group.has(make_.viewer().id)) {
    auto out = make_.object("chatForbidden", 2);
    out.emplace("id", group.id);
    out.emplace("title", group.title);
    return out;
  }
  auto out = make_.object("chat", 8);
  out.emplace("id", group.id);
  out.emplace("title", group.title);
  out.emplace("photo", make_.object("chatPhotoEmpty", 0));
  out.emplace("participants_count", group.members.size() + group.people.size());
  out.emplace("date", group.date);
  out.emplace("version", 1);
  if (group.migrated_to) {
    auto channel = make_.object("inputChannel", 2);
    channel.emplace("channel_id", group.migrated_to->value());
    channel.emplace("access_hash", make_.hashes().channel(make_.viewer().id, *group.migrated_to));
    out.emplace("deactivated", true);
    out.emplace("migrated_to", std::move(channel));
  }
  return out;
}

json::object MailMaker::user(std::int64_t id) const {
  if (const Account* account = core_.accounts.find(UserId(id)))
    return make_.user(*account);
  if (const Person* person = core_.mail.find_person(id))
    return make_.person(*person);
  auto out = make_.object("userEmpty", 1);
  out.emplace("id", id);
  return out;
}

json::object MailMaker::dialog(DialogPeer wanted) const {
  const auto& ids = mailbox().ids(wanted);
  const auto incoming =
      std::ranges::count_if(ids, [this](std::int32_t id) { return mailbox().find(id)->direction == Direction::In; });
  auto out = make_.object("dialog", 8);
  out.emplace("peer", peer(wanted));
  out.emplace("top_message", ids.empty() ? 0 : ids.back());
  out.emplace("read_inbox_max_id", 0);
  out.emplace("read_outbox_max_id", 0);
  out.emplace("unread_count", incoming);
  out.emplace("unread_mentions_count", 0);
  out.emplace("unread_reactions_count", 0);
  out.emplace("notify_settings", make_.notify_settings());
  return out;
}

json::object MailMaker::update(const MailEvent& event) const {
  json::object out(make_.memory());
  if (event.kind == MailEvent::Kind::Delete) {
    out = make_.object("updateDeleteMessages", 3);
    out.emplace("messages", json::array(event.ids.begin(), event.ids.end(), make_.memory()));
  } else {
    const Letter* found = mailbox().find(event.ids.front());
    if (found == nullptr)
      return out;
    out = make_.object(event.kind == MailEvent::Kind::New ? "updateNewMessage" : "updateEditMessage", 3);
    out.emplace("message", letter(*found));
  }
  out.emplace("pts", event.pts);
  out.emplace("pts_count", event.pts_count);
  return out;
}

json::object MailMaker::short_form(const Letter& letter, const MailEvent& event) const {
  const bool group = letter.peer.kind == DialogPeer::Kind::Group;
  // The body has the same fields as a message, and names peers by their numbers.
  auto out = make_.object(group ? "updateShortChatMessage" : "updateShortMessage", 12);
  out.emplace("id", letter.post.id);
  if (group) {
    out.emplace("from_id", letter.post.from_user);
    out.emplace("chat_id", letter.peer.id);
  } else {
    out.emplace("user_id", letter.peer.id);
  }
  if (letter.direction == Direction::Out)
    out.emplace("out", true);
  out.emplace("pts", event.pts);
  out.emplace("pts_count", event.pts_count);
  out.emplace("date", letter.post.date);
  make_.add_content(out, letter.post);
  return out;
}

json::object MailMaker::updates(const MailEvent& event, std::int32_t now) const {
  const Letter* found = event.kind == MailEvent::Kind::Delete ? nullptr : mailbox().find(event.ids.front());
  if (event.seq == 0 && found != nullptr)
    return short_form(*found, event);
  MentionedPeers mentioned;
  if (found != nullptr)
    mentioned.add(*found);
  json::array list(make_.memory());
  if (auto one = update(event); !one.empty())
    list.push_back(std::move(one));
  auto out = make_.object("updates", 5);
  out.emplace("updates", std::move(list));
  out.emplace("users", mentioned.users(*this));
  out.emplace("chats", mentioned.chats(*this));
  out.emplace("date", now);
  out.emplace("seq", event.seq);
  return out;
}

void MentionedPeers::add(DialogPeer peer) {
  (peer.kind == DialogPeer::Kind::Group ? groups_ : users_).insert(peer.id);
}

void MentionedPeers::add(const Letter& letter) {
  add(letter.peer);
  if (letter.post.from_user != 0)
    users_.insert(letter.post.from_user);
  if (letter.post.action != nullptr)
    users_.insert(letter.post.action->users.begin(), letter.post.action->users.end());
}

json::array MentionedPeers::users(const MailMaker& make) const {
  json::array out(make.objects().memory());
  for (const std::int64_t id : users_)
    out.push_back(make.user(id));
  return out;
}

json::array MentionedPeers::chats(const MailMaker& make) const {
  json::array out(make.objects().memory());
  for (const std::int64_t id : groups_) {
    const Group* group = make.core().mail.find_group(id);
    if (group == nullptr)
      continue;
    out.push_back(make.group(*group));
    if (!group->migrated_to)
      continue;
    if (const Channel* channel = make.core().chats.find(*group->migrated_to))
      out.push_back(make.objects().channel(*channel));
  }
  return out;
}

}  // namespace ledgram::sim
