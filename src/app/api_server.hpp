#pragma once

/// The HTTP interface of `ledgram serve`, put together: readers of the ledger, users, routes, the web app, server. Made
/// by serve on the service's coroutine; what is asked and answered is in floors http, api and web_files.

#include "ledgram/api/access_control.hpp"
#include "ledgram/api/context.hpp"
#include "ledgram/api/gateway.hpp"
#include "ledgram/api/metrics.hpp"
#include "ledgram/app/config.hpp"
#include "ledgram/app/service_loop.hpp"
#include "ledgram/app/storage_meter.hpp"
#include "ledgram/http/server.hpp"
#include "ledgram/net/worker.hpp"
#include "ledgram/outbox/commit_bell.hpp"
#include "ledgram/outbox/event_hub.hpp"
#include "ledgram/search/service.hpp"
#include "ledgram/web_files/web_files.hpp"

#include <filesystem>
#include <vector>

namespace ledgram::app {

class ApiServer {
 public:
  /// Opens the readers and listens. The arguments must outlive it. Throws HttpFailure, LedgerFailure.
  ApiServer(ServiceControl& control, const HttpConfig& config, const std::filesystem::path& data,
            collect::LedgerWorker& ledger, const Clock& clock, RandomSource& random);
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

  /// Where other parts add what they have, before run().
  [[nodiscard]] api::ApiContext& context() { return context_; }
  [[nodiscard]] api::Gateway& gateway() { return gateway_; }
  [[nodiscard]] api::Metrics& metrics() { return metrics_; }
  /// Rings after each commit of the ledger's thread.
  [[nodiscard]] outbox::CommitBell& commits() { return commits_; }
  [[nodiscard]] outbox::EventHub& events() { return events_; }

  /// Says where it listens, and how the first user is made if there is none. Before run().
  asio::awaitable<void> start();

  /// Serves until stop().
  asio::awaitable<void> run();

  /// Harmless when repeated.
  void stop() { server_.stop(); }

 private:
  void add_routes();
  void add_samples(collect::LedgerWorker& ledger);
  asio::awaitable<http::Reply> answer(http::Request& request);
  asio::awaitable<void> prepare_users();
  asio::awaitable<void> look_after_access();
  asio::awaitable<void> give_up_queries();

  ServiceControl& control_;
  StorageMeter storage_;  ///< before the readers, which ask it
  api::ReaderPool readers_;
  net::Worker hashing_;
  api::AccessControl access_;
  api::ApiContext context_;
  api::Gateway gateway_;
  web_files::WebFiles web_files_;
  http::Server server_;
  api::Metrics metrics_;
  outbox::CommitBell commits_;
  outbox::EventHub events_;
  search::SearchService search_;
  std::vector<PendingWork::Registration> pending_;
};

}  // namespace ledgram::app
