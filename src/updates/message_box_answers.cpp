#include "ledgram/updates/message_box_impl.hpp"

#include <algorithm>

// What differences tell.

namespace ledgram::updates {

namespace api = tl::api;

namespace {

/// pts and qts may start over after 2^31 (U23). A smaller step back is a server that lags behind.
constexpr std::int32_t kOverflow = 1'000'000;

/// A final difference without a timeout means so (U29), and so does one that says 0.
constexpr std::int32_t kLeastPollSeconds = 1;

api::updates_state copy_of(const api::updates_State& state) {
  const auto* value = state.as<api::updates_state>();
  return value == nullptr ? api::updates_state{} : *value;
}

/// As if it had been pushed. Messages in a difference have no pts of their own (U21).
api::Update as_update(api::Message message, std::int32_t as_of) {
  if (channel_of(message))
    return api::updateNewChannelMessage{.message = std::move(message), .pts = as_of, .pts_count = 0};
  return api::updateNewMessage{.message = std::move(message), .pts = as_of, .pts_count = 0};
}

}  // namespace

// The common box

void MessageBox::Impl::answer(RequestId id, const api::updates_State& state, Instant now) {
  if (common_.asking != Asking::Running || common_.request != id)
    return;
  begin(now);
  if (const auto* value = state.as<api::updates_state>(); value != nullptr && value->pts > 0)
    accept_state(*value);
  else
    back_off(common_, {TimerKind::CommonRetry}, {});
  finish();
}

void MessageBox::Impl::accept_state(const api::updates_state& state) {
  const bool was_refused = std::exchange(common_.refused, false);
  if (was_refused) {
    ++counters_.reported_gaps;
    step_.common_gap = CommonGap{.from = Pts(common_.pts.value), .to = Pts(state.pts)};
  }
  common_.may_go_back = true;
  common_.fresh = false;
  set_common(state);
  // Channels that are behind get their points now that there is one.
  if (!was_refused)
    point_before_ = {common_.date, common_.seq.value};
  for (auto& [id, box] : channels_)
    touch(box);
  difference_is_final();
  if (!was_refused)
    return;
  // Nobody will tell which channels had news since the state that was refused.
  for (auto& [id, box] : channels_) {
    if (box.delivery == Delivery::Member && box.lane.known)
      want(box);
  }
}

void MessageBox::Impl::answer(RequestId id, api::updates_Difference difference, Instant now) {
  if (common_.asking != Asking::Running || common_.request != id)
    return;
  begin(now);
  common_.heard = now.monotonic;
  common_.fresh = false;
  if (auto* all = difference.as<api::updates_difference>(); all != nullptr) {
    const api::updates_state state = copy_of(all->state);
    apply_difference(*all, state);
    difference_is_final();
  } else if (auto* slice = difference.as<api::updates_differenceSlice>(); slice != nullptr) {
    accept_slice(std::move(*slice));
  } else if (const auto* empty = difference.as<api::updates_differenceEmpty>(); empty != nullptr) {
    common_.date = std::max(common_.date, empty->date);
    common_.seq.set(std::max(empty->seq, 0));
    difference_is_final();
  } else if (const auto* too_long = difference.as<api::updates_differenceTooLong>(); too_long != nullptr) {
    accept_too_long(too_long->pts);
  } else {
    back_off(common_, {TimerKind::CommonRetry}, {});
  }
  finish();
}

/// The next answer goes on from there. One that is too long again, or leads nowhere, must not be a loop.
void MessageBox::Impl::accept_too_long(std::int32_t pts) {
  const bool is_second = std::exchange(common_.was_too_long, true);
  if (pts > 0 && pts != common_.pts.value) {
    ++counters_.reported_gaps;
    step_.common_gap = CommonGap{.from = Pts(common_.pts.value), .to = Pts(pts)};
    common_.pts.set(pts);
    if (!is_second) {
      common_.asking = Asking::Queued;
      return;
    }
  }
  back_off(common_, {TimerKind::CommonRetry}, {});
}

void MessageBox::Impl::accept_slice(api::updates_differenceSlice slice) {
  common_.was_too_long = false;
  const api::updates_state state = copy_of(slice.intermediate_state);
  const CommonState before{
      .pts = Pts(common_.pts.value), .qts = Qts(common_.qts.value), .seq = {}, .date = common_.date};
  apply_difference(slice, state);
  const CommonState after{
      .pts = Pts(common_.pts.value), .qts = Qts(common_.qts.value), .seq = {}, .date = common_.date};
  if (before == after) {
    back_off(common_, {TimerKind::CommonRetry}, {});
    return;
  }
  common_.failures = 0;
  common_.asking = Asking::Queued;
  // A new box can go on from this slice. Channels that it sent to their own differences keep their older points.
  mark_behind(common_, false);
  common_.open_point = open_points_.emplace(common_.date, common_.seq.value);
}

template <class Difference>
void MessageBox::Impl::apply_difference(Difference& difference, const api::updates_state& state) {
  step_.users = std::move(difference.users);
  step_.chats = std::move(difference.chats);
  for (api::Update& update : difference.other_updates) {
    if (update.is<api::updateMessageID>())
      emit(std::move(update), 0);
  }
  for (api::Message& message : difference.new_messages) {
    if (const auto channel = channel_of(message); !channel)
      emit(as_update(std::move(message), state.pts), state.pts);
    else if (find(*channel) != nullptr)
      emit(as_update(std::move(message), 0), 0);
    else
      ++counters_.foreign;
  }
  for (api::EncryptedMessage& message : difference.new_encrypted_messages)
    emit(api::updateNewEncryptedMessage{.message = std::move(message), .qts = state.qts}, 0);
  distribute(std::move(difference.other_updates), Source::CommonDifference, state.pts, {});
  emit_free();
  set_common(state);
}

void MessageBox::Impl::set_common(const api::updates_state& state) {
  set_numbers(common_.pts, state.pts, common_.may_go_back);
  set_numbers(common_.qts, state.qts, common_.may_go_back);
  common_.seq.set(std::max(state.seq, 0));
  common_.date = std::max(common_.date, state.date);
}

void MessageBox::Impl::set_numbers(Lane& lane, std::int32_t to, bool may_go_back) {
  to = std::max(to, 0);
  if (lane.known && to < lane.value) {
    if (!may_go_back && lane.value - to <= kOverflow)
      return;
    lane.seen = 0;
    lane.hint = 0;
  }
  lane.set(to);
}

void MessageBox::Impl::difference_is_final() {
  common_.asking = Asking::No;
  common_.failures = 0;
  common_.may_go_back = false;
  common_.was_too_long = false;
  common_.heard = now_.monotonic;
  finish_lane(common_.pts, {});
  finish_lane(common_.qts, {});
  finish_lane(common_.seq, {});
  if (std::exchange(common_.again, false))
    want_common();
}

// Channels

void MessageBox::Impl::answer(RequestId id, api::updates_ChannelDifference difference, Instant now) {
  begin(now);
  ChannelBox* box = channel_that_asked(id);
  if (box == nullptr) {
    finish();
    return;
  }
  touch(*box);
  const std::int32_t from = box->lane.known ? box->lane.value : 0;
  if (const auto* empty = difference.as<api::updates_channelDifferenceEmpty>(); empty != nullptr) {
    set_numbers(box->lane, empty->pts, false);
    empty->final ? channel_is_final(*box, empty->timeout) : channel_goes_on(*box, from);
  } else if (auto* all = difference.as<api::updates_channelDifference>(); all != nullptr) {
    const bool is_final = all->final;
    const auto timeout = all->timeout;
    apply_channel_difference(*box, std::move(*all));
    is_final ? channel_is_final(*box, timeout) : channel_goes_on(*box, from);
  } else if (auto* too_long = difference.as<api::updates_channelDifferenceTooLong>(); too_long != nullptr) {
    const bool is_final = too_long->final;
    const auto timeout = too_long->timeout;
    const auto* dialog = too_long->dialog.as<api::dialog>();
    if (dialog == nullptr || !dialog->pts) {
      back_off(*box, {TimerKind::ChannelRetry, box->id.value()}, {});
    } else {
      apply_channel_too_long(*box, std::move(*too_long));
      is_final ? channel_is_final(*box, timeout) : channel_goes_on(*box, from);
    }
  } else {
    back_off(*box, {TimerKind::ChannelRetry, box->id.value()}, {});
  }
  finish();
}

void MessageBox::Impl::apply_channel_difference(ChannelBox& box, api::updates_channelDifference difference) {
  step_.users = std::move(difference.users);
  step_.chats = std::move(difference.chats);
  for (api::Update& update : difference.other_updates) {
    if (update.is<api::updateMessageID>())
      emit(std::move(update), 0);
  }
  for (api::Message& message : difference.new_messages)
    emit(as_update(std::move(message), difference.pts), difference.pts);
  distribute(std::move(difference.other_updates), Source::ChannelDifference, difference.pts, box.id);
  emit_free();
  set_numbers(box.lane, difference.pts, false);
}

/// U30. The dialog has its pts.
void MessageBox::Impl::apply_channel_too_long(ChannelBox& box, api::updates_channelDifferenceTooLong difference) {
  step_.users = std::move(difference.users);
  step_.chats = std::move(difference.chats);
  const auto& dialog = *difference.dialog.as<api::dialog>();
  const std::int32_t from = box.lane.known ? box.lane.value : box.known_before;
  ++counters_.reported_gaps;
  step_.channel_gaps.push_back({.channel = box.id,
                                .from = Pts(from),
                                .to = Pts(*dialog.pts),
                                .top_message = dialog.top_message,
                                .newest = std::move(difference.messages)});
  set_numbers(box.lane, *dialog.pts, false);
}

void MessageBox::Impl::channel_is_final(ChannelBox& box, std::optional<std::int32_t> timeout) {
  box.asking = Asking::No;
  box.failures = 0;
  box.known_before = 0;
  hear(box);
  finish_lane(box.lane, box.id);
  if (std::exchange(box.again, false)) {
    want(box);
  } else if (box.delivery == Delivery::Polled) {
    const std::int32_t pause = std::max(timeout.value_or(kLeastPollSeconds), kLeastPollSeconds);
    timers_.set({TimerKind::ChannelPoll, box.id.value()}, now_.monotonic + std::chrono::seconds(pause));
  }
}

/// U29: the next part at once. A part that brings nothing and is not the last is a fault, and must not be a loop.
void MessageBox::Impl::channel_goes_on(ChannelBox& box, std::int32_t from) {
  if (!box.lane.known || box.lane.value == from) {
    back_off(box, {TimerKind::ChannelRetry, box.id.value()}, {});
    return;
  }
  box.failures = 0;
  box.asking = Asking::Queued;
  repairs_.push_front(box.id);
}

}  // namespace ledgram::updates
