#pragma once

/// For the lossy-delivery test: a server with logs of events, and a follower that keeps what the box's steps say.

#include "ledgram/base/random.hpp"
#include "ledgram/updates/test_support.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>

namespace ledgram::updates::testing {

/// The boxes of the model: the common one, qts, and channels by their numbers.
inline constexpr std::int64_t kCommonLog = 0;
inline constexpr std::int64_t kQtsLog = -1;

struct Event {
  enum class Kind : std::uint8_t { New, Edit, Delete, Silent };

  std::int32_t number = 0;  ///< unique over all logs; what its update carries
  std::int32_t pts = 0;
  std::int32_t count = 1;
  Kind kind = Kind::New;
  bool by_stranger = false;
};

struct Log {
  std::vector<Event> events;
  std::int32_t pts = 1;
  std::int32_t date = 0;  ///< of the last event, or of the moment when it turned out that it had not arrived

  [[nodiscard]] std::size_t after(std::int32_t from) const {
    const auto place = std::ranges::upper_bound(events, from, {}, &Event::pts);
    // Nobody may stand in the middle of an event.
    if (place != events.end()) {
      EXPECT_LE(from, place->pts - place->count);
    }
    return static_cast<std::size_t>(place - events.begin());
  }
};

class ModelServer {
 public:
  std::map<std::int64_t, Log> logs;
  std::set<std::int64_t> polled;  ///< channels that the account has not joined
  std::int32_t seq = 1;
  std::int32_t date = 1000;

  explicit ModelServer(RandomSource& random) : random_(&random) {}

  [[nodiscard]] bool chance(std::uint64_t percent) const { return random_->below(100) < percent; }

  const Event& happen(std::int64_t where) {
    Log& log = logs[where];
    Event event{.number = ++last_number_};
    if (where != kQtsLog) {
      const auto kind = random_->below(10);
      event.kind = kind < 6 ? Event::Kind::New : kind < 8 ? Event::Kind::Edit : Event::Kind::Delete;
      if (where == kCommonLog && chance(10))
        event.kind = Event::Kind::Silent;
      if (event.kind == Event::Kind::Delete || event.kind == Event::Kind::Silent)
        event.count = 1 + static_cast<std::int32_t>(random_->below(3));
      event.by_stranger = event.kind == Event::Kind::New && chance(2);
    }
    log.pts += event.count;
    log.date = date;
    event.pts = log.pts;
    log.events.push_back(event);
    return log.events.back();
  }

  static api::Message message_of(std::int64_t where, const Event& event) {
    api::message message{.id = event.number, .message = fmt::format("event {}", event.number)};
    if (where == kCommonLog)
      message.peer_id = api::peerUser{.user_id = event.by_stranger ? kStranger : kFriend};
    else
      message.peer_id = api::peerChannel{.channel_id = where};
    if (event.by_stranger && where != kCommonLog)
      message.from_id = api::peerUser{.user_id = kStranger};
    return message;
  }

  static api::Update update_of(std::int64_t where, const Event& event) {
    if (where == kQtsLog)
      return api::updateBotStopped{.user_id = event.number, .qts = event.pts};
    const bool is_common = where == kCommonLog;
    switch (event.kind) {
      case Event::Kind::New:
        if (is_common)
          return api::updateNewMessage{.message = message_of(where, event), .pts = event.pts, .pts_count = event.count};
        return api::updateNewChannelMessage{
            .message = message_of(where, event), .pts = event.pts, .pts_count = event.count};
      case Event::Kind::Edit:
        if (is_common)
          return api::updateEditMessage{
              .message = message_of(where, event), .pts = event.pts, .pts_count = event.count};
        return api::updateEditChannelMessage{
            .message = message_of(where, event), .pts = event.pts, .pts_count = event.count};
      case Event::Kind::Delete:
      case Event::Kind::Silent:
        break;
    }
    if (is_common)
      return api::updateDeleteMessages{.messages = {event.number}, .pts = event.pts, .pts_count = event.count};
    return api::updateDeleteChannelMessages{
        .channel_id = where, .messages = {event.number}, .pts = event.pts, .pts_count = event.count};
  }

  [[nodiscard]] api::updates_State present() const { return state(pts_of(kCommonLog), pts_of(kQtsLog), seq, date); }

  api::updates_Difference difference_from(const CommonState& from) {
    const Log& log = logs[kCommonLog];
    const std::size_t first = log.after(from.pts.value());
    if (log.events.size() - first > 40 && chance(50)) {
      const std::size_t jump = first + 20 + random_->below(log.events.size() - first - 20);
      return api::updates_differenceTooLong{.pts = log.events[jump].pts};
    }
    const std::size_t part = 1 + random_->below(12);
    std::vector<api::Message> messages;
    std::vector<api::Update> others;
    const std::size_t end = std::min(log.events.size(), first + part);
    for (std::size_t i = first; i < end; ++i)
      tell(kCommonLog, log.events[i], messages, others);
    if (end < log.events.size())
      return slice(std::move(messages), std::move(others),
                   state(log.events[end - 1].pts, from.qts.value(), from.seq.value(), from.date));
    const Log& qts = logs[kQtsLog];
    for (std::size_t i = qts.after(from.qts.value()); i < qts.events.size(); ++i)
      others.push_back(update_of(kQtsLog, qts.events[i]));
    tell_channels(from.date, others);
    if (messages.empty() && others.empty())
      return empty_difference(date, seq);
    return difference(std::move(messages), std::move(others), present());
  }

  api::updates_ChannelDifference channel_difference_from(std::int64_t channel, std::int32_t pts, std::int32_t limit) {
    const Log& log = logs[channel];
    const bool unknown = limit == 1;
    const std::size_t first = unknown ? 0 : log.after(pts);
    if ((unknown && log.pts > 1) || (log.events.size() - first > 15 && chance(30)))
      return channel_too_long(channel, log.pts, 1, {});
    if (first == log.events.size())
      return channel_empty(log.pts);
    const std::size_t end = std::min(log.events.size(), first + 1 + random_->below(6));
    std::vector<api::Message> messages;
    std::vector<api::Update> others;
    for (std::size_t i = first; i < end; ++i)
      tell(channel, log.events[i], messages, others);
    return channel_difference(log.events[end - 1].pts, std::move(messages), std::move(others),
                              end == log.events.size() ? Part::Last : Part::More);
  }

 private:
  [[nodiscard]] std::int32_t pts_of(std::int64_t where) const {
    const auto place = logs.find(where);
    return place == logs.end() ? 1 : place->second.pts;
  }

  static void tell(std::int64_t where, const Event& event, std::vector<api::Message>& messages,
                   std::vector<api::Update>& others) {
    if (event.kind == Event::Kind::New)
      messages.push_back(message_of(where, event));
    else
      others.push_back(update_of(where, event));
  }

  /// The joined channels with news since then: as too long, or their last updates.
  void tell_channels(std::int32_t since, std::vector<api::Update>& others) {
    for (const auto& [where, log] : logs) {
      if (where <= 0 || polled.contains(where))
        continue;
      if (log.date < since)
        continue;
      if (chance(70)) {
        others.push_back(too_long(where, chance(50) ? std::optional(log.pts) : std::nullopt));
        continue;
      }
      const std::size_t count = std::min<std::size_t>(log.events.size(), 1 + random_->below(3));
      for (std::size_t i = log.events.size() - count; i < log.events.size(); ++i)
        others.push_back(update_of(where, log.events[i]));
    }
  }

  RandomSource* random_;
  std::int32_t last_number_ = 0;
};

/// What a ledger would hold: effects and the state, committed together.
class ModelLedger {
 public:
  std::optional<CommonState> common;
  std::map<std::int64_t, std::int32_t> channels;
  std::map<std::int32_t, int> applied;                                              ///< by event number
  std::map<std::int32_t, std::int32_t> as_of;                                       ///< likewise
  std::map<std::int64_t, std::vector<std::pair<std::int32_t, std::int32_t>>> gaps;  ///< (from, to], by log

  void commit(const Step& step) {
    for (const ChannelGap& gap : step.channel_gaps)
      gaps[gap.channel.value()].emplace_back(gap.from.value(), gap.to.value());
    if (step.common_gap)
      gaps[kCommonLog].emplace_back(step.common_gap->from.value(), step.common_gap->to.value());
    for (const AppliedUpdate& one : step.updates) {
      const std::int32_t number = number_of(one.update);
      if (number == 0)
        continue;
      ++applied[number];
      as_of[number] = one.as_of;
    }
    if (step.common)
      common = step.common;
    for (const ChannelState& one : step.channels)
      channels[one.channel.value()] = one.pts.value();
  }

  /// An event from before the box.
  void take_for_granted(const Event& event) {
    ++applied[event.number];
    as_of[event.number] = event.pts;
  }

  /// Every event up to the committed state is applied once or lies in a reported gap; none above it is applied.
  void check(const ModelServer& server) const {
    for (const auto& [where, log] : server.logs) {
      const std::int32_t until = pts_of(where);
      for (const Event& event : log.events) {
        const auto place = applied.find(event.number);
        const int times = place == applied.end() ? 0 : place->second;
        if (event.kind == Event::Kind::Silent)
          continue;
        const bool is_covered = event.pts <= until;
        const int expected = is_covered && !in_gap(where, event.pts) ? 1 : 0;
        ASSERT_EQ(times, expected) << "event " << event.number << " of log " << where << " with pts " << event.pts
                                   << ", committed up to " << until;
        if (times == 1 && where != kQtsLog) {
          ASSERT_GE(as_of.at(event.number), event.pts);
        }
      }
    }
  }

  [[nodiscard]] std::int32_t pts_of(std::int64_t where) const {
    if (where == kCommonLog)
      return common->pts.value();
    if (where == kQtsLog)
      return common->qts.value();
    const auto place = channels.find(where);
    return place == channels.end() ? 0 : place->second;
  }

  static std::int32_t number_of(const api::Update& update) {
    if (const auto* value = update.as<api::updateNewMessage>(); value != nullptr)
      return number_in(value->message);
    if (const auto* value = update.as<api::updateNewChannelMessage>(); value != nullptr)
      return number_in(value->message);
    if (const auto* value = update.as<api::updateEditMessage>(); value != nullptr)
      return number_in(value->message);
    if (const auto* value = update.as<api::updateEditChannelMessage>(); value != nullptr)
      return number_in(value->message);
    if (const auto* value = update.as<api::updateDeleteMessages>(); value != nullptr)
      return value->messages.at(0);
    if (const auto* value = update.as<api::updateDeleteChannelMessages>(); value != nullptr)
      return value->messages.at(0);
    const auto* stopped = update.as<api::updateBotStopped>();
    return stopped == nullptr ? 0 : static_cast<std::int32_t>(stopped->user_id);
  }

 private:
  static std::int32_t number_in(const api::Message& message) {
    const std::string_view text = message.as<api::message>()->message;
    std::int32_t number = 0;
    std::from_chars(text.data() + 6, text.data() + text.size(), number);
    return number;
  }

  [[nodiscard]] bool in_gap(std::int64_t where, std::int32_t pts) const {
    const auto place = gaps.find(where);
    return place != gaps.end() &&
           std::ranges::any_of(place->second, [pts](const auto& gap) { return pts > gap.first && pts <= gap.second; });
  }
};

}  // namespace ledgram::updates::testing
