#pragma once

/// Usernames and who has them. Telegram limits contacts.resolveUsername harder than anything else, so a name is asked
/// for once a day at most, whether somebody has it or nobody (protocol.md P4, P5).

#include "ledgram/base/clock.hpp"
#include "ledgram/collect/api_caller.hpp"
#include "ledgram/collect/collector.hpp"
#include "ledgram/collect/ledger_worker.hpp"
#include "ledgram/ledger/rows.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/net/condition.hpp"

#include <chrono>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace ledgram::collect {

/// How long an answer counts; TDLib takes the same.
inline constexpr std::chrono::hours kNameLifetime{24};

/// One for all accounts of a process, on one executor. The ledger and the clock must outlive it.
class UsernameBook {
 public:
  UsernameBook(asio::any_io_executor executor, LedgerWorker& ledger, const Clock& clock)
      : executor_(std::move(executor)), ledger_(ledger), clock_(clock) {}

  /// The channel of this name as `account` may collect it, from the ledger if that has been told within a day; else
  /// Telegram is asked, once for all who ask at the same time, and the ledger keeps the answer and the access hash.
  /// Throws CollectFailure (UnknownUsername, NotAChannel, Private, BadAnswer), TelegramFailure (a flood wait is
  /// returned at once if `options` say so), LedgerFailure.
  asio::awaitable<ledger::Channel> find_channel(ApiCaller& caller, AccountId account, std::string username,
                                                telegram::CallOptions options);

  /// For a followed channel whose access hash is missing or was refused: one new look-up of its name. Throws also
  /// NoAccess if it has no name, or if another channel has it now.
  asio::awaitable<ChannelTarget> reach_again(ApiCaller& caller, ledger::Channel channel, telegram::CallOptions options);

 private:
  /// A question that is on its way.
  struct Pending {
    explicit Pending(const asio::any_io_executor& executor) : ended(executor) {}

    net::Condition ended;
    bool done = false;
    std::optional<ledger::Channel> channel;
    std::exception_ptr problem;  ///< neither of both: whoever asked was cancelled
  };
  using Key = std::pair<AccountId, std::string>;

  asio::awaitable<std::optional<ledger::Channel>> known(AccountId account, std::string username);
  asio::awaitable<ledger::Channel> asked(ApiCaller& caller, AccountId account, std::string username,
                                         telegram::CallOptions options);
  asio::awaitable<ledger::Channel> ask(ApiCaller& caller, AccountId account, std::string username,
                                       telegram::CallOptions options);
  [[nodiscard]] ledger::UnixSeconds now() const;

  asio::any_io_executor executor_;
  LedgerWorker& ledger_;
  const Clock& clock_;
  std::map<Key, std::shared_ptr<Pending>> pending_;  ///< names in lower case
};

}  // namespace ledgram::collect
