#include "ledgram/collect/username_book.hpp"

#include "ledgram/collect/error.hpp"
#include "ledgram/collect/resolve.hpp"
#include "ledgram/ledger/batch.hpp"
#include "ledgram/net/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ledgram::collect {
namespace {

/// Names are compared without case, and are ASCII (core.telegram.org/method/account.checkUsername).
std::string lower(std::string name) {
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return name;
}

}  // namespace

ledger::UnixSeconds UsernameBook::now() const {
  return std::chrono::duration_cast<std::chrono::seconds>(clock_.now().unix_time).count();
}

/// What the ledger was told within a day, if that is enough. Throws what was said about the name then.
asio::awaitable<std::optional<ledger::Channel>> UsernameBook::known(AccountId account, std::string username) {
  struct Known {
    std::optional<ledger::UsernameAnswer> answer;
    std::optional<ledger::Peer> peer;
  };
  auto read = [account, &username](ledger::Ledger& store) -> ledger::LedgerResult<Known> {
    Known found;
    auto answer = store.find_username(account, username);
    if (!answer)
      return std::unexpected(std::move(answer.error()));
    found.answer = std::move(*answer);
    if (!found.answer || !found.answer->peer)
      return found;
    auto peer = store.find_peer(account, *found.answer->peer);
    if (!peer)
      return std::unexpected(std::move(peer.error()));
    found.peer = std::move(*peer);
    return found;
  };
  const Known found = co_await ledger_.run(read);
  if (!found.answer)
    co_return std::nullopt;
  const ledger::UnixSeconds age = now() - found.answer->looked_up;
  // A negative age: the clock went back, and nobody knows how old the answer is.
  if (age < 0 || age >= std::chrono::seconds(kNameLifetime).count())
    co_return std::nullopt;
  if (!found.answer->peer)
    throw CollectFailure(unknown_username(username));
  if (found.answer->peer->type != ledger::PeerType::Channel)
    throw CollectFailure(not_a_channel(username, found.answer->peer->type));
  const bool usable =
      found.peer && found.peer->access_hash && found.peer->completeness == ledger::PeerCompleteness::Full;
  if (!usable)
    co_return std::nullopt;
  ledger::Channel channel;
  channel.id = ChannelId(found.peer->key.id);
  channel.username = found.peer->username.empty() ? username : found.peer->username;
  channel.title = found.peer->title;
  channel.account = account;
  channel.follow = ledger::FollowState::Followed;
  channel.created = now();
  co_return channel;
}

asio::awaitable<ledger::Channel> UsernameBook::ask(ApiCaller& caller, AccountId account, std::string username,
                                                   telegram::CallOptions options) {
  const NameAnswer answer = co_await look_up_name(caller, username, account, now(), std::move(options));
  ledger::UsernameAnswer told;
  told.name = username;
  told.peer = answer.peer;
  told.looked_up = now();
  auto keep = [account, &answer, &told](ledger::Ledger& store) -> ledger::LedgerResult<void> {
    ledger::Batch batch;
    batch.peers = answer.peers;
    if (auto committed = store.commit(batch); !committed)
      return std::unexpected(std::move(committed.error()));
    return store.remember_username(account, told);
  };
  co_await ledger_.run(keep);
  Result<ledger::Channel, CollectError> channel = answer.channel;
  co_return value_or_throw(std::move(channel));
}

asio::awaitable<ledger::Channel> UsernameBook::asked(ApiCaller& caller, AccountId account, std::string username,
                                                     telegram::CallOptions options) {
  const Key key{account, lower(username)};
  // Looked for again after each wait: whoever asked may have been cancelled, and then the next in line asks.
  while (pending_.contains(key)) {
    const std::shared_ptr<Pending> pending = pending_.at(key);
    co_await pending->ended.wait_until([&pending] { return pending->done; });
    if (pending->channel)
      co_return *pending->channel;
    if (pending->problem)
      std::rethrow_exception(pending->problem);
  }
  const auto pending = std::make_shared<Pending>(executor_);
  pending_[key] = pending;
  std::exception_ptr problem;
  try {
    pending->channel = co_await ask(caller, account, std::move(username), std::move(options));
  } catch (...) {
    problem = std::current_exception();
  }
  pending_.erase(key);
  pending->done = true;
  if (problem && !net::is_cancelled(problem))
    pending->problem = problem;
  pending->ended.notify_all();
  if (problem)
    std::rethrow_exception(problem);
  co_return *pending->channel;
}

asio::awaitable<ledger::Channel> UsernameBook::find_channel(ApiCaller& caller, AccountId account, std::string username,
                                                            telegram::CallOptions options) {
  auto told = co_await known(account, username);
  if (told)
    co_return std::move(*told);
  co_return co_await asked(caller, account, std::move(username), std::move(options));
}

asio::awaitable<ChannelTarget> UsernameBook::reach_again(ApiCaller& caller, ledger::Channel channel,
                                                         telegram::CallOptions options) {
  const std::string name = channel.username.empty() ? channel.title : "@" + channel.username;
  if (channel.username.empty() || !channel.account) {
    throw CollectFailure(CollectError{
        CollectErrc::NoAccess,
        fmt::format("the account has no access to {} any more, and it has no username to look it up by", name)});
  }
  const ledger::Channel found = co_await asked(caller, *channel.account, channel.username, std::move(options));
  if (found.id != channel.id) {
    throw CollectFailure(CollectError{
        CollectErrc::NoAccess,
        fmt::format("{} is the name of another channel now; what was collected stays, and `ledgram channel add {}` "
                    "follows the new one",
                    name, name)});
  }
  co_return co_await find_target(ledger_, std::move(channel));
}

}  // namespace ledgram::collect
