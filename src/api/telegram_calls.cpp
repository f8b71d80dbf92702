#include "ledgram/api/telegram_calls.hpp"

#include "ledgram/collect/message_row.hpp"
#include "ledgram/collect/resolve.hpp"
#include "ledgram/collect/username_book.hpp"
#include "ledgram/ledger/batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace ledgram::api {

namespace tg = tl::api;

namespace {

using ledger::PeerKey;
using ledger::PeerType;

/// A photo is some hundred KB; more than this is none.
constexpr std::size_t kLargestPhoto = 8 * 1024 * 1024;

/// core.telegram.org/api/files#downloading-files
constexpr std::int32_t kPhotoPart = 512 * 1024;

struct KnownName {
  std::optional<ledger::UsernameAnswer> answer;
  std::optional<ledger::Peer> peer;
};

ledger::LedgerResult<KnownName> read_name(ledger::Ledger& ledger, AccountId account, const std::string& name) {
  KnownName known;
  auto answer = ledger.find_username(account, name);
  if (!answer)
    return std::unexpected(answer.error());
  known.answer = std::move(*answer);
  if (!known.answer || !known.answer->peer)
    return known;
  auto peer = ledger.find_peer(account, *known.answer->peer);
  if (!peer)
    return std::unexpected(peer.error());
  known.peer = std::move(*peer);
  return known;
}

bool is_usable(const std::optional<ledger::Peer>& peer) {
  return peer && (peer->key.type == PeerType::Chat ||
                  (peer->access_hash && peer->completeness == ledger::PeerCompleteness::Full));
}

/// By how they begin, whatever they were called: a browser must never be given anything but a picture. Nothing for
/// bytes of another kind.
std::optional<std::string_view> picture_type(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\xFF\xD8\xFF"sv))
    return "image/jpeg";
  if (bytes.starts_with("\x89PNG\r\n\x1A\n"sv))
    return "image/png";
  if (bytes.starts_with("GIF8"sv))
    return "image/gif";
  if (bytes.starts_with("RIFF"sv) && bytes.substr(0, 12).ends_with("WEBP"sv))
    return "image/webp";
  return std::nullopt;
}

ApiFailure nobody(std::string_view name) {
  return not_found(fmt::format("nobody on Telegram is called @{}", name));
}

}  // namespace

tg::InputPeer TelegramCalls::Target::input_peer() const {
  if (!key)
    return tg::inputPeerSelf{};
  switch (key->type) {
    case PeerType::User:
      return tg::inputPeerUser{.user_id = key->id, .access_hash = access_hash};
    case PeerType::Chat:
      return tg::inputPeerChat{.chat_id = key->id};
    case PeerType::Channel:
      return tg::inputPeerChannel{.channel_id = key->id, .access_hash = access_hash};
  }
  std::unreachable();
}

tg::InputUser TelegramCalls::Target::input_user() const {
  if (!key)
    return tg::inputUserSelf{};
  return tg::inputUser{.user_id = key->id, .access_hash = access_hash};
}

tg::InputChannel TelegramCalls::Target::input_channel() const {
  return tg::inputChannel{.channel_id = key->id, .access_hash = access_hash};
}

asio::awaitable<void> TelegramCalls::remember(const std::vector<tg::User>& users, const std::vector<tg::Chat>& chats,
                                              std::string source) {
  ledger::Batch batch;
  batch.seen_at = context_.now();
  batch.peers = collect::to_peers(users, chats, account_, batch.seen_at, source);
  if (batch.peers.empty())
    co_return;
  auto store = [&batch](ledger::Ledger& ledger) { return ledger.commit(batch); };
  co_await context_.ledger.run(store);
}

asio::awaitable<TelegramCalls::Target> TelegramCalls::target(std::string reference) {
  if (reference == "me")
    co_return Target{};
  if (reference.starts_with('@'))
    co_return co_await target_by_name(reference.substr(1));
  const auto key = key_named(reference);
  if (!key)
    throw not_found(fmt::format("{} names no chat", reference));
  co_return co_await target_by_key(*key);
}

asio::awaitable<TelegramCalls::Target> TelegramCalls::target_by_key(PeerKey key) {
  auto find = [account = account_, key](ledger::Ledger& ledger) { return ledger.find_peer(account, key); };
  const std::optional<ledger::Peer> peer = co_await context_.readers.run(find, options_.deadline);
  if (!is_usable(peer)) {
    throw not_found(fmt::format("the account has not met {} yet; list its dialogs first, or name it by @username",
                                reference_of(key)));
  }
  co_return Target{key, peer->access_hash.value_or(0)};
}

asio::awaitable<TelegramCalls::Target> TelegramCalls::target_by_name(std::string name) {
  auto find = [account = account_, name](ledger::Ledger& ledger) { return read_name(ledger, account, name); };
  const KnownName known = co_await context_.readers.run(find, options_.deadline);
  const std::int64_t age = known.answer ? context_.now() - known.answer->looked_up : -1;
  const bool fresh = age >= 0 && age < std::chrono::seconds(collect::kNameLifetime).count();
  if (fresh && !known.answer->peer)
    throw nobody(name);
  if (fresh && is_usable(known.peer))
    co_return Target{known.peer->key, known.peer->access_hash.value_or(0)};
  telegram::CallOptions options = options_;
  const collect::NameAnswer answer =
      co_await collect::look_up_name(caller_, name, account_, context_.now(), std::move(options));
  const ledger::UsernameAnswer told{name, answer.peer, context_.now()};
  auto keep = [account = account_, &answer, &told](ledger::Ledger& ledger) -> ledger::LedgerResult<void> {
    ledger::Batch batch;
    batch.peers = answer.peers;
    if (auto committed = ledger.commit(batch); !committed)
      return std::unexpected(committed.error());
    return ledger.remember_username(account, told);
  };
  co_await context_.ledger.run(keep);
  if (!answer.peer)
    throw nobody(name);
  for (const ledger::Peer& peer : answer.peers) {
    if (peer.key == *answer.peer)
      co_return Target{peer.key, peer.access_hash.value_or(0)};
  }
  throw nobody(name);
}

asio::awaitable<TelegramCalls::Description> TelegramCalls::describe(Target target) {
  if (!target.key || target.key->type == PeerType::User)
    return describe_user(std::move(target));
  return describe_chat(std::move(target));
}

asio::awaitable<TelegramCalls::Description> TelegramCalls::describe_user(Target target) {
  tg::users_getFullUser method;
  method.id = target.input_user();
  const tg::users_UserFull answer = co_await ask(std::move(method));
  const auto* full = answer.as<tg::users_userFull>();
  const auto* about = full == nullptr ? nullptr : full->full_user.as<tg::userFull>();
  if (about == nullptr)
    throw telegram::failure(telegram::TelegramErrc::BadAnswer, "the answer to users.getFullUser is empty");
  co_await remember(full->users, full->chats, "info");
  for (const tg::User& user : full->users) {
    const auto* found = user.as<tg::user>();
    if (found == nullptr || found->id != about->id)
      continue;
    Description description{user_json(*found), photo_of(user)};
    if (about->about && !about->about->empty())
      description.peer["about"] = *about->about;
    co_return description;
  }
  throw telegram::failure(telegram::TelegramErrc::BadAnswer, "the answer to users.getFullUser lacks the user");
}

asio::awaitable<TelegramCalls::Description> TelegramCalls::describe_chat(Target target) {
  tg::messages_ChatFull answer;
  if (target.key->type == PeerType::Channel) {
    tg::channels_getFullChannel method;
    method.channel = target.input_channel();
    answer = co_await ask(std::move(method));
  } else {
    tg::messages_getFullChat method;
    method.chat_id = target.key->id;
    answer = co_await ask(std::move(method));
  }
  const auto* full = answer.as<tg::messages_chatFull>();
  if (full == nullptr)
    throw telegram::failure(telegram::TelegramErrc::BadAnswer, "the description of a chat is empty");
  co_await remember(full->users, full->chats, "info");
  for (const tg::Chat& chat : full->chats) {
    std::optional<json::object> peer = chat_json(chat);
    if (!peer || key_of(chat) != target.key)
      continue;
    Description description{std::move(*peer), photo_of(chat)};
    if (const auto* channel = full->full_chat.as<tg::channelFull>()) {
      if (!channel->about.empty())
        description.peer["about"] = channel->about;
      if (channel->participants_count)
        description.peer["members"] = *channel->participants_count;
    } else if (const auto* group = full->full_chat.as<tg::chatFull>(); group != nullptr && !group->about.empty()) {
      description.peer["about"] = group->about;
    }
    co_return description;
  }
  throw telegram::failure(telegram::TelegramErrc::BadAnswer, "the description of a chat lacks the chat");
}

asio::awaitable<TelegramCalls::Photo> TelegramCalls::photo(Target target, PhotoPlace place) {
  Photo photo;
  while (photo.bytes.size() < kLargestPhoto) {
    tg::inputPeerPhotoFileLocation location;
    location.big = true;
    location.peer = target.input_peer();
    location.photo_id = place.id;
    tg::upload_getFile method;
    method.location = std::move(location);
    method.offset = static_cast<std::int64_t>(photo.bytes.size());
    method.limit = kPhotoPart;
    telegram::CallOptions options = options_;
    options.dc = place.dc;
    options.lane = telegram::Lane::Files;
    options.on_moved = [&place](DcId dc) { place.dc = dc; };
    const tg::upload_File answer = co_await caller_.invoke(std::move(method), std::move(options));
    const auto* part = answer.as<tg::upload_file>();
    if (part == nullptr)
      throw telegram::failure(telegram::TelegramErrc::BadAnswer, "Telegram has no bytes for this photo");
    photo.bytes.append(as_text(part->bytes));
    if (part->bytes.size() == static_cast<std::size_t>(kPhotoPart))
      continue;
    const auto type = picture_type(photo.bytes);
    if (!type)
      throw telegram::failure(telegram::TelegramErrc::BadAnswer, "the photo is no picture of a known kind");
    photo.type = *type;
    co_return photo;
  }
  throw telegram::failure(telegram::TelegramErrc::BadAnswer, "the photo is larger than photos are");
}

}  // namespace ledgram::api
