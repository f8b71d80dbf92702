#include "ledgram/updates/message_box_impl.hpp"

#include <algorithm>

// Whom to ask and when; what failures mean.

namespace ledgram::updates {

namespace {

/// U23: 1, 2, 4 ... 60 s.
nanoseconds delay_after(unsigned failures) {
  constexpr std::int64_t kMostSeconds = 60;
  return std::chrono::seconds(std::min(std::int64_t{1} << std::min(failures - 1, 6U), kMostSeconds));
}

}  // namespace

void MessageBox::Impl::want_common() {
  if (common_.asking == Asking::No)
    common_.asking = Asking::Queued;
  else if (common_.asking == Asking::Running)
    common_.again = true;
}

void MessageBox::Impl::want(ChannelBox& box) {
  if (box.asking == Asking::No)
    queue(box);
  else if (box.asking == Asking::Running)
    box.again = true;
}

void MessageBox::Impl::queue(ChannelBox& box) {
  timers_.clear({TimerKind::ChannelPoll, box.id.value()});
  box.asking = Asking::Queued;
  repairs_.push_back(box.id);
}

void MessageBox::Impl::catch_up(ChannelId channel, Instant now) {
  ChannelBox* box = find(channel);
  if (box == nullptr)
    return;
  begin(now);
  want(touch(*box));
  finish();
}

std::optional<Request> MessageBox::Impl::next_request(Instant now) {
  tick(now);
  if (stopped_ || !started_ || steps_.size() > options_.max_waiting_steps)
    return std::nullopt;
  if (common_.asking == Asking::Queued)
    return common_request();
  if (running_.size() >= options_.channels_at_a_time)
    return std::nullopt;
  if (auto request = channel_request(repairs_))
    return request;
  return channel_request(polls_);
}

std::optional<Request> MessageBox::Impl::common_request() {
  common_.asking = Asking::Running;
  common_.request = RequestId(++last_request_);
  if (!common_.known() || common_.refused)
    return Request{.id = common_.request, .what = AskState{}};
  CommonState from = state_to_commit();
  if (common_.fresh)
    from.date -= static_cast<std::int32_t>(std::min<std::int64_t>(from.date, options_.date_overlap.count()));
  from.date = std::max(from.date, 1);  // R21
  return Request{.id = common_.request, .what = AskDifference{.from = from}};
}

std::optional<Request> MessageBox::Impl::channel_request(std::deque<ChannelId>& queue) {
  while (!queue.empty()) {
    ChannelBox* box = find(queue.front());
    queue.pop_front();
    if (box == nullptr || box->asking != Asking::Queued)
      continue;
    box->asking = Asking::Running;
    box->request = RequestId(++last_request_);
    running_.emplace(box->request, box->id);
    // U28: with an unknown pts only the dialog's is wanted, which channelDifferenceTooLong brings.
    const bool known = box->lane.known && box->lane.value > 0;
    return Request{
        .id = box->request,
        .what = AskChannelDifference{
            .channel = box->id, .pts = Pts(known ? box->lane.value : 1), .limit = known ? options_.channel_limit : 1}};
  }
  return std::nullopt;
}

ChannelBox* MessageBox::Impl::channel_that_asked(RequestId id) {
  const auto place = running_.find(id);
  if (place == running_.end())
    return nullptr;
  ChannelBox* box = find(place->second);
  running_.erase(place);
  return box != nullptr && box->asking == Asking::Running && box->request == id ? box : nullptr;
}

// Failures

void MessageBox::Impl::fail(RequestId id, const RequestFailure& failure, Instant now) {
  begin(now);
  if (common_.asking == Asking::Running && common_.request == id)
    fail_common(failure);
  else if (ChannelBox* box = channel_that_asked(id); box != nullptr)
    fail_channel(touch(*box), failure);
  finish();
}

void MessageBox::Impl::back_off(Question& question, TimerKey retry_timer, nanoseconds at_least) {
  question.asking = Asking::Waiting;
  question.again = false;  // what was missed is told by the next answer
  ++question.failures;
  timers_.set(retry_timer, now_.monotonic + std::max(delay_after(question.failures), at_least));
}

void MessageBox::Impl::fail_common(const RequestFailure& failure) {
  const bool is_refused =
      failure.name == "PERSISTENT_TIMESTAMP_INVALID" || failure.name == "PERSISTENT_TIMESTAMP_EMPTY";
  if (is_refused && common_.known() && !common_.refused) {
    common_.refused = true;
    // The present state can be asked for at once, unless the box goes round in circles.
    if (common_.failures == 0) {
      ++common_.failures;
      common_.asking = Asking::Queued;
      return;
    }
  }
  back_off(common_, {TimerKind::CommonRetry}, failure.wait);
}

void MessageBox::Impl::fail_channel(ChannelBox& box, const RequestFailure& failure) {
  if (failure.name == "CHANNEL_PRIVATE")
    return lose(box, LossReason::Private);
  if (failure.name == "CHANNEL_INVALID")
    return lose(box, LossReason::Invalid);
  if (failure.name == "CHANNEL_PUBLIC_GROUP_NA")
    return lose(box, LossReason::NotPublic);
  if (failure.name == "PERSISTENT_TIMESTAMP_INVALID" || failure.name == "PERSISTENT_TIMESTAMP_EMPTY") {
    if (box.lane.known)
      box.known_before = box.lane.value;
    box.lane.known = false;
    box.lane.value = 0;
    box.lane.hint = 0;
  }
  back_off(box, {TimerKind::ChannelRetry, box.id.value()}, failure.wait);
}

void MessageBox::Impl::lose(ChannelBox& box, LossReason reason) {
  step_.lost.push_back({.channel = box.id, .reason = reason});
  unfollow(box.id);
}

// Timers

void MessageBox::Impl::on_timer(TimerKey timer) {
  switch (timer.kind) {
    case TimerKind::PtsGap:
      return on_gap(common_.pts, nullptr);
    case TimerKind::QtsGap:
      return on_gap(common_.qts, nullptr);
    case TimerKind::SeqGap:
      return on_gap(common_.seq, nullptr);
    case TimerKind::CommonSilence: {
      const nanoseconds due = common_.heard + options_.silence;
      if (common_.asking == Asking::No && due <= now_.monotonic)
        want_common();
      timers_.set(timer, due <= now_.monotonic ? now_.monotonic + options_.silence : due);
      return;
    }
    case TimerKind::CommonRetry:
      if (common_.asking == Asking::Waiting)
        common_.asking = Asking::Queued;
      return;
    case TimerKind::ChannelGap:
    case TimerKind::ChannelSilence:
    case TimerKind::ChannelRetry:
    case TimerKind::ChannelPoll:
      return on_channel_timer(timer);
  }
}

void MessageBox::Impl::on_gap(Lane& lane, ChannelBox* box) {
  lane.gap_timer_set = false;
  const Question& question = box != nullptr ? static_cast<Question&>(*box) : common_;
  const bool is_missing = lane.ahead() || lane.hint > lane.value;
  if (!is_missing || question.asking != Asking::No)
    return;
  ++counters_.gaps;
  if (box != nullptr)
    want(*box);
  else
    want_common();
}

void MessageBox::Impl::on_channel_timer(TimerKey timer) {
  ChannelBox* box = find(ChannelId(timer.channel));
  if (box == nullptr)
    return;
  touch(*box);
  if (timer.kind == TimerKind::ChannelGap) {
    on_gap(box->lane, box);
  } else if (timer.kind == TimerKind::ChannelSilence) {
    const nanoseconds due = box->heard + options_.silence;
    if (box->asking == Asking::No && due <= now_.monotonic)
      want(*box);
    timers_.set(timer, due <= now_.monotonic ? now_.monotonic + options_.silence : due);
  } else if (timer.kind == TimerKind::ChannelRetry) {
    if (box->asking == Asking::Waiting)
      queue(*box);
  } else if (box->asking == Asking::No) {
    box->asking = Asking::Queued;
    polls_.push_back(box->id);
  }
}

}  // namespace ledgram::updates
