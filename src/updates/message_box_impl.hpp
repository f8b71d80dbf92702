#pragma once

/// The inside of MessageBox. Its sources: message_box.cpp (life, steps, timers), message_box_take.cpp (what is pushed),
/// message_box_lanes.cpp (order within a lane), message_box_answers.cpp (differences), message_box_requests.cpp (whom
/// to ask).

#include "ledgram/tl/api.hpp"
#include "ledgram/updates/lane.hpp"
#include "ledgram/updates/message_box.hpp"
#include "ledgram/updates/routing.hpp"
#include "ledgram/updates/timers.hpp"

#include <deque>
#include <set>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ledgram::updates {

/// Where a box stands with its difference. At most one at a time (U19).
enum class Asking : std::uint8_t {
  No,
  Queued,   ///< next_request() will hand it out
  Waiting,  ///< after a failure
  Running,
};

/// Date and seq that a new box could start from without losing what is missing now, oldest first.
using OpenPoints = std::multiset<std::pair<std::int32_t, std::int32_t>>;

/// What a box asks for, common or channel.
struct Question {
  Asking asking = Asking::No;
  RequestId request;
  unsigned failures = 0;  ///< in a row
  bool again = false;     ///< something came while it ran that its answer may not tell
  /// Set while the box is behind: the committed date and seq must not pass this point, or a new box would not be told
  /// of the channels that had news before it.
  std::optional<OpenPoints::iterator> open_point;
};

struct CommonBox : Question {
  Lane pts{LaneKind::Pts};
  Lane qts{LaneKind::Qts};
  Lane seq{LaneKind::Seq};
  std::int32_t date = 0;
  nanoseconds heard{};
  bool fresh = true;          ///< no difference was answered since start()
  bool refused = false;       ///< the server does not accept the state: ask for the present one
  bool was_too_long = false;  ///< the answer before
  bool may_go_back = false;   ///< updatePtsChanged came

  [[nodiscard]] bool known() const { return pts.known; }
};

struct ChannelBox : Question {
  ChannelBox(ChannelId channel, Delivery how) : id(channel), delivery(how) {}

  ChannelId id;
  Delivery delivery;
  Lane lane{LaneKind::Channel};
  std::int32_t told = 0;          ///< the pts that the last step named
  std::int32_t known_before = 0;  ///< the pts that the server refused, when it did
  nanoseconds heard{};
  bool silence_timer_set = false;
  bool touched = false;  ///< in this call
};

/// Where updates come from.
enum class Source : std::uint8_t { Push, CommonDifference, ChannelDifference };

class MessageBox::Impl {
 public:
  Impl(const BoxOptions& options, const PeerBook& peers) : options_(options), book_(&peers) {}

  void start(std::optional<CommonState> committed, Instant now);
  void follow(const ChannelState& committed, Delivery delivery, Instant now);
  void unfollow(ChannelId channel);
  void catch_up(ChannelId channel, Instant now);
  void take(tl::api::Updates updates, Instant now);
  void take_affected(Pts pts, std::int32_t pts_count, std::optional<ChannelId> channel, Instant now);
  void connection_renewed(Instant now);
  void answer(RequestId id, const tl::api::updates_State& state, Instant now);
  void answer(RequestId id, tl::api::updates_Difference difference, Instant now);
  void answer(RequestId id, tl::api::updates_ChannelDifference difference, Instant now);
  void fail(RequestId id, const RequestFailure& failure, Instant now);
  void tick(Instant now);
  void stop() { stopped_ = true; }
  std::optional<Step> next_step();
  std::optional<Request> next_request(Instant now);
  [[nodiscard]] std::optional<nanoseconds> deadline() const;
  [[nodiscard]] bool idle() const;
  [[nodiscard]] std::optional<CommonState> common() const;
  [[nodiscard]] std::optional<Pts> channel(ChannelId channel) const;
  [[nodiscard]] const BoxCounters& counters() const { return counters_; }

 private:
  // Every public call that can change something: begin, work, finish. finish() arms timers and makes the step.
  void begin(Instant now);
  void finish();
  void settle(Question& question, Lane& lane, TimerKey gap_timer);
  void mark_behind(Question& question, bool behind);
  [[nodiscard]] CommonState state_to_commit() const;
  [[nodiscard]] bool common_is_behind() const;

  // What is pushed (message_box_take.cpp).
  void take_container(std::vector<tl::api::User> users, std::vector<tl::api::Chat> chats,
                      std::vector<tl::api::Update> updates);
  void take_sequence(std::int32_t date, std::int64_t seq_start, std::int32_t seq);
  void take_short(tl::api::Updates updates);
  void introduce(std::span<const tl::api::User> users, std::span<const tl::api::Chat> chats);
  /// Numbered updates to their lanes; the rest is left in free_.
  void distribute(std::vector<tl::api::Update> updates, Source source, std::int32_t as_of, ChannelId own);
  void route_numbered(const Route& route, tl::api::Update update, Source source, std::int32_t as_of, ChannelId own);
  void channel_too_long(const Route& route, Source source);
  void emit_free();
  void emit(tl::api::Update update, std::int32_t as_of);

  // Order within a lane (message_box_lanes.cpp).
  void offer(Question& question, Lane& lane, LaneItem item);
  void keep(Question& question, Lane& lane, LaneItem item);
  void apply(Lane& lane, LaneItem item);
  void run(Lane& lane);
  void finish_lane(Lane& lane, ChannelId channel);
  void give_up_gaps(Lane& lane, ChannelId channel);
  void report_gap(Lane& lane, ChannelId channel, std::int32_t to);

  // Differences (message_box_answers.cpp).
  void accept_state(const tl::api::updates_state& state);
  void accept_too_long(std::int32_t pts);
  void accept_slice(tl::api::updates_differenceSlice slice);
  /// The content of updates.difference and updates.differenceSlice.
  template <class Difference>
  void apply_difference(Difference& difference, const tl::api::updates_state& state);
  void set_common(const tl::api::updates_state& state);
  void set_numbers(Lane& lane, std::int32_t to, bool may_go_back);
  void difference_is_final();
  void apply_channel_difference(ChannelBox& box, tl::api::updates_channelDifference difference);
  void apply_channel_too_long(ChannelBox& box, tl::api::updates_channelDifferenceTooLong difference);
  void channel_is_final(ChannelBox& box, std::optional<std::int32_t> timeout);
  void channel_goes_on(ChannelBox& box, std::int32_t from);

  // Whom to ask (message_box_requests.cpp).
  void want_common();
  void want(ChannelBox& box);
  void queue(ChannelBox& box);
  void back_off(Question& question, TimerKey retry_timer, nanoseconds at_least);
  void fail_common(const RequestFailure& failure);
  void fail_channel(ChannelBox& box, const RequestFailure& failure);
  void lose(ChannelBox& box, LossReason reason);
  void on_timer(TimerKey timer);
  void on_gap(Lane& lane, ChannelBox* box);
  void on_channel_timer(TimerKey timer);
  /// Takes the request off those that run; nothing if nobody waits for its answer.
  ChannelBox* channel_that_asked(RequestId id);
  std::optional<Request> common_request();
  std::optional<Request> channel_request(std::deque<ChannelId>& queue);

  ChannelBox* find(ChannelId channel);
  /// It has to be settled at the end of this call.
  ChannelBox& touch(ChannelBox& box);
  /// Something came for it; its silence begins anew.
  ChannelBox& hear(ChannelBox& box);
  void clear_timers(const ChannelBox& box);

  BoxOptions options_;
  const PeerBook* book_;
  bool started_ = false;
  bool stopped_ = false;

  CommonBox common_;
  std::optional<CommonState> told_;  ///< the state that the last step named
  std::unordered_map<ChannelId, ChannelBox> channels_;
  OpenPoints open_points_;
  std::size_t kept_bytes_ = 0;

  std::uint64_t last_request_ = 0;
  std::unordered_map<RequestId, ChannelId> running_;  ///< channel differences, those of dropped boxes too
  // Channels whose turn to be asked is next. An entry counts only while its box is Queued.
  std::deque<ChannelId> repairs_;
  std::deque<ChannelId> polls_;
  TimerSet timers_;

  std::deque<Step> steps_;
  BoxCounters counters_;

  // Of the call that is going on.
  struct Numbered {
    Route route;
    std::size_t index;  ///< within the container
    tl::api::Update update;
  };
  Instant now_;
  Step step_;
  std::pair<std::int32_t, std::int32_t> point_before_;  ///< date and seq as committed before this call
  bool took_something_ = false;
  std::vector<ChannelBox*> touched_;
  std::vector<PeerRef> introduced_;
  std::vector<Numbered> numbered_;
  std::vector<tl::api::Update> free_;
};

}  // namespace ledgram::updates
