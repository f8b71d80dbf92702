#include "ledgram/collect/resolve.hpp"

#include "ledgram/collect/message_row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace ledgram::collect {
namespace {

namespace api = tl::api;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool drop_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix))
    return false;
  text.remove_prefix(prefix.size());
  return true;
}

CollectError closed_channel(std::string_view username) {
  return {CollectErrc::Private,
          fmt::format("@{} is closed to this account; join it in a Telegram app, or use another account", username)};
}

/// The channel of this number among the answer's chats.
Result<ledger::Channel, CollectError> find_channel(const std::vector<api::Chat>& chats, std::int64_t id,
                                                   const std::string& username, AccountId account,
                                                   ledger::UnixSeconds now) {
  for (const api::Chat& chat : chats) {
    if (const auto* hidden = chat.as<api::channelForbidden>(); hidden != nullptr && hidden->id == id)
      return std::unexpected(closed_channel(username));
    const auto* found = chat.as<api::channel>();
    if (found == nullptr || found->id != id)
      continue;
    ledger::Channel channel;
    channel.id = ChannelId(found->id);
    channel.username = username_of(*found);
    if (channel.username.empty())
      channel.username = username;
    channel.title = found->title;
    channel.kind = kind_of(*found);
    channel.account = account;
    channel.follow = ledger::FollowState::Followed;
    channel.created = now;
    return channel;
  }
  return std::unexpected(
      CollectError{CollectErrc::BadAnswer,
                   fmt::format("Telegram's answer to @{} lacks the channel itself; try again later", username)});
}

NameAnswer read_answer(const api::contacts_ResolvedPeer& answer, const std::string& username, AccountId account,
                       ledger::UnixSeconds now) {
  const auto* resolved = answer.as<api::contacts_resolvedPeer>();
  const auto key = resolved == nullptr ? std::nullopt : key_of(resolved->peer);
  if (!key) {
    throw CollectFailure(
        CollectError{CollectErrc::BadAnswer, "Telegram's answer to a username has no peer; try again later"});
  }
  NameAnswer read;
  read.peer = key;
  read.peers = to_peers(resolved->users, resolved->chats, account, now, "resolve");
  if (key->type == ledger::PeerType::Channel) {
    read.channel = find_channel(resolved->chats, key->id, username, account, now);
  } else {
    read.channel = std::unexpected(not_a_channel(username, key->type));
  }
  return read;
}

}  // namespace

Result<std::string, CollectError> parse_username(std::string_view text) {
  constexpr std::size_t kMaxLength = 32;  // core.telegram.org/method/channels.checkUsername
  const std::string given(text.substr(0, 80));
  if (!drop_prefix(text, "https://"))
    drop_prefix(text, "http://");
  const bool link = drop_prefix(text, "t.me/") || drop_prefix(text, "telegram.me/");
  if (link)
    drop_prefix(text, "s/");
  if (!link)
    drop_prefix(text, "@");
  if (link && text.ends_with('/'))
    text.remove_suffix(1);
  if (link && (text.starts_with('+') || text.starts_with("joinchat/"))) {
    return std::unexpected(CollectError{
        CollectErrc::BadUsername,
        fmt::format("{} is an invite link; join the channel in a Telegram app and give its @name", given)});
  }
  if (text.empty() || text.size() > kMaxLength || !std::all_of(text.begin(), text.end(), is_word)) {
    return std::unexpected(
        CollectError{CollectErrc::BadUsername,
                     fmt::format("'{}' is not the name of a channel; give it as @name or https://t.me/name", given)});
  }
  return std::string(text);
}

CollectError unknown_username(std::string_view username) {
  return {CollectErrc::UnknownUsername, fmt::format("nobody on Telegram is called @{}; check the spelling", username)};
}

CollectError not_a_channel(std::string_view username, ledger::PeerType type) {
  return {CollectErrc::NotAChannel,
          fmt::format("@{} is a {}, not a channel or supergroup; only those can be collected", username,
                      type == ledger::PeerType::User ? "person or a bot" : "basic group")};
}

asio::awaitable<NameAnswer> look_up_name(ApiCaller& caller, std::string username, AccountId account,
                                         ledger::UnixSeconds now, telegram::CallOptions options) {
  api::contacts_resolveUsername method;
  method.username = username;
  std::optional<telegram::TelegramError> problem;
  api::contacts_ResolvedPeer answer;
  try {
    answer = co_await caller.invoke(std::move(method), std::move(options));
  } catch (const telegram::TelegramFailure& failure) {
    problem = failure.error();
  }
  if (!problem)
    co_return read_answer(answer, username, account, now);
  // What an rpc_error of resolveUsername means for somebody who typed a name.
  NameAnswer nobody;
  const auto& rpc = problem->rpc;
  if (rpc && (rpc->is("USERNAME_NOT_OCCUPIED") || rpc->is("USERNAME_INVALID"))) {
    nobody.channel = std::unexpected(unknown_username(username));
    co_return nobody;
  }
  if (rpc && (rpc->is("CHANNEL_PRIVATE") || rpc->is("CHANNEL_INVALID"))) {
    throw CollectFailure(
        CollectError{CollectErrc::Private,
                     fmt::format("@{} is private for this account; join it in a Telegram app first", username)});
  }
  throw telegram::TelegramFailure(std::move(*problem));
}

asio::awaitable<ResolvedChannel> resolve_channel(ApiCaller& caller, std::string username, AccountId account,
                                                 ledger::UnixSeconds now, telegram::CallOptions options) {
  NameAnswer answer = co_await look_up_name(caller, std::move(username), account, now, std::move(options));
  ResolvedChannel resolved;
  resolved.channel = value_or_throw(std::move(answer.channel));
  resolved.peers = std::move(answer.peers);
  co_return resolved;
}

}  // namespace ledgram::collect
