#include "ledgram/collect/collector.hpp"

#include "ledgram/base/random.hpp"
#include "ledgram/collect/test_support.hpp"
#include "ledgram/ledger/test_support.hpp"
#include "ledgram/net/error.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/net/test_support/run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace ledgram::collect {
namespace {

namespace api = tl::api;

constexpr ChannelId kChannel{100};
constexpr AccountId kAccount{1};

class CollectorTest : public testing::Test {
 protected:
  CollectorTest() { ledger_ = std::make_unique<LedgerWorker>(ledger::ledger_with_channels(folder_ / "ledger.db")); }

  asio::awaitable<CollectStats> collection() {
    ChannelTarget target{kAccount, kChannel, 4711, "@alpha"};
    CollectOptions options;
    return collect_channel(telegram_, *ledger_, clock_, std::move(target), options, listener_);
  }

  CollectStats collect() {
    telegram_.requests.clear();
    return net::test::run_to_end(io_, collection());
  }

  template <class Work>
  auto ask(Work work) {
    return net::test::run_to_end(io_, ledger_->run(std::move(work)));
  }

  std::vector<std::int32_t> stored_ids() {
    std::vector<std::int32_t> result;
    const ledger::PostFilter filter{.channel = kChannel, .include = ledger::Include::PostsAndService};
    const auto posts = ask([&](ledger::Ledger& store) { return store.posts(filter); });
    for (const ledger::Post& post : posts)
      result.push_back(post.message.number.value());
    std::reverse(result.begin(), result.end());
    return result;
  }

  ledger::ChannelReport report() {
    return ask([](ledger::Ledger& store) { return store.report(kChannel); });
  }

  static telegram::TelegramFailure rpc_failure(std::int32_t code, std::string_view text) {
    telegram::TelegramError error;
    error.code = telegram::TelegramErrc::Rpc;
    error.message = std::string(text);
    error.rpc = telegram::parse_rpc_error(code, text);
    return telegram::TelegramFailure(std::move(error));
  }

  CollectErrc collect_error() {
    try {
      collect();
    } catch (const CollectFailure& failure) {
      EXPECT_NE(failure.error().message.find("@alpha"), std::string::npos) << failure.error().message;
      return failure.error().code;
    }
    ADD_FAILURE() << "it succeeded";
    return {};
  }

  ledger::TemporaryFolder folder_;
  asio::io_context io_;
  FakeTelegram telegram_{kChannel};
  HandClock clock_;
  RecordingListener listener_;
  std::unique_ptr<LedgerWorker> ledger_;
};

TEST_F(CollectorTest, CollectsEverythingOnce) {
  telegram_.service(1);
  telegram_.post_range(2, 350);
  telegram_.remove(100);
  telegram_.leave_empty(200);
  const CollectStats stats = collect();
  EXPECT_EQ(stats.messages_added, 348);
  EXPECT_EQ(stats.posts_added, 347) << "the service message is no post";
  EXPECT_EQ(stats.updated, 0);
  EXPECT_EQ(stats.pages, 4);
  EXPECT_EQ(stored_ids(), telegram_.ids());
  EXPECT_TRUE(report().complete());

  const CollectStats again = collect();
  EXPECT_EQ(again.messages_added, 0);
  EXPECT_EQ(again.updated, 0);
  EXPECT_EQ(telegram_.requests.size(), 1U);
}

TEST_F(CollectorTest, AsksWithTheAccountsAccessHashAndNoOtherBounds) {
  telegram_.post_range(1, 150);
  collect();
  ASSERT_EQ(telegram_.requests.size(), 2U);
  for (const api::messages_getHistory& request : telegram_.requests) {
    const auto* peer = request.peer.as<api::inputPeerChannel>();
    ASSERT_NE(peer, nullptr);
    EXPECT_EQ(peer->channel_id, kChannel.value());
    EXPECT_EQ(peer->access_hash, 4711);
    EXPECT_EQ(request.min_id, 0);
    EXPECT_EQ(request.max_id, 0);
    EXPECT_EQ(request.hash, 0);
    EXPECT_EQ(request.add_offset, 0);
    EXPECT_EQ(request.offset_date, 0);
  }
  EXPECT_EQ(telegram_.requests[1].offset_id, 51);
}

TEST_F(CollectorTest, FetchesOnlyWhatIsNew) {
  telegram_.post_range(1, 300);
  collect();
  telegram_.post_range(301, 420);
  const CollectStats stats = collect();
  EXPECT_EQ(stats.posts_added, 120);
  EXPECT_EQ(telegram_.requests.size(), 2U);
  EXPECT_EQ(stored_ids(), telegram_.ids());
}

TEST_F(CollectorTest, CountsChangedMessages) {
  telegram_.post_range(1, 50);
  collect();
  telegram_.post(30, "another text");
  const CollectStats stats = collect();
  EXPECT_EQ(stats.posts_added, 0);
  EXPECT_EQ(stats.updated, 1);
}

TEST_F(CollectorTest, AnEmptyChannelIsComplete) {
  const CollectStats stats = collect();
  EXPECT_EQ(stats.messages_added, 0);
  EXPECT_TRUE(report().complete());
}

TEST_F(CollectorTest, KeepsNewsOfTheChannelAndItsPeers) {
  telegram_.post_range(1, 10);
  collect();
  const ledger::Channel channel = report().channel;
  EXPECT_EQ(channel.title, "Renamed");
  EXPECT_EQ(channel.pts, 17);
  EXPECT_EQ(channel.server_count, 10);
  EXPECT_EQ(channel.newest_id, 10);
  EXPECT_EQ(channel.last_collect, 1'700'000'000);
  const ChannelTarget target = net::test::run_to_end(io_, find_target(*ledger_, channel));
  EXPECT_EQ(target.access_hash, 4711);
  EXPECT_EQ(target.name, "@alpha");
}

TEST_F(CollectorTest, TheFirstPageSaysWhereNewsAndUpdatesBegin) {
  telegram_.post_range(1, 250);
  telegram_.before_answer = [](FakeTelegram& telegram, const auto& request, auto&) {
    // The channel moves on while its history is read.
    telegram.pts += 5;
    if (request.offset_id != 0)
      telegram.post(250 + telegram.pts, "news");
  };
  collect();
  ledger::Channel channel = report().channel;
  EXPECT_EQ(channel.pts, 22) << "of the first page, with which the tail goes";
  EXPECT_EQ(channel.tail_id, 250);
  EXPECT_EQ(channel.news_after, 250);
  EXPECT_EQ(channel.kind, ledger::ChannelKind::Broadcast);
  auto of_type = [](ledger::EventType type) {
    return [type](ledger::Ledger& store) { return store.events({.type = type}); };
  };
  EXPECT_TRUE(ask(of_type(ledger::EventType::MessageNew)).empty()) << "history is no news";

  collect();
  channel = report().channel;
  EXPECT_EQ(channel.pts, 22);
  EXPECT_EQ(channel.tail_id, 250);
  EXPECT_EQ(channel.news_after, 250);
  EXPECT_EQ(ask(of_type(ledger::EventType::MessageNew)).size(), telegram_.ids().size() - 250);
}

TEST_F(CollectorTest, MessagesThatAreGoneGetAMark) {
  telegram_.post_range(1, 150);
  collect();
  telegram_.remove(120);
  telegram_.leave_empty(130);
  telegram_.post(140, "edited");
  telegram_.pts = 18;
  const CollectStats stats = collect();
  EXPECT_EQ(stats.updated, 1);
  EXPECT_EQ(stored_ids(), telegram_.ids());
  EXPECT_EQ(report().deleted, 2);
  const auto versions = ask([](ledger::Ledger& store) { return store.message_versions(kChannel, MessageNumber(140)); });
  ASSERT_EQ(versions.size(), 1U);
  EXPECT_EQ(versions[0].text, "post 140");
}

TEST_F(CollectorTest, ReadsAgainWhatWaitsForARecheck) {
  telegram_.post_range(1, 350);
  collect();
  telegram_.remove(100);
  telegram_.post(110, "edited");
  telegram_.pts = 30;
  ledger::Batch gap;
  gap.rechecks.push_back({.channel = kChannel, .range = {51, 200}, .as_of = 30});
  ask([&gap](ledger::Ledger& store) { return store.commit(gap); });
  EXPECT_FALSE(report().complete());
  collect();
  EXPECT_TRUE(report().complete());
  EXPECT_EQ(stored_ids(), telegram_.ids());
  EXPECT_EQ(report().deleted, 1);
  ASSERT_EQ(telegram_.requests.size(), 3U) << "the newest page, and two of the recheck";
  EXPECT_EQ(telegram_.requests[1].offset_id, 201);
}

TEST_F(CollectorTest, WithoutAnAccessHashThereIsNoTarget) {
  const ledger::Channel channel = report().channel;
  try {
    net::test::run_to_end(io_, find_target(*ledger_, channel));
    FAIL();
  } catch (const CollectFailure& failure) {
    EXPECT_EQ(failure.error().code, CollectErrc::NoAccess);
  }
}

TEST_F(CollectorTest, TellsHowFarItIs) {
  telegram_.post_range(1, 250);
  collect();
  ASSERT_EQ(listener_.progresses.size(), 3U);
  EXPECT_EQ(listener_.progresses[0].posts_added, 100);
  EXPECT_EQ(listener_.progresses[0].stored, 100);
  EXPECT_EQ(listener_.progresses[0].total, 250);
  EXPECT_EQ(listener_.progresses[0].remaining_ids, 150);
  EXPECT_EQ(listener_.progresses[2].stored, 250);
  EXPECT_EQ(listener_.progresses[2].remaining_ids, 0);
  EXPECT_EQ(listener_.progresses[2].pages, 3);
}

telegram::TelegramFailure flood_wait_failure(std::chrono::seconds wait) {
  telegram::TelegramError error;
  error.code = telegram::TelegramErrc::FloodWait;
  error.message = "wait";
  error.retry_after = wait;
  return telegram::TelegramFailure(std::move(error));
}

TEST_F(CollectorTest, ShowsAFloodWaitAndGoesOnAfterIt) {
  telegram_.post_range(1, 10);
  int calls = 0;
  telegram_.before_answer = [&calls](FakeTelegram&, const auto&, telegram::CallOptions&) {
    // No time at all, so that the test has nothing to wait for.
    if (++calls == 1)
      throw flood_wait_failure(std::chrono::seconds(0));
  };
  collect();
  ASSERT_EQ(listener_.flood_waits.size(), 1U);
  EXPECT_EQ(listener_.flood_waits[0].first, "@alpha");
  EXPECT_EQ(calls, 2);
}

TEST_F(CollectorTest, DoesNotSitThroughAFloodWaitOfADay) {
  telegram_.post_range(1, 10);
  telegram_.before_answer = [](FakeTelegram&, const auto&, telegram::CallOptions&) {
    throw flood_wait_failure(std::chrono::hours(24));
  };
  EXPECT_THROW(collect(), telegram::TelegramFailure);
  EXPECT_TRUE(listener_.flood_waits.empty());
}

TEST_F(CollectorTest, ExplainsRefusals) {
  telegram_.post_range(1, 10);
  const auto refuse_with = [&](std::int32_t code, std::string_view text) {
    telegram_.before_answer = [code, text](FakeTelegram&, const auto&, auto&) { throw rpc_failure(code, text); };
  };
  refuse_with(400, "CHANNEL_PRIVATE");
  EXPECT_EQ(collect_error(), CollectErrc::Private);
  refuse_with(400, "CHANNEL_INVALID");
  EXPECT_EQ(collect_error(), CollectErrc::NoAccess);
  refuse_with(400, "BOT_METHOD_INVALID");
  EXPECT_EQ(collect_error(), CollectErrc::BotCannotRead);
  refuse_with(400, "SOMETHING_ELSE");
  EXPECT_THROW(collect(), telegram::TelegramFailure);
}

TEST_F(CollectorTest, ResumesAfterAnErrorAtAnyPage) {
  telegram_.post_range(1, 720);
  // Each run begins with the newest page again, so run n gets n - 1 pages further: 100, 200, 400, 700 messages.
  std::int64_t expected = 0;
  for (std::size_t pages = 1; pages <= 4; ++pages) {
    telegram_.before_answer = [pages](FakeTelegram& fake, const auto&, auto&) {
      if (fake.requests.size() > pages)
        throw rpc_failure(500, "RPC_CALL_FAIL");
    };
    expected += pages == 1 ? 100 : 100 * (static_cast<std::int64_t>(pages) - 1);
    EXPECT_THROW(collect(), telegram::TelegramFailure);
    const ledger::ChannelReport now = report();
    EXPECT_EQ(now.messages, expected) << "what was received is committed";
    EXPECT_EQ(now.known_ids, expected) << "with its range";
    EXPECT_FALSE(now.complete());
  }
  telegram_.before_answer = nullptr;
  EXPECT_EQ(collect().posts_added, 20);
  EXPECT_EQ(stored_ids(), telegram_.ids());
  EXPECT_TRUE(report().complete());
}

TEST_F(CollectorTest, BearsMessagesThatArriveAndVanishMeanwhile) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SeededRandom random(seed);
    telegram_.before_answer = [&random](FakeTelegram& fake, const auto&, auto&) {
      const auto ids = fake.ids();
      const std::int32_t top = ids.empty() ? 0 : ids.back();
      fake.post_range(top + 1, top + static_cast<std::int32_t>(random.below(6)));
      if (!ids.empty() && random.below(2) == 0)
        fake.leave_empty(ids[random.below(ids.size())]);
    };
    telegram_.post_range(static_cast<std::int32_t>(seed) * 1000, static_cast<std::int32_t>(seed) * 1000 + 330);
    collect();
    telegram_.before_answer = nullptr;
    collect();
    const auto stored = stored_ids();
    for (const std::int32_t id : telegram_.ids()) {
      EXPECT_TRUE(std::binary_search(stored.begin(), stored.end(), id)) << id;
    }
    EXPECT_TRUE(report().complete());
  }
}

TEST_F(CollectorTest, CancellationKeepsWhatWasReceived) {
  telegram_.post_range(1, 1000);
  net::TaskGroup group(io_.get_executor());
  telegram_.before_answer = [&](FakeTelegram& fake, const auto&, auto&) {
    if (fake.requests.size() == 4)
      group.cancel();
  };
  bool cancelled = false;
  const auto run = [&]() -> asio::awaitable<void> {
    try {
      co_await collection();
    } catch (const boost::system::system_error& error) {
      cancelled = error.code() == asio::error::operation_aborted;
    }
  };
  group.spawn("collect", run());
  net::test::run_to_end(io_, group.join());
  EXPECT_TRUE(cancelled);
  EXPECT_EQ(report().known_ids, 300);
  EXPECT_EQ(report().messages, 300);
  telegram_.before_answer = nullptr;
  EXPECT_EQ(collect().posts_added, 700);
}

TEST_F(CollectorTest, ACommitThatFailsEndsTheCollection) {
  telegram_.post_range(1, 5000);
  ask([](ledger::Ledger& store) -> ledger::LedgerResult<std::int64_t> {
    // The account is gone, so its peers are refused and with them the whole batch.
    auto removed = store.remove_account(kAccount);
    if (!removed)
      return std::unexpected(removed.error());
    return 0;
  });
  EXPECT_THROW(collect(), LedgerFailure);
  EXPECT_LE(telegram_.requests.size(), 5U) << "it does not go on asking";
  EXPECT_EQ(report().messages, 0);
  EXPECT_EQ(report().known_ids, 0);
}

TEST_F(CollectorTest, AnAnswerThatCannotBeReadIsAnError) {
  class Garbage final : public ApiCaller {
   public:
    asio::awaitable<Bytes> invoke_raw(Bytes, telegram::CallOptions) override { co_return answer; }
    Bytes answer;
  };
  Garbage garbage;
  for (const Bytes& answer :
       {Bytes{1, 2, 3, 4}, tl::serialize(api::messages_Messages(api::messages_messagesNotModified{.count = 1}))}) {
    garbage.answer = answer;
    ChannelTarget target{kAccount, kChannel, 4711, "@alpha"};
    try {
      net::test::run_to_end(io_,
                            collect_channel(garbage, *ledger_, clock_, std::move(target), CollectOptions(), listener_));
      ADD_FAILURE() << "it succeeded";
    } catch (const CollectFailure& failure) {
      EXPECT_EQ(failure.error().code, CollectErrc::BadAnswer);
    }
  }
}

TEST_F(CollectorTest, AServerWithoutProgressIsAnError) {
  class Stubborn final : public ApiCaller {
   public:
    explicit Stubborn(FakeTelegram& fake) : fake_(fake) {}
    asio::awaitable<Bytes> invoke_raw(Bytes method, telegram::CallOptions options) override {
      auto query = tl::parse<api::messages_getHistory>(method);
      query->offset_id = 0;
      Bytes same = tl::serialize(*query);
      return fake_.invoke_raw(std::move(same), std::move(options));
    }

   private:
    FakeTelegram& fake_;
  };
  telegram_.post_range(200, 500);
  Stubborn stubborn(telegram_);
  ChannelTarget target{kAccount, kChannel, 4711, "@alpha"};
  try {
    net::test::run_to_end(io_,
                          collect_channel(stubborn, *ledger_, clock_, std::move(target), CollectOptions(), listener_));
    ADD_FAILURE() << "it succeeded";
  } catch (const CollectFailure& failure) {
    EXPECT_EQ(failure.error().code, CollectErrc::NoProgress);
  }
  EXPECT_EQ(report().messages, 100);
  EXPECT_EQ(report().known_ids, 100);
}

}  // namespace
}  // namespace ledgram::collect
