// Basic groups: their objects and members.

#include "ledgram/sim_api/answers.hpp"
#include "ledgram/sim_api/core.hpp"
#include "ledgram/sim_api/mail_objects.hpp"
#include "ledgram/sim_api/peers.hpp"

#include <array>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

const Group& group_of(const Call& call, std::int64_t id) {
  const Group* group = call.core.mail.find_group(id);
  if (group == nullptr || !group->has(call.account->id))
    refuse("CHAT_ID_INVALID");
  return *group;
}

json::value get_chats(Call& call) {
  const auto make = maker(call);
  const MailMaker mail(call.core, make);
  auto chats = call.array();
  for (const auto& item : array_field(call.args, "id"))
    chats.push_back(mail.group(group_of(call, item.to_number<std::int64_t>())));
  auto out = call.object("messages.chats");
  out.emplace("chats", std::move(chats));
  return out;
}

json::object participant(const Call& call, const Group& group, std::int64_t user) {
  auto out = call.object("chatParticipant");
  out.emplace("user_id", user);
  out.emplace("inviter_id", group.members.front().value());
  out.emplace("date", group.date);
  return out;
}

json::value get_full_chat(Call& call) {
  const Group& group = group_of(call, long_field(call.args, "chat_id"));
  const auto make = maker(call);
  const MailMaker mail(call.core, make);
  MentionedPeers mentioned;
  mentioned.add(DialogPeer{.kind = DialogPeer::Kind::Group, .id = group.id});
  auto list = call.array();
  const auto add = [&](std::int64_t user) {
    list.push_back(participant(call, group, user));
    mentioned.add(DialogPeer{.kind = DialogPeer::Kind::User, .id = user});
  };
  for (const UserId member : group.members)
    add(member.value());
  for (const std::int64_t person : group.people)
    add(person);
  auto participants = call.object("chatParticipants");
  participants.emplace("chat_id", group.id);
  participants.emplace("participants", std::move(list));
  participants.emplace("version", 1);
  auto full = call.object("chatFull");
  full.emplace("id", group.id);
  full.emplace("about", "");
  full.emplace("participants", std::move(participants));
  full.emplace("notify_settings", make.notify_settings());
  auto out = call.object("messages.chatFull");
  out.emplace("full_chat", std::move(full));
  out.emplace("chats", mentioned.chats(mail));
  out.emplace("users", mentioned.users(mail));
  return out;
}

constexpr std::array kMethods{
    Method{"messages.getChats", Caller::Account, get_chats},
    Method{"messages.getFullChat", Caller::Account, get_full_chat},
};

}  // namespace

std::span<const Method> group_methods() {
  return kMethods;
}

}  // namespace ledgram::sim
