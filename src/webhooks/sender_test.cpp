#include "ledgram/webhooks/sender.hpp"

#include "ledgram/ledger/test_support.hpp"
#include "ledgram/ledger/users.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/random.hpp"
#include "ledgram/net/test_support/run.hpp"
#include "ledgram/webhooks/signature.hpp"
#include "ledgram/webhooks/test_support/receiver.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

/// The sender with a real ledger, a real client and a receiver: what arrives, in which order, and what a crash leaves.

namespace ledgram::webhooks {
namespace {

using namespace std::chrono_literals;
using ledger::must;
using ledger::Webhook;
using ledger::WebhookId;
using ledger::WebhookState;
using test::plain_answer;
using test::Received;
using test::Receiver;

constexpr ChannelId kAlpha{100};
constexpr ledger::OwnerId kUser{1};

class SenderTest : public testing::Test {
 protected:
  SenderTest() {
    options_.retry.first_delay = 1ms;
    options_.retry.longest_delay = 4ms;
    options_.look_interval = 1ms;
    options_.stop_grace = 0ms;
    visible_.everything = true;
    const std::vector<std::string> allowed = {"127.0.0.1"};
    http_options_.guard = AddressGuard::allowing(allowed).value();
    ledger::Ledger ledger = ledger::ledger_with_channels(file());
    must(ledger.use_seal_key(key_, random_));
    ledger::Batch batch;
    batch.channels.push_back({.channel = kAlpha, .newest_id = 10, .pts = 50, .tail_id = 10, .news_after_if_unset = 10});
    must(ledger.commit(batch));
    must(ledger.users().add("me", ledger::Role::Admin, SecretText("hash"), 1));
    begin_ = must(ledger.last_event());
    open(std::move(ledger));
  }

  std::filesystem::path file() const { return folder_ / "ledger.db"; }

  void open(ledger::Ledger ledger) {
    ledger_ = std::make_unique<collect::LedgerWorker>(std::move(ledger));
    reader_ = std::make_unique<collect::LedgerWorker>(
        must(ledger::Ledger::open(file(), {.mode = ledger::OpenMode::ReadOnly})), "events");
  }

  /// Everything as after the process was killed and started again.
  void restart() {
    reader_.reset();
    ledger_.reset();
    ledger::Ledger ledger = must(ledger::Ledger::open(file()));
    must(ledger.use_seal_key(key_, random_));
    open(std::move(ledger));
  }

  /// Work on the ledger from a test's coroutine.
  template <class Work>
  auto on_ledger(Work work) {
    return ledger_->run(std::move(work));
  }

  asio::awaitable<WebhookId> add_webhook(std::string url, ledger::WebhookFilter filter = {}) {
    const ledger::WebhookSettings settings{.name = "test", .url = std::move(url), .filter = std::move(filter)};
    co_return co_await on_ledger([this, &settings](ledger::Ledger& ledger) {
      return ledger.webhooks().add(kUser, settings, secret_, begin_, 1);
    });
  }

  asio::awaitable<Webhook> find(WebhookId id) {
    const std::optional<Webhook> webhook =
        co_await on_ledger([id](ledger::Ledger& ledger) { return ledger.webhooks().find(id); });
    EXPECT_TRUE(webhook);
    co_return webhook.value_or(Webhook());
  }

  /// New messages, an event each.
  asio::awaitable<void> publish(std::int32_t first, std::int32_t count) {
    co_await on_ledger([=](ledger::Ledger& ledger) {
      ledger::Batch batch;
      batch.via = ledger::Via::Live;
      for (std::int32_t number = first; number < first + count; ++number) {
        ledger::Message message = ledger::text_message(kAlpha, number, "x");
        message.as_of = 40 + number;
        batch.messages.push_back(std::move(message));
      }
      batch.channels.push_back({.channel = kAlpha, .tail_grows_to = first + count - 1});
      return ledger.commit(batch);
    });
  }

  /// Runs `body` beside a sender, which ends with it.
  template <class Body>
  void with_sender(Body body) {
    net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
      HttpClient http(http_options_);
      Sender sender(
          io_.get_executor(), *ledger_, *reader_, http, clock_, random_,
          [this](ledger::Ledger&, ledger::OwnerId) { return ledger::LedgerResult<Visible>(visible_); }, options_);
      net::TaskGroup group(io_.get_executor());
      group.spawn("sender", sender.run());
      co_await body(sender);
      sender.stop();
      co_await group.join();
      co_await receiver_.stop();
    }());
  }

  /// Waits until the webhook in the ledger is as wanted.
  template <class Wanted>
  asio::awaitable<Webhook> until(WebhookId id, Wanted wanted) {
    while (true) {
      Webhook webhook = co_await find(id);
      if (wanted(webhook))
        co_return webhook;
    }
  }

  static boost::json::object object_of(const Received& request) { return boost::json::parse(request.body).as_object(); }

  /// Message numbers of all events that came with the requests, in their order.
  std::vector<std::int64_t> received() const {
    std::vector<std::int64_t> numbers;
    for (const Received& request : receiver_.requests) {
      const boost::json::object object = object_of(request);
      for (const auto& event : object.at("events").as_array())
        numbers.push_back(event.at("data").at("id").as_int64());
    }
    return numbers;
  }

  static std::vector<std::int64_t> from_to(std::int64_t first, std::int64_t last) {
    std::vector<std::int64_t> numbers;
    for (std::int64_t number = first; number <= last; ++number)
      numbers.push_back(number);
    return numbers;
  }

  ledger::TemporaryFolder folder_;
  net::SystemRandom random_;
  const net::SystemClock clock_;
  crypto::SealKey key_ = crypto::SealKey::generate(random_);
  SecretText secret_{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
  std::unique_ptr<collect::LedgerWorker> ledger_;
  std::unique_ptr<collect::LedgerWorker> reader_;
  asio::io_context io_;
  Receiver receiver_{io_};
  HttpOptions http_options_;
  SenderOptions options_;
  Visible visible_;
  std::int64_t begin_ = 0;
};

TEST_F(SenderTest, SendsSignedEventsInOrder) {
  with_sender([&](Sender& sender) -> asio::awaitable<void> {
    co_await publish(11, 3);
    const WebhookId id = co_await add_webhook(receiver_.url());
    sender.changed(id);
    co_await until(id, [this](const Webhook& webhook) { return webhook.position == begin_ + 3; });
    co_await publish(14, 2);
    const Webhook done = co_await until(id, [this](const Webhook& webhook) { return webhook.position == begin_ + 5; });
    EXPECT_EQ(done.delivered, 5);
    EXPECT_GT(done.last_success, 0);
    EXPECT_FALSE(done.under_way);
  });
  EXPECT_EQ(received(), from_to(11, 15));
  for (const Received& request : receiver_.requests) {
    const std::string id = request.headers.at("webhook-id");
    EXPECT_EQ(object_of(request).at("delivery").as_string(), id);
    EXPECT_EQ(request.headers.at("webhook-signature"),
              signature(secret_, id, std::stoll(request.headers.at("webhook-timestamp")), request.body));
  }
}

TEST_F(SenderTest, ManyEventsComeInBoundedRequests) {
  options_.limits.events = 7;
  with_sender([&](Sender& sender) -> asio::awaitable<void> {
    co_await publish(11, 100);
    const WebhookId id = co_await add_webhook(receiver_.url());
    sender.changed(id);
    co_await until(id, [this](const Webhook& webhook) { return webhook.position == begin_ + 100; });
  });
  EXPECT_EQ(receiver_.requests.size(), 15U);
  EXPECT_EQ(received(), from_to(11, 110));
}

TEST_F(SenderTest, AReceiverThatFailsForAWhileGetsEverythingInOrder) {
  options_.limits.events = 2;
  int failures = 0;
  receiver_.answer = [&](const Received& /*request*/) {
    return receiver_.requests.size() % 3 == 2 ? plain_answer(200) : (++failures, plain_answer(500));
  };
  with_sender([&](Sender& sender) -> asio::awaitable<void> {
    const WebhookId id = co_await add_webhook(receiver_.url());
    sender.changed(id);
    co_await publish(11, 6);
    const Webhook done = co_await until(id, [this](const Webhook& webhook) { return webhook.position == begin_ + 6; });
    EXPECT_EQ(done.attempts, 0);
    EXPECT_EQ(done.failing_since, 0);
    EXPECT_EQ(done.last_error.value().status, 500);
    EXPECT_EQ(done.state, WebhookState::Active);
  });
  EXPECT_GE(failures, 6);
  // Attempts of one delivery have one number and the same body.
  std::map<std::string, std::string> bodies;
  std::vector<std::int64_t> once;
  for (const Received& request : receiver_.requests) {
    const auto [known, fresh] = bodies.emplace(request.headers.at("webhook-id"), request.body);
    EXPECT_EQ(known->second, request.body);
    if (!fresh)
      continue;
    const boost::json::object object = object_of(request);
    for (const auto& event : object.at("events").as_array())
      once.push_back(event.at("data").at("id").as_int64());
  }
  EXPECT_EQ(once, from_to(11, 16));
}

TEST_F(SenderTest, AWebhookThatFailsForTooLongIsGivenUpUntilItIsResumed) {
  options_.retry.give_up_after = 20ms;
  bool broken = true;
  receiver_.answer = [&](const Received& /*request*/) { return plain_answer(broken ? 503 : 200); };
  with_sender([&](Sender& sender) -> asio::awaitable<void> {
    const WebhookId id = co_await add_webhook(receiver_.url());
    sender.changed(id);
    co_await publish(11, 1);
    const Webhook failed =
        co_await until(id, [](const Webhook& webhook) { return webhook.state == WebhookState::Failed; });
    EXPECT_GT(failed.attempts, 1);
    EXPECT_EQ(failed.last_error.value().status, 503);
    EXPECT_NE(failed.last_error.value().text.find("503"), std::string::npos);
    broken = false;
    co_await publish(12, 1);
    co_await on_ledger([id](ledger::Ledger& ledger) { return ledger.webhooks().resume(id); });
    sender.changed(id);
    co_await until(id, [this](const Webhook& webhook) { return webhook.position == begin_ + 2; });
  });
}

TEST_F(SenderTest, AReceiverThatIsGoneIsGivenUpAtOnce) {
  receiver_.answer = [](const Received& /*request*/) { return plain_answer(410); };
  with_sender([&](Sender& sender) -> asio::awaitable<void> {
    const WebhookId id = co_await add_webhook(receiver_.url());
    sender.changed(id);
    co_await publish(11, 1);
    co_await until(id, [](const Webhook& webhook) { return webhook.state == WebhookState::Failed; });
  });
  EXPECT_EQ(receiver_.requests.size(), 1U);
}

TEST_F(SenderTest, ARedirectIsAFailureThatSaysWhatToDo) {
  receiver_.answer = [](const Received& /*request*/) { return plain_answer(301, "Location: http://10.0.0.1/\r\n"); };
  with_sender([&](Sender& sender) -> asio::awaitable<void> {
    const WebhookId id = co_await add_webhook(receiver_.url());
    sender.changed(id);
    co_await publish(11, 1);
    const Webhook failing = co_await until(id, [](const Webhook& webhook) { return webhook.attempts > 0; });
    EXPECT_NE(failing.last_error.value().text.find("redirects are not followed"), std::string::npos);
  });
}

TEST_F(SenderTest, OneThatHangsIsInNobodysWay) {
  receiver_.answer = [](const Received& request) {
    return request.line.find("hang") != std::string::npos ? "" : plain_answer(200);
  };
  with_sender([&](Sender& sender) -> asio::awaitable<void> {
    const WebhookId hanging = co_await add_webhook(receiver_.url("/hang"));
    const WebhookId good = co_await add_webhook(receiver_.url("/good"));
    co_await publish(11, 1);
    sender.changed(hanging);
    co_await receiver_.wait_for_requests(1);
    sender.changed(good);
    co_await until(good, [this](const Webhook& webhook) { return webhook.position == begin_ + 1; });
    const Webhook waiting = co_await find(hanging);
    EXPECT_EQ(waiting.position, begin_);
    EXPECT_EQ(waiting.attempts, 0);
  });
}

TEST_F(SenderTest, AfterACrashTheRequestThatWasUnderWayComesAgainUnderItsNumber) {
  options_.limits.events = 3;
  // The third request gets no answer before the end.
  receiver_.answer = [&](const Received& /*request*/) {
    return receiver_.requests.size() < 2 ? plain_answer(200) : "";
  };
  WebhookId id;
  net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
    HttpClient http(http_options_);
    Sender sender(
        io_.get_executor(), *ledger_, *reader_, http, clock_, random_,
        [this](ledger::Ledger&, ledger::OwnerId) { return ledger::LedgerResult<Visible>(visible_); }, options_);
    net::TaskGroup group(io_.get_executor());
    group.spawn("sender", sender.run());
    id = co_await add_webhook(receiver_.url());
    co_await publish(11, 10);
    sender.changed(id);
    co_await receiver_.wait_for_requests(3);
    co_await group.stop();
  }());
  const std::string cut = receiver_.requests[2].headers.at("webhook-id");
  const std::string cut_body = receiver_.requests[2].body;
  receiver_.answer = [](const Received& /*request*/) { return plain_answer(200); };
  restart();
  options_.limits.events = 100;
  with_sender([&](Sender& /*sender*/) -> asio::awaitable<void> {
    co_await until(id, [this](const Webhook& webhook) { return webhook.position == begin_ + 10; });
  });
  ASSERT_EQ(receiver_.requests.size(), 5U);
  EXPECT_EQ(receiver_.requests[3].headers.at("webhook-id"), cut);
  EXPECT_EQ(receiver_.requests[3].body, cut_body);
  std::vector<std::int64_t> expected = from_to(11, 19);
  for (const std::int64_t number : from_to(17, 20))
    expected.push_back(number);
  EXPECT_EQ(received(), expected) << "nothing but that request comes twice";
}

TEST_F(SenderTest, APausedOneIsLeftAloneAndAResumedOneGoesOn) {
  with_sender([&](Sender& sender) -> asio::awaitable<void> {
    const WebhookId id = co_await add_webhook(receiver_.url());
    sender.changed(id);
    co_await publish(11, 1);
    co_await until(id, [this](const Webhook& webhook) { return webhook.position == begin_ + 1; });
    co_await on_ledger([id](ledger::Ledger& ledger) { return ledger.webhooks().pause(id); });
    sender.changed(id);
    const WebhookId other = co_await add_webhook(receiver_.url("/other"));
    sender.changed(other);
    co_await publish(12, 1);
    co_await until(other, [this](const Webhook& webhook) { return webhook.position == begin_ + 2; });
    EXPECT_EQ((co_await find(id)).position, begin_ + 1);
    co_await on_ledger([id](ledger::Ledger& ledger) { return ledger.webhooks().resume(id); });
    sender.changed(id);
    co_await until(id, [this](const Webhook& webhook) { return webhook.position == begin_ + 2; });
  });
}

TEST_F(SenderTest, AReplayBeginsWhereItIsTold) {
  with_sender([&](Sender& sender) -> asio::awaitable<void> {
    const WebhookId id = co_await add_webhook(receiver_.url());
    sender.changed(id);
    co_await publish(11, 4);
    co_await until(id, [this](const Webhook& webhook) { return webhook.position == begin_ + 4; });
    co_await on_ledger([this, id](ledger::Ledger& ledger) { return ledger.webhooks().replay(id, begin_ + 3); });
    sender.changed(id);
    co_await until(id,
                   [this](const Webhook& webhook) { return webhook.delivered == 6 && webhook.position == begin_ + 4; });
  });
  const std::vector<std::int64_t> got = received();
  EXPECT_EQ(std::vector<std::int64_t>(got.end() - 2, got.end()), from_to(13, 14));
  EXPECT_NE(receiver_.requests.front().headers.at("webhook-id"), receiver_.requests.back().headers.at("webhook-id"));
}

TEST_F(SenderTest, ARemovedOneEnds) {
  receiver_.answer = [](const Received& /*request*/) { return plain_answer(500); };
  with_sender([&](Sender& sender) -> asio::awaitable<void> {
    const WebhookId id = co_await add_webhook(receiver_.url());
    sender.changed(id);
    co_await publish(11, 1);
    co_await receiver_.wait_for_requests(1);
    co_await on_ledger([id](ledger::Ledger& ledger) { return ledger.webhooks().remove(id); });
    sender.changed(id);
    const std::string task = fmt::format("webhook {}", id.value());
    const auto running = [&] {
      const std::vector<std::string> names = sender.pending_tasks();
      return std::ranges::find(names, task) != names.end();
    };
    while (running())
      co_await on_ledger([](ledger::Ledger& ledger) { return ledger.last_event(); });
  });
}

TEST_F(SenderTest, WhatTheOwnerMayNotSeeIsPassedOver) {
  visible_ = {};
  with_sender([&](Sender& sender) -> asio::awaitable<void> {
    const WebhookId id = co_await add_webhook(receiver_.url());
    sender.changed(id);
    co_await publish(11, 2000);
    co_await until(id, [this](const Webhook& webhook) { return webhook.position >= begin_ + 1000; });
  });
  EXPECT_TRUE(receiver_.requests.empty());
}

TEST_F(SenderTest, AForbiddenAddressIsAFailureLikeOthers) {
  http_options_.guard = AddressGuard();
  with_sender([&](Sender& sender) -> asio::awaitable<void> {
    const WebhookId id = co_await add_webhook(fmt::format("http://localhost:{}/", receiver_.port()));
    const WebhookId literal = co_await add_webhook(receiver_.url());
    sender.changed(id);
    sender.changed(literal);
    co_await publish(11, 1);
    for (const WebhookId one : {id, literal}) {
      const Webhook failing = co_await until(one, [](const Webhook& webhook) { return webhook.attempts > 1; });
      EXPECT_EQ(failing.last_error.value().status, 0);
      EXPECT_NE(failing.last_error.value().text.find("no public address"), std::string::npos)
          << failing.last_error.value().text;
    }
  });
  EXPECT_EQ(receiver_.connections, 0U);
}

TEST_F(SenderTest, ATestSendsARequestWithoutEventsAndChangesNothing) {
  with_sender([&](Sender& sender) -> asio::awaitable<void> {
    const WebhookId id = co_await add_webhook(receiver_.url());
    const Webhook before = co_await find(id);
    const HttpAnswer answer = co_await sender.test(before);
    EXPECT_EQ(answer.status, 204);
    receiver_.answer = [](const Received& /*request*/) { return plain_answer(500); };
    const HttpAnswer refused = co_await sender.test(before);
    EXPECT_EQ(refused.error, "the receiver answered 500");
    EXPECT_EQ((co_await find(id)).delivery, 0);
    EXPECT_EQ((co_await find(id)).attempts, 0);
  });
  ASSERT_EQ(receiver_.requests.size(), 2U);
  EXPECT_TRUE(object_of(receiver_.requests[0]).at("test").as_bool());
  EXPECT_TRUE(object_of(receiver_.requests[0]).at("events").as_array().empty());
  EXPECT_NE(receiver_.requests[0].headers.at("webhook-id"), receiver_.requests[1].headers.at("webhook-id"));
}

TEST_F(SenderTest, AStopLetsARequestEndWithinItsGrace) {
  options_.stop_grace = 10s;
  WebhookId id;
  with_sender([&](Sender& sender) -> asio::awaitable<void> {
    id = co_await add_webhook(receiver_.url());
    // The answer is sent when the stop has been asked for.
    receiver_.answer = [&](const Received& /*request*/) {
      sender.stop();
      return plain_answer(200);
    };
    co_await publish(11, 1);
    sender.changed(id);
    co_await receiver_.wait_for_requests(1);
    co_await until(id, [this](const Webhook& webhook) { return webhook.position == begin_ + 1; });
  });
  EXPECT_EQ(receiver_.requests.size(), 1U);
}

}  // namespace
}  // namespace ledgram::webhooks
