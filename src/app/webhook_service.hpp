#pragma once

/// The sender of webhooks in `ledgram serve`, with what it needs: a reader of the outbox and an HTTP client, each on a
/// thread of its own. Made by serve on the service's coroutine.

#include "ledgram/app/config.hpp"
#include "ledgram/app/service_loop.hpp"
#include "ledgram/collect/ledger_worker.hpp"
#include "ledgram/webhooks/sender.hpp"

#include <filesystem>

namespace ledgram::app {

class WebhookService {
 public:
  /// The arguments must outlive it. Throws LedgerFailure.
  WebhookService(ServiceControl& control, const WebhookConfig& config, const std::filesystem::path& data,
                 collect::LedgerWorker& ledger, const Clock& clock, RandomSource& random);
  WebhookService(const WebhookService&) = delete;
  WebhookService& operator=(const WebhookService&) = delete;

  [[nodiscard]] webhooks::Sender& sender() { return sender_; }

  /// Sends until stop(). Throws LedgerFailure.
  asio::awaitable<void> run() { return sender_.run(); }

  /// Harmless when repeated.
  void stop() { sender_.stop(); }

 private:
  collect::LedgerWorker reader_;
  webhooks::HttpClient http_;
  webhooks::Sender sender_;
  PendingWork::Registration tasks_;
  PendingWork::Registration jobs_;
};

}  // namespace ledgram::app
