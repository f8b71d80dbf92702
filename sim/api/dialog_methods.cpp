// The list of chats.

#include "ledgram/sim_api/answers.hpp"
#include "ledgram/sim_api/core.hpp"
#include "ledgram/sim_api/mail_objects.hpp"
#include "ledgram/sim_api/peers.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <vector>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

constexpr std::size_t kMostDialogs = 100;

/// A row of the list.
struct Row {
  std::int32_t date = 0;
  std::int32_t top = 0;  ///< id of the newest message
  AnyPeer peer;

  [[nodiscard]] auto order() const { return std::tuple(date, top, peer.channel != nullptr, peer.dialog); }
};

Row row_of(const Call& call, const AnyPeer& peer) {
  const Mailbox& mailbox = call.core.mail.of(call.account->id);
  const auto& ids = peer.channel != nullptr ? peer.channel->ids() : mailbox.ids(peer.dialog);
  if (ids.empty())
    return {.peer = peer};
  const std::int32_t top = ids.back();
  const std::int32_t date = peer.channel != nullptr ? peer.channel->date_of(top) : mailbox.find(top)->post.date;
  return {.date = date, .top = top, .peer = peer};
}

/// The newest top message first.
std::vector<Row> all_rows(const Call& call) {
  std::vector<Row> rows;
  for (const auto& [id, membership] : call.account->joined) {
    if (Channel* channel = call.core.chats.find(id))
      rows.push_back(row_of(call, {.channel = channel, .dialog = {}}));
  }
  for (const auto& [dialog, ids] : call.core.mail.of(call.account->id).dialogs()) {
    if (!ids.empty())
      rows.push_back(row_of(call, {.channel = nullptr, .dialog = dialog}));
  }
  std::ranges::sort(rows, std::ranges::greater{}, &Row::order);
  return rows;
}

/// Adds "dialogs" with their top messages, chats and users to `out`.
void add_dialogs(const Call& call, std::span<const Row> rows, json::object& out) {
  const auto make = maker(call);
  const MailMaker mail(call.core, make);
  MentionedPeers mentioned;
  auto dialogs = call.array();
  auto messages = call.array();
  auto channels = call.array();
  auto authors = call.array();
  for (const Row& row : rows) {
    const Channel* channel = row.peer.channel;
    if (channel == nullptr) {
      dialogs.push_back(mail.dialog(row.peer.dialog));
      mentioned.add(row.peer.dialog);
      if (const Letter* letter = mail.mailbox().find(row.top)) {
        messages.push_back(mail.letter(*letter));
        mentioned.add(*letter);
      }
      continue;
    }
    dialogs.push_back(make.dialog(*channel));
    channels.push_back(make.channel(*channel));
    if (row.top == 0)
      continue;
    MessageList list(make, *channel);
    list.add(row.top);
    for (auto& message : list.take_messages())
      messages.push_back(std::move(message));
    for (auto& user : list.users())
      authors.push_back(std::move(user));
  }
  for (auto& chat : mentioned.chats(mail))
    channels.push_back(std::move(chat));
  for (auto& user : mentioned.users(mail))
    authors.push_back(std::move(user));
  out.emplace("dialogs", std::move(dialogs));
  out.emplace("messages", std::move(messages));
  out.emplace("chats", std::move(channels));
  out.emplace("users", std::move(authors));
}

json::value get_dialogs(Call& call) {
  std::vector<Row> rows;
  // Folder 1 is the archive, which nobody has put anything into.
  if (int_field(call.args, "folder_id") == 0)
    rows = all_rows(call);
  const std::size_t total = rows.size();

  const auto offset_date = int_field(call.args, "offset_date");
  if (offset_date > 0) {
    const std::tuple offset(offset_date, int_field(call.args, "offset_id"));
    std::erase_if(rows, [&offset](const Row& row) { return std::tuple(row.date, row.top) >= offset; });
  }
  const auto limit = int_field(call.args, "limit");
  const auto most = limit <= 0 ? kMostDialogs : std::min(static_cast<std::size_t>(limit), kMostDialogs);
  const bool whole = rows.size() == total && total <= most;
  if (rows.size() > most)
    rows.resize(most);

  auto out = call.object(whole ? "messages.dialogs" : "messages.dialogsSlice");
  if (!whole)
    out.emplace("count", total);
  add_dialogs(call, rows, out);
  return out;
}

json::value get_pinned_dialogs(Call& call) {
  auto out = call.object("messages.peerDialogs");
  add_dialogs(call, {}, out);
  out.emplace("state", common_state(call));
  return out;
}

json::value get_peer_dialogs(Call& call) {
  std::vector<Row> rows;
  for (const auto& item : array_field(call.args, "peers")) {
    if (rows.size() == kMostDialogs || !item.is_object())
      break;
    const auto& wanted = item.get_object();
    if (name_of(wanted) != "inputDialogPeer")
      continue;
    rows.push_back(row_of(call, any_peer(call, object_field(wanted, "peer"))));
  }
  auto out = call.object("messages.peerDialogs");
  add_dialogs(call, rows, out);
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
