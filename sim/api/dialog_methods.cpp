// The list of chats.

#include "ledgram/sim_api/answers.hpp"
#include "ledgram/sim_api/core.hpp"
#include "ledgram/sim_api/peers.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <vector>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

constexpr std::size_t kMostDialogs = 100;

/// Channels in the order of the list: the newest top message first.
std::vector<const Channel*> joined_channels(const Call& call) {
  std::vector<const Channel*> channels;
  for (const auto& [id, membership] : call.account->joined) {
    if (const Channel* channel = call.core.chats.find(id))
      channels.push_back(channel);
  }
  const auto order = [](const Channel* channel) {
    const auto top = channel->ids().empty() ? 0 : channel->ids().back();
    return std::tuple(channel->date_of(top), top, channel->id());
  };
  std::ranges::sort(channels, std::ranges::greater{}, order);
  return channels;
}

/// Adds "dialogs" with their top messages, chats and users to `out`.
void add_dialogs(const Call& call, std::span<const Channel* const> channels, json::object& out) {
  const auto make = maker(call);
  auto dialogs = call.array();
  auto messages = call.array();
  auto chats = call.array();
  auto users = call.array();
  for (const Channel* channel : channels) {
    dialogs.push_back(make.dialog(*channel));
    chats.push_back(make.channel(*channel));
    if (channel->ids().empty())
      continue;
    MessageList list(make, *channel);
    list.add(channel->ids().back());
    for (auto& message : list.take_messages())
      messages.push_back(std::move(message));
    for (auto& user : list.users())
      users.push_back(std::move(user));
  }
  out.emplace("dialogs", std::move(dialogs));
  out.emplace("messages", std::move(messages));
  out.emplace("chats", std::move(chats));
  out.emplace("users", std::move(users));
}

json::value get_dialogs(Call& call) {
  std::vector<const Channel*> channels;
  // Folder 1 is the archive, which nobody has put anything into.
  if (int_field(call.args, "folder_id") == 0)
    channels = joined_channels(call);
  const std::size_t total = channels.size();

  const auto offset_date = int_field(call.args, "offset_date");
  if (offset_date > 0) {
    const std::tuple offset(offset_date, int_field(call.args, "offset_id"));
    std::erase_if(channels, [&offset](const Channel* channel) {
      const auto top = channel->ids().empty() ? 0 : channel->ids().back();
      return std::tuple(channel->date_of(top), top) >= offset;
    });
  }
  const auto limit = int_field(call.args, "limit");
  const auto most = limit <= 0 ? kMostDialogs : std::min(static_cast<std::size_t>(limit), kMostDialogs);
  const bool whole = channels.size() == total && total <= most;
  if (channels.size() > most)
    channels.resize(most);

  auto out = call.object(whole ? "messages.dialogs" : "messages.dialogsSlice");
  if (!whole)
    out.emplace("count", total);
  add_dialogs(call, channels, out);
  return out;
}

json::value get_pinned_dialogs(Call& call) {
  auto out = call.object("messages.peerDialogs");
  add_dialogs(call, {}, out);
  out.emplace("state", common_state(call));
  return out;
}

json::value get_peer_dialogs(Call& call) {
  std::vector<const Channel*> channels;
  for (const auto& item : array_field(call.args, "peers")) {
    if (channels.size() == kMostDialogs || !item.is_object())
      break;
    const auto& wanted = item.get_object();
    if (name_of(wanted) != "inputDialogPeer")
      continue;
    if (const Channel* channel = peer_channel(call, object_field(wanted, "peer")))
      channels.push_back(channel);
  }
  auto out = call.object("messages.peerDialogs");
  add_dialogs(call, channels, out);
  out.emplace("state", common_state(call));
  return out;
}

json::value get_dialog_filters(Call& call) {
  auto out = call.object("messages.dialogFilters");
  out.emplace("filters", array_of(call, call.object("dialogFilterDefault")));
  return out;
}

constexpr std::array kMethods{
    Method{"messages.getDialogs", Caller::User, get_dialogs},
    Method{"messages.getPinnedDialogs", Caller::User, get_pinned_dialogs},
    Method{"messages.getPeerDialogs", Caller::User, get_peer_dialogs},
    Method{"messages.getDialogFilters", Caller::User, get_dialog_filters},
};

}  // namespace

std::span<const Method> dialog_methods() {
  return kMethods;
}

}  // namespace ledgram::sim
