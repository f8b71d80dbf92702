// Update state and differences (core.telegram.org/api/updates; section 7 of protocol.md).

#include "ledgram/sim_api/answers.hpp"
#include "ledgram/sim_api/channel_updates.hpp"
#include "ledgram/sim_api/core.hpp"
#include "ledgram/sim_api/mail_objects.hpp"
#include "ledgram/sim_api/peers.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <vector>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

/// Seconds after which a client that has no other news may ask a channel again.
constexpr std::int32_t kDifferenceTimeout = 30;

/// Seconds beside kDifferenceTimeout that a client takes to ask again.
constexpr std::int32_t kWatchGrace = 5;

/// Limits of core.telegram.org/method/updates.getChannelDifference.
constexpr std::int32_t kFewestEvents = 10;
constexpr std::int32_t kMostEvents = 100;
constexpr std::int32_t kMostEventsOfBots = 100'000;

/// Events in one answer to updates.getDifference.
constexpr std::int32_t kMostCommonEvents = 1'000;

/// How many of the newest messages a "too long" answer shows.
constexpr std::int32_t kNewestShown = 10;

DifferenceFault fault_for(const Call& call) {
  const auto& hook = call.core.hooks.difference;
  return hook ? hook(call.name_of_method(), call.account->phone) : DifferenceFault{};
}

json::value get_state(Call& call) {
  return common_state(call);
}

/// What happened to the caller's channels and memberships since `since`. Channels have their own state: what happened
/// in them is only named here, and the client asks each for the rest.
void add_channel_news(const Call& call, std::int32_t since, json::array& updates, json::array& chats) {
  const auto make = maker(call);
  // Nothing else tells of what became of memberships meanwhile.
  const auto tell_change = [&](ChannelId id, std::int32_t date) {
    const Channel* channel = call.core.chats.find(id);
    if (channel == nullptr || date < since)
      return;
    auto update = call.object("updateChannel");
    update.emplace("channel_id", id.value());
    updates.push_back(std::move(update));
    chats.push_back(make.channel(*channel));
  };
  for (const auto& [id, date] : call.account->left)
    tell_change(id, date);
  for (const auto& [id, membership] : call.account->joined)
    tell_change(id, membership.date);
  for (const auto& [id, membership] : call.account->joined) {
    const Channel* channel = call.core.chats.find(id);
    if (channel == nullptr || channel->events().empty() || channel->events().back().date < since)
      continue;
    auto update = call.object("updateChannelTooLong");
    update.emplace("channel_id", id.value());
    update.emplace("pts", channel->pts());
    updates.push_back(std::move(update));
    chats.push_back(make.channel(*channel));
  }
}

/// Events of a mailbox after `pts`, oldest first, at most `limit`.
std::vector<const MailEvent*> events_after(const Mailbox& mailbox, std::int32_t pts, std::int32_t limit) {
  const auto& events = mailbox.events();
  auto it = std::ranges::upper_bound(events, pts, {}, &MailEvent::pts);
  std::vector<const MailEvent*> out;
  for (; it != events.end() && out.size() < static_cast<std::size_t>(limit); ++it)
    out.push_back(&*it);
  return out;
}

bool is_too_long(const Call& call, const Mailbox& mailbox, std::int32_t pts) {
  const std::int32_t behind = mailbox.pts() - pts;
  const std::int32_t limit = call.core.limits.options().difference_too_long_after;
  const std::int32_t wanted = int_field(call.args, "pts_total_limit");
  return pts < mailbox.first_pts() || (limit != 0 && behind > limit) || (wanted > 0 && behind > wanted);
}

json::value get_difference(Call& call) {
  const Mailbox& mailbox = call.core.mail.of(call.account->id);
  const auto pts = int_field(call.args, "pts");
  const auto since = int_field(call.args, "date");
  if (pts <= 0)
    refuse("PERSISTENT_TIMESTAMP_EMPTY");
  if (since <= 0)
    refuse("DATE_EMPTY");
  if (pts > mailbox.pts())
    refuse("PERSISTENT_TIMESTAMP_INVALID");
  const DifferenceFault fault = fault_for(call);
  if (fault.too_long || is_too_long(call, mailbox, pts)) {
    auto out = call.object("updates.differenceTooLong");
    out.emplace("pts", mailbox.pts());
    return out;
  }
  std::int32_t limit = kMostCommonEvents;
  if (const auto wanted = int_field(call.args, "pts_limit"); wanted > 0)
    limit = std::min(limit, wanted);
  limit = std::min(limit, fault.most_events.value_or(limit));
  const auto events = events_after(mailbox, pts, limit);
  const std::int32_t reached = events.empty() ? pts : events.back()->pts;
  const bool last = reached == mailbox.pts();

  const auto make = maker(call);
  const MailMaker mail(call.core, make);
  MentionedPeers mentioned;
  std::set<std::int32_t> in_slice;
  auto messages = call.array();
  auto updates = call.array();
  for (const MailEvent* event : events) {
    const Letter* letter = event->kind == MailEvent::Kind::Delete ? nullptr : mailbox.find(event->ids.front());
    if (letter != nullptr)
      mentioned.add(*letter);
    if (event->kind == MailEvent::Kind::New) {
      // Of a message that is gone again only the deletion is told.
      if (letter != nullptr && in_slice.insert(event->ids.front()).second)
        messages.push_back(mail.letter(*letter));
    } else if (event->kind == MailEvent::Kind::Delete || !in_slice.contains(event->ids.front())) {
      if (auto update = mail.update(*event); !update.empty())
        updates.push_back(std::move(update));
    }
  }
  auto chats = mentioned.chats(mail);
  if (last)
    add_channel_news(call, since, updates, chats);
  if (events.empty() && updates.empty()) {
    auto out = call.object("updates.differenceEmpty");
    out.emplace("date", call.now);
    out.emplace("seq", mailbox.seq());
    return out;
  }
  auto state = common_state(call);
  if (!last) {
    // With the date of the request, so that whoever goes on from here still hears of all channels at the end.
    state["pts"] = reached;
    state["date"] = since;
    const auto later = std::ranges::count_if(
        mailbox.events(), [&](const MailEvent& event) { return event.pts > reached && event.seq != 0; });
    state["seq"] = mailbox.seq() - static_cast<std::int32_t>(later);
  }
  auto out = call.object(last ? "updates.difference" : "updates.differenceSlice");
  out.emplace("new_messages", std::move(messages));
  out.emplace("new_encrypted_messages", call.array());
  out.emplace("other_updates", std::move(updates));
  out.emplace("chats", std::move(chats));
  out.emplace("users", mentioned.users(mail));
  out.emplace(last ? "state" : "intermediate_state", std::move(state));
  return out;
}

json::value too_long(Call& call, const Channel& channel) {
  const auto make = maker(call);
  const auto page = history_page(channel.ids(), {.limit = kNewestShown}, {});
  MessageList list(make, channel);
  for (const auto id : page.ids)
    list.add(id);
  auto out = call.object("updates.channelDifferenceTooLong");
  out.emplace("final", true);
  out.emplace("timeout", kDifferenceTimeout);
  out.emplace("dialog", make.dialog(channel));
  out.emplace("messages", list.take_messages());
  out.emplace("chats", array_of(call, make.channel(channel)));
  out.emplace("users", list.users());
  return out;
}

/// Events whose pts lies after `pts`, oldest first, at most `limit`.
std::vector<const ChannelEvent*> events_after(const Channel& channel, std::int32_t pts, std::int32_t limit) {
  const auto& events = channel.events();
  auto it = std::ranges::upper_bound(events, pts, {}, &ChannelEvent::pts);
  std::vector<const ChannelEvent*> out;
  for (; it != events.end() && out.size() < static_cast<std::size_t>(limit); ++it)
    out.push_back(&*it);
  return out;
}

/// Whoever polls a channel without being in it is told of it for as long as he would wait until he polls again.
void watch_if_not_joined(Call& call, const Channel& channel) {
  if (call.account->joined.contains(channel.id()))
    return;
  call.core.subscriptions.watch(channel.id(), {call.context.key, call.context.session},
                                call.context.now.monotonic + std::chrono::seconds(kDifferenceTimeout + kWatchGrace));
}

json::value get_channel_difference(Call& call) {
  const Channel& channel = channel_of(call, object_field(call.args, "channel"));
  const auto pts = int_field(call.args, "pts");
  if (pts <= 0)
    refuse("PERSISTENT_TIMESTAMP_EMPTY");
  if (pts > channel.pts())
    refuse("PERSISTENT_TIMESTAMP_INVALID");
  const DifferenceFault fault = fault_for(call);
  watch_if_not_joined(call, channel);
  if (pts == channel.pts() && !fault.too_long) {
    auto out = call.object("updates.channelDifferenceEmpty");
    out.emplace("final", true);
    out.emplace("pts", pts);
    out.emplace("timeout", kDifferenceTimeout);
    return out;
  }
  const std::int32_t too_long_after = call.core.limits.options().too_long_after;
  if (fault.too_long || pts < channel.first_pts() || (too_long_after != 0 && channel.pts() - pts > too_long_after))
    return too_long(call, channel);

  const auto most = call.account->is_bot() ? kMostEventsOfBots : kMostEvents;
  const auto wanted = std::clamp(int_field(call.args, "limit"), kFewestEvents, most);
  const auto limit = std::min(wanted, fault.most_events.value_or(wanted));
  const auto events = events_after(channel, pts, limit);
  const auto make = maker(call);
  MessageList fresh(make, channel);
  std::set<std::int32_t> in_slice;
  auto updates = call.array();
  for (const ChannelEvent* event : events) {
    if (event->kind == ChannelEvent::Kind::New) {
      // Of a message that is gone again only the deletion is told.
      if (channel.date_of(event->ids.front()) == 0)
        continue;
      in_slice.insert(event->ids.front());
      fresh.add(event->ids.front());
    } else if (event->kind == ChannelEvent::Kind::Delete || !in_slice.contains(event->ids.front())) {
      // A message that is new in this slice is shown as it is now, so its edits need not be told.
      if (auto update = channel_update(make, channel, *event); !update.empty())
        updates.push_back(std::move(update));
    }
  }
  const auto last = events.empty() ? channel.pts() : events.back()->pts;
  auto out = call.object("updates.channelDifference");
  if (last == channel.pts())
    out.emplace("final", true);
  out.emplace("pts", last);
  if (last == channel.pts())
    out.emplace("timeout", kDifferenceTimeout);
  auto users = fresh.users();
  out.emplace("new_messages", fresh.take_messages());
  out.emplace("other_updates", std::move(updates));
  out.emplace("chats", array_of(call, make.channel(channel)));
  out.emplace("users", std::move(users));
  return out;
}

constexpr std::array kMethods{
    Method{"updates.getState", Caller::Account, get_state},
    Method{"updates.getDifference", Caller::Account, get_difference},
    Method{"updates.getChannelDifference", Caller::Account, get_channel_difference},
};

}  // namespace

std::span<const Method> update_methods() {
  return kMethods;
}

}  // namespace ledgram::sim
