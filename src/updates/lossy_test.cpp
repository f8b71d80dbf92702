#include "ledgram/updates/lossy_model.hpp"

#include <cstdlib>
#include <deque>
#include <functional>
#include <memory>

// Everything that can happen to updates on their way, from a seed: lost, repeated, late, out of order, differences that
// fail or are cut, processes that die. What is committed must always be exactly what the committed state claims.
//
// Two kinds of lines. One loses updates without a word, which shows with the next update of the same box. The other
// loses only what was under way when the process died; the server sees that it was not acknowledged, and the box must
// know everything else from the difference at its start.

namespace ledgram::updates {
namespace {

using namespace testing;

/// How fast time goes in a run. `long_absences`: the process is also away for hours, the wall clock is set by an hour
/// either way, and hours pass without news.
struct Pace {
  nanoseconds length = 60s;
  std::chrono::milliseconds longest_pause = 400ms;
  bool long_absences = false;
};

constexpr Pace kDay{.length = 24h, .longest_pause = 8s, .long_absences = true};

struct Totals {
  std::uint64_t events = 0;
  std::uint64_t restarts = 0;
  std::uint64_t absences = 0;
  std::uint64_t clock_steps = 0;
  std::uint64_t most_in_a_minute = 0;  ///< requests
  std::uint64_t requests = 0;
  std::uint64_t gaps = 0;
  std::uint64_t overflowed = 0;
};

class Simulation {
 public:
  Simulation(std::uint64_t seed, Totals& totals, Pace pace = {})
      : random_(seed),
        server_(random_),
        totals_(totals),
        pace_(pace),
        line_(seed % 2 == 0 ? Line::Losing : Line::Acknowledged) {
    options_.self = UserId(kSelf);
    options_.date_overlap = 2s;  // what is late here is late by 1.5 s at most
    if (server_.chance(30)) {
      options_.max_kept_updates = 2 + random_.below(6);
      options_.max_kept_bytes = 2000;
    }
    for (std::int64_t channel = 1; channel <= kChannels; ++channel) {
      server_.happen(channel);
      ledger_.channels[channel] = server_.logs[channel].pts;
      ledger_.take_for_granted(server_.logs[channel].events[0]);
    }
    for (std::int64_t channel = kChannels + 1; channel <= kChannels + 2; ++channel) {
      server_.polled.insert(channel);
      server_.happen(channel);
    }
    server_.happen(kCommonLog);
    server_.happen(kQtsLog);
    ledger_.channels[kChannels + 1] = 0;
    ledger_.gaps[kChannels + 1].emplace_back(0, server_.logs[kChannels + 1].pts);
    ledger_.channels[kChannels + 2] = 0;
  }

  void run() {
    start();
    const nanoseconds end = now_.monotonic + pace_.length;
    while (now_.monotonic < end) {
      news();
      pass(std::chrono::milliseconds(random_.below(static_cast<std::uint64_t>(pace_.longest_pause.count()))));
      if (server_.chance(1))
        restart();
      if (server_.chance(2))
        quiet();
      if (pace_.long_absences && random_.below(1000) < 2)
        long_pause();
      if (server_.chance(1))
        box_->connection_renewed(now_);
      if (::testing::Test::HasFatalFailure())
        return;
    }
    calm();
  }

 private:
  static constexpr std::int64_t kChannels = 5;

  enum class Line : std::uint8_t { Losing, Acknowledged };

  struct Arrival {
    std::function<void()> happens;
    std::vector<std::int64_t> channels;  ///< of updates
  };

  void start() {
    box_ = std::make_unique<MessageBox>(options_, book_);
    for (const auto& [channel, pts] : ledger_.channels) {
      const bool is_polled = server_.polled.contains(channel);
      box_->follow({.channel = ChannelId(channel), .pts = Pts(pts)}, is_polled ? Delivery::Polled : Delivery::Member,
                   now_);
    }
    box_->start(ledger_.common, now_);
    work();
  }

  /// No news for a while, so that only what is stored can tell a new process what the old one had not finished.
  void quiet() {
    channels_fail_ = server_.chance(50);
    const std::uint64_t deaths = random_.below(4);
    for (std::uint64_t i = 0; i < deaths; ++i) {
      pass(std::chrono::milliseconds(random_.below(6000)));
      restart();
    }
    channels_fail_ = false;
    pass(10s);
  }

  /// The process is away, or nothing happens, for up to two hours; and somebody sets the clock.
  void long_pause() {
    constexpr nanoseconds kHour = 1h;
    const nanoseconds time = std::chrono::seconds(random_.below(7200));
    if (server_.chance(50)) {
      pass(time);
    } else {
      ++totals_.absences;
      now_ = now_.after(time);
      server_.date = date_now();
      const std::uint64_t missed = random_.below(600);
      for (std::uint64_t i = 0; i < missed; ++i)
        server_.happen(static_cast<std::int64_t>(random_.below(kChannels + 4)) - 1);
      totals_.events += missed;
      restart();
    }
    if (server_.chance(50)) {
      ++totals_.clock_steps;
      now_.unix_time += server_.chance(50) ? kHour : -kHour;
    }
  }

  /// The process dies: what was not committed is gone, and so is everything on its way.
  void restart() {
    ++totals_.restarts;
    waiting_.clear();
    server_.date = date_now();
    for (const auto& [time, arrival] : on_the_way_) {
      for (const std::int64_t channel : arrival.channels)
        server_.logs[channel].date = server_.date;
    }
    on_the_way_.clear();
    if (ledger_.common)
      ledger_.check(server_);
    start();
  }

  /// Some events, pushed in one container or by themselves.
  void news() {
    server_.date = date_now();
    std::vector<api::Update> updates;
    std::vector<std::int64_t> channels;
    const std::uint64_t count = 1 + random_.below(4);
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::int64_t where = static_cast<std::int64_t>(random_.below(kChannels + 4)) - 1;
      const Event event = server_.happen(where);
      ++totals_.events;
      if (server_.polled.contains(where))
        continue;
      if (event.kind == Event::Kind::Silent) {
        send({[this, event] { box_->take_affected(Pts(event.pts), event.count, std::nullopt, now_); }, {}});
      } else {
        updates.push_back(ModelServer::update_of(where, event));
        channels.push_back(where);
      }
    }
    for (std::size_t i = updates.size(); i > 1; --i)
      std::swap(updates[i - 1], updates[random_.below(i)]);
    if (updates.empty())
      return;
    api::Updates pushed;
    if (updates.size() == 1 && server_.chance(50)) {
      pushed = short_form(std::move(updates[0]));
    } else if (server_.chance(30)) {
      updates.push_back(status());
      pushed = container(std::move(updates), ++server_.seq, server_.date);
    } else {
      pushed = container(std::move(updates), 0, server_.date);
    }
    const std::uint64_t copies = server_.chance(10) ? 2 : 1;
    for (std::uint64_t i = 0; i < copies; ++i)
      send({[this, pushed] { box_->take(pushed, now_); }, channels});
  }

  [[nodiscard]] std::int32_t date_now() const { return 1000 + static_cast<std::int32_t>(now_.monotonic / 1s); }

  static api::Updates short_form(api::Update update) {
    const auto* fresh = update.as<api::updateNewMessage>();
    if (fresh == nullptr)
      return api::updateShort{.update = std::move(update)};
    const auto& message = *fresh->message.as<api::message>();
    return api::updateShortMessage{.id = message.id,
                                   .user_id = message.peer_id.as<api::peerUser>()->user_id,
                                   .message = message.message,
                                   .pts = fresh->pts,
                                   .pts_count = fresh->pts_count};
  }

  /// One of 12 is lost on a losing line, one of five is late.
  void send(Arrival arrival) {
    if (!reliable_ && line_ == Line::Losing && server_.chance(8))
      return;
    nanoseconds delay = std::chrono::milliseconds(random_.below(5));
    if (!reliable_ && server_.chance(20))
      delay += std::chrono::milliseconds(random_.below(1500));
    on_the_way_.emplace(now_.monotonic + delay, std::move(arrival));
  }

  void ask(const Request& request) {
    ++totals_.requests;
    const auto minute = std::chrono::floor<std::chrono::minutes>(now_.monotonic);
    in_this_minute_ = minute == this_minute_ ? in_this_minute_ + 1 : 1;
    this_minute_ = minute;
    totals_.most_in_a_minute = std::max(totals_.most_in_a_minute, in_this_minute_);
    const auto fail = [this, id = request.id](std::string_view name, nanoseconds wait, nanoseconds delay) {
      on_the_way_.emplace(now_.monotonic + delay,
                          Arrival{[this, id, name, wait] { box_->fail(id, {.name = name, .wait = wait}, now_); }, {}});
    };
    if (!reliable_) {
      if (channels_fail_ && std::holds_alternative<AskChannelDifference>(request.what))
        return fail("WORKER_BUSY_TOO_LONG_RETRY", {}, 50ms);
      if (server_.chance(5))
        return fail("", {}, 5s);
      if (server_.chance(5))
        return fail("RPC_CALL_FAIL", {}, 50ms);
      if (server_.chance(3))
        return fail("PERSISTENT_TIMESTAMP_OUTDATED", {}, 50ms);
      if (server_.chance(2))
        return fail("FLOOD_WAIT_X", 3s, 50ms);
    }
    // The server reads its logs when the request arrives; the answer needs time after that.
    const nanoseconds there = std::chrono::milliseconds(random_.below(200));
    on_the_way_.emplace(now_.monotonic + there, Arrival{[this, request] { serve(request); }, {}});
  }

  void serve(const Request& request) {
    const nanoseconds back = std::chrono::milliseconds(random_.below(600));
    const auto reply = [&](auto answer) {
      on_the_way_.emplace(now_.monotonic + back,
                          Arrival{[this, id = request.id, answer] { box_->answer(id, answer, now_); }, {}});
    };
    if (const auto* common = std::get_if<AskDifference>(&request.what); common != nullptr)
      reply(server_.difference_from(common->from));
    else if (const auto* channel = std::get_if<AskChannelDifference>(&request.what); channel != nullptr)
      reply(server_.channel_difference_from(channel->channel.value(), channel->pts.value(), channel->limit));
    else
      reply(server_.present());
  }

  void work() {
    while (auto step = box_->next_step())
      waiting_.push_back(std::move(*step));
    while (auto request = box_->next_request(now_))
      ask(*request);
    while (!waiting_.empty() && server_.chance(reliable_ ? 100 : 60)) {
      note_the_first_state(waiting_.front());
      ledger_.commit(waiting_.front());
      waiting_.pop_front();
    }
  }

  /// What was before the account's first state is not this box's business.
  void note_the_first_state(const Step& step) {
    if (ledger_.common || !step.common)
      return;
    const CommonState& first = *step.common;
    for (const auto& [where, until] :
         {std::pair(kCommonLog, first.pts.value()), std::pair(kQtsLog, first.qts.value())}) {
      for (const Event& event : server_.logs[where].events) {
        const bool is_in_step = std::ranges::any_of(step.updates, [&event](const AppliedUpdate& one) {
          return ModelLedger::number_of(one.update) == event.number;
        });
        if (event.pts <= until && !is_in_step)
          ledger_.take_for_granted(event);
      }
    }
  }

  void pass(nanoseconds time) {
    const nanoseconds end = now_.monotonic + time;
    work();
    for (;;) {
      const auto deadline = box_->deadline();
      nanoseconds next = end;
      if (!on_the_way_.empty())
        next = std::min(next, on_the_way_.begin()->first);
      if (deadline)
        next = std::min(next, *deadline);
      now_ = now_.after(std::max(next - now_.monotonic, 0ns));
      box_->tick(now_);
      if (!on_the_way_.empty() && on_the_way_.begin()->first <= now_.monotonic) {
        auto arrival = on_the_way_.extract(on_the_way_.begin());
        arrival.mapped().happens();
      } else if (next >= end) {
        break;
      }
      work();
    }
  }

  /// The line recovers.
  void calm() {
    reliable_ = true;
    options_.max_kept_updates = 4096;
    if (line_ == Line::Acknowledged)
      restart();
    else
      news_everywhere();
    const std::uint64_t before = totals_.requests;
    pass(3min);
    EXPECT_LT(totals_.requests - before, 700U) << "polling takes 2 a second at most";
    ledger_.check(server_);
    for (const auto& [where, log] : server_.logs)
      EXPECT_EQ(ledger_.pts_of(where), log.pts) << "log " << where;
    EXPECT_EQ(ledger_.common->seq, box_->common()->seq);
    EXPECT_EQ(ledger_.common->date, server_.date);
    for (const auto& [where, gaps] : ledger_.gaps)
      totals_.gaps += gaps.size();
    totals_.overflowed += box_->counters().overflowed;
  }

  void news_everywhere() {
    for (std::int64_t where = kQtsLog; where <= kChannels; ++where) {
      const Event event = server_.happen(where);
      const api::Updates pushed = container(list(ModelServer::update_of(where, event)), 0, server_.date);
      send({[this, pushed] { box_->take(pushed, now_); }, {}});
    }
  }

  SeededRandom random_;
  ModelServer server_;
  Totals& totals_;
  ModelLedger ledger_;
  BoxOptions options_;
  TestPeerBook book_;
  std::unique_ptr<MessageBox> box_;
  Instant now_{100s, 1'700'000'000s};
  std::multimap<nanoseconds, Arrival> on_the_way_;
  std::deque<Step> waiting_;  ///< made, not committed
  Pace pace_;
  Line line_;
  std::chrono::minutes this_minute_{};
  std::uint64_t in_this_minute_ = 0;
  bool reliable_ = false;
  bool channels_fail_ = false;
};

/// Seeds 1 to `seeds`, or the one that the environment chooses.
Totals run_seeds(std::uint64_t seeds, Pace pace) {
  const char* chosen = std::getenv("LEDGRAM_SEED");
  const std::uint64_t first = chosen != nullptr ? std::strtoull(chosen, nullptr, 10) : 1;
  const std::uint64_t last = chosen != nullptr ? first : seeds;
  Totals totals;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    SCOPED_TRACE(::testing::Message() << "LEDGRAM_SEED=" << seed);
    Simulation(seed, totals, pace).run();
    if (::testing::Test::HasFailure())
      break;
  }
  fmt::print(
      "seeds {} to {}: {} events, {} restarts, {} absences, {} clock steps, {} requests ({} in a minute at most), {} "
      "reported gaps, {} overflows\n",
      first, last, totals.events, totals.restarts, totals.absences, totals.clock_steps, totals.requests,
      totals.most_in_a_minute, totals.gaps, totals.overflowed);
  return totals;
}

TEST(LossyDelivery, EveryEventIsAppliedOnceOrReported) {
  const Totals totals = run_seeds(200, {});
  if (std::getenv("LEDGRAM_SEED") != nullptr)
    return;
  // The run means something only if all of this happened.
  EXPECT_GT(totals.restarts, 100U);
  EXPECT_GT(totals.gaps, 100U);
  EXPECT_GT(totals.overflowed, 0U);
}

// Scenario 49 for the box: a day of virtual time with everything that can happen.
TEST(LossyDelivery, ADayOfVirtualTime) {
  const Totals totals = run_seeds(3, kDay);
  // Two channels are polled, each once a second at most; all else together stays below that.
  EXPECT_LT(totals.most_in_a_minute, 240U);
  if (std::getenv("LEDGRAM_SEED") != nullptr)
    return;
  EXPECT_GT(totals.restarts, 100U);
  EXPECT_GT(totals.absences, 10U);
  EXPECT_GT(totals.clock_steps, 10U);
  EXPECT_GT(totals.gaps, 20U);
}

}  // namespace
}  // namespace ledgram::updates
