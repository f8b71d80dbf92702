#include "ledgram/api/peer_values.hpp"

#include "ledgram/api/json_values.hpp"
#include "ledgram/base/iso_time.hpp"
#include "ledgram/collect/message_row.hpp"

#include <fmt/format.h>

#include <charconv>

namespace ledgram::api {

namespace tg = tl::api;

namespace {

using ledger::PeerKey;
using ledger::PeerType;

constexpr std::string_view kExampleTime = "2026-01-31T12:30:00Z";

/// What every kind of peer has, with nothing in it yet.
json::object empty_peer(PeerKey key, std::string_view type) {
  return {{"ref", reference_of(key)},
          {"type", type},
          {"id", std::to_string(key.id)},
          {"title", nullptr},
          {"username", nullptr},
          {"first_name", nullptr},
          {"last_name", nullptr},
          {"phone", nullptr},
          {"about", nullptr},
          {"members", nullptr},
          {"joined", nullptr},
          {"verified", false},
          {"scam", false},
          {"has_photo", false}};
}

json::object channel_json(const tg::channel& channel) {
  json::object object = empty_peer({PeerType::Channel, channel.id}, channel.broadcast ? "channel" : "supergroup");
  object["title"] = channel.title;
  object["username"] = text_or_null(std::string(collect::username_of(channel)));
  object["members"] = or_null(channel.participants_count);
  object["joined"] = !channel.left;
  object["verified"] = channel.verified;
  object["scam"] = channel.scam || channel.fake;
  object["has_photo"] = channel.photo.is<tg::chatPhoto>();
  return object;
}

json::value media_of(const ledger::Message& row) {
  if (row.media_kind.empty())
    return nullptr;
  json::object media{{"kind", row.media_kind}};
  const json::value described = stored_json(row.media, json::object{});
  if (const auto* fields = described.if_object()) {
    for (const auto& field : *fields)
      media[field.key()] = field.value();
  }
  return media;
}

}  // namespace

Schema chat_reference_schema() {
  return Schema::text()
      .length(2, 40)
      .pattern("^(me|@[A-Za-z0-9_]{1,32}|(user|chat|channel):[0-9]{1,18})$")
      .described("`me`, `@name`, `user:123`, `chat:123` (a basic group) or `channel:123`.");
}

std::string reference_of(PeerKey key) {
  return fmt::format("{}:{}", ledger::name_of(key.type), key.id);
}

std::optional<PeerKey> key_named(std::string_view reference) {
  for (const PeerType type : {PeerType::User, PeerType::Chat, PeerType::Channel}) {
    const std::string_view name = ledger::name_of(type);
    if (!reference.starts_with(name) || reference.size() <= name.size() + 1 || reference[name.size()] != ':')
      continue;
    const std::string_view digits = reference.substr(name.size() + 1);
    std::int64_t id = 0;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), id);
    if (end.ec == std::errc() && end.ptr == digits.data() + digits.size())
      return PeerKey{type, id};
  }
  return std::nullopt;
}

std::optional<PeerKey> key_of(const tg::Peer& peer) {
  if (const auto* channel = peer.as<tg::peerChannel>())
    return PeerKey{PeerType::Channel, channel->channel_id};
  if (const auto* user = peer.as<tg::peerUser>())
    return PeerKey{PeerType::User, user->user_id};
  if (const auto* chat = peer.as<tg::peerChat>())
    return PeerKey{PeerType::Chat, chat->chat_id};
  return std::nullopt;
}

std::optional<PeerKey> key_of(const tg::User& user) {
  if (const auto* full = user.as<tg::user>())
    return PeerKey{PeerType::User, full->id};
  return std::nullopt;
}

std::optional<PeerKey> key_of(const tg::Chat& chat) {
  if (const auto* channel = chat.as<tg::channel>())
    return PeerKey{PeerType::Channel, channel->id};
  if (const auto* closed = chat.as<tg::channelForbidden>())
    return PeerKey{PeerType::Channel, closed->id};
  if (const auto* group = chat.as<tg::chat>())
    return PeerKey{PeerType::Chat, group->id};
  if (const auto* left = chat.as<tg::chatForbidden>())
    return PeerKey{PeerType::Chat, left->id};
  return std::nullopt;
}

std::optional<PhotoPlace> photo_of(const tg::User& user) {
  const auto* full = user.as<tg::user>();
  const auto* photo = full == nullptr ? nullptr : full->photo.as<tg::userProfilePhoto>();
  if (photo == nullptr)
    return std::nullopt;
  return PhotoPlace{photo->photo_id, DcId(photo->dc_id)};
}

std::optional<PhotoPlace> photo_of(const tg::Chat& chat) {
  const tg::chatPhoto* photo = nullptr;
  if (const auto* channel = chat.as<tg::channel>())
    photo = channel->photo.as<tg::chatPhoto>();
  else if (const auto* group = chat.as<tg::chat>())
    photo = group->photo.as<tg::chatPhoto>();
  if (photo == nullptr)
    return std::nullopt;
  return PhotoPlace{photo->photo_id, DcId(photo->dc_id)};
}

Schema peer_schema() {
  return Schema::named(
      "Peer", Schema::object({{"ref", Schema::text().described("How the chat is named in paths.")},
                              {"type", Schema::one_of({"user", "bot", "group", "supergroup", "channel"})},
                              {"id", Schema::id()},
                              {"title", Schema::text().nullable().described("Of a person: first and last name.")},
                              {"username", Schema::text().nullable()},
                              {"first_name", Schema::text().nullable()},
                              {"last_name", Schema::text().nullable()},
                              {"phone", Schema::text().nullable()},
                              {"about", Schema::text().nullable().described("Only where one chat is asked for.")},
                              {"members", Schema::integer().nullable()},
                              {"joined", Schema::boolean().nullable().described("Null for people.")},
                              {"verified", Schema::boolean()},
                              {"scam", Schema::boolean().described("Telegram marks it as a scam or a fake.")},
                              {"has_photo", Schema::boolean()}}));
}

json::object peer_example() {
  json::object example = empty_peer({PeerType::Channel, 1234567890}, "channel");
  example["title"] = "Book Lantern";
  example["username"] = "book_lantern";
  example["members"] = 1200;
  example["joined"] = true;
  return example;
}

json::object user_json(const tg::user& user) {
  json::object object = empty_peer({PeerType::User, user.id}, user.bot ? "bot" : "user");
  std::string title = user.first_name.value_or("");
  if (user.last_name && !user.last_name->empty())
    title += (title.empty() ? "" : " ") + *user.last_name;
  object["title"] = text_or_null(title);
  object["username"] = text_or_null(user.username.value_or(""));
  object["first_name"] = text_or_null(user.first_name.value_or(""));
  object["last_name"] = text_or_null(user.last_name.value_or(""));
  object["phone"] = text_or_null(user.phone.value_or(""));
  object["verified"] = user.verified;
  object["scam"] = user.scam || user.fake;
  object["has_photo"] = user.photo.is<tg::userProfilePhoto>();
  return object;
}

std::optional<json::object> chat_json(const tg::Chat& chat) {
  if (const auto* channel = chat.as<tg::channel>())
    return channel_json(*channel);
  const auto key = key_of(chat);
  if (!key)
    return std::nullopt;
  json::object object = empty_peer(*key, key->type == PeerType::Chat ? "group" : "channel");
  object["joined"] = false;
  if (const auto* group = chat.as<tg::chat>()) {
    object["title"] = group->title;
    object["members"] = group->participants_count;
    object["joined"] = !group->left && !group->deactivated;
    object["has_photo"] = group->photo.is<tg::chatPhoto>();
  } else if (const auto* closed = chat.as<tg::channelForbidden>()) {
    object["title"] = closed->title;
    object["type"] = closed->megagroup ? "supergroup" : "channel";
  } else if (const auto* left = chat.as<tg::chatForbidden>()) {
    object["title"] = left->title;
  }
  return object;
}

Schema live_message_schema() {
  const Schema thing = Schema::object(std::vector<Member>{}).open();
  return Schema::named("LiveMessage",
                       Schema::object({{"id", Schema::integer().described("Its number in the chat.")},
                                       {"chat", Schema::text()},
                                       {"date", Schema::time()},
                                       {"edit_date", Schema::time().nullable()},
                                       {"out", Schema::boolean().described("Sent by the account.")},
                                       {"from", Schema::text().nullable().described("Who wrote it, as a reference.")},
                                       {"author", Schema::text().nullable().described("The signature of a post.")},
                                       {"text", Schema::text()},
                                       {"entities", Schema::array(thing)},
                                       {"views", Schema::integer().nullable()},
                                       {"forwards", Schema::integer().nullable()},
                                       {"reply_to", Schema::integer().nullable()},
                                       {"forward", thing.nullable()},
                                       {"media", thing.nullable()},
                                       {"grouped_id", Schema::id().nullable()},
                                       {"action", Schema::text().nullable().described("Of a service message.")}}));
}

json::object live_message_example() {
  return {{"id", 1053},
          {"chat", "channel:1234567890"},
          {"date", kExampleTime},
          {"edit_date", nullptr},
          {"out", false},
          {"from", nullptr},
          {"author", nullptr},
          {"text", "Hello"},
          {"entities", json::array{json::object{{"type", "bold"}, {"offset", 0}, {"length", 5}}}},
          {"views", 17},
          {"forwards", 0},
          {"reply_to", nullptr},
          {"forward", nullptr},
          {"media", nullptr},
          {"grouped_id", nullptr},
          {"action", nullptr}};
}

std::optional<json::object> message_json(const tg::Message& message) {
  const auto chat = collect::chat_of(message);
  if (!chat)
    return std::nullopt;
  const std::optional<ledger::Message> row = chat->type == PeerType::Channel
                                                 ? collect::to_row(message, ChannelId(chat->id))
                                                 : collect::to_private_row(message);
  if (!row)
    return std::nullopt;
  json::object object;
  object["id"] = row->number.value();
  object["chat"] = reference_of(*chat);
  object["date"] = iso8601(row->date);
  object["edit_date"] = row->edit_date == 0 ? json::value(nullptr) : json::value(iso8601(row->edit_date));
  object["out"] = row->has(ledger::MessageFlag::Out);
  object["from"] = row->from ? json::value(reference_of(*row->from)) : json::value(nullptr);
  object["author"] = text_or_null(row->post_author);
  object["text"] = row->text;
  object["entities"] = stored_json(row->entities, json::array{});
  object["views"] = or_null(row->views);
  object["forwards"] = or_null(row->forwards);
  object["reply_to"] = or_null(row->reply_to);
  object["forward"] = stored_json(row->forward, nullptr);
  object["media"] = media_of(*row);
  object["grouped_id"] = row->grouped_id ? json::value(std::to_string(*row->grouped_id)) : json::value(nullptr);
  object["action"] = text_or_null(row->action);
  return object;
}

}  // namespace ledgram::api
