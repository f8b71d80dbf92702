#pragma once

/// A MessageBox with a clock set by hand, and short ways to write updates and to read steps.

#include "ledgram/tl/api.hpp"
#include "ledgram/updates/message_box.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ledgram::updates::testing {

namespace api = tl::api;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

inline constexpr std::int64_t kFriend = 501;
inline constexpr std::int64_t kStranger = 666;
inline constexpr std::int64_t kSelf = 500;

// Updates

inline api::Message private_message(std::int32_t id, std::int64_t with = kFriend) {
  return api::message{.id = id, .peer_id = api::peerUser{.user_id = with}, .message = fmt::format("text {}", id)};
}

inline api::Message channel_message(std::int64_t channel, std::int32_t id) {
  return api::message{.post = true,
                      .id = id,
                      .peer_id = api::peerChannel{.channel_id = channel},
                      .message = fmt::format("text {}", id)};
}

inline api::Update fresh(std::int32_t id, std::int32_t pts, std::int32_t count = 1) {
  return api::updateNewMessage{.message = private_message(id), .pts = pts, .pts_count = count};
}

inline api::Update post(std::int64_t channel, std::int32_t id, std::int32_t pts, std::int32_t count = 1) {
  return api::updateNewChannelMessage{.message = channel_message(channel, id), .pts = pts, .pts_count = count};
}

inline api::Update edit(std::int64_t channel, std::int32_t id, std::int32_t pts, std::int32_t count = 1) {
  return api::updateEditChannelMessage{.message = channel_message(channel, id), .pts = pts, .pts_count = count};
}

inline api::Update deletion(std::int64_t channel, std::vector<std::int32_t> ids, std::int32_t pts, std::int32_t count) {
  return api::updateDeleteChannelMessages{
      .channel_id = channel, .messages = std::move(ids), .pts = pts, .pts_count = count};
}

inline api::Update read_inbox(std::int32_t pts, std::int32_t count) {
  return api::updateReadHistoryInbox{.peer = api::peerUser{.user_id = kFriend}, .pts = pts, .pts_count = count};
}

inline api::Update bot_stopped(std::int32_t qts) {
  return api::updateBotStopped{.user_id = kFriend, .qts = qts};
}

inline api::Update status() {
  return api::updateUserStatus{.user_id = kFriend, .status = api::userStatusRecently{}};
}

inline api::Update message_id(std::int32_t id) {
  return api::updateMessageID{.id = id, .random_id = 1};
}

inline api::Update too_long(std::int64_t channel, std::optional<std::int32_t> pts = std::nullopt) {
  return api::updateChannelTooLong{.channel_id = channel, .pts = pts};
}

inline api::User user(std::int64_t id) {
  return api::user{.id = id, .access_hash = id};
}

template <class T, class... More>
std::vector<T> list(T first, More... more) {
  std::vector<T> all;
  all.push_back(std::move(first));
  (all.push_back(std::move(more)), ...);
  return all;
}

inline api::Updates container(std::vector<api::Update> updates, std::int32_t seq = 0, std::int32_t date = 0) {
  return api::updates{.updates = std::move(updates), .date = date, .seq = seq};
}

template <class... More>
api::Updates pushed(api::Update first, More... more) {
  return container(list(std::move(first), std::move(more)...));
}

inline api::Updates combined(std::vector<api::Update> updates, std::int32_t first, std::int32_t last,
                             std::int32_t date) {
  return api::updatesCombined{.updates = std::move(updates), .date = date, .seq_start = first, .seq = last};
}

inline api::updates_State state(std::int32_t pts, std::int32_t qts, std::int32_t seq, std::int32_t date) {
  return api::updates_state{.pts = pts, .qts = qts, .date = date, .seq = seq};
}

inline CommonState common(std::int32_t pts, std::int32_t qts, std::int32_t seq, std::int32_t date) {
  return {.pts = Pts(pts), .qts = Qts(qts), .seq = Seq(seq), .date = date};
}

// Steps in words: "m7@101" is private message 7 as of pts 101, "c9:m7@12" a post of channel 9, "e" an edit, "-"
// deletions.

inline std::string word_of(const api::Message& message) {
  const auto* value = message.as<api::message>();
  if (value == nullptr)
    return "?";
  if (const auto* channel = value->peer_id.as<api::peerChannel>(); channel != nullptr)
    return fmt::format("c{}:m{}", channel->channel_id, value->id);
  return fmt::format("m{}", value->id);
}

inline std::string word_of(const api::Update& update) {
  if (const auto* value = update.as<api::updateNewMessage>(); value != nullptr)
    return word_of(value->message);
  if (const auto* value = update.as<api::updateNewChannelMessage>(); value != nullptr)
    return word_of(value->message);
  if (const auto* value = update.as<api::updateEditChannelMessage>(); value != nullptr)
    return "e" + word_of(value->message);
  if (const auto* value = update.as<api::updateDeleteChannelMessages>(); value != nullptr)
    return fmt::format("c{}:-{}", value->channel_id, fmt::join(value->messages, ","));
  if (const auto* value = update.as<api::updateDeleteMessages>(); value != nullptr)
    return fmt::format("-{}", fmt::join(value->messages, ","));
  if (const auto* value = update.as<api::updateMessageID>(); value != nullptr)
    return fmt::format("id{}", value->id);
  if (const auto* value = update.as<api::updateBotStopped>(); value != nullptr)
    return fmt::format("stopped{}", value->qts);
  if (const auto* value = update.as<api::updateChannel>(); value != nullptr)
    return fmt::format("channel{}", value->channel_id);
  return std::string(update.name().substr(6));
}

inline std::vector<std::string> words_of(const Step& step) {
  std::vector<std::string> words;
  for (const AppliedUpdate& one : step.updates)
    words.push_back(one.as_of == 0 ? word_of(one.update) : fmt::format("{}@{}", word_of(one.update), one.as_of));
  return words;
}

/// A request in words: "state", "difference 100/10/1000" (pts, qts, date), "channel 9 from 12 limit 100".
inline std::string word_of(const Request& request) {
  if (const auto* common = std::get_if<AskDifference>(&request.what); common != nullptr)
    return fmt::format("difference {}/{}/{}", common->from.pts.value(), common->from.qts.value(), common->from.date);
  if (const auto* channel = std::get_if<AskChannelDifference>(&request.what); channel != nullptr)
    return fmt::format("channel {} from {} limit {}", channel->channel.value(), channel->pts.value(), channel->limit);
  return "state";
}

class TestPeerBook final : public PeerBook {
 public:
  std::set<PeerRef> known{{PeerKind::User, kFriend}, {PeerKind::Chat, 77}};

  [[nodiscard]] bool knows(PeerRef peer) const override { return known.contains(peer); }
};

class MessageBoxTest : public ::testing::Test {
 public:
  Instant now{100s, 1'700'000'000s};
  TestPeerBook book;
  BoxOptions options{.self = UserId(kSelf)};
  std::optional<MessageBox> box;
  std::vector<Step> taken;     ///< all steps, as they came
  std::vector<Request> asked;  ///< all requests, as they came

  void make() { box.emplace(options, book); }

  /// As after a restart with this state, the first difference already answered with nothing new.
  void start_quiet(CommonState from = testing::common(100, 10, 5, 1000)) {
    make();
    box->start(from, now);
    answer_difference(api::updates_differenceEmpty{.date = from.date, .seq = from.seq.value()});
    drop_records();
  }

  /// Follows a channel that nothing has to be asked of.
  void follow(std::int64_t channel, std::int32_t pts, Delivery delivery = Delivery::Member) {
    box->follow({.channel = ChannelId(channel), .pts = Pts(pts)}, delivery, now);
    collect();
  }

  void drop_records() {
    taken.clear();
    asked.clear();
  }

  /// Does what a caller does after each call.
  void collect() {
    while (auto step = box->next_step())
      taken.push_back(std::move(*step));
    while (auto request = box->next_request(now))
      asked.push_back(std::move(*request));
    while (auto step = box->next_step())
      taken.push_back(std::move(*step));
  }

  void take(api::Updates updates) {
    box->take(std::move(updates), now);
    collect();
  }

  void affected(std::int32_t pts, std::int32_t count, std::optional<std::int64_t> channel = std::nullopt) {
    box->take_affected(Pts(pts), count, channel ? std::optional(ChannelId(*channel)) : std::nullopt, now);
    collect();
  }

  /// Time passes, with every deadline on the way met.
  void pass(nanoseconds time) {
    const nanoseconds end = now.monotonic + time;
    for (auto next = box->deadline(); next && *next <= end; next = box->deadline()) {
      now = now.after(std::max(*next - now.monotonic, 0ns));
      box->tick(now);
      collect();
    }
    now = now.after(end - now.monotonic);
    box->tick(now);
    collect();
  }

  /// The last request of that kind, of the named channel for channel differences.
  template <class Asked>
  [[nodiscard]] RequestId last(std::int64_t channel = 0) const {
    for (auto request = asked.rbegin(); request != asked.rend(); ++request) {
      const auto* what = std::get_if<Asked>(&request->what);
      if constexpr (std::is_same_v<Asked, AskChannelDifference>) {
        if (what != nullptr && what->channel.value() == channel)
          return request->id;
      } else {
        if (what != nullptr)
          return request->id;
      }
    }
    ADD_FAILURE() << "no such request was made";
    return RequestId(0);
  }

  void answer_state(api::updates_State answer) {
    collect();
    box->answer(last<AskState>(), answer, now);
    collect();
  }

  void answer_difference(api::updates_Difference answer) {
    collect();
    box->answer(last<AskDifference>(), std::move(answer), now);
    collect();
  }

  void answer_channel(std::int64_t channel, api::updates_ChannelDifference answer) {
    collect();
    box->answer(last<AskChannelDifference>(channel), std::move(answer), now);
    collect();
  }

  void fail_difference(std::string_view name, nanoseconds wait = {}) {
    box->fail(last<AskDifference>(), {.name = name, .wait = wait}, now);
    collect();
  }

  void fail_channel(std::int64_t channel, std::string_view name, nanoseconds wait = {}) {
    box->fail(last<AskChannelDifference>(channel), {.name = name, .wait = wait}, now);
    collect();
  }

  /// All updates of all steps since the last drop_records().
  [[nodiscard]] std::vector<std::string> told() const {
    std::vector<std::string> words;
    for (const Step& step : taken) {
      for (std::string& word : words_of(step))
        words.push_back(std::move(word));
    }
    return words;
  }

  [[nodiscard]] std::vector<std::string> requests() const {
    std::vector<std::string> words;
    for (const Request& request : asked)
      words.push_back(word_of(request));
    return words;
  }

  /// The state in the last step that named one.
  [[nodiscard]] std::optional<CommonState> committed() const {
    for (auto step = taken.rbegin(); step != taken.rend(); ++step) {
      if (step->common)
        return step->common;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<std::int32_t> committed(std::int64_t channel) const {
    for (auto step = taken.rbegin(); step != taken.rend(); ++step) {
      for (const ChannelState& one : step->channels) {
        if (one.channel.value() == channel)
          return one.pts.value();
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::vector<ChannelGap> gaps() const {
    std::vector<ChannelGap> all;
    for (const Step& step : taken)
      all.insert(all.end(), step.channel_gaps.begin(), step.channel_gaps.end());
    return all;
  }
};

inline api::updates_Difference empty_difference(std::int32_t date, std::int32_t seq) {
  return api::updates_differenceEmpty{.date = date, .seq = seq};
}

inline api::updates_Difference difference(std::vector<api::Message> messages, std::vector<api::Update> others,
                                          api::updates_State end) {
  return api::updates_difference{
      .new_messages = std::move(messages), .other_updates = std::move(others), .state = std::move(end)};
}

inline api::updates_Difference slice(std::vector<api::Message> messages, std::vector<api::Update> others,
                                     api::updates_State end) {
  return api::updates_differenceSlice{
      .new_messages = std::move(messages), .other_updates = std::move(others), .intermediate_state = std::move(end)};
}

enum class Part : std::uint8_t { Last, More };

inline api::updates_ChannelDifference channel_difference(std::int32_t pts, std::vector<api::Message> messages,
                                                         std::vector<api::Update> others = {}, Part part = Part::Last,
                                                         std::optional<std::int32_t> timeout = std::nullopt) {
  return api::updates_channelDifference{.final = part == Part::Last,
                                        .pts = pts,
                                        .timeout = timeout,
                                        .new_messages = std::move(messages),
                                        .other_updates = std::move(others)};
}

inline api::updates_ChannelDifference channel_empty(std::int32_t pts,
                                                    std::optional<std::int32_t> timeout = std::nullopt) {
  return api::updates_channelDifferenceEmpty{.final = true, .pts = pts, .timeout = timeout};
}

inline api::updates_ChannelDifference channel_too_long(std::int64_t channel, std::int32_t pts, std::int32_t top,
                                                       std::vector<api::Message> newest, Part part = Part::Last) {
  return api::updates_channelDifferenceTooLong{
      .final = part == Part::Last,
      .dialog = api::dialog{.peer = api::peerChannel{.channel_id = channel}, .top_message = top, .pts = pts},
      .messages = std::move(newest)};
}

}  // namespace ledgram::updates::testing
