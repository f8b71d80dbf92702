#pragma once

/// People, groups, channels and messages of Telegram as JSON, from its own objects. For the inside of this floor.

#include "ledgram/api/schema.hpp"
#include "ledgram/ledger/rows.hpp"
#include "ledgram/tl/api.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace ledgram::api {

/// How a chat is named in paths and answers: "me", "@name", "user:123", "chat:123" or "channel:123".
Schema chat_reference_schema();
/// "user:123".
std::string reference_of(ledger::PeerKey key);
/// The reverse; nothing for "me" and names.
std::optional<ledger::PeerKey> key_named(std::string_view reference);

std::optional<ledger::PeerKey> key_of(const tl::api::Peer& peer);
std::optional<ledger::PeerKey> key_of(const tl::api::User& user);
std::optional<ledger::PeerKey> key_of(const tl::api::Chat& chat);

/// Where the small copy of a photo is that everybody sees.
struct PhotoPlace {
  std::int64_t id{};
  DcId dc;
};
std::optional<PhotoPlace> photo_of(const tl::api::User& user);
std::optional<PhotoPlace> photo_of(const tl::api::Chat& chat);

Schema peer_schema();
json::object peer_example();
json::object user_json(const tl::api::user& user);
/// Nothing for chatEmpty.
std::optional<json::object> chat_json(const tl::api::Chat& chat);

Schema live_message_schema();
json::object live_message_example();
/// Nothing for a messageEmpty, which says that there is none.
std::optional<json::object> message_json(const tl::api::Message& message);

}  // namespace ledgram::api
