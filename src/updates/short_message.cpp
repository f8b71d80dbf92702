#include "ledgram/updates/short_message.hpp"

#include "ledgram/tl/api.hpp"

#include <utility>

namespace ledgram::updates {
namespace {

namespace api = tl::api;

/// What both forms have.
template <class Short>
api::message common_part(Short& from) {
  api::message message;
  message.out = from.out;
  message.mentioned = from.mentioned;
  message.media_unread = from.media_unread;
  message.silent = from.silent;
  message.id = from.id;
  message.fwd_from = std::move(from.fwd_from);
  message.via_bot_id = from.via_bot_id;
  message.reply_to = std::move(from.reply_to);
  message.date = from.date;
  message.message = std::move(from.message);
  message.entities = std::move(from.entities);
  message.ttl_period = from.ttl_period;
  return message;
}

}  // namespace

api::Update written_out(api::Updates& updates, UserId self) {
  if (auto* in_private = updates.as<api::updateShortMessage>(); in_private != nullptr) {
    api::message message = common_part(*in_private);
    message.peer_id = api::peerUser{.user_id = in_private->user_id};
    if (in_private->out && self.value() != 0)
      message.from_id = api::peerUser{.user_id = self.value()};
    return api::updateNewMessage{
        .message = std::move(message), .pts = in_private->pts, .pts_count = in_private->pts_count};
  }
  if (auto* in_chat = updates.as<api::updateShortChatMessage>(); in_chat != nullptr) {
    api::message message = common_part(*in_chat);
    message.peer_id = api::peerChat{.chat_id = in_chat->chat_id};
    message.from_id = api::peerUser{.user_id = in_chat->from_id};
    return api::updateNewMessage{.message = std::move(message), .pts = in_chat->pts, .pts_count = in_chat->pts_count};
  }
  return {};
}

}  // namespace ledgram::updates
