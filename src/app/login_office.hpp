#pragma once

/// What logins over HTTP need of the program: clients as the configuration describes them, whose accounts are whose,
/// and the service that takes an account over when it is in.

#include "ledgram/app/config.hpp"
#include "ledgram/follow/service.hpp"
#include "ledgram/login/desk.hpp"
#include "ledgram/telegram/connection_log.hpp"

#include <functional>
#include <string_view>
#include <utility>
#include <vector>

namespace ledgram::app {

class ServiceOffice final : public login::LoginOffice {
 public:
  /// All must outlive it.
  ServiceOffice(const Config& config, collect::LedgerWorker& ledger, telegram::ConnectionLog& connections,
                follow::Service& service)
      : config_(config), ledger_(ledger), connections_(connections), service_(service) {}

  /// ClientOptions::on_call of every client from now on.
  void on_call(std::function<void(std::string_view method, std::string_view error)> hook) {
    on_call_ = std::move(hook);
  }

  asio::awaitable<telegram::ClientOptions> client_options(ledger::Account account) override;
  asio::awaitable<std::vector<AccountId>> siblings(AccountId account) override;
  asio::awaitable<void> serve(AccountId account) override;

 private:
  asio::awaitable<telegram::ClientOptions> options_of(ledger::Account account);

  const Config& config_;
  collect::LedgerWorker& ledger_;
  telegram::ConnectionLog& connections_;
  follow::Service& service_;
  std::function<void(std::string_view method, std::string_view error)> on_call_;
};

}  // namespace ledgram::app
