#include "ledgram/tl/codec.hpp"
#include "ledgram/updates/message_box_impl.hpp"

// How updates of one lane come into their order.

namespace ledgram::updates {

namespace api = tl::api;

namespace {

/// Differences in a row that may leave a gap open before it is given up and reported. The third is asked for 3.5 s
/// after the first at the earliest, which is more than the servers lag behind each other in ordinary times.
constexpr unsigned kFruitlessDifferences = 3;

std::size_t wire_size(const LaneItem& item) {
  tl::Writer out;
  if (item.update)
    item.update.write(out);
  for (const api::Update& update : item.updates)
    update.write(out);
  return out.take().size();
}

/// U26: a channel whose pts nobody knows begins right before the first update that comes. If that takes no step, the
/// change with its number may still be on its way, so the lane stays one below.
void begin_with(Lane& lane, LaneItem& item) {
  if (item.count == 0) {
    lane.set(std::max(item.number - 1, 1));
    return;
  }
  lane.set(static_cast<std::int32_t>(std::max<std::int64_t>(item.start(), 0)));
  // Nothing can be asked for from before pts 1, so the channel's first change cannot wait for a difference.
  if (lane.value < 1 && item.need == Need::Peers)
    item.need = Need::Nothing;
}

}  // namespace

void MessageBox::Impl::offer(Question& question, Lane& lane, LaneItem item) {
  if (lane.kind == LaneKind::Channel && !lane.known && question.asking != Asking::Running) {
    begin_with(lane, item);
    if (item.count == 0 && item.need == Need::Nothing) {
      if (item.update)
        emit(std::move(item.update), item.number);
      return;
    }
  }
  if (lane.known && lane.judge(item) == Verdict::Covered) {
    ++counters_.covered;
    return;
  }
  if (question.asking == Asking::Running || !lane.known)
    return keep(question, lane, std::move(item));
  switch (lane.judge(item)) {
    case Verdict::Covered:  // dealt with above
    case Verdict::Ahead:
      return keep(question, lane, std::move(item));
    case Verdict::Overlap:
      if (lane.kind != LaneKind::Seq) {
        lane.seen = std::max(lane.seen, item.number);
        return;
      }
      break;
    case Verdict::Apply:
      if (item.need != Need::Nothing)
        return keep(question, lane, std::move(item));
      break;
  }
  apply(lane, std::move(item));
  run(lane);
}

void MessageBox::Impl::keep(Question& question, Lane& lane, LaneItem item) {
  if (lane.kept.has(item)) {
    ++counters_.covered;
    return;
  }
  item.bytes = wire_size(item);
  if (lane.kept.size() >= options_.max_kept_updates || kept_bytes_ + item.bytes > options_.max_kept_bytes) {
    ++counters_.overflowed;
    // What is dropped is told by any difference that is asked for from now on. A running one may not know it.
    if (question.asking == Asking::Running)
      question.again = true;
    lane.seen = std::max(lane.seen, item.number);
    return;
  }
  took_something_ = true;
  kept_bytes_ += item.bytes;
  lane.kept.add(std::move(item));
}

void MessageBox::Impl::apply(Lane& lane, LaneItem item) {
  if (lane.kind == LaneKind::Seq) {
    for (api::Update& update : item.updates)
      emit(std::move(update), 0);
    common_.date = std::max(common_.date, item.date);
  } else if (item.update) {
    emit(std::move(item.update), lane.kind == LaneKind::Qts ? 0 : item.number);
  }
  lane.set(std::max(lane.value, item.number));
}

/// Applies what is kept as far as nothing is missing.
void MessageBox::Impl::run(Lane& lane) {
  while (!lane.kept.empty()) {
    const Verdict verdict = lane.judge(lane.kept.front());
    if (verdict == Verdict::Ahead || (verdict == Verdict::Apply && lane.kept.front().need != Need::Nothing))
      return;
    LaneItem item = lane.kept.pop();
    kept_bytes_ -= item.bytes;
    if (verdict == Verdict::Apply || lane.kind == LaneKind::Seq) {
      // What was kept of a container that a difference has overtaken is not told there (U11), so it is applied late.
      apply(lane, std::move(item));
    } else if (verdict == Verdict::Covered) {
      ++counters_.covered;
    } else {
      lane.seen = std::max(lane.seen, item.number);
    }
  }
}

/// A final difference came: what is kept goes on from there. It has to come to an end even if the server never tells
/// what it once announced.
void MessageBox::Impl::finish_lane(Lane& lane, ChannelId channel) {
  lane.kept.forget_missing_peers();
  lane.hint = 0;
  run(lane);
  if (!lane.ahead())
    return;
  lane.fruitless = lane.value > lane.value_after_difference ? 0 : lane.fruitless + 1;
  lane.value_after_difference = lane.value;
  lane.moved = true;
  if (lane.fruitless >= kFruitlessDifferences)
    give_up_gaps(lane, channel);
}

void MessageBox::Impl::give_up_gaps(Lane& lane, ChannelId channel) {
  while (!lane.kept.empty()) {
    const LaneItem& next = lane.kept.front();
    const bool lacks_content = lane.blocked();
    report_gap(lane, channel, lacks_content ? next.number : static_cast<std::int32_t>(next.start()));
    run(lane);
  }
  if (lane.seen > lane.value)
    report_gap(lane, channel, lane.seen);
}

/// The changes after the lane's value up to `to` will never be told.
void MessageBox::Impl::report_gap(Lane& lane, ChannelId channel, std::int32_t to) {
  ++counters_.reported_gaps;
  if (lane.kind == LaneKind::Channel) {
    step_.channel_gaps.push_back(
        {.channel = channel, .from = Pts(lane.value), .to = Pts(to), .top_message = 0, .newest = {}});
  } else if (lane.kind == LaneKind::Pts) {
    const Pts from = step_.common_gap ? step_.common_gap->from : Pts(lane.value);
    step_.common_gap = CommonGap{.from = from, .to = Pts(to)};
  } else if (lane.kind == LaneKind::Qts && !step_.common_gap) {
    step_.common_gap = CommonGap{.from = Pts(common_.pts.value), .to = Pts(common_.pts.value)};
  }
  lane.set(to);
}

}  // namespace ledgram::updates
