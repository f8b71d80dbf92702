// Users, contacts, usernames, and the small things of account.*.

#include "ledgram/sim_api/answers.hpp"
#include "ledgram/sim_api/core.hpp"
#include "ledgram/sim_api/peers.hpp"
#include "ledgram/sim_content/text.hpp"

#include <algorithm>
#include <array>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

/// The user that an InputUser names, as the caller sees it; userEmpty if there is none.
json::object user_of(Call& call, const json::object& input) {
  const auto kind = name_of(input);
  if (kind == "inputUserSelf")
    return maker(call).user(*call.account);
  const UserId id(long_field(input, "user_id"));
  auto empty = call.object("userEmpty");
  empty.emplace("id", id.value());
  if (kind != "inputUser" && kind != "inputUserFromMessage")
    return empty;
  const auto hash = long_field(input, "access_hash");
  const bool shown = id == call.account->id || (kind == "inputUserFromMessage" && shown_in_message(call, input));
  if (!shown && hash != call.core.hashes.user(call.account->id, id) && !(call.account->is_bot() && hash == 0))
    return empty;
  if (const Account* account = call.core.accounts.find(id))
    return maker(call).user(*account);
  if (const Person* person = call.core.mail.find_person(id.value()))
    return maker(call).person(*person);
  for (const auto& [number, channel] : call.core.chats.channels()) {
    const auto& people = channel->info().people;
    const auto person = std::ranges::lower_bound(people, id.value(), {}, &Person::id);
    if (person != people.end() && person->id == id.value())
      return maker(call).person(*person);
  }
  return empty;
}

json::value get_users(Call& call) {
  auto out = call.array();
  for (const auto& item : array_field(call.args, "id")) {
    if (item.is_object())
      out.push_back(user_of(call, item.get_object()));
  }
  return out;
}

json::value get_full_user(Call& call) {
  auto user = user_of(call, object_field(call.args, "id"));
  if (name_of(user) != "user")
    refuse("USER_ID_INVALID");
  auto full = call.object("userFull");
  full.emplace("id", user.at("id"));
  full.emplace("settings", call.object("peerSettings"));
  if (const json::value* shown = user.if_contains("photo"))
    full.emplace("profile_photo", maker(call).picture(shown->at("photo_id").as_int64()));
  full.emplace("notify_settings", call.object("peerNotifySettings"));
  full.emplace("common_chats_count", 0);
  auto out = call.object("users.userFull");
  out.emplace("full_user", std::move(full));
  out.emplace("chats", call.array());
  out.emplace("users", array_of(call, std::move(user)));
  return out;
}

json::value resolve_username(Call& call) {
  const auto username = text_field(call.args, "username");
  if (!is_username(username))
    refuse("USERNAME_INVALID");
  if (const auto wait = call.core.limits.look_up_name(call.account->id, call.now))
    refuse(420, "FLOOD_WAIT_" + std::to_string(*wait));
  const auto make = maker(call);
  auto out = call.object("contacts.resolvedPeer");
  // A private chat has no username that anybody could look up.
  const Channel* channel = call.core.chats.find(username);
  if (channel != nullptr && channel->info().access == ChannelAccess::Public) {
    out.emplace("peer", make.peer(*channel));
    out.emplace("chats", array_of(call, make.channel(*channel)));
    out.emplace("users", call.array());
    return out;
  }
  if (const Account* account = call.core.accounts.find_username(username)) {
    auto peer = call.object("peerUser");
    peer.emplace("user_id", account->id.value());
    out.emplace("peer", std::move(peer));
    out.emplace("chats", call.array());
    out.emplace("users", array_of(call, make.user(*account)));
    return out;
  }
  refuse("USERNAME_NOT_OCCUPIED");
}

json::value get_contacts(Call& call) {
  auto out = call.object("contacts.contacts");
  out.emplace("contacts", call.array());
  out.emplace("saved_count", 0);
  out.emplace("users", call.array());
  return out;
}

json::value get_top_peers(Call& call) {
  return call.object("contacts.topPeersDisabled");
}

json::value get_blocked(Call& call) {
  auto out = call.object("contacts.blocked");
  for (const auto* name : {"blocked", "chats", "users"})
    out.emplace(name, call.array());
  return out;
}

json::value yes(Call& /*call*/) {
  return true;
}

json::value no_settings(Call& call) {
  return call.object("peerNotifySettings");
}

constexpr std::array kMethods{
    Method{"users.getUsers", Caller::Account, get_users},
    Method{"users.getFullUser", Caller::Account, get_full_user},
    Method{"contacts.resolveUsername", Caller::Account, resolve_username},
    Method{"contacts.getContacts", Caller::User, get_contacts},
    Method{"contacts.getTopPeers", Caller::User, get_top_peers},
    Method{"contacts.getBlocked", Caller::User, get_blocked},
    Method{"account.updateStatus", Caller::User, yes},
    Method{"account.registerDevice", Caller::User, yes},
    Method{"account.unregisterDevice", Caller::User, yes},
    Method{"account.getNotifySettings", Caller::User, no_settings},
};

}  // namespace

std::span<const Method> user_methods() {
  return kMethods;
}

}  // namespace ledgram::sim
