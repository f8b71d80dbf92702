// One account against a data centre on loopback: channels that it takes over from others.

#include "ledgram/follow/account_follower.hpp"

#include "ledgram/ledger/test_support.hpp"
#include "ledgram/telegram/test_support/client_fixture.hpp"
#include "ledgram/tl/api.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace ledgram::follow {
namespace {

namespace api = tl::api;
using telegram::test::answer_with;
using telegram::test::Refuse;
using telegram::test::TestCall;
using telegram::test::TestReply;

constexpr AccountId kMe{1};
constexpr ChannelId kAlpha{100};
constexpr std::int64_t kHash = 4711;
constexpr std::int32_t kPts = 30;

class AccountFollowerTest : public telegram::test::ClientFixture {
 protected:
  AccountFollowerTest()
      : ledger_(std::make_unique<collect::LedgerWorker>(ledger::ledger_with_channels(folder_ / "ledger.db"))) {
    dc2.on<api::updates_getDifference>([this](const TestCall&) {
      if (on_difference)
        on_difference();
      return answer_with(api::updates_differenceEmpty{.date = 1'700'000'000, .seq = 1});
    });
    dc2.on<api::contacts_resolveUsername>([this](const TestCall&) {
      api::contacts_resolvedPeer answer;
      answer.peer = api::peerChannel{.channel_id = kAlpha.value()};
      answer.chats.push_back(alpha());
      return answer_with(answer);
    });
    dc2.on<api::channels_getChannels>([this](const TestCall& call) {
      const auto method = call.as<api::channels_getChannels>();
      const auto* channel = method.id.at(0).as<api::inputChannel>();
      if (channel->access_hash != kHash)
        return TestReply(Refuse{400, "CHANNEL_INVALID"});
      api::messages_chats answer;
      answer.chats.push_back(alpha());
      return answer_with(answer);
    });
    dc2.on<api::updates_getChannelDifference>([this](const TestCall& call) {
      asked_from_.push_back(call.as<api::updates_getChannelDifference>().pts);
      asked_.notify_all();
      return answer_with(api::updates_channelDifferenceEmpty{.final = true, .pts = kPts, .timeout = 300});
    });
  }

  [[nodiscard]] api::channel alpha() const {
    api::channel channel;
    channel.id = kAlpha.value();
    channel.access_hash = kHash;
    channel.title = "The alpha";
    channel.username = "alpha";
    channel.broadcast = true;
    channel.left = membership_ == ledger::Membership::NotJoined;
    channel.photo = api::chatPhotoEmpty{};
    return channel;
  }

  /// What an earlier follower of the channel has left in the ledger, and the account's own state.
  asio::awaitable<FollowedChannel> left_by_another() {
    auto work = [](ledger::Ledger& ledger) -> ledger::LedgerResult<ledger::Channel> {
      ledger::Batch batch;
      batch.channels.push_back({.channel = kAlpha, .newest_id = 9, .pts = kPts, .tail_id = 9});
      batch.update_states.push_back({kMe, 5, 0, 1'700'000'000, 1});
      if (auto stored = ledger.commit(batch); !stored)
        return std::unexpected(stored.error());
      auto channel = ledger.find_channel(kAlpha);
      if (!channel)
        return std::unexpected(channel.error());
      return channel->value();
    };
    ledger::Channel row = co_await ledger_->run(work);
    co_return FollowedChannel{
        .row = std::move(row), .membership = ledger::Membership::Joined, .history = History::Complete};
  }

  /// An account that is logged in, with a life of its own until stop().
  asio::awaitable<void> start() {
    const std::unique_ptr<telegram::Client> client = co_await logged_in();
    co_await client->close();
    ledger::Account account;
    account.id = kMe;
    account.name = "me";
    account.user = UserId(telegram::test::kTestUser);
    follower_ = std::make_unique<AccountFollower>(
        io.get_executor(), FollowShare{*ledger_, committer_, names_, progress_, random, clock}, std::move(account),
        options(), std::make_unique<telegram::MemoryKeyStore>(store.session().value()), FollowOptions{},
        FollowHooks{.on_channel_lost = [](ChannelId, updates::LossReason) { ADD_FAILURE() << "the channel was lost"; },
                    .on_membership = [this](ChannelId,
                                            ledger::Membership membership) { told_memberships_.push_back(membership); },
                    .on_migration = [](const GroupMigration&) { ADD_FAILURE() << "a group has migrated"; },
                    .on_caught_up = [] {},
                    .wants_activity = [this] { return asked_for_activity(); },
                    .on_activity = [this](std::optional<ledger::PeerKey> chat) { active_.push_back(chat); }});
    tasks_.spawn("committing", committer_.run());
  }

  asio::awaitable<void> live() {
    const FollowResult result = co_await follower_->run();
    EXPECT_EQ(result.end, FollowEnd::Stopped) << result.reason;
  }

  /// False if the channel's difference is not asked for in time.
  asio::awaitable<bool> difference_is_asked_for() {
    co_return co_await asked_.wait_until([this] { return !asked_from_.empty(); },
                                         net::deadline_after(std::chrono::seconds(5)));
  }

  bool asked_for_activity() {
    ++activity_questions_;
    asked_.notify_all();
    return wants_activity_;
  }

  /// A post of a channel that the account has joined and does not follow; waits until it was looked at.
  asio::awaitable<bool> is_pushed(ChannelId channel) {
    const std::size_t before = activity_questions_;
    api::message message;
    message.id = 1;
    message.peer_id = api::peerChannel{.channel_id = channel.value()};
    dc2.push(tl::serialize(api::Updates(
        api::updateShort{.update = api::updateNewChannelMessage{.message = std::move(message), .pts = 1}})));
    co_return co_await asked_.wait_until([&] { return activity_questions_ > before; },
                                         net::deadline_after(std::chrono::seconds(5)));
  }

  asio::awaitable<void> stop() {
    follower_->stop();
    committer_.close();
    co_await tasks_.join();
  }

  std::function<void()> on_difference;
  ledger::Membership membership_ = ledger::Membership::Joined;  ///< as Telegram has it

  ledger::TemporaryFolder folder_;
  std::unique_ptr<collect::LedgerWorker> ledger_;
  Committer committer_{io.get_executor(), *ledger_, clock};
  collect::UsernameBook names_{io.get_executor(), *ledger_, clock};
  ProgressBook progress_{clock};
  net::Condition asked_{io.get_executor()};
  std::vector<std::int32_t> asked_from_;
  std::vector<ledger::Membership> told_memberships_;
  bool wants_activity_ = false;
  std::size_t activity_questions_ = 0;
  std::vector<std::optional<ledger::PeerKey>> active_;
  std::unique_ptr<AccountFollower> follower_;
  net::TaskGroup tasks_{io.get_executor(),
                        [](std::string_view task, const std::exception_ptr&) { ADD_FAILURE() << task << " failed"; }};
};

TEST_F(AccountFollowerTest, WhoIsNoMemberPollsAChannelThatItKnewByNameOnly) {
  membership_ = ledger::Membership::NotJoined;
  run([&]() -> asio::awaitable<void> {
    co_await start();
    FollowedChannel channel = co_await left_by_another();
    follower_->add_channel(std::move(channel));
    tasks_.spawn("following", live());
    EXPECT_TRUE(co_await difference_is_asked_for()) << "nobody pushes it, and nobody asks";
    EXPECT_EQ(told_memberships_, std::vector{ledger::Membership::NotJoined});
    EXPECT_EQ(dc2.calls<api::contacts_resolveUsername>(), 1U);
    co_await stop();
  });
}

TEST_F(AccountFollowerTest, AChannelThatComesWhileTheAccountStartsIsAskedFor) {
  run([&]() -> asio::awaitable<void> {
    co_await start();
    FollowedChannel channel = co_await left_by_another();
    // The question for the common difference, which would name the channel, is already on its way.
    on_difference = [&] { follower_->add_channel(std::move(channel)); };
    tasks_.spawn("following", live());
    EXPECT_TRUE(co_await difference_is_asked_for()) << "what happened between the two followers is never asked for";
    EXPECT_EQ(asked_from_, std::vector{kPts});
    EXPECT_EQ(told_memberships_, std::vector<ledger::Membership>{}) << "it is the member that it was";
    co_await stop();
  });
}

TEST_F(AccountFollowerTest, TellsOfChatsThatNobodyFollowsIfSomebodyListens) {
  run([&]() -> asio::awaitable<void> {
    co_await start();
    // So that the account has a state to ask from.
    co_await left_by_another();
    tasks_.spawn("following", live());
    // When it is connected, and for what it missed.
    co_await asked_.wait_until([this] { return activity_questions_ >= 2; });
    EXPECT_TRUE(co_await is_pushed(kAlpha));
    EXPECT_TRUE(active_.empty()) << "nobody listens";
    wants_activity_ = true;
    EXPECT_TRUE(co_await is_pushed(kAlpha));
    const std::vector<std::optional<ledger::PeerKey>> alpha(1,
                                                            ledger::PeerKey{ledger::PeerType::Channel, kAlpha.value()});
    EXPECT_EQ(active_, alpha);
    dc2.drop_connections();
    co_await asked_.wait_until([this] { return active_.size() > 1; });
    EXPECT_FALSE(active_.back()) << "after a lost connection it may have been any chat";
    co_await stop();
  });
}

}  // namespace
}  // namespace ledgram::follow
