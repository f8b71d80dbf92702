#pragma once

/// Which accounts and channels a caller may use, and what end points about them have in common. For the inside of this
/// floor.

#include "ledgram/api/context.hpp"
#include "ledgram/api/route.hpp"
#include "ledgram/api/telegram_gate.hpp"
#include "ledgram/collect/api_caller.hpp"
#include "ledgram/ledger/rows.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::api {

/// Throws Unavailable where nothing is served.
TelegramGate& gate_of(ApiContext& context);

/// The account that the parameter `account` names, if it is the caller's. Throws NotFound.
asio::awaitable<ledger::Account> account_of(ApiContext& context, const Call& call,
                                            std::string_view parameter = "account");

/// By number, if it is the caller's. Throws NotFound.
asio::awaitable<ledger::Account> account_of(ApiContext& context, const Call& call, AccountId id);

/// The caller's accounts, or all for an admin, by number.
asio::awaitable<std::vector<ledger::Account>> accounts_of(ApiContext& context, const Call& call);

/// The channel that the parameter `channel` names, if the caller follows it. Throws NotFound.
asio::awaitable<ledger::Channel> channel_of(ApiContext& context, const Call& call);

/// Channels that are followed and that the caller follows, by number.
asio::awaitable<std::vector<ledger::Channel>> channels_of(ApiContext& context, const Call& call);

/// A call's deadline for Telegram; floods are told at once.
telegram::CallOptions options_of(const Call& call);

/// One account of the running service as a caller of methods.
class GateCaller final : public collect::ApiCaller {
 public:
  GateCaller(TelegramGate& gate, AccountId account) : gate_(gate), account_(account) {}

  asio::awaitable<Bytes> invoke_raw(Bytes method, telegram::CallOptions options) override {
    return gate_.service().invoke(account_, std::move(method), std::move(options));
  }

 private:
  TelegramGate& gate_;
  AccountId account_;
};

/// A text member of the body; empty if it is not there or null.
std::string body_text(const Call& call, std::string_view member);

Parameter account_parameter();
Parameter channel_parameter();

/// What any call to Telegram can come to, and what else is given.
std::vector<ProblemCode> telegram_problems(std::initializer_list<ProblemCode> more = {});

/// Ends the login at Telegram and keeps what makes the next one easier.
asio::awaitable<void> end_login(ApiContext& context, AccountId account);

}  // namespace ledgram::api
