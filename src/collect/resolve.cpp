#include "ledgram/collect/resolve.hpp"

#include "ledgram/collect/message_row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
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

[[noreturn]] void fail(CollectErrc code, std::string message) {
  throw CollectFailure(CollectError{code, std::move(message)});
}

// What an rpc_error of resolveUsername means for somebody who typed a name.
std::exception_ptr explain(const telegram::TelegramFailure& failure, const std::string& username) {
  const auto& rpc = failure.error().rpc;
  if (rpc && (rpc->is("USERNAME_NOT_OCCUPIED") || rpc->is("USERNAME_INVALID"))) {
    return std::make_exception_ptr(CollectFailure(CollectError{
        CollectErrc::UnknownUsername, fmt::format("nobody on Telegram is called @{}; check the spelling", username)}));
  }
  if (rpc && (rpc->is("CHANNEL_PRIVATE") || rpc->is("CHANNEL_INVALID"))) {
    return std::make_exception_ptr(CollectFailure(
        CollectError{CollectErrc::Private,
                     fmt::format("@{} is private for this account; join it in a Telegram app first", username)}));
  }
  return std::make_exception_ptr(failure);
}

ResolvedChannel read_answer(const api::contacts_ResolvedPeer& answer, const std::string& username, AccountId account,
                            ledger::UnixSeconds now) {
  const auto* resolved = answer.as<api::contacts_resolvedPeer>();
  if (resolved == nullptr)
    fail(CollectErrc::BadAnswer, "Telegram's answer to a username has no peer; try again later");
  const auto* peer = resolved->peer.as<api::peerChannel>();
  if (peer == nullptr) {
    fail(CollectErrc::NotAChannel,
         fmt::format("@{} is a {}, not a channel or supergroup; only those can be collected", username,
                     resolved->peer.is<api::peerUser>() ? "person or a bot" : "basic group"));
  }
  for (const api::Chat& chat : resolved->chats) {
    if (const auto* hidden = chat.as<api::channelForbidden>(); hidden != nullptr && hidden->id == peer->channel_id) {
      fail(CollectErrc::Private,
           fmt::format("@{} is closed to this account; join it in a Telegram app, or use another account", username));
    }
    const auto* channel = chat.as<api::channel>();
    if (channel == nullptr || channel->id != peer->channel_id)
      continue;
    ResolvedChannel result;
    result.channel.id = ChannelId(channel->id);
    result.channel.username = username_of(*channel);
    if (result.channel.username.empty())
      result.channel.username = username;
    result.channel.title = channel->title;
    result.channel.account = account;
    result.channel.follow = ledger::FollowState::Followed;
    result.channel.created = now;
    result.peers = to_peers(resolved->users, resolved->chats, account, now, "resolve");
    return result;
  }
  fail(CollectErrc::BadAnswer,
       fmt::format("Telegram's answer to @{} lacks the channel itself; try again later", username));
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

asio::awaitable<ResolvedChannel> resolve_channel(ApiCaller& caller, std::string username, AccountId account,
                                                 ledger::UnixSeconds now, telegram::CallOptions options) {
  api::contacts_resolveUsername method;
  method.username = username;
  std::exception_ptr failure;
  api::contacts_ResolvedPeer answer;
  try {
    answer = co_await caller.invoke(std::move(method), std::move(options));
  } catch (const telegram::TelegramFailure& error) {
    failure = explain(error, username);
  }
  if (failure)
    std::rethrow_exception(failure);
  co_return read_answer(answer, username, account, now);
}

}  // namespace ledgram::collect
