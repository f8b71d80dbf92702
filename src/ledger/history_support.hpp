#pragma once

/// For tests that interrupt a writer: a long history of batches that use every table, each made from its number alone,
/// and the whole content of a ledger as text.

#include "ledgram/ledger/ledger.hpp"
#include "ledgram/ledger/test_support.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace ledgram::ledger {

inline constexpr ChannelId kHistoryChannel{100};
inline constexpr AccountId kHistoryAccount{1};

inline Message history_message(std::int32_t number, std::int32_t as_of, std::size_t size) {
  Message message = text_message(kHistoryChannel, number, fmt::format("as of {} {}", as_of, std::string(size, 't')));
  message.as_of = as_of;
  return message;
}

/// Batch `step`, from 1 on: live news with edits and deletions, now and then a gap, a page of history, other news. The
/// account's pts says how many were committed. `size`: characters of each text.
inline Batch history_batch(std::int32_t step, std::size_t size = 300) {
  const std::int32_t pts = 1000 + 10 * step;
  const std::int32_t newest = 4 * step;
  Batch batch;
  batch.via = Via::Live;
  batch.seen_at = 1'700'000'000 + step;
  batch.update_states.push_back({kHistoryAccount, step, 2 * step, 3 * step, 4 * step});
  ChannelNews news{.channel = kHistoryChannel, .pts = pts};
  if (step == 1) {
    news.tail_id = 0;
    news.news_after_if_unset = 0;
  }
  if (step % 7 == 0) {
    // A gap: the first two of the four were missed, and what was before it has to be read again.
    news.tail_id = newest;
    batch.completed.push_back({.channel = kHistoryChannel, .range = {newest - 1, newest}, .as_of = pts});
    batch.rechecks.push_back({.channel = kHistoryChannel, .range = {1, newest - 20}, .as_of = pts});
  } else {
    news.tail_grows_to = newest;
    batch.messages.push_back(history_message(newest - 3, pts, size));
  }
  batch.messages.push_back(history_message(newest - 1, pts, size));
  batch.messages.push_back(history_message(newest, pts, size));
  if (step > 2)
    batch.messages.push_back(history_message(newest - 4, pts, size / 2));
  if (step > 3) {
    batch.deletions.push_back({kHistoryChannel, MessageNumber(newest - 9), pts});
    batch.deletions.push_back({kHistoryChannel, MessageNumber(newest - 10), pts});
  }
  if (step % 5 == 0)
    batch.completed.push_back({.channel = kHistoryChannel, .range = {newest - 18, newest - 14}, .as_of = pts});
  if (step % 3 == 0)
    news.title = fmt::format("Title {}", step);
  if (step % 4 == 0) {
    const AccountState state = step % 8 == 0 ? AccountState::Active : AccountState::LoggedOut;
    batch.accounts.push_back({.account = kHistoryAccount, .state = state, .reason = "test"});
  }
  batch.channels.push_back(news);
  batch.peers.push_back({.account = kHistoryAccount,
                         .key = {PeerType::User, step},
                         .access_hash = step,
                         .username = fmt::format("user{}", step),
                         .updated = step});
  PrivateMessage letter{.account = kHistoryAccount, .peer = {PeerType::User, 5}, .message = {}};
  letter.message = history_message(step, pts, size);
  batch.private_messages.push_back(letter);
  letter.message = history_message(step - 1, pts, size / 2);
  if (step > 1)
    batch.private_messages.push_back(letter);
  batch.private_deletions.push_back({kHistoryAccount, MessageNumber(step / 2), pts});
  // A gap of private chats, a chat that is read again for it, and its end.
  if (step % 7 == 1)
    batch.private_gaps.push_back({kHistoryAccount, pts});
  if (step % 7 == 3)
    batch.private_readings.push_back({kHistoryAccount, {PeerType::User, 5}, pts - 20, step});
  if (step % 7 == 5)
    batch.private_gap_ends.push_back({kHistoryAccount, pts - 40});
  return batch;
}

/// How many batches of the history are in the ledger.
inline std::int32_t history_length(Ledger& ledger) {
  const auto state = must(ledger.update_state(kHistoryAccount));
  return state ? state->pts : 0;
}

/// Everything that the history touches, so that two ledgers with the same content give the same text.
inline std::string whole_content(Ledger& ledger) {
  std::string text;
  const Channel channel = must(ledger.find_channel(kHistoryChannel)).value();
  text += fmt::format("channel {} pts {} tail {} news {} newest {}\n", channel.title, channel.pts,
                      channel.tail_id.value_or(-1), channel.news_after.value_or(-1), channel.newest_id);
  const Account account = must(ledger.accounts()).at(0);
  text += fmt::format("account {} {} {}\n", name_of(account.state), account.state_reason, account.state_since);
  const auto state = must(ledger.update_state(kHistoryAccount)).value_or(UpdateState{});
  text += fmt::format("state {} {} {} {}\n", state.pts, state.qts, state.date, state.seq);
  const IdRangeSet ranges = must(ledger.ranges(kHistoryChannel));
  for (const IdRange& range : ranges.ranges())
    text += fmt::format("range {}-{}\n", range.first, range.last);
  const IdRangeSet rechecks = must(ledger.rechecks(kHistoryChannel));
  for (const IdRange& range : rechecks.ranges())
    text += fmt::format("recheck {}-{}\n", range.first, range.last);
  for (const DeletionMark& mark : must(ledger.deletions(kHistoryChannel)))
    text += fmt::format("gone {} {} {}\n", mark.number.value(), mark.as_of, mark.at);
  const PostFilter all{.channel = kHistoryChannel, .include_deleted = IncludeDeleted::Yes};
  for (const Post& post : must(ledger.posts(all))) {
    const MessageNumber number = post.message.number;
    text += fmt::format("message {} {} {} {}\n", number.value(), post.message.as_of, post.message.text.size(),
                        post.deletion.has_value());
    for (const MessageVersion& version : must(ledger.message_versions(kHistoryChannel, number)))
      text += fmt::format("version {} {}\n", version.as_of, version.text.size());
  }
  for (const PrivatePost& post : must(ledger.private_messages(kHistoryAccount, std::nullopt, INT64_MAX))) {
    const Message& message = post.message.message;
    text +=
        fmt::format("letter {} {} {} {} {}\n", message.number.value(), message.as_of, message.text.size(),
                    post.deletion.has_value(), must(ledger.private_versions(kHistoryAccount, message.number)).size());
  }
  if (const auto gap = must(ledger.private_gap(kHistoryAccount)))
    text += fmt::format("private gap {} {} {}\n", gap->as_of, gap->newest, gap->since);
  for (const PrivateReading& reading : must(ledger.private_readings(kHistoryAccount)))
    text += fmt::format("reading {} {}\n", reading.peer.id, reading.down_to);
  for (const Event& event : must(ledger.events({.limit = INT64_MAX}))) {
    // Those of the set-up carry the time of day.
    if (event.at >= 1'700'000'000'000 && event.at < 1'701'000'000'000)
      text += fmt::format("event {} {} {} {:x}\n", event.number, event.at, name_of(event.type),
                          std::hash<std::string>{}(event.data));
  }
  return text;
}

}  // namespace ledgram::ledger
