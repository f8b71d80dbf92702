#include "ledgram/app/api_server.hpp"

#include "ledgram/api/auth_routes.hpp"
#include "ledgram/api/docs_routes.hpp"
#include "ledgram/api/reading_routes.hpp"
#include "ledgram/api/system_routes.hpp"
#include "ledgram/api/telegram_routes.hpp"
#include "ledgram/app/data_folder.hpp"
#include "ledgram/base/log.hpp"
#include "ledgram/cli/version.hpp"
#include "ledgram/ledger/ownership.hpp"
#include "ledgram/ledger/users.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/task_group.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace ledgram::app {
namespace {

constexpr std::string_view kModule = "http";

/// Passwords that are dealt with or wait for it, a tenth of a second each; more are refused at once.
constexpr std::size_t kHashingQueue = 16;

/// How long the link that makes the first user is good for.
constexpr std::chrono::hours kSetupTime{24};

constexpr std::chrono::minutes kWriteUsesEvery{2};

/// What a query of the ledger gets when the service stops; its deadline may be half a minute away.
constexpr std::chrono::seconds kQueryTimeAtStop{1};

}  // namespace

ApiServer::ApiServer(ServiceControl& control, const HttpConfig& config, const std::filesystem::path& data,
                     collect::LedgerWorker& ledger, const Clock& clock, RandomSource& random)
    : control_(control),
      storage_(data, clock),
      readers_(ledger_path(data), config.readers),
      hashing_("passwords", kHashingQueue),
      access_(readers_, ledger, clock),
      context_{control.executor(), readers_, ledger, hashing_, access_, clock, random},
      gateway_(context_, {config.allowed_origins}),
      web_files_(web_files::embedded_files()),
      server_(
          control.executor(), config.server, [this](http::Request& request) { return answer(request); },
          [this](unsigned status, std::string_view detail, std::string_view id) {
            return gateway_.error_page(status, detail, id);
          }),
      commits_(control.executor()),
      events_(control.executor(), {.ledger = ledger_path(data)}),
      search_(control.executor(), {.index = search_path(data), .ledger = ledger_path(data)}) {
  add_routes();
  add_samples(ledger);
  ledger.on_change(commits_.ringer());
  commits_.listen([this] { events_.notify(); });
  commits_.listen([this] { search_.notify(); });
  server_.listen();
  PendingWork& pending = control.pending();
  pending_.push_back(pending.add(AskedOn::Loop, [this] { return server_.pending_tasks(); }));
  pending_.push_back(pending.add(AskedOn::Loop, [this] { return events_.pending_tasks(); }));
  pending_.push_back(pending.add(AskedOn::Loop, [this] { return search_.pending_tasks(); }));
  pending_.push_back(pending.add(hashing_));
  for (const net::Worker* worker : readers_.workers())
    pending_.push_back(pending.add(*worker));
}

void ApiServer::add_routes() {
  api::RouteTable& routes = gateway_.routes();
  api::add_system_routes(routes, context_, cli::kVersion);
  api::add_docs_routes(routes);
  api::add_auth_routes(routes, context_);
  api::add_totp_routes(routes, context_);
  api::add_token_routes(routes, context_);
  api::add_user_routes(routes, context_);
  api::add_audit_routes(routes, context_);
  api::add_metrics_routes(routes, context_, metrics_);
  api::add_post_routes(routes, context_);
  api::add_activity_routes(routes, context_);
  api::add_search_routes(routes, context_, search_);
  api::add_event_routes(routes, context_, events_);
  api::add_feed_routes(routes, context_, search_);
  api::add_contract_reading_routes(routes, context_);
  api::add_account_routes(routes, context_);
  api::add_login_routes(routes, context_);
  api::add_chat_routes(routes, context_);
  api::add_chat_message_routes(routes, context_);
  api::add_invoke_routes(routes, context_);
  api::add_channel_routes(routes, context_);
  api::add_contract_routes(routes, context_);
}

void ApiServer::add_samples(collect::LedgerWorker& ledger) {
  gateway_.on_answer([this](const api::Route* route, unsigned status, nanoseconds took) {
    metrics_.count_answer(route, status, took);
  });
  events_.on_event([this](const outbox::HubEvent& event) { metrics_.count_event(event, context_.now()); });
  const auto add = [this](const std::string& name, const std::string& help, const api::Metrics::Labels& labels,
                          auto ask) {
    metrics_.sample(name, help, labels, [ask] { return static_cast<double>(ask()); });
  };
  const std::string queue = "ledgram_queue_jobs";
  const std::string queue_help = "Jobs that wait or run.";
  add(queue, queue_help, {{"queue", "ledger"}}, [&ledger] { return ledger.worker().pending(); });
  add(queue, queue_help, {{"queue", "readers"}}, [this] { return readers_.pending(); });
  add(queue, queue_help, {{"queue", "passwords"}}, [this] { return hashing_.pending(); });
  add("ledgram_search_behind", "Messages that are not indexed yet.", {}, [this] { return search_.state().behind; });
  add("ledgram_search_posts", "Posts in the search index.", {}, [this] { return search_.state().posts; });
  add("ledgram_event_streams", "Streams of events that are open.", {}, [this] { return events_.streams(); });
  add("ledgram_http_connections", "Connections that are open.", {}, [this] { return server_.counters().open; });
  add("ledgram_http_connections_accepted", "Connections since the start.", {},
      [this] { return server_.counters().connections; });
  add("ledgram_http_refused", "Requests since the start that were answered without a handler, or cut.", {},
      [this] { return server_.counters().refused; });
  const std::string held = "ledgram_log_lines_held_total";
  const std::string held_help = "Lines of the log that were held back and counted since the start.";
  metrics_.count(held, held_help, {{"log", "connections"}},
                 [this] { return static_cast<double>(control_.connection_log().counters().held); });
  metrics_.count(held, held_help, {{"log", "errors"}},
                 [this] { return static_cast<double>(control_.limited_log().totals().held); });
  metrics_.measure("ledgram_storage_bytes", "Sizes of the files in the data folder.", "part",
                   [this] { return storage_.measure(); });
}

asio::awaitable<http::Reply> ApiServer::answer(http::Request& request) {
  // Paths of the API go first; so /users is the API's for a browser too.
  if (web_files_.is_for_app(request) && gateway_.routes().find(request.method, request.segments).allowed.empty())
    co_return *web_files_.answer(request);
  co_return co_await gateway_.handle(request);
}

asio::awaitable<void> ApiServer::prepare_users() {
  const std::int64_t now = context_.now();
  auto count_users = [now](ledger::Ledger& ledger) -> ledger::LedgerResult<std::int64_t> {
    auto adopted = ledger.ownership().adopt_orphans(now);
    if (!adopted)
      return std::unexpected(adopted.error());
    return ledger.users().count();
  };
  const std::int64_t users = co_await context_.ledger.run(std::move(count_users));
  if (users > 0)
    co_return;
  const api::NewToken link = api::make_token("", context_.random);
  const std::int64_t expires = now + std::chrono::seconds(kSetupTime).count();
  auto store = [hash = link.hash, expires](ledger::Ledger& ledger) {
    return ledger.users().set_setup_link(hash, expires);
  };
  co_await context_.ledger.run(std::move(store));
  fmt::print("open {}/setup?token={} to create the first user\n", server_.url(), link.text.reveal());
  std::fflush(stdout);
}

asio::awaitable<void> ApiServer::look_after_access() {
  while (true) {
    co_await net::sleep_for(kWriteUsesEvery);
    std::exception_ptr problem;
    try {
      co_await access_.write_uses();
    } catch (const collect::LedgerFailure& failure) {
      log::warning(kModule, "the last uses of tokens were not written: {}", failure.what());
    }
  }
}

asio::awaitable<void> ApiServer::give_up_queries() {
  co_await control_.stop_requested();
  co_await net::sleep_for(kQueryTimeAtStop);
  readers_.abandon();
}

asio::awaitable<void> ApiServer::start() {
  fmt::print("listening on {}\n", server_.url());
  std::fflush(stdout);
  co_await prepare_users();
}

asio::awaitable<void> ApiServer::run() {
  events_.start();
  search_.start();
  net::TaskGroup tasks(control_.executor());
  tasks.spawn("last uses of tokens", look_after_access());
  tasks.spawn("end of long queries", give_up_queries());
  std::exception_ptr problem;
  try {
    co_await server_.run();
  } catch (...) {
    problem = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await tasks.stop();
  co_await events_.stop();
  co_await search_.stop();
  co_await access_.write_uses();
  if (problem)
    std::rethrow_exception(problem);
}

}  // namespace ledgram::app
