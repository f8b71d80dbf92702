/// What the ledger alone costs, with Google Benchmark: part of `ledgram-bench micro`.

#include "ledgram/ledger/ledger.hpp"

#include "dice.hpp"
#include "process.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <map>
#include <stdexcept>
#include <string>

namespace {

using namespace ledgram;
using bench::Dice;

constexpr std::int64_t kFirstChannel = 1'000'000'000;
constexpr int kChannels = 10;

template <class T>
T value_of(ledger::LedgerResult<T> result) {
  if (!result)
    throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>)
    return std::move(*result);
}

/// A ledger in whose channels live messages arrive by chance, as `ledgram-bench live` has them.
class LiveLedger {
 public:
  LiveLedger() : ledger_(value_of(ledger::Ledger::open(folder_.path() / "ledger.db"))) {
    ledger::Account account;
    account.name = "me";
    account_ = value_of(ledger_.add_account(account));
    for (int i = 0; i < kChannels; ++i) {
      ledger::Channel channel;
      channel.id = ChannelId(kFirstChannel + i);
      channel.username = fmt::format("synthetic{}", i + 1);
      channel.account = account_;
      value_of(ledger_.follow_channel(channel));
    }
    ledger::Batch start;
    for (int i = 0; i < kChannels; ++i) {
      ledger::ChannelNews news{.channel = ChannelId(kFirstChannel + i)};
      news.pts = 1;
      news.tail_id = 0;
      news.news_after_if_unset = 0;
      start.channels.push_back(std::move(news));
    }
    value_of(ledger_.commit(start));
  }

  void commit(std::int64_t messages) {
    ledger::Batch batch;
    batch.via = ledger::Via::Live;
    batch.seen_at = 1'700'000'000 + committed_ / 5000;
    std::map<ChannelId, std::int32_t> newest;
    for (std::int64_t i = 0; i < messages; ++i) {
      const ChannelId channel(kFirstChannel + dice_.below(kChannels));
      const std::int32_t number = ++numbers_[channel];
      newest[channel] = number;
      ledger::Message message;
      message.channel = channel;
      message.number = MessageNumber(number);
      message.date = batch.seen_at;
      message.text = text_;
      message.entities = R"([{"type":"bold","offset":0,"length":5}])";
      message.views = 100;
      message.layer = 223;
      message.raw = raw_;
      message.as_of = number;
      message.set(ledger::MessageFlag::Post);
      batch.messages.push_back(std::move(message));
    }
    for (const auto& [channel, number] : newest) {
      ledger::ChannelNews news{.channel = channel};
      news.pts = number;
      news.tail_grows_to = number;
      batch.channels.push_back(std::move(news));
    }
    batch.update_states.push_back({.account = account_, .pts = 1, .qts = 0, .date = 1, .seq = 0});
    value_of(ledger_.commit(batch));
    committed_ += messages;
  }

 private:
  bench::ScratchFolder folder_;
  ledger::Ledger ledger_;
  AccountId account_;
  std::map<ChannelId, std::int32_t> numbers_;
  std::int64_t committed_ = 0;
  std::string text_ = std::string(750, 'x');
  Bytes raw_ = Bytes(900, 7);
  Dice dice_{1};
};

/// A transaction each 8 ms holds 40 messages where 5,000 come in a second.
void ledger_commit_live(benchmark::State& state) {
  LiveLedger ledger;
  for (auto _ : state)
    ledger.commit(state.range(0));
  state.counters["time_per_message"] = benchmark::Counter(static_cast<double>(state.iterations() * state.range(0)),
                                                          benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(ledger_commit_live)->Arg(40)->MinTime(2);

}  // namespace
