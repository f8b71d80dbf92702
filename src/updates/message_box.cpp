#include "ledgram/updates/message_box.hpp"

#include "ledgram/updates/message_box_impl.hpp"

#include <algorithm>
#include <cassert>

// The life of the box and of its channels; steps and timers.

namespace ledgram::updates {

void MessageBox::Impl::start(std::optional<CommonState> committed, Instant now) {
  assert(!started_ && "a box starts once");
  begin(now);
  started_ = true;
  if (committed && committed->pts.value() > 0) {
    common_.pts.set(committed->pts.value());
    common_.qts.set(std::max(committed->qts.value(), 0));
    common_.seq.set(std::max(committed->seq.value(), 0));
    common_.date = committed->date;
    told_ = state_to_commit();
    point_before_ = {common_.date, common_.seq.value};
  } else {
    for (auto& [id, box] : channels_) {
      if (box.delivery == Delivery::Member && box.lane.known)
        want(touch(box));
    }
  }
  common_.heard = now.monotonic;
  timers_.set({TimerKind::CommonSilence}, now.monotonic + options_.silence);
  want_common();
  finish();
}

void MessageBox::Impl::follow(const ChannelState& committed, Delivery delivery, Instant now) {
  begin(now);
  ChannelBox& box = touch(channels_.try_emplace(committed.channel, committed.channel, delivery).first->second);
  if (!box.lane.known && committed.pts.value() > 0) {
    box.lane.set(committed.pts.value());
    box.lane.moved = false;
    box.told = committed.pts.value();
  }
  box.delivery = delivery;
  if (delivery == Delivery::Polled) {
    box.silence_timer_set = false;
    timers_.clear({TimerKind::ChannelSilence, box.id.value()});
    if (box.asking == Asking::No && !timers_.is_set({TimerKind::ChannelPoll, box.id.value()})) {
      box.asking = Asking::Queued;
      polls_.push_back(box.id);
    }
  } else {
    timers_.clear({TimerKind::ChannelPoll, box.id.value()});
  }
  finish();
}

void MessageBox::Impl::unfollow(ChannelId channel) {
  ChannelBox* box = find(channel);
  if (box == nullptr)
    return;
  std::erase(touched_, box);
  mark_behind(*box, false);
  kept_bytes_ -= box->lane.kept.bytes();
  clear_timers(*box);
  channels_.erase(channel);
}

void MessageBox::Impl::connection_renewed(Instant now) {
  begin(now);
  want_common();
  // What failed for want of a connection need not wait any longer.
  const auto ask_now = [this](const Question& question, TimerKey retry_timer) {
    if (question.asking == Asking::Waiting)
      timers_.set(retry_timer, now_.monotonic);
  };
  ask_now(common_, {TimerKind::CommonRetry});
  for (auto& [id, box] : channels_)
    ask_now(box, {TimerKind::ChannelRetry, id.value()});
  finish();
}

void MessageBox::Impl::tick(Instant now) {
  const auto next = timers_.next();
  if (stopped_ || !next || *next > now.monotonic)
    return;
  begin(now);
  while (const auto timer = timers_.pop_due(now.monotonic))
    on_timer(*timer);
  finish();
}

std::optional<Step> MessageBox::Impl::next_step() {
  if (steps_.empty())
    return std::nullopt;
  Step step = std::move(steps_.front());
  steps_.pop_front();
  return step;
}

std::optional<nanoseconds> MessageBox::Impl::deadline() const {
  return stopped_ ? std::nullopt : timers_.next();
}

bool MessageBox::Impl::idle() const {
  return steps_.empty() && running_.empty() && common_.asking == Asking::No && !common_is_behind() &&
         std::ranges::all_of(channels_, [](const auto& entry) {
           const ChannelBox& box = entry.second;
           return box.asking == Asking::No && !box.lane.ahead() && box.lane.hint <= box.lane.value;
         });
}

std::optional<CommonState> MessageBox::Impl::common() const {
  return common_.known() ? std::optional(state_to_commit()) : std::nullopt;
}

std::optional<Pts> MessageBox::Impl::channel(ChannelId channel) const {
  const auto place = channels_.find(channel);
  return place == channels_.end() ? std::nullopt : std::optional(Pts(place->second.lane.value));
}

ChannelBox* MessageBox::Impl::find(ChannelId channel) {
  const auto place = channels_.find(channel);
  return place == channels_.end() ? nullptr : &place->second;
}

ChannelBox& MessageBox::Impl::touch(ChannelBox& box) {
  if (!std::exchange(box.touched, true))
    touched_.push_back(&box);
  return box;
}

ChannelBox& MessageBox::Impl::hear(ChannelBox& box) {
  box.heard = now_.monotonic;
  // Boxes that nothing was heard of since the start are left alone (U27): what they missed comes with the common
  // difference.
  if (box.delivery == Delivery::Member && !std::exchange(box.silence_timer_set, true))
    timers_.set({TimerKind::ChannelSilence, box.id.value()}, box.heard + options_.silence);
  return touch(box);
}

void MessageBox::Impl::clear_timers(const ChannelBox& box) {
  for (const TimerKind kind :
       {TimerKind::ChannelGap, TimerKind::ChannelSilence, TimerKind::ChannelRetry, TimerKind::ChannelPoll})
    timers_.clear({kind, box.id.value()});
}

// One call

void MessageBox::Impl::begin(Instant now) {
  now_ = now;
  took_something_ = false;
  const CommonState state = state_to_commit();
  point_before_ = {state.date, state.seq.value()};
}

void MessageBox::Impl::finish() {
  settle(common_, common_.pts, {TimerKind::PtsGap});
  settle(common_, common_.qts, {TimerKind::QtsGap});
  settle(common_, common_.seq, {TimerKind::SeqGap});
  mark_behind(common_, common_is_behind());
  for (ChannelBox* box : touched_) {
    box->touched = false;
    settle(*box, box->lane, {TimerKind::ChannelGap, box->id.value()});
    const bool is_behind = box->asking != Asking::No || box->lane.ahead() || box->lane.hint > box->lane.value;
    mark_behind(*box, box->delivery == Delivery::Member && is_behind);
    if (box->lane.known && box->lane.value != box->told) {
      box->told = box->lane.value;
      step_.channels.push_back({.channel = box->id, .pts = Pts(box->told)});
    }
  }
  touched_.clear();
  if (common_.known()) {
    const CommonState state = state_to_commit();
    if (told_ != state)
      step_.common = told_ = state;
  }
  if (!step_.empty())
    steps_.push_back(std::exchange(step_, {}));
}

/// Arms or clears the timer of a gap (U18). Nobody waits for what no push can bring.
void MessageBox::Impl::settle(Question& question, Lane& lane, TimerKey gap_timer) {
  const bool has_moved = std::exchange(lane.moved, false);
  const bool is_missing = lane.ahead() || (lane.known && lane.hint > lane.value);
  if (!is_missing) {
    lane.fruitless = 0;
    lane.value_after_difference = -1;
  } else if (question.asking == Asking::No && lane.blocked() && lane.value_after_difference < 0) {
    if (lane.kind == LaneKind::Channel)
      want(static_cast<ChannelBox&>(question));
    else
      want_common();
  }
  if (!is_missing || question.asking != Asking::No) {
    if (std::exchange(lane.gap_timer_set, false))
      timers_.clear(gap_timer);
  } else if (has_moved || !lane.gap_timer_set) {
    lane.gap_timer_set = true;
    timers_.set(gap_timer, now_.monotonic + options_.gap_patience * (1 << lane.fruitless));
  }
}

bool MessageBox::Impl::common_is_behind() const {
  return common_.asking != Asking::No || common_.pts.ahead() || common_.qts.ahead() || common_.seq.ahead();
}

void MessageBox::Impl::mark_behind(Question& question, bool behind) {
  // Without a state there is no point to come back to.
  behind = behind && common_.known();
  if (behind == question.open_point.has_value())
    return;
  if (behind) {
    question.open_point = open_points_.insert(point_before_);
  } else {
    open_points_.erase(*question.open_point);
    question.open_point.reset();
  }
}

CommonState MessageBox::Impl::state_to_commit() const {
  const auto [date, seq] = open_points_.empty() ? std::pair(common_.date, common_.seq.value) : *open_points_.begin();
  return {.pts = Pts(common_.pts.value), .qts = Qts(common_.qts.value), .seq = Seq(seq), .date = date};
}

// The outside

MessageBox::MessageBox(const BoxOptions& options, const PeerBook& peers)
    : impl_(std::make_unique<Impl>(options, peers)) {}
MessageBox::~MessageBox() = default;
MessageBox::MessageBox(MessageBox&&) noexcept = default;
MessageBox& MessageBox::operator=(MessageBox&&) noexcept = default;

void MessageBox::start(std::optional<CommonState> committed, Instant now) {
  impl_->start(committed, now);
}
void MessageBox::follow(const ChannelState& committed, Delivery delivery, Instant now) {
  impl_->follow(committed, delivery, now);
}
void MessageBox::unfollow(ChannelId channel) {
  impl_->unfollow(channel);
}
void MessageBox::catch_up(ChannelId channel, Instant now) {
  impl_->catch_up(channel, now);
}
void MessageBox::take(tl::api::Updates updates, Instant now) {
  impl_->take(std::move(updates), now);
}
void MessageBox::take_affected(Pts pts, std::int32_t pts_count, std::optional<ChannelId> channel, Instant now) {
  impl_->take_affected(pts, pts_count, channel, now);
}
void MessageBox::connection_renewed(Instant now) {
  impl_->connection_renewed(now);
}
void MessageBox::answer(RequestId id, const tl::api::updates_State& state, Instant now) {
  impl_->answer(id, state, now);
}
void MessageBox::answer(RequestId id, tl::api::updates_Difference difference, Instant now) {
  impl_->answer(id, std::move(difference), now);
}
void MessageBox::answer(RequestId id, tl::api::updates_ChannelDifference difference, Instant now) {
  impl_->answer(id, std::move(difference), now);
}
void MessageBox::fail(RequestId id, const RequestFailure& failure, Instant now) {
  impl_->fail(id, failure, now);
}
void MessageBox::tick(Instant now) {
  impl_->tick(now);
}
void MessageBox::stop() {
  impl_->stop();
}
std::optional<Step> MessageBox::next_step() {
  return impl_->next_step();
}
std::optional<Request> MessageBox::next_request(Instant now) {
  return impl_->next_request(now);
}
std::optional<nanoseconds> MessageBox::deadline() const {
  return impl_->deadline();
}
bool MessageBox::idle() const {
  return impl_->idle();
}
std::optional<CommonState> MessageBox::common() const {
  return impl_->common();
}
std::optional<Pts> MessageBox::channel(ChannelId channel) const {
  return impl_->channel(channel);
}
const BoxCounters& MessageBox::counters() const {
  return impl_->counters();
}

}  // namespace ledgram::updates
