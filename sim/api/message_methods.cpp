// Reading messages: history, single messages, search (core.telegram.org/api/offsets; section 8 of protocol.md).

#include "ledgram/sim_api/answers.hpp"
#include "ledgram/sim_api/core.hpp"
#include "ledgram/sim_api/peers.hpp"
#include "ledgram/sim_content/text.hpp"

#include <algorithm>
#include <array>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

/// core.telegram.org/method/channels.getMessages takes no more at once (H4 of protocol.md).
constexpr std::size_t kMostIds = 100;

HistoryQuery query_of(const json::object& args) {
  return {.offset_id = int_field(args, "offset_id"),
          .offset_date = int_field(args, "offset_date"),
          .add_offset = int_field(args, "add_offset"),
          .limit = int_field(args, "limit"),
          .max_id = int_field(args, "max_id"),
          .min_id = int_field(args, "min_id")};
}

/// A page of `ids`, which are messages of `peer`.
json::value page_answer(Call& call, const AnyPeer& peer, std::span<const std::int32_t> ids, const HistoryQuery& query) {
  const Mailbox& mailbox = call.core.mail.of(call.account->id);
  const auto date_of = [&](std::int32_t id) {
    return peer.channel != nullptr ? peer.channel->date_of(id) : mailbox.find(id)->post.date;
  };
  const auto page = history_page(ids, query, date_of);
  const auto hash = long_field(call.args, "hash");
  if (hash != 0 && hash == history_hash(page.ids)) {
    auto same = call.object("messages.messagesNotModified");
    same.emplace("count", ids.size());
    return same;
  }
  auto out = peer.channel != nullptr ? channel_messages(call, *peer.channel, page.ids, ids.size())
                                     : letters(call, page.ids, ids.size());
  if (query.offset_id > 0)
    out.emplace("offset_id_offset", page.offset_position);
  return out;
}

const std::vector<std::int32_t>& ids_of(const Call& call, const AnyPeer& peer) {
  return peer.channel != nullptr ? peer.channel->ids() : call.core.mail.of(call.account->id).ids(peer.dialog);
}

json::value get_history(Call& call) {
  const AnyPeer peer = any_peer(call, object_field(call.args, "peer"));
  return page_answer(call, peer, ids_of(call, peer), query_of(call.args));
}

/// The message that an InputMessage names in this channel; 0 if it names none.
std::int32_t named_message(const Channel& channel, const json::object& input) {
  const auto kind = name_of(input);
  if (kind == "inputMessageID")
    return int_field(input, "id");
  Post scratch;
  if (kind == "inputMessageReplyTo") {
    const Post* post = channel.find(int_field(input, "id"), scratch);
    return post == nullptr ? 0 : post->reply_to;
  }
  if (kind == "inputMessagePinned") {
    for (auto it = channel.ids().rbegin(); it != channel.ids().rend(); ++it) {
      if (channel.find(*it, scratch)->pinned)
        return *it;
    }
  }
  return 0;
}

json::value get_channel_messages(Call& call) {
  const Channel& channel = channel_of(call, object_field(call.args, "channel"));
  const auto& wanted = array_field(call.args, "id");
  if (wanted.empty())
    refuse("MSG_ID_INVALID");
  std::vector<std::int32_t> ids;
  for (const auto& item : wanted) {
    if (ids.size() == kMostIds)
      break;
    if (const auto* input = item.if_object())
      ids.push_back(named_message(channel, *input));
  }
  return channel_messages(call, channel, ids, ids.size());
}

/// Ids of private chats and basic groups, which share one row of numbers.
json::value get_messages(Call& call) {
  std::vector<std::int32_t> ids;
  for (const auto& item : array_field(call.args, "id")) {
    if (ids.size() == kMostIds || !item.is_object())
      break;
    ids.push_back(int_field(item.get_object(), "id"));
  }
  return letters(call, ids, ids.size());
}

bool passes_filter(std::string_view filter, const Post& post) {
  const auto is = [&post](MediaKind kind) { return post.media != nullptr && post.media->kind == kind; };
  if (filter.empty() || filter == "inputMessagesFilterEmpty")
    return true;
  if (filter == "inputMessagesFilterPhotos")
    return is(MediaKind::Photo);
  if (filter == "inputMessagesFilterVideo")
    return is(MediaKind::Video);
  if (filter == "inputMessagesFilterPhotoVideo")
    return is(MediaKind::Photo) || is(MediaKind::Video);
  if (filter == "inputMessagesFilterDocument")
    return is(MediaKind::File);
  if (filter == "inputMessagesFilterGif")
    return is(MediaKind::Animation);
  if (filter == "inputMessagesFilterVoice")
    return is(MediaKind::Voice);
  if (filter == "inputMessagesFilterMusic")
    return is(MediaKind::Audio);
  if (filter == "inputMessagesFilterPinned")
    return post.pinned;
  if (filter == "inputMessagesFilterUrl") {
    return std::ranges::any_of(post.entities, [](const Entity& entity) {
      return entity.kind == EntityKind::Url || entity.kind == EntityKind::TextUrl;
    });
  }
  return false;
}

json::value search(Call& call) {
  const AnyPeer peer = any_peer(call, object_field(call.args, "peer"));
  const Mailbox& mailbox = call.core.mail.of(call.account->id);
  const std::string words = lower_ascii(text_field(call.args, "q"));
  const auto filter = name_of(object_field(call.args, "filter"));
  const auto min_date = int_field(call.args, "min_date");
  const auto max_date = int_field(call.args, "max_date");
  std::vector<std::int32_t> found;
  Post scratch;
  for (const auto id : ids_of(call, peer)) {
    const Post& post = peer.channel != nullptr ? *peer.channel->find(id, scratch) : mailbox.find(id)->post;
    if (post.action != nullptr || !passes_filter(filter, post))
      continue;
    if ((min_date > 0 && post.date < min_date) || (max_date > 0 && post.date > max_date))
      continue;
    if (!words.empty() && lower_ascii(post.text).find(words) == std::string::npos)
      continue;
    found.push_back(id);
  }
  return page_answer(call, peer, found, query_of(call.args));
}

json::value affected(Call& call, std::int32_t pts, std::int32_t count) {
  auto out = call.object("messages.affectedMessages");
  out.emplace("pts", pts);
  out.emplace("pts_count", count);
  return out;
}

/// Read marks are not kept, so nothing moves.
json::value read_history(Call& call) {
  if (any_peer(call, object_field(call.args, "peer")).channel != nullptr)
    refuse("PEER_ID_INVALID");
  return affected(call, call.core.mail.of(call.account->id).pts(), 0);
}

/// Deletes for the caller alone; his other sessions hear of it, and he reads it in the answer (U16 of protocol.md).
json::value delete_messages(Call& call) {
  std::vector<std::int32_t> ids;
  for (const auto& item : array_field(call.args, "id"))
    ids.push_back(item.to_number<std::int32_t>());
  const auto done = call.core.mail.erase_own(*call.account, ids, call.context.now);
  if (!done)
    return affected(call, call.core.mail.of(call.account->id).pts(), 0);
  push_mail(call.core, *done, call.context.now, Subscriptions::Name{call.context.key, call.context.session});
  return affected(call, done->event->pts, done->event->pts_count);
}

json::value available_reactions(Call& call) {
  return call.object("messages.availableReactionsNotModified");
}

constexpr std::array kMethods{
    Method{"messages.getHistory", Caller::User, get_history},
    Method{"messages.getMessages", Caller::Account, get_messages},
    Method{"messages.search", Caller::User, search},
    Method{"messages.readHistory", Caller::User, read_history},
    Method{"messages.deleteMessages", Caller::User, delete_messages},
    Method{"messages.getAvailableReactions", Caller::User, available_reactions},
    Method{"channels.getMessages", Caller::Account, get_channel_messages},
};

}  // namespace

std::span<const Method> message_methods() {
  return kMethods;
}

}  // namespace ledgram::sim
