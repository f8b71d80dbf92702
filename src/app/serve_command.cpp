// `ledgram serve`: every account connected, every followed channel live, until somebody stops it.

#include "ledgram/api/telegram_gate.hpp"
#include "ledgram/api/webhook_routes.hpp"
#include "ledgram/app/api_server.hpp"
#include "ledgram/app/clients.hpp"
#include "ledgram/app/commands.hpp"
#include "ledgram/app/data_folder.hpp"
#include "ledgram/app/log_setup.hpp"
#include "ledgram/app/login_office.hpp"
#include "ledgram/app/service_loop.hpp"
#include "ledgram/app/webhook_service.hpp"
#include "ledgram/base/log.hpp"
#include "ledgram/follow/service.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/random.hpp"
#include "ledgram/net/task_group.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

namespace ledgram::app {

namespace {

constexpr std::string_view kModule = "serve";

/// An account with its way to Telegram, while the ledger can still be asked from this thread.
struct PlannedAccount {
  ledger::Account account;
  telegram::ClientOptions client;
};

std::vector<PlannedAccount> plan_accounts(ledger::Ledger& ledger, const Config& config) {
  std::vector<PlannedAccount> planned;
  for (ledger::Account& account : value_or_throw(ledger.accounts())) {
    if (account.state != ledger::AccountState::Active) {
      log::warning(kModule, "{} needs login and is left out; log it in again with `ledgram account add`", account.name);
      continue;
    }
    const AccountRoute route = route_of(ledger, config, account);
    PlannedAccount one;
    one.client = client_options(config, route);
    one.account = std::move(account);
    planned.push_back(std::move(one));
  }
  return planned;
}

follow::ServiceOptions service_options(const Config& config) {
  follow::ServiceOptions options;
  options.follow.policy.private_chats = config.follow.private_chats;
  options.follow.policy.basic_groups = config.follow.groups;
  options.follow.silence = config.follow.silence;
  options.follow.call_time = config.patience;
  options.follow.collect.page_time = config.patience;
  return options;
}

std::string plural(std::size_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

void announce(const follow::Service& service, ServiceControl& control) {
  const std::string what =
      fmt::format("serving {}, {}", plural(service.accounts(), "account"), plural(service.channels(), "channel"));
  control.status(what);
  fmt::print("{}\n", what);
  std::fflush(stdout);
}

asio::awaitable<void> stop_when_asked(follow::Service& service, std::optional<ApiServer>& api, WebhookService& webhooks,
                                      ServiceControl& control) {
  co_await control.stop_requested();
  if (api)
    api->stop();
  webhooks.stop();
  service.stop();
}

auto count_calls(api::Metrics& metrics) {
  return [&metrics](std::string_view method, std::string_view error) { metrics.count_call(method, error); };
}

/// What serve_accounts() needs beside the ledger.
struct ServePlan {
  Config config;
  std::filesystem::path data;
  std::vector<PlannedAccount> accounts;
  cli::HttpInterface http{};
};

/// What the process consists of while it serves lives in this coroutine, so that the watch over the stop covers its
/// end.
asio::awaitable<ServiceEnd> serve_accounts(ServiceControl& control, ServePlan& plan, ledger::Ledger store) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  net::SystemRandom random;
  const net::SystemClock clock;
  collect::LedgerWorker ledger(std::move(store));
  std::optional<ApiServer> api;
  std::optional<follow::Service> service;
  follow::ServiceHooks hooks;
  bool caught_up = false;
  hooks.on_caught_up = [&service, &control, &caught_up] {
    caught_up = true;
    announce(*service, control);
  };
  hooks.wants_activity = [&api] { return api && api->events().wants_activity(); };
  hooks.on_activity = [&api](AccountId account, std::optional<ledger::PeerKey> chat) {
    api->events().note({account, chat});
  };
  service.emplace(executor, ledger, random, clock, service_options(plan.config), std::move(hooks));
  const auto tasks = control.pending().add(AskedOn::Loop, [&service] { return service->pending_tasks(); });
  const auto jobs = control.pending().add(ledger.worker());
  ServiceOffice office(plan.config, ledger, control.connection_log(), *service);
  login::DeskOptions logins_wait;
  logins_wait.idle_time = plan.config.http.login_time;
  login::LoginDesk desk(executor, ledger, random, clock, office, logins_wait);
  const auto logins = control.pending().add(AskedOn::Loop, [&desk] { return desk.pending_tasks(); });
  api::TelegramGate gate(*service, desk);
  WebhookService webhooks(control, plan.config.webhooks, plan.data, ledger, clock, random);
  if (plan.http == cli::HttpInterface::On) {
    api.emplace(control, plan.config.http, plan.data, ledger, clock, random);
    api->context().telegram = &gate;
    api->context().readiness.emplace_back([&caught_up] {
      return caught_up ? std::vector<std::string>() : std::vector<std::string>{"accounts are still connecting"};
    });
    const auto count = [&service](auto ask) { return [&service, ask] { return static_cast<double>(ask(*service)); }; };
    api->metrics().sample("ledgram_commit_waiting_rows", "Rows of updates that wait for the ledger.", {},
                          count([](const follow::Service& one) { return one.waiting_rows(); }));
    api->metrics().sample("ledgram_messages_committed", "New messages since the start.", {},
                          count([](const follow::Service& one) { return one.messages_committed(); }));
    api::add_webhook_routes(api->gateway().routes(), api->context(), webhooks.sender());
    office.on_call(count_calls(api->metrics()));
  }

  std::vector<follow::ServiceAccount> accounts;
  for (PlannedAccount& one : plan.accounts) {
    one.client.connection_log = &control.connection_log();
    if (api)
      one.client.on_call = count_calls(api->metrics());
    auto keys = std::make_unique<LedgerKeyStore>(ledger, one.account.id);
    accounts.push_back({std::move(one.account), std::move(one.client), std::move(keys)});
  }
  if (api)
    co_await api->start();
  net::TaskGroup stopping(executor);
  stopping.spawn("waiting for the stop", stop_when_asked(*service, api, webhooks, control));
  std::exception_ptr problem;
  net::TaskGroup interface(executor, [&](std::string_view, std::exception_ptr error) {
    problem = std::move(error);
    control.request_stop();
  });
  if (api)
    interface.spawn("HTTP", api->run());
  interface.spawn("webhooks", webhooks.run());
  control.ready(plural(accounts.size(), "account"));
  try {
    co_await service->run(std::move(accounts));
  } catch (...) {
    problem = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  if (api)
    api->stop();
  webhooks.stop();
  co_await interface.join();
  co_await desk.stop();
  stopping.cancel();
  co_await stopping.join();
  if (problem)
    std::rethrow_exception(problem);
  co_return ServiceEnd{service->messages_committed()};
}

}  // namespace

cli::ExitCode serve(const std::filesystem::path& data, const cli::ServeCommand& command, const cli::LogOptions& log) {
  net::SystemRandom random;
  auto store = ExclusiveData::open(data, random);
  set_up_log(service_log(log, store.config.log, data));
  ServePlan plan;
  plan.accounts = plan_accounts(store.ledger, store.config);
  if (plan.accounts.empty() && command.http == cli::HttpInterface::Off) {
    throw AppFailure({AppErrc::UnknownAccount,
                      "there is no account to serve; log one in with `ledgram account add --phone +NUMBER`"});
  }
  store.ledger.set_wave_limit(store.config.follow.wave_limit);
  plan.config = std::move(store.config);
  plan.data = data;
  plan.http = command.http;
  return run_service({},
                     [&](ServiceControl& control) { return serve_accounts(control, plan, std::move(store.ledger)); });
}

}  // namespace ledgram::app
