#include "ledgram/sim_api/answers.hpp"

#include "ledgram/sim_api/mail_objects.hpp"
#include "ledgram/sim_api/peers.hpp"

namespace ledgram::sim {

namespace json = boost::json;

void MessageList::add(std::int32_t id) {
  const Post* post = channel_.find(id, scratch_);
  if (post == nullptr) {
    messages_.push_back(make_.empty_message(channel_, id));
    return;
  }
  if (post->from_user != 0)
    authors_.insert(post->from_user);
  messages_.push_back(make_.message(channel_, *post));
}

json::object channel_messages(const Call& call, const Channel& channel, std::span<const std::int32_t> ids,
                              std::size_t count) {
  const auto make = maker(call);
  MessageList list(make, channel);
  for (const auto id : ids)
    list.add(id);
  auto out = call.object("messages.channelMessages");
  out.emplace("pts", channel.pts());
  out.emplace("count", count);
  out.emplace("messages", list.take_messages());
  out.emplace("topics", call.array());
  out.emplace("chats", array_of(call, make.channel(channel)));
  out.emplace("users", list.users());
  return out;
}

json::object common_state(const Call& call) {
  const Mailbox& mailbox = call.core.mail.of(call.account->id);
  auto out = call.object("updates.state");
  out.emplace("pts", mailbox.pts());
  out.emplace("qts", 0);
  out.emplace("date", call.now);
  out.emplace("seq", mailbox.seq());
  out.emplace("unread_count", 0);
  return out;
}

json::object letters(const Call& call, std::span<const std::int32_t> ids, std::size_t count) {
  const auto make = maker(call);
  const MailMaker mail(call.core, make);
  MentionedPeers mentioned;
  auto messages = call.array();
  for (const auto id : ids) {
    const Letter* letter = mail.mailbox().find(id);
    if (letter == nullptr) {
      auto empty = call.object("messageEmpty");
      empty.emplace("id", id);
      messages.push_back(std::move(empty));
      continue;
    }
    mentioned.add(*letter);
    messages.push_back(mail.letter(*letter));
  }
  auto out = call.object(ids.size() == count ? "messages.messages" : "messages.messagesSlice");
  if (ids.size() != count)
    out.emplace("count", count);
  out.emplace("messages", std::move(messages));
  out.emplace("topics", call.array());
  out.emplace("chats", mentioned.chats(mail));
  out.emplace("users", mentioned.users(mail));
  return out;
}

json::array array_of(const Call& call, json::object element) {
  auto out = call.array();
  out.push_back(std::move(element));
  return out;
}

}  // namespace ledgram::sim
