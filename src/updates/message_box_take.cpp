#include "ledgram/updates/message_box_impl.hpp"
#include "ledgram/updates/short_message.hpp"

#include <algorithm>
#include <tuple>

// What is pushed, and what calls return as Updates.

namespace ledgram::updates {

namespace api = tl::api;

void MessageBox::Impl::take(api::Updates updates, Instant now) {
  begin(now);
  switch (updates.id()) {
    case api::updates::kId: {
      auto& all = *updates.as<api::updates>();
      take_container(std::move(all.users), std::move(all.chats), std::move(all.updates));
      take_sequence(all.date, all.seq, all.seq);
      break;
    }
    case api::updatesCombined::kId: {
      auto& all = *updates.as<api::updatesCombined>();
      take_container(std::move(all.users), std::move(all.chats), std::move(all.updates));
      take_sequence(all.date, all.seq_start, all.seq);
      break;
    }
    case api::updateShort::kId: {
      std::vector<api::Update> one;
      one.push_back(std::move(updates.as<api::updateShort>()->update));
      take_container({}, {}, std::move(one));
      emit_free();
      break;
    }
    case api::updatesTooLong::kId:
      want_common();
      break;
    default:
      take_short(std::move(updates));
      break;
  }
  finish();
}

void MessageBox::Impl::take_short(api::Updates updates) {
  common_.heard = now_.monotonic;
  if (const auto* sent = updates.as<api::updateShortSentMessage>(); sent != nullptr) {
    if (sent->pts > 0 && sent->pts_count >= 0)
      offer(common_, common_.pts,
            {.number = sent->pts, .count = sent->pts_count, .need = Need::Content, .update = {}, .updates = {}});
    else
      want_common();
    return;
  }
  api::Update update = written_out(updates, options_.self);
  if (!update)
    return;
  const Route route = route_of(update);
  const bool complete = all_introduced(update, {}, *book_, options_.self, PeerCheck::Short);
  if (route.kind == RouteKind::Common) {
    offer(common_, common_.pts,
          {.number = route.number,
           .count = route.count,
           .need = complete ? Need::Nothing : Need::Peers,
           .update = std::move(update),
           .updates = {}});
  } else if (route.kind == RouteKind::Nowhere) {
    ++counters_.malformed;
  } else {
    emit(std::move(update), 0);
    if (!complete)
      want_common();
  }
}

/// Leaves what has no number in free_.
void MessageBox::Impl::take_container(std::vector<api::User> users, std::vector<api::Chat> chats,
                                      std::vector<api::Update> updates) {
  took_something_ = updates.empty();
  introduce(users, chats);
  distribute(std::move(updates), Source::Push, 0, {});
  // Whom a container introduces matters only with what it says; a container that all sessions got is told once.
  if (took_something_ || !free_.empty()) {
    step_.users = std::move(users);
    step_.chats = std::move(chats);
  }
}

/// What is left of a container. Its seq is one of three kinds: none (0), the next, or a later one.
void MessageBox::Impl::take_sequence(std::int32_t date, std::int64_t seq_start, std::int32_t seq) {
  const std::int64_t count = seq - seq_start + 1;
  if (seq <= 0 || count < 1 || seq_start < 1) {
    emit_free();
    common_.date = std::max(common_.date, date);
    return;
  }
  common_.heard = now_.monotonic;
  offer(common_, common_.seq,
        {.number = seq,
         .count = static_cast<std::int32_t>(count),
         .date = date,
         .update = {},
         .updates = std::exchange(free_, {})});
}

void MessageBox::Impl::introduce(std::span<const api::User> users, std::span<const api::Chat> chats) {
  introduced_.clear();
  for (const api::User& user : users)
    introduced_.push_back(ref_of(user));
  for (const api::Chat& chat : chats)
    introduced_.push_back(ref_of(chat));
  std::ranges::sort(introduced_);
}

void MessageBox::Impl::distribute(std::vector<api::Update> updates, Source source, std::int32_t as_of, ChannelId own) {
  numbered_.clear();
  for (api::Update& update : updates) {
    if (!update)
      continue;
    const Route route = route_of(update);
    switch (route.kind) {
      case RouteKind::MessageId:
        emit(std::move(update), 0);
        break;
      case RouteKind::Free:
        free_.push_back(std::move(update));
        break;
      case RouteKind::ChannelTooLong:
        channel_too_long(route, source);
        break;
      case RouteKind::ChannelRead:
        if (ChannelBox* box = find(route.channel); box != nullptr && box->lane.known)
          hear(*box).lane.hint = std::max(box->lane.hint, route.number);
        free_.push_back(std::move(update));
        break;
      case RouteKind::PtsChanged:
        if (source == Source::Push) {
          common_.may_go_back = true;
          want_common();
        }
        break;
      case RouteKind::Nowhere:
        ++counters_.malformed;
        break;
      case RouteKind::Common:
      case RouteKind::Qts:
      case RouteKind::Channel:
        numbered_.push_back({route, numbered_.size(), std::move(update)});
        break;
    }
  }
  // U6. What takes no step goes before what takes one from there.
  std::ranges::sort(numbered_, {}, [](const Numbered& one) {
    return std::tuple(std::int64_t{one.route.number} - one.route.count, one.route.number, one.index);
  });
  for (Numbered& one : numbered_)
    route_numbered(one.route, std::move(one.update), source, as_of, own);
  numbered_.clear();
}

void MessageBox::Impl::route_numbered(const Route& route, api::Update update, Source source, std::int32_t as_of,
                                      ChannelId own) {
  ChannelBox* box = nullptr;
  if (route.kind == RouteKind::Channel) {
    box = find(route.channel);
    if (box == nullptr) {
      ++counters_.foreign;
      return;
    }
    hear(*box);
    if (route.number <= 0 || (source == Source::ChannelDifference && box->id == own)) {
      emit(std::move(update), route.number <= 0 ? 0 : as_of);
      return;
    }
  } else if (source == Source::CommonDifference) {
    emit(std::move(update), route.kind == RouteKind::Common ? as_of : 0);
    return;
  } else {
    common_.heard = now_.monotonic;
  }
  const bool complete =
      source != Source::Push || all_introduced(update, introduced_, *book_, options_.self, PeerCheck::Usual);
  LaneItem item{.number = route.number,
                .count = route.count,
                .need = complete ? Need::Nothing : Need::Peers,
                .update = std::move(update),
                .updates = {}};
  if (box != nullptr)
    offer(*box, box->lane, std::move(item));
  else
    offer(common_, route.kind == RouteKind::Common ? common_.pts : common_.qts, std::move(item));
}

/// U32.
void MessageBox::Impl::channel_too_long(const Route& route, Source source) {
  ChannelBox* box = find(route.channel);
  if (box == nullptr) {
    ++counters_.foreign;
    return;
  }
  touch(*box);
  Lane& lane = box->lane;
  if (route.number > 0 && lane.known) {
    if (route.number <= lane.value)
      return;
    lane.seen = std::max(lane.seen, route.number);
    // A running difference may bring it; if not, what was seen stays ahead.
    if (box->asking != Asking::Running)
      want(*box);
    return;
  }
  // A difference that sends its reader to another one at once could do so for ever.
  if (source != Source::ChannelDifference)
    want(*box);
}

void MessageBox::Impl::take_affected(Pts pts, std::int32_t pts_count, std::optional<ChannelId> channel, Instant now) {
  if (pts.value() <= 0 || pts_count < 0)
    return;
  begin(now);
  LaneItem item{.number = pts.value(), .count = pts_count, .update = {}, .updates = {}};
  if (!channel) {
    common_.heard = now_.monotonic;
    offer(common_, common_.pts, std::move(item));
  } else if (ChannelBox* box = find(*channel); box != nullptr) {
    offer(hear(*box), box->lane, std::move(item));
  } else {
    ++counters_.foreign;
  }
  finish();
}

void MessageBox::Impl::emit_free() {
  for (api::Update& update : free_)
    emit(std::move(update), 0);
  free_.clear();
}

void MessageBox::Impl::emit(api::Update update, std::int32_t as_of) {
  ++counters_.applied;
  took_something_ = true;
  step_.updates.push_back({std::move(update), as_of});
}

}  // namespace ledgram::updates
