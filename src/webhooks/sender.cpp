#include "ledgram/webhooks/sender.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/webhooks/signature.hpp"

#include <fmt/format.h>

#include <utility>

namespace ledgram::webhooks {
namespace {

constexpr std::string_view kModule = "webhooks";

/// A webhook that nothing is for writes its position down that rarely: after a crash the events of that time are looked
/// at again.
constexpr std::chrono::seconds kPositionInterval{1};

/// Between attempts to write down what became of a delivery while the disk is full.
constexpr std::chrono::seconds kStoreInterval{1};

std::string failure_text(const HttpAnswer& answer) {
  if (answer.status == 0)
    return answer.error;
  if (answer.status >= 300 && answer.status < 400)
    return fmt::format("the receiver answered {}; redirects are not followed, so give the webhook the new URL",
                       answer.status);
  return fmt::format("the receiver answered {}", answer.status);
}

/// Requests under way, counted.
class Slot {
 public:
  Slot(std::size_t& count, net::Condition& changed) : count_(count), changed_(changed) { ++count_; }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() {
    --count_;
    changed_.notify_all();
  }

 private:
  std::size_t& count_;
  net::Condition& changed_;
};

}  // namespace

Sender::Sender(const asio::any_io_executor& executor, collect::LedgerWorker& ledger, collect::LedgerWorker& reader,
               HttpClient& http, const Clock& clock, RandomSource& random, VisibleTo visible_to, SenderOptions options)
    : ledger_(ledger),
      reader_(reader),
      http_(http),
      clock_(clock),
      random_(random),
      visible_to_(std::move(visible_to)),
      options_(options),
      changed_(executor),
      tasks_(executor) {}

asio::awaitable<void> Sender::run() {
  auto all = [](ledger::Ledger& ledger) { return ledger.webhooks().list(); };
  const std::vector<ledger::Webhook> webhooks = co_await ledger_.run(std::move(all));
  for (const ledger::Webhook& webhook : webhooks)
    start(webhook.id);
  tasks_.spawn("watching for events", watch_events());
  // A task that fails cancels the others, and no request is under way any more then.
  std::exception_ptr problem;
  try {
    co_await tasks_.join();
  } catch (...) {
    problem = std::current_exception();
  }
  stopping_ = true;
  if (problem)
    std::rethrow_exception(problem);
}

void Sender::stop() {
  if (std::exchange(stopping_, true))
    return;
  changed_.notify_all();
  const net::Deadline end = net::deadline_after(options_.stop_grace);
  tasks_.spawn("letting requests end", [this, end]() -> asio::awaitable<void> {
    co_await changed_.wait_until([this] { return under_way_ == 0; }, end);
    if (under_way_ > 0)
      tasks_.cancel();
  });
}

void Sender::changed(ledger::WebhookId webhook) {
  if (stopping_)
    return;
  const auto found = runners_.find(webhook);
  if (found == runners_.end()) {
    start(webhook);
    return;
  }
  ++found->second->changes;
  changed_.notify_all();
}

void Sender::start(ledger::WebhookId webhook) {
  const auto runner = std::make_shared<Runner>(Runner{.id = webhook});
  if (!runners_.emplace(webhook, runner).second)
    return;
  tasks_.spawn(fmt::format("webhook {}", webhook.value()), run_webhook(runner));
}

bool Sender::valid(const Runner& runner, const Work& work) const {
  return !stopping_ && runner.changes == work.changes;
}

asio::awaitable<void> Sender::run_webhook(std::shared_ptr<Runner> runner) {
  while (!stopping_) {
    const std::uint64_t changes = runner->changes;
    std::optional<Work> work = co_await load(*runner);
    if (!work) {
      // Whoever changed it since then has found this runner and counts on it.
      if (runner->changes != changes)
        continue;
      break;
    }
    work->changes = changes;
    while (valid(*runner, *work)) {
      if (!co_await step(*runner, *work))
        break;
    }
  }
  runners_.erase(runner->id);
}

asio::awaitable<std::optional<Sender::Work>> Sender::load(const Runner& runner) {
  auto read = [id = runner.id](ledger::Ledger& ledger) -> ledger::LedgerResult<std::optional<Work>> {
    auto webhook = ledger.webhooks().find(id);
    if (!webhook)
      return std::unexpected(std::move(webhook.error()));
    if (!*webhook || (*webhook)->state != ledger::WebhookState::Active)
      return std::nullopt;
    auto secret = ledger.webhooks().secret(id);
    if (!secret)
      return std::unexpected(std::move(secret.error()));
    Work work;
    work.webhook = std::move(**webhook);
    work.secret = std::move(*secret);
    work.stored_position = work.webhook.position;
    return std::optional(std::move(work));
  };
  co_return co_await store(std::move(read));
}

asio::awaitable<bool> Sender::step(const Runner& runner, Work& work) {
  ledger::Webhook& webhook = work.webhook;
  if (const std::int64_t wait = webhook.next_try - now_ms(); wait > 0) {
    const net::Deadline then = net::deadline_after(std::chrono::milliseconds(wait));
    co_await changed_.wait_until([&] { return !valid(runner, work); }, then);
    co_return true;
  }
  auto select = [this, &webhook](ledger::Ledger& ledger) -> ledger::LedgerResult<Selection> {
    const auto visible = visible_to_(ledger, webhook.owner);
    if (!visible)
      return std::unexpected(visible.error());
    return select_events(ledger, webhook, *visible, webhook.position, webhook.under_way, options_.limits);
  };
  Selection selection = co_await reader_.run(std::move(select));
  if (selection.events.empty())
    co_return co_await pass_over(runner, work, selection);
  if (!webhook.under_way) {
    auto begin = [&webhook, last = selection.last](ledger::Ledger& ledger) {
      return ledger.webhooks().begin(webhook, last);
    };
    const std::optional<std::int64_t> delivery = co_await store(std::move(begin));
    if (!delivery)
      co_return false;
    webhook.delivery = *delivery;
    webhook.under_way = selection.last;
    work.stored_position = webhook.position;
  }
  if (!valid(runner, work))
    co_return false;
  co_return co_await deliver(work, std::move(selection.events));
}

asio::awaitable<bool> Sender::pass_over(const Runner& runner, Work& work, const Selection& selection) {
  ledger::Webhook& webhook = work.webhook;
  webhook.position = selection.last;
  const nanoseconds now = clock_.now().monotonic;
  const auto unsaved = [&work] { return work.webhook.position != work.stored_position; };
  if (webhook.under_way || (unsaved() && now - work.stored_at >= kPositionInterval)) {
    auto skip = [&webhook](ledger::Ledger& ledger) { return ledger.webhooks().skip(webhook, webhook.position); };
    const bool known = co_await store(std::move(skip));
    if (!known)
      co_return false;
    webhook.under_way.reset();
    work.stored_position = webhook.position;
    work.stored_at = now;
  }
  if (!selection.more) {
    const net::Deadline then = unsaved() ? net::deadline_at(work.stored_at + kPositionInterval) : net::kNoDeadline;
    co_await changed_.wait_until([&] { return last_event_ > webhook.position || !valid(runner, work); }, then);
  }
  co_return true;
}

asio::awaitable<bool> Sender::deliver(Work& work, std::vector<ledger::Event> events) {
  std::string id = delivery_id(work.webhook.id, work.webhook.delivery);
  std::string body = delivery_body(work.webhook.id, id, events);
  const HttpAnswer answer = co_await send(work.webhook, work.secret, std::move(id), std::move(body));
  if (answer.accepted())
    co_return co_await note_success(work, events.size());
  co_return co_await note_failure(work, answer);
}

asio::awaitable<bool> Sender::note_success(Work& work, std::size_t events) {
  ledger::Webhook& webhook = work.webhook;
  auto finish = [this, &webhook, events](ledger::Ledger& ledger) {
    return ledger.webhooks().finish(webhook, static_cast<std::int64_t>(events), now_ms());
  };
  const bool known = co_await store(std::move(finish));
  if (!known)
    co_return false;
  if (webhook.attempts > 0) {
    log::event(log::Level::Info, kModule, "a webhook works again",
               {{"webhook", webhook.id.value()}, {"failures", webhook.attempts}});
  }
  webhook.position = *std::exchange(webhook.under_way, std::nullopt);
  work.stored_position = webhook.position;
  webhook.attempts = 0;
  webhook.failing_since = 0;
  webhook.next_try = 0;
  co_return true;
}

asio::awaitable<bool> Sender::note_failure(Work& work, const HttpAnswer& answer) {
  // The end of the program is no fault of the receiver.
  if (stopping_ && answer.status == 0)
    co_return false;
  ledger::Webhook& webhook = work.webhook;
  const std::int64_t now = now_ms();
  const std::int64_t since = webhook.failing_since != 0 ? webhook.failing_since : now;
  const FailedAttempt attempt{.failures = webhook.attempts + 1,
                              .failing_for = std::chrono::milliseconds(now - since),
                              .status = answer.status,
                              .asked_wait = answer.retry_after};
  const auto delay = next_delay(options_.retry, attempt, random_);
  ledger::WebhookFailure failure;
  failure.error = {.at = now, .status = answer.status, .text = failure_text(answer)};
  failure.state = delay ? ledger::WebhookState::Active : ledger::WebhookState::Failed;
  if (delay)
    failure.next_try = now + std::chrono::ceil<std::chrono::milliseconds>(*delay).count();
  auto write = [&webhook, &failure](ledger::Ledger& ledger) { return ledger.webhooks().fail(webhook, failure); };
  const bool known = co_await store(std::move(write));
  if (!known)
    co_return false;
  if (webhook.attempts == 0 || !delay) {
    log::event(log::Level::Warning, kModule, delay ? "a webhook fails and is tried again" : "a webhook is given up",
               {{"webhook", webhook.id.value()}, {"error", failure.error.text}});
  }
  webhook.attempts = attempt.failures;
  webhook.failing_since = since;
  webhook.next_try = failure.next_try;
  co_return delay.has_value();
}

asio::awaitable<HttpAnswer> Sender::send(const ledger::Webhook& webhook, const SecretText& secret, std::string id,
                                         std::string body) {
  co_await changed_.wait_until([this] { return under_way_ < options_.at_once; });
  const Slot slot(under_way_, changed_);
  // The configuration may have changed since the URL was stored.
  auto target = parse_target(webhook.url, http_.guard());
  if (!target) {
    HttpAnswer refused;
    refused.error = target.error().message;
    refused.refused = target.error().code == WebhookErrc::ForbiddenAddress;
    co_return refused;
  }
  const std::int64_t now = std::chrono::duration_cast<std::chrono::seconds>(clock_.now().unix_time).count();
  HttpPost request;
  request.target = std::move(*target);
  request.headers = {"Content-Type: application/json", "User-Agent: Ledgram-Webhooks", "webhook-id: " + id,
                     fmt::format("webhook-timestamp: {}", now),
                     "webhook-signature: " + signature(secret, id, now, body)};
  request.body = std::move(body);
  co_return co_await http_.post(std::move(request));
}

asio::awaitable<HttpAnswer> Sender::test(const ledger::Webhook& webhook) {
  auto read = [id = webhook.id](ledger::Ledger& ledger) { return ledger.webhooks().secret(id); };
  const SecretText secret = co_await ledger_.run(std::move(read));
  // Neither taken for a delivery nor for an earlier test.
  std::string id = fmt::format("{}-test-{}-{}", webhook.id.value(), now_ms(), ++tests_);
  std::string body = test_body(webhook.id, id);
  HttpAnswer answer = co_await send(webhook, secret, std::move(id), std::move(body));
  if (!answer.accepted())
    answer.error = failure_text(answer);
  co_return answer;
}

asio::awaitable<void> Sender::watch_events() {
  std::int64_t version = -1;
  while (!stopping_) {
    auto look = [&version](ledger::Ledger& ledger) -> ledger::LedgerResult<std::optional<std::int64_t>> {
      const auto now = ledger.data_version();
      if (!now)
        return std::unexpected(now.error());
      if (std::exchange(version, *now) == *now)
        return std::nullopt;
      return ledger.last_event();
    };
    const std::optional<std::int64_t> last = co_await reader_.run(std::move(look));
    if (last && *last > last_event_) {
      last_event_ = *last;
      changed_.notify_all();
    }
    const net::Deadline next = net::deadline_after(options_.look_interval);
    co_await changed_.wait_until([this] { return stopping_; }, next);
  }
}

template <class Job>
auto Sender::store(Job job) -> asio::awaitable<typename std::invoke_result_t<Job&, ledger::Ledger&>::value_type> {
  while (true) {
    std::optional<ledger::LedgerError> error;
    try {
      Job copy = job;
      co_return co_await ledger_.run(std::move(copy));
    } catch (const collect::LedgerFailure& failure) {
      if (!failure.error().retryable())
        throw;
      error = failure.error();
    }
    // What is not written down is sent again at the next start.
    if (stopping_)
      throw boost::system::system_error(asio::error::operation_aborted, "store");
    log::debug(kModule, "waiting for the ledger: {}", error->message);
    const net::Deadline next = net::deadline_after(kStoreInterval);
    co_await changed_.wait_until([this] { return stopping_; }, next);
  }
}

std::int64_t Sender::now_ms() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now().unix_time).count();
}

}  // namespace ledgram::webhooks
