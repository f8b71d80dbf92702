/// Gaps of private chats against a model of Telegram: what was missed, edited and deleted comes, whatever interrupts.

#include "ledgram/follow/private_repair.hpp"

#include "ledgram/base/random.hpp"
#include "ledgram/collect/test_support.hpp"
#include "ledgram/follow/one_at_a_time.hpp"
#include "ledgram/ledger/test_support.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/net/test_support/run.hpp"
#include "ledgram/tl/api.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ledgram::follow {
namespace {

namespace api = tl::api;
using ledger::PeerKey;
using ledger::PeerType;

constexpr AccountId kMe{1};
constexpr PeerKey kOlha{PeerType::User, 5};
constexpr PeerKey kTaras{PeerType::User, 6};
constexpr PeerKey kGroup{PeerType::Chat, 7};
constexpr FollowPolicy kEverything{Keep::Yes, Keep::Yes};

telegram::TelegramFailure rpc_failure(std::int32_t code, std::string_view text) {
  telegram::TelegramError error;
  error.code = telegram::TelegramErrc::Rpc;
  error.message = std::string(text);
  error.rpc = telegram::parse_rpc_error(code, text);
  return telegram::TelegramFailure(std::move(error));
}

/// The private chats of an account, by the rules of getDialogs, getHistory and getMessages.
class FakeMail final : public collect::ApiCaller {
 public:
  void put(PeerKey peer, std::int32_t number, std::string text) {
    api::message message;
    message.id = number;
    message.peer_id = peer_of(peer);
    message.date = 1'700'000'000 + number;
    message.message = std::move(text);
    letters_[number] = {peer, std::move(message)};
  }
  void migrate(PeerKey group, std::int32_t number, std::int64_t channel) {
    api::messageService message;
    message.id = number;
    message.peer_id = peer_of(group);
    message.date = 1'700'000'000 + number;
    message.action = api::messageActionChatMigrateTo{.channel_id = channel};
    letters_[number] = {group, std::move(message)};
  }
  void remove(std::int32_t number) { letters_.erase(number); }

  /// Called before each answer; may change the chats or throw.
  std::function<void(std::string_view method)> before_answer;
  /// Likewise before each page of history; runs to its end before the answer.
  std::function<asio::awaitable<void>()> during_history;
  std::vector<std::string> calls;
  std::vector<api::messages_getHistory> histories;
  int at_once = 0;
  int most_at_once = 0;
  bool lists_groups = true;

  asio::awaitable<Bytes> invoke_raw(Bytes method, telegram::CallOptions) override {
    ++at_once;
    most_at_once = std::max(most_at_once, at_once);
    struct Leave {
      FakeMail& self;
      ~Leave() { --self.at_once; }
    } const leave{*this};
    co_await asio::post(asio::use_awaitable);
    if (tl::parse<api::messages_getDialogs>(method)) {
      begin("getDialogs");
      co_return dialogs(*tl::parse<api::messages_getDialogs>(method));
    }
    if (auto history = tl::parse<api::messages_getHistory>(method)) {
      histories.push_back(*history);
      begin("getHistory");
      if (during_history)
        co_await during_history();
      co_return page(*history);
    }
    auto single = tl::parse<api::messages_getMessages>(method);
    begin("getMessages");
    co_return by_number(single.value());
  }

  [[nodiscard]] std::map<std::int32_t, std::string> truth() const {
    std::map<std::int32_t, std::string> texts;
    for (const auto& [number, letter] : letters_) {
      if (const auto* message = letter.second.as<api::message>())
        texts[number] = message->message;
    }
    return texts;
  }

 private:
  using Letter = std::pair<PeerKey, api::Message>;

  static api::Peer peer_of(PeerKey key) {
    if (key.type == PeerType::User)
      return api::peerUser{.user_id = key.id};
    return api::peerChat{.chat_id = key.id};
  }

  static PeerKey key_of(const api::InputPeer& input) {
    if (const auto* user = input.as<api::inputPeerUser>()) {
      EXPECT_EQ(user->access_hash, 1000 + user->user_id);
      return {PeerType::User, user->user_id};
    }
    const auto* chat = input.as<api::inputPeerChat>();
    EXPECT_NE(chat, nullptr) << input.name();
    return {PeerType::Chat, chat->chat_id};
  }

  void begin(std::string_view method) {
    calls.emplace_back(method);
    if (before_answer)
      before_answer(method);
  }

  template <class Answer>
  static void add_user(Answer& answer, PeerKey key) {
    if (key.type != PeerType::User)
      return;
    api::user user;
    user.id = key.id;
    user.access_hash = 1000 + key.id;
    user.first_name = "Somebody";
    answer.users.push_back(std::move(user));
  }

  Bytes dialogs(const api::messages_getDialogs& request) {
    api::messages_dialogs answer;
    std::map<PeerKey, std::int32_t> tops;
    for (const auto& [number, letter] : letters_)
      tops[letter.first] = number;
    for (const auto& [key, top] : tops) {
      if (request.folder_id != 0 || (key.type == PeerType::Chat && !lists_groups))
        continue;
      api::dialog dialog;
      dialog.peer = peer_of(key);
      dialog.top_message = top;
      dialog.notify_settings = api::peerNotifySettings{};
      answer.dialogs.push_back(std::move(dialog));
      answer.messages.push_back(letters_.at(top).second);
      add_user(answer, key);
    }
    return tl::serialize(api::messages_Dialogs(std::move(answer)));
  }

  Bytes page(const api::messages_getHistory& request) {
    const PeerKey key = key_of(request.peer);
    api::messages_messagesSlice answer;
    answer.count = 1000;
    auto at = request.offset_id == 0 ? letters_.end() : letters_.lower_bound(request.offset_id);
    while (at != letters_.begin() && static_cast<std::int32_t>(answer.messages.size()) < request.limit) {
      --at;
      if (at->second.first == key)
        answer.messages.push_back(at->second.second);
    }
    add_user(answer, key);
    return tl::serialize(api::messages_Messages(std::move(answer)));
  }

  Bytes by_number(const api::messages_getMessages& request) {
    api::messages_messages answer;
    EXPECT_LE(request.id.size(), 100U);
    for (const api::InputMessage& item : request.id) {
      const std::int32_t number = item.as<api::inputMessageID>()->id;
      const auto found = letters_.find(number);
      if (found == letters_.end())
        answer.messages.push_back(api::messageEmpty{.id = number});
      else
        answer.messages.push_back(found->second.second);
    }
    return tl::serialize(api::messages_Messages(std::move(answer)));
  }

  std::map<std::int32_t, Letter> letters_;
};

class PrivateRepairTest : public testing::Test {
 protected:
  PrivateRepairTest()
      : ledger_(std::make_unique<collect::LedgerWorker>(ledger::ledger_with_channels(folder_ / "ledger.db"))),
        committer_(std::make_unique<Committer>(io_.get_executor(), *ledger_, clock_)) {
    for (std::int32_t number = 1; number <= 4; ++number)
      mail_.put(number % 2 == 0 ? kGroup : kOlha, number, "old");
  }

  std::unique_ptr<PrivateRepair> repair(FollowPolicy policy = kEverything,
                                        ledger::AccountKind kind = ledger::AccountKind::User) {
    ledger::Account account;
    account.id = kMe;
    account.name = "me";
    account.kind = kind;
    account.user = UserId(99);
    collect::CollectOptions options;
    options.longest_flood_wait = std::chrono::seconds(0);
    return std::make_unique<PrivateRepair>(
        io_.get_executor(), mail_, *ledger_, *committer_, clock_, std::move(account), policy, options,
        PrivateRepairHooks{.on_migration = [this](GroupMigration migration) { migrations_.push_back(migration); },
                           .on_account_error = [this](const telegram::TelegramError&) { ++account_errors_; }});
  }

  template <class Work>
  auto ask(Work work) {
    return net::test::run_to_end(io_, ledger_->run(std::move(work)));
  }

  void commit(ledger::Batch batch) {
    auto store = [&batch](ledger::Ledger& ledger) { return ledger.commit(batch); };
    ask(store);
  }

  /// What was followed so far: the messages of the model as of pts `as_of`, and the state.
  void follow_all(std::int32_t as_of) {
    ledger::Batch batch;
    batch.via = ledger::Via::Live;
    for (const auto& [number, text] : mail_.truth())
      batch.private_messages.push_back(row(number % 2 == 0 ? kGroup : kOlha, number, text, as_of));
    batch.update_states.push_back({kMe, as_of, 0, 1'700'000'000, 1});
    commit(std::move(batch));
    last_event_ = ask([](ledger::Ledger& ledger) { return ledger.last_event(); });
  }

  static ledger::PrivateMessage row(PeerKey peer, std::int32_t number, const std::string& text, std::int32_t as_of) {
    ledger::PrivateMessage row{.account = kMe, .peer = peer, .message = {}};
    row.message.number = MessageNumber(number);
    row.message.date = 1'700'000'000 + number;
    row.message.text = text;
    row.message.as_of = as_of;
    row.message.raw = {1};
    return row;
  }

  void open_gap(std::int32_t as_of) {
    ledger::Batch batch;
    batch.private_gaps.push_back({kMe, as_of});
    batch.update_states.push_back({kMe, as_of, 0, 1'700'000'000, 1});
    commit(std::move(batch));
  }

  bool gap_is_open() {
    return ask([](ledger::Ledger& ledger) { return ledger.private_gap(kMe); }).has_value();
  }

  /// Works until `ends` says so after a call, or the gap is filled.
  void work(PrivateRepair& repair, std::function<bool()> ends = {}) {
    repair.ask();
    net::test::run_to_end(io_, work_until(repair, std::move(ends)));
  }

  asio::awaitable<void> work_until(PrivateRepair& repair, std::function<bool()> ends) {
    std::exception_ptr failure;
    net::TaskGroup group(io_.get_executor(),
                         [&](std::string_view, std::exception_ptr error) { failure = std::move(error); });
    group.spawn("committing", committer_->run());
    group.spawn("repairing", repair.run());
    auto gap = [](ledger::Ledger& ledger) { return ledger.private_gap(kMe); };
    while (true) {
      const auto open = co_await ledger_->run(gap);
      if (failure || (ends ? ends() : !open.has_value()))
        break;
    }
    repair.stop();
    co_await group.stop();
    if (failure)
      std::rethrow_exception(failure);
  }

  /// Stored texts that are not marked as deleted.
  std::map<std::int32_t, std::string> stored() {
    std::map<std::int32_t, std::string> texts;
    auto all = [](ledger::Ledger& ledger) { return ledger.private_messages(kMe, std::nullopt, INT64_MAX); };
    for (const ledger::PrivatePost& post : ask(all)) {
      if (!post.deletion && post.message.message.action.empty())
        texts[post.message.message.number.value()] = post.message.message.text;
    }
    return texts;
  }

  std::map<std::string, int> events() {
    std::map<std::string, int> counts;
    auto all = [from = last_event_ + 1](ledger::Ledger& ledger) {
      return ledger.events({.from = from, .limit = INT64_MAX});
    };
    for (const ledger::Event& event : ask(all))
      ++counts[std::string(ledger::name_of(event.type))];
    return counts;
  }

  int count(std::string_view method) const { return static_cast<int>(std::ranges::count(mail_.calls, method)); }

  ledger::TemporaryFolder folder_;
  asio::io_context io_{1};
  collect::HandClock clock_;
  FakeMail mail_;
  std::unique_ptr<collect::LedgerWorker> ledger_;
  std::unique_ptr<Committer> committer_;
  std::vector<GroupMigration> migrations_;
  int account_errors_ = 0;
  std::int64_t last_event_ = 0;
};

TEST_F(PrivateRepairTest, WhatWasMissedEditedAndDeletedComes) {
  follow_all(10);
  mail_.put(kOlha, 1, "old, edited");
  mail_.remove(2);
  mail_.put(kTaras, 5, "from somebody new");
  mail_.put(kGroup, 6, "in the group");
  open_gap(40);
  const auto repair = this->repair();
  work(*repair);
  EXPECT_EQ(stored(), mail_.truth());
  EXPECT_EQ(events(), (std::map<std::string, int>{{"message.new", 2}, {"message.edited", 1}, {"message.deleted", 1}}));
  EXPECT_EQ(repair->messages_collected(), 2U);
  EXPECT_FALSE(gap_is_open());
  const auto person = ask([](ledger::Ledger& ledger) { return ledger.find_peer(kMe, kTaras); });
  EXPECT_EQ(person->access_hash, 1006);
}

TEST_F(PrivateRepairTest, ReadsNoMoreThanTheGap) {
  for (std::int32_t number = 5; number <= 1000; ++number)
    mail_.put(kOlha, number, "history that nobody followed");
  ledger::Batch batch;
  batch.via = ledger::Via::Live;
  batch.private_messages.push_back(row(kOlha, 1000, "history that nobody followed", 10));
  commit(std::move(batch));
  mail_.put(kOlha, 1001, "news");
  open_gap(40);
  const auto repair = this->repair();
  work(*repair);
  EXPECT_EQ(stored().size(), 2U);
  EXPECT_EQ(count("getHistory"), 1) << "the group has nothing new";
  EXPECT_EQ(count("getMessages"), 1);
}

TEST_F(PrivateRepairTest, NewerThanTheGapIsNotTouched) {
  follow_all(10);
  open_gap(40);
  ledger::Batch live;
  live.private_messages.push_back(row(kOlha, 1, "edited after the gap", 45));
  live.private_deletions.push_back({kMe, MessageNumber(3), 46});
  commit(std::move(live));
  // What Telegram shows meanwhile may be from before that.
  mail_.put(kOlha, 5, "missed");
  const auto repair = this->repair();
  work(*repair);
  const auto texts = stored();
  EXPECT_EQ(texts.at(1), "edited after the gap");
  EXPECT_FALSE(texts.contains(3));
  EXPECT_EQ(texts.at(5), "missed");
}

TEST_F(PrivateRepairTest, WithoutAGapNothingIsAsked) {
  follow_all(10);
  const auto repair = this->repair();
  int looks = 0;
  work(*repair, [&] { return ++looks > 20; });
  EXPECT_TRUE(mail_.calls.empty());
}

TEST_F(PrivateRepairTest, AfterAnInterruptionItGoesOnWhereItWas) {
  follow_all(10);
  for (std::int32_t number = 5; number <= 500; ++number)
    mail_.put(kOlha, number, "missed");
  open_gap(40);
  {
    const auto repair = this->repair();
    work(*repair, [this] { return count("getHistory") >= 3; });
  }
  ASSERT_TRUE(gap_is_open());
  const auto before = stored().size();
  EXPECT_GE(before, 150U);
  committer_ = std::make_unique<Committer>(io_.get_executor(), *ledger_, clock_);
  mail_.histories.clear();
  const auto repair = this->repair();
  work(*repair);
  EXPECT_EQ(stored(), mail_.truth());
  ASSERT_GE(mail_.histories.size(), 2U);
  EXPECT_EQ(mail_.histories[0].offset_id, 0) << "first what is new";
  EXPECT_LE(mail_.histories[1].offset_id, 350) << "then on from there";
  EXPECT_EQ(events().at("message.new"), 496);
}

TEST_F(PrivateRepairTest, ASecondGapMakesTheFirstReadingVoid) {
  follow_all(10);
  for (std::int32_t number = 5; number <= 300; ++number)
    mail_.put(kOlha, number, "missed");
  open_gap(40);
  const auto repair = this->repair();
  mail_.during_history = [&]() -> asio::awaitable<void> {
    if (count("getHistory") != 2)
      co_return;
    // Told by nobody: it happens within the second gap, to what has been read for the first.
    mail_.put(kOlha, 295, "missed, edited");
    mail_.remove(294);
    ledger::Batch batch;
    batch.private_gaps.push_back({kMe, 60});
    batch.update_states.push_back({kMe, 60, 0, 1'700'000'000, 1});
    co_await committer_->add(std::move(batch));
    repair->ask();
  };
  work(*repair);
  EXPECT_EQ(stored(), mail_.truth());
  EXPECT_EQ(events(),
            (std::map<std::string, int>{{"message.new", 296}, {"message.edited", 1}, {"message.deleted", 1}}));
}

TEST_F(PrivateRepairTest, WhatIsReadAheadHidesNothingFromTheNextGap) {
  follow_all(10);
  mail_.put(kOlha, 5, "missed");
  mail_.put(kTaras, 6, "missed as well");
  open_gap(40);
  mail_.during_history = [this]() -> asio::awaitable<void> {
    // When Olha's page has been answered something comes from her, and then from Taras, whose page shows it.
    if (count("getHistory") == 2) {
      mail_.put(kOlha, 7, "told by nobody");
      mail_.put(kTaras, 8, "read ahead");
    }
    co_return;
  };
  const auto repair = this->repair();
  work(*repair);
  EXPECT_FALSE(stored().contains(7));
  EXPECT_TRUE(stored().contains(8));
  committer_ = std::make_unique<Committer>(io_.get_executor(), *ledger_, clock_);
  open_gap(60);
  const auto next = this->repair();
  work(*next);
  EXPECT_EQ(stored(), mail_.truth());
}

TEST_F(PrivateRepairTest, AChatThatRefusesDoesNotHoldUpTheOthers) {
  follow_all(10);
  mail_.put(kOlha, 5, "cannot be read");
  mail_.put(kTaras, 7, "can");
  open_gap(40);
  mail_.before_answer = [this](std::string_view method) {
    if (method == "getHistory" && mail_.histories.back().peer.is<api::inputPeerUser>() &&
        mail_.histories.back().peer.as<api::inputPeerUser>()->user_id == kOlha.id)
      throw rpc_failure(400, "PEER_ID_INVALID");
  };
  const auto repair = this->repair();
  work(*repair);
  EXPECT_TRUE(stored().contains(7));
  EXPECT_FALSE(stored().contains(5));
  EXPECT_EQ(account_errors_, 0);
}

TEST_F(PrivateRepairTest, AFailureIsTriedAgainLater) {
  follow_all(10);
  mail_.put(kOlha, 5, "missed");
  open_gap(40);
  int failures = 0;
  mail_.before_answer = [&](std::string_view) {
    if (++failures == 1)
      throw rpc_failure(401, "AUTH_KEY_UNREGISTERED");
  };
  const auto repair = this->repair();
  work(*repair, [&] { return account_errors_ == 1; });
  EXPECT_TRUE(gap_is_open());
  EXPECT_EQ(failures, 1) << "not at once";
  clock_.advance(std::chrono::seconds(6));
  committer_ = std::make_unique<Committer>(io_.get_executor(), *ledger_, clock_);
  const auto next = this->repair();
  work(*next);
  EXPECT_EQ(stored(), mail_.truth());
}

TEST_F(PrivateRepairTest, AGroupThatMigratedAndLeftTheListIsReadAndFollowed) {
  follow_all(10);
  mail_.migrate(kGroup, 6, 4711);
  mail_.lists_groups = false;
  open_gap(40);
  const auto repair = this->repair();
  work(*repair);
  ASSERT_EQ(migrations_.size(), 1U);
  EXPECT_EQ(migrations_[0].chat, kGroup.id);
  EXPECT_EQ(migrations_[0].channel, ChannelId(4711));
}

TEST_F(PrivateRepairTest, WhatIsNotFollowedIsNotAskedFor) {
  follow_all(10);
  mail_.put(kOlha, 5, "missed");
  mail_.put(kGroup, 6, "not followed any more");
  mail_.remove(2);
  open_gap(40);
  const auto repair = this->repair({Keep::Yes, Keep::No});
  work(*repair);
  EXPECT_TRUE(stored().contains(5));
  EXPECT_FALSE(stored().contains(6));
  EXPECT_TRUE(stored().contains(2)) << "nobody asked";
}

TEST_F(PrivateRepairTest, ABotChecksWhatIsStored) {
  follow_all(10);
  mail_.remove(1);
  mail_.put(kOlha, 5, "missed");
  open_gap(40);
  const auto repair = this->repair(kEverything, ledger::AccountKind::Bot);
  work(*repair);
  EXPECT_EQ(count("getDialogs") + count("getHistory"), 0);
  EXPECT_FALSE(stored().contains(1));
  EXPECT_FALSE(stored().contains(5));
}

TEST(OneAtATime, CallsDoNotOverlap) {
  asio::io_context io{1};
  FakeMail mail;
  OneAtATime caller(io.get_executor(), mail);
  const auto call = [&]() -> asio::awaitable<void> {
    api::messages_getMessages method;
    co_await caller.invoke(std::move(method));
  };
  const auto all = [&]() -> asio::awaitable<void> {
    net::TaskGroup group(io.get_executor());
    for (int i = 0; i < 5; ++i)
      group.spawn("a call", call);
    co_await group.join();
  };
  net::test::run_to_end(io, all());
  EXPECT_EQ(mail.calls.size(), 5U);
  EXPECT_EQ(mail.most_at_once, 1);
}

}  // namespace
}  // namespace ledgram::follow
