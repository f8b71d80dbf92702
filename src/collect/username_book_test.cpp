// Scenario 45 of protocol.md: how often contacts.resolveUsername is called.

#include "ledgram/collect/username_book.hpp"

#include "ledgram/collect/error.hpp"
#include "ledgram/collect/test_support.hpp"
#include "ledgram/ledger/test_support.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/net/test_support/run.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace ledgram::collect {
namespace {

namespace api = tl::api;

/// Telegram's usernames: each call is counted, and after `limit` of them it asks to wait.
class Names final : public ApiCaller {
 public:
  explicit Names(const asio::any_io_executor& executor) : opened(executor) {}

  std::map<std::string, std::int64_t> channels;
  std::int64_t access_hash = 1;
  std::size_t limit = 1'000'000;
  std::size_t calls = 0;
  bool closed = false;  ///< answers wait until it is opened
  net::Condition opened;

  asio::awaitable<Bytes> invoke_raw(Bytes method, telegram::CallOptions /*options*/) override {
    const auto query = tl::parse<api::contacts_resolveUsername>(method);
    EXPECT_TRUE(query);
    ++calls;
    co_await opened.wait_until([this] { return !closed; });
    if (calls > limit)
      throw refusal(420, "FLOOD_WAIT_20000");
    const auto found = channels.find(query->username);
    if (found == channels.end())
      throw refusal(400, "USERNAME_NOT_OCCUPIED");
    api::contacts_resolvedPeer resolved;
    if (found->second < 0) {
      resolved.peer = api::peerUser{.user_id = -found->second};
      co_return tl::serialize(api::contacts_ResolvedPeer(std::move(resolved)));
    }
    api::channel channel;
    channel.id = found->second;
    channel.access_hash = access_hash;
    channel.broadcast = true;
    channel.title = "Title of " + query->username;
    channel.username = query->username;
    channel.photo = api::chatPhotoEmpty{};
    resolved.peer = api::peerChannel{.channel_id = channel.id};
    resolved.chats.push_back(std::move(channel));
    co_return tl::serialize(api::contacts_ResolvedPeer(std::move(resolved)));
  }

  /// As telegram::Client throws it: a flood wait that is longer than the call allows is returned, not slept.
  static telegram::TelegramFailure refusal(std::int32_t code, std::string_view text) {
    telegram::TelegramError error;
    error.code = code == 420 ? telegram::TelegramErrc::FloodWait : telegram::TelegramErrc::Rpc;
    error.message = std::string(text);
    error.rpc = telegram::parse_rpc_error(code, text);
    if (code == 420)
      error.retry_after = std::chrono::seconds(*error.rpc->number);
    return telegram::TelegramFailure(std::move(error));
  }
};

class Scenario45Usernames : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = ledger::Ledger::open(folder_ / "ledger.db");
    ASSERT_TRUE(opened) << opened.error().message;
    for (const char* name : {"first", "second"}) {
      ledger::Account account;
      account.name = name;
      ASSERT_TRUE(opened->add_account(account));
    }
    ledger_ = std::make_unique<LedgerWorker>(std::move(*opened));
    book_ = std::make_unique<UsernameBook>(io_.get_executor(), *ledger_, clock_);
    names_.channels = {{"alpha", 5'000'000'001}, {"person", -7}};
  }

  ledger::Channel find(std::string name, AccountId account = AccountId(1)) {
    return net::test::run_to_end(io_, book_->find_channel(names_, account, std::move(name), {}));
  }

  CollectErrc error_of(std::string name) {
    try {
      find(std::move(name));
    } catch (const CollectFailure& failure) {
      return failure.error().code;
    }
    ADD_FAILURE() << "it succeeded";
    return {};
  }

  ledger::TemporaryFolder folder_;
  asio::io_context io_;
  Names names_{io_.get_executor()};
  HandClock clock_;
  std::unique_ptr<LedgerWorker> ledger_;
  std::unique_ptr<UsernameBook> book_;
};

TEST_F(Scenario45Usernames, AHundredParallelLookUpsOfOneNameAreOneCall) {
  const auto run = [&]() -> asio::awaitable<void> {
    names_.closed = true;
    std::size_t found = 0;
    net::TaskGroup tasks(io_.get_executor());
    for (int i = 0; i < 100; ++i) {
      tasks.spawn("look-up", [&, i]() -> asio::awaitable<void> {
        std::string name = i % 2 == 0 ? "alpha" : "ALPHA";
        const ledger::Channel channel = co_await book_->find_channel(names_, AccountId(1), std::move(name), {});
        found += channel.id == ChannelId(5'000'000'001) ? 1U : 0U;
      });
    }
    tasks.spawn("opener", [&]() -> asio::awaitable<void> {
      // Until the ledger has been asked for all of them, and everybody who has to wait does.
      for (int i = 0; i < 200; ++i) {
        auto nothing = [](ledger::Ledger& store) { return store.accounts(); };
        co_await ledger_->run(nothing);
      }
      names_.closed = false;
      names_.opened.notify_all();
    });
    co_await tasks.join();
    EXPECT_EQ(found, 100U);
  };
  // The model knows names as they were given, so the first may be either.
  names_.channels["ALPHA"] = 5'000'000'001;
  net::test::run_to_end(io_, run());
  EXPECT_EQ(names_.calls, 1U);
}

TEST_F(Scenario45Usernames, WhoeverAskedMayBeCancelledAndTheNextOneAsks) {
  const auto run = [&]() -> asio::awaitable<void> {
    names_.closed = true;
    net::TaskGroup first(io_.get_executor());
    first.spawn("first",
                [&]() -> asio::awaitable<void> { co_await book_->find_channel(names_, AccountId(1), "alpha", {}); });
    co_await asio::post(asio::use_awaitable);
    net::TaskGroup second(io_.get_executor());
    std::optional<ledger::Channel> found;
    second.spawn("second", [&]() -> asio::awaitable<void> {
      found = co_await book_->find_channel(names_, AccountId(1), "alpha", {});
    });
    for (int i = 0; i < 10; ++i) {
      auto nothing = [](ledger::Ledger& store) { return store.accounts(); };
      co_await ledger_->run(nothing);
    }
    EXPECT_EQ(names_.calls, 1U);
    co_await first.stop();
    names_.closed = false;
    names_.opened.notify_all();
    co_await second.join();
    EXPECT_TRUE(found.has_value());
  };
  net::test::run_to_end(io_, run());
  EXPECT_EQ(names_.calls, 2U);
}

TEST_F(Scenario45Usernames, AnswersOfBothKindsCountForADay) {
  EXPECT_EQ(find("alpha").id, ChannelId(5'000'000'001));
  EXPECT_EQ(error_of("nobody"), CollectErrc::UnknownUsername);
  EXPECT_EQ(error_of("person"), CollectErrc::NotAChannel);
  EXPECT_EQ(names_.calls, 3U);
  const ledger::Channel again = find("Alpha");
  EXPECT_EQ(again.id, ChannelId(5'000'000'001));
  EXPECT_EQ(again.title, "Title of alpha");
  EXPECT_EQ(again.account, AccountId(1));
  EXPECT_EQ(error_of("NOBODY"), CollectErrc::UnknownUsername) << "an unknown name asked again is no call";
  EXPECT_EQ(error_of("person"), CollectErrc::NotAChannel);
  clock_.advance(std::chrono::hours(23));
  find("alpha");
  EXPECT_EQ(names_.calls, 3U);
  clock_.advance(std::chrono::hours(2));
  find("alpha");
  EXPECT_EQ(error_of("nobody"), CollectErrc::UnknownUsername);
  EXPECT_EQ(names_.calls, 5U);
}

TEST_F(Scenario45Usernames, AnotherAccountAsksForItself) {
  find("alpha");
  find("alpha", AccountId(2));
  EXPECT_EQ(names_.calls, 2U) << "access hashes are not shared";
}

TEST_F(Scenario45Usernames, AFloodWaitIsReturnedAndWhatIsKnownGoesOn) {
  names_.limit = 20;
  for (int i = 0; i < 20; ++i) {
    const std::string name = "channel" + std::to_string(i);
    names_.channels[name] = 100 + i;
    find(name);
  }
  try {
    find("alpha");
    ADD_FAILURE() << "it succeeded";
  } catch (const telegram::TelegramFailure& failure) {
    EXPECT_EQ(failure.error().code, telegram::TelegramErrc::FloodWait);
    EXPECT_EQ(failure.error().retry_after, std::chrono::seconds(20'000));
  }
  EXPECT_EQ(names_.calls, 21U);
  EXPECT_EQ(find("channel7").id, ChannelId(107));
  EXPECT_EQ(names_.calls, 21U);
  // Nothing wrong was remembered.
  names_.limit = 1'000;
  EXPECT_EQ(find("alpha").id, ChannelId(5'000'000'001));
}

TEST_F(Scenario45Usernames, ARefusedAccessIsLookedUpOnceMore) {
  ledger::Channel channel = find("alpha");
  auto follow = [&channel](ledger::Ledger& store) { return store.follow_channel(channel); };
  net::test::run_to_end(io_, ledger_->run(follow));
  names_.access_hash = 99;
  const ChannelTarget target = net::test::run_to_end(io_, book_->reach_again(names_, channel, {}));
  EXPECT_EQ(target.access_hash, 99);
  EXPECT_EQ(names_.calls, 2U) << "the cache was not believed";
  names_.channels["alpha"] = 77;
  try {
    net::test::run_to_end(io_, book_->reach_again(names_, channel, {}));
    ADD_FAILURE() << "it succeeded";
  } catch (const CollectFailure& failure) {
    EXPECT_EQ(failure.error().code, CollectErrc::NoAccess);
    EXPECT_NE(failure.error().message.find("another channel now"), std::string::npos);
  }
}

TEST_F(Scenario45Usernames, ANameThatMovedIsTakenFromItsOldOwner) {
  find("alpha");
  clock_.advance(std::chrono::hours(25));
  names_.channels["alpha"] = 77;
  EXPECT_EQ(find("alpha").id, ChannelId(77));
  auto old = [](ledger::Ledger& store) {
    return store.find_peer(AccountId(1), ledger::PeerKey{ledger::PeerType::Channel, 5'000'000'001});
  };
  const auto peer = net::test::run_to_end(io_, ledger_->run(old));
  EXPECT_TRUE(peer && peer->username.empty());
}

}  // namespace
}  // namespace ledgram::collect
