#include "ledgram/api/caller_check.hpp"

#include "ledgram/ledger/users.hpp"

#include <algorithm>

namespace ledgram::api {
namespace {

constexpr std::chrono::seconds kTime{10};

template <class Credential>
bool holds(const std::vector<Credential>& all, std::int64_t id, ledger::UnixSeconds now) {
  return std::ranges::any_of(
      all, [id, now](const Credential& one) { return one.id == id && (one.expires == 0 || one.expires > now); });
}

ledger::LedgerResult<bool> look(ledger::Ledger& ledger, const Caller& caller, ledger::UnixSeconds now) {
  ledger::UserStore users = ledger.users();
  const auto user = users.find(caller.user);
  if (!user)
    return std::unexpected(user.error());
  if (!*user || (*user)->disabled || (*user)->role != caller.role)
    return false;
  if (caller.how == Caller::How::Token) {
    const auto tokens = users.tokens(caller.user);
    if (!tokens)
      return std::unexpected(tokens.error());
    return holds(*tokens, caller.credential, now);
  }
  const auto sessions = users.sessions(caller.user);
  if (!sessions)
    return std::unexpected(sessions.error());
  return holds(*sessions, caller.credential, now);
}

}  // namespace

asio::awaitable<bool> still_may(ApiContext& context, const Caller& caller) {
  auto ask = [&caller, now = context.now()](ledger::Ledger& ledger) { return look(ledger, caller, now); };
  co_return co_await context.readers.run(ask, net::deadline_after(kTime));
}

}  // namespace ledgram::api
