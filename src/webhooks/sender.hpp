#pragma once

/// Sends the outbox to webhooks. One coroutine for each active webhook reads its next events, sends them, and goes on
/// when they are accepted; so a webhook gets its events in order, and none waits for another. What a crash could
/// interrupt is in the ledger (ledger/webhooks.hpp).

#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/collect/ledger_worker.hpp"
#include "ledgram/ledger/webhooks.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/webhooks/delivery.hpp"
#include "ledgram/webhooks/http_client.hpp"
#include "ledgram/webhooks/retry.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace ledgram::webhooks {

struct SenderOptions {
  RetryPolicy retry;
  DeliveryLimits limits;
  /// Requests under way at a time, over all webhooks.
  std::size_t at_once = 16;
  /// How often the ledger is asked whether there are new events, which is a look into shared memory.
  nanoseconds look_interval = std::chrono::milliseconds(100);
  /// How long requests that are under way may go on after stop(); a later answer would be lost, and they would be sent
  /// again at the next start.
  nanoseconds stop_grace = std::chrono::seconds(1);
};

class Sender {
 public:
  /// `ledger` writes, `reader` is a connection of its own that only reads events. All must outlive the sender.
  Sender(const asio::any_io_executor& executor, collect::LedgerWorker& ledger, collect::LedgerWorker& reader,
         HttpClient& http, const Clock& clock, RandomSource& random, VisibleTo visible_to, SenderOptions options = {});

  /// Sends until stop(). Throws LedgerFailure if the ledger cannot be used any more. Once.
  asio::awaitable<void> run();

  /// run() ends: requests under way may end within their grace, then they are cut.
  void stop();

  /// Somebody has made, changed, resumed or removed the webhook. What it waits for is looked at again.
  void changed(ledger::WebhookId webhook);

  /// Sends a request without events, whatever the state of the webhook, and changes nothing.
  asio::awaitable<HttpAnswer> test(const ledger::Webhook& webhook);

  /// Where URLs of webhooks are checked before they are stored.
  [[nodiscard]] const AddressGuard& guard() const { return http_.guard(); }

  /// Names of what runs, for whoever asks at the end.
  [[nodiscard]] std::vector<std::string> pending_tasks() const { return tasks_.pending_names(); }

 private:
  /// An active webhook.
  struct Runner {
    ledger::WebhookId id;
    std::uint64_t changes = 0;  ///< of people; rises
  };

  /// What is known of a webhook while nobody changes it.
  struct Work {
    ledger::Webhook webhook;  ///< its position runs ahead of the ledger's over events that are not for it
    SecretText secret;
    std::int64_t stored_position{};
    nanoseconds stored_at{};  ///< by the monotonic clock, when events were passed over; the beginning: long ago
    std::uint64_t changes{};  ///< of the runner when this was read
  };

  void start(ledger::WebhookId webhook);
  asio::awaitable<void> run_webhook(std::shared_ptr<Runner> runner);
  asio::awaitable<std::optional<Work>> load(const Runner& runner);
  [[nodiscard]] bool valid(const Runner& runner, const Work& work) const;

  /// False: the webhook has changed in the ledger, so that `work` is of no use any more.
  asio::awaitable<bool> step(const Runner& runner, Work& work);
  asio::awaitable<bool> pass_over(const Runner& runner, Work& work, const Selection& selection);
  asio::awaitable<bool> deliver(Work& work, std::vector<ledger::Event> events);
  asio::awaitable<bool> note_success(Work& work, std::size_t events);
  asio::awaitable<bool> note_failure(Work& work, const HttpAnswer& answer);

  asio::awaitable<HttpAnswer> send(const ledger::Webhook& webhook, const SecretText& secret, std::string id,
                                   std::string body);
  asio::awaitable<void> watch_events();

  /// Runs `job` on the writing ledger, again and again while the disk is full.
  template <class Job>
  auto store(Job job) -> asio::awaitable<typename std::invoke_result_t<Job&, ledger::Ledger&>::value_type>;

  [[nodiscard]] std::int64_t now_ms() const;

  collect::LedgerWorker& ledger_;
  collect::LedgerWorker& reader_;
  HttpClient& http_;
  const Clock& clock_;
  RandomSource& random_;
  VisibleTo visible_to_;
  SenderOptions options_;
  net::Condition changed_;  ///< of whatever follows
  std::unordered_map<ledger::WebhookId, std::shared_ptr<Runner>> runners_;
  std::int64_t last_event_ = 0;
  std::size_t under_way_ = 0;  ///< requests
  std::uint64_t tests_ = 0;
  bool stopping_ = false;
  net::TaskGroup tasks_;
};

}  // namespace ledgram::webhooks
