#include "ledgram/api/account_access.hpp"

#include "ledgram/ledger/ownership.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ledgram::api {

namespace {

/// The accounts that the caller may see. `sees` as Caller::sees().
ledger::LedgerResult<std::vector<ledger::Account>> read_accounts(ledger::Ledger& ledger, std::optional<OwnerId> sees) {
  auto accounts = ledger.accounts();
  if (!accounts)
    return std::unexpected(accounts.error());
  if (sees) {
    const auto own = ledger.ownership().accounts_of(*sees);
    if (!own)
      return std::unexpected(own.error());
    std::erase_if(*accounts,
                  [&own](const ledger::Account& account) { return std::ranges::find(*own, account.id) == own->end(); });
  }
  std::ranges::sort(*accounts, {}, &ledger::Account::id);
  return accounts;
}

ledger::LedgerResult<std::vector<ledger::Channel>> read_channels(ledger::Ledger& ledger, std::optional<OwnerId> sees) {
  auto channels = ledger.channels();
  if (!channels)
    return std::unexpected(channels.error());
  std::vector<ChannelId> own;
  if (sees) {
    auto subscribed = ledger.ownership().subscriptions(*sees);
    if (!subscribed)
      return std::unexpected(subscribed.error());
    own = std::move(*subscribed);
  }
  std::erase_if(*channels, [&](const ledger::Channel& channel) {
    return channel.follow != ledger::FollowState::Followed || (sees && std::ranges::find(own, channel.id) == own.end());
  });
  std::ranges::sort(*channels, {}, &ledger::Channel::id);
  return channels;
}

}  // namespace

TelegramGate& gate_of(ApiContext& context) {
  if (context.telegram == nullptr)
    throw ApiFailure(
        Problem{ProblemCode::Unavailable, "no accounts are served at the moment", std::chrono::seconds(5)});
  return *context.telegram;
}

asio::awaitable<std::vector<ledger::Account>> accounts_of(ApiContext& context, const Call& call) {
  auto read = [sees = call.caller().sees()](ledger::Ledger& ledger) { return read_accounts(ledger, sees); };
  co_return co_await context.readers.run(std::move(read), call.deadline());
}

asio::awaitable<ledger::Account> account_of(ApiContext& context, const Call& call, AccountId id) {
  const std::vector<ledger::Account> accounts = co_await accounts_of(context, call);
  const auto found = std::ranges::find(accounts, id, &ledger::Account::id);
  if (found == accounts.end())
    throw not_found(fmt::format("you have no account {}", id.value()));
  co_return *found;
}

asio::awaitable<ledger::Account> account_of(ApiContext& context, const Call& call, std::string_view parameter) {
  return account_of(context, call, AccountId(call.number(parameter)));
}

asio::awaitable<std::vector<ledger::Channel>> channels_of(ApiContext& context, const Call& call) {
  auto read = [sees = call.caller().sees()](ledger::Ledger& ledger) { return read_channels(ledger, sees); };
  co_return co_await context.readers.run(std::move(read), call.deadline());
}

asio::awaitable<ledger::Channel> channel_of(ApiContext& context, const Call& call) {
  const ChannelId id(call.id("channel"));
  const std::vector<ledger::Channel> channels = co_await channels_of(context, call);
  const auto found = std::ranges::find(channels, id, &ledger::Channel::id);
  if (found == channels.end())
    throw not_found(fmt::format("you follow no channel {}", id.value()));
  co_return *found;
}

telegram::CallOptions options_of(const Call& call) {
  telegram::CallOptions options;
  options.deadline = call.deadline();
  options.flood.longest_wait = std::chrono::seconds(0);
  return options;
}

std::string body_text(const Call& call, std::string_view member) {
  const json::object* body = call.body().if_object();
  const json::value* value = body != nullptr ? body->if_contains(member) : nullptr;
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

Parameter account_parameter() {
  return path_parameter("account", Schema::integer().at_least(1), "The number of the account.");
}

Parameter channel_parameter() {
  return path_parameter("channel", Schema::id(), "Telegram's number of the channel.");
}

std::vector<ProblemCode> telegram_problems(std::initializer_list<ProblemCode> more) {
  std::vector<ProblemCode> problems{ProblemCode::NotFound,  ProblemCode::TelegramAuthRequired,
                                    ProblemCode::Conflict,  ProblemCode::TelegramRefused,
                                    ProblemCode::FloodWait, ProblemCode::TelegramUnavailable};
  problems.insert(problems.end(), more);
  return problems;
}

asio::awaitable<void> end_login(ApiContext& context, AccountId account) {
  const std::vector<SecretBytes> tokens = co_await gate_of(context).service().log_out(account);
  auto keep = [&tokens](ledger::Ledger& ledger) -> ledger::LedgerResult<void> {
    for (const SecretBytes& token : tokens) {
      if (auto kept = ledger.add_logout_token(token.reveal()); !kept)
        return std::unexpected(kept.error());
    }
    return {};
  };
  co_await context.ledger.run(keep);
}

}  // namespace ledgram::api
