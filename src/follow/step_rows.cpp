#include "ledgram/follow/step_rows.hpp"

#include "ledgram/collect/message_row.hpp"
#include "ledgram/tl/api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

namespace ledgram::follow {

namespace api = tl::api;

namespace {

/// Peers whose words are remembered; beyond, all are forgotten and written once more.
constexpr std::size_t kMostTold = 4096;

std::optional<ChannelId> channel_of(const api::Message& message) {
  const auto chat = collect::chat_of(message);
  if (!chat || chat->type != ledger::PeerType::Channel)
    return std::nullopt;
  return ChannelId(chat->id);
}

void add_unique(std::vector<ChannelId>& channels, ChannelId channel) {
  if (std::ranges::find(channels, channel) == channels.end())
    channels.push_back(channel);
}

std::string words_of(const ledger::Peer& peer) {
  return fmt::format("{}\n{}\n{}\n{}", peer.access_hash.value_or(0), static_cast<int>(peer.completeness), peer.username,
                     peer.title);
}

/// What a service message of a basic group says about its migration, if it does.
std::optional<GroupMigration> migration_of(const api::Message& message, ledger::PeerKey chat) {
  const auto* service = message.as<api::messageService>();
  const auto* moved = service == nullptr ? nullptr : service->action.as<api::messageActionChatMigrateTo>();
  if (moved == nullptr)
    return std::nullopt;
  return GroupMigration{chat.id, ChannelId(moved->channel_id), {}};
}

}  // namespace

std::optional<PrivateRow> private_row(const api::Message& message, std::int32_t as_of, AccountId account,
                                      const FollowPolicy& policy) {
  const auto chat = collect::chat_of(message);
  if (!chat || !policy.keeps(chat->type) || collect::number_of(message) < 1)
    return std::nullopt;
  std::optional<ledger::Message> row = collect::to_private_row(message);
  if (!row)
    return std::nullopt;
  row->as_of = as_of;
  return PrivateRow{{account, *chat, std::move(*row)}, migration_of(message, *chat)};
}

StepRows StepReader::read(updates::Step step, Instant now) {
  StepRows rows;
  rows.batch.via = ledger::Via::Live;
  rows.batch.seen_at_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.unix_time).count();
  rows.batch.seen_at = rows.batch.seen_at_ms / 1000;
  read_peers(step, rows, rows.batch.seen_at);
  for (updates::ChannelGap& gap : step.channel_gaps)
    read_gap(gap, rows);
  // A gap of secret chats alone has no numbers here.
  if (step.common_gap && step.common_gap->from != step.common_gap->to && policy_.keeps_anything_private()) {
    rows.private_gap = true;
    rows.batch.private_gaps.push_back({account_, step.common_gap->to.value()});
  }
  for (const updates::AppliedUpdate& update : step.updates)
    read_update(update, rows);
  for (const updates::ChannelState& state : step.channels) {
    news_of(state.channel, rows).pts = state.pts.value();
    read_title(state.channel, step.chats, rows);
  }
  if (step.common) {
    rows.batch.update_states.push_back({.account = account_,
                                        .pts = step.common->pts.value(),
                                        .qts = step.common->qts.value(),
                                        .date = step.common->date,
                                        .seq = step.common->seq.value()});
  }
  rows.lost = std::move(step.lost);
  return rows;
}

ledger::ChannelNews& StepReader::news_of(ChannelId channel, StepRows& rows) {
  auto& all = rows.batch.channels;
  const auto found = std::ranges::find(all, channel, &ledger::ChannelNews::channel);
  if (found != all.end())
    return *found;
  return all.emplace_back(ledger::ChannelNews{.channel = channel});
}

/// The channel as a chat that came with its updates describes it; written when it says something new.
void StepReader::read_title(ChannelId id, const std::vector<api::Chat>& chats, StepRows& rows) {
  for (const api::Chat& chat : chats) {
    const auto* channel = chat.as<api::channel>();
    if (channel == nullptr || channel->id != id.value() || channel->min)
      continue;
    const std::string_view username = collect::username_of(*channel);
    std::string words = fmt::format("{}\n{}", username, channel->title);
    std::string& told = titles_[id];
    if (told == words)
      return;
    told = std::move(words);
    ledger::ChannelNews& news = news_of(id, rows);
    news.title = channel->title;
    news.username = std::string(username);
    news.kind = channel->megagroup ? ledger::ChannelKind::Supergroup : ledger::ChannelKind::Broadcast;
    return;
  }
}

void StepReader::read_update(const updates::AppliedUpdate& applied, StepRows& rows) {
  const api::Update& update = applied.update;
  if (const auto* fresh = update.as<api::updateNewChannelMessage>()) {
    read_channel_message(fresh->message, applied.as_of, rows, true);
  } else if (const auto* edited = update.as<api::updateEditChannelMessage>()) {
    read_channel_message(edited->message, applied.as_of, rows, false);
  } else if (const auto* gone = update.as<api::updateDeleteChannelMessages>()) {
    for (const std::int32_t id : gone->messages) {
      if (id >= 1)
        rows.batch.deletions.push_back({ChannelId(gone->channel_id), MessageNumber(id), applied.as_of});
    }
  } else if (const auto* changed = update.as<api::updateChannel>()) {
    add_unique(rows.refetch, ChannelId(changed->channel_id));
  } else if (const auto* said = update.as<api::updateNewMessage>()) {
    read_private_message(said->message, applied.as_of, rows);
  } else if (const auto* corrected = update.as<api::updateEditMessage>()) {
    read_private_message(corrected->message, applied.as_of, rows);
  } else if (const auto* removed = update.as<api::updateDeleteMessages>()) {
    if (!policy_.keeps_anything_private())
      return;
    for (const std::int32_t id : removed->messages) {
      if (id >= 1)
        rows.batch.private_deletions.push_back({account_, MessageNumber(id), applied.as_of});
    }
  }
}

void StepReader::read_channel_message(const api::Message& message, std::int32_t as_of, StepRows& rows, bool is_new) {
  const std::optional<ChannelId> channel = channel_of(message);
  const std::int32_t number = collect::number_of(message);
  if (!channel || number < 1)
    return;
  if (is_new) {
    ledger::ChannelNews& news = news_of(*channel, rows);
    news.tail_grows_to = std::max(news.tail_grows_to.value_or(0), number);
  }
  std::optional<ledger::Message> row = collect::to_row(message, *channel);
  if (!row)
    return;
  row->as_of = as_of;
  rows.batch.messages.push_back(std::move(*row));
}

void StepReader::read_private_message(const api::Message& message, std::int32_t as_of, StepRows& rows) {
  std::optional<PrivateRow> row = private_row(message, as_of, account_, policy_);
  if (!row)
    return;
  if (row->migration)
    rows.migrations.push_back(std::move(*row->migration));
  rows.batch.private_messages.push_back(std::move(row->message));
}

/// channelDifferenceTooLong: the newest messages are told, what lies between is a hole, and of all that was stored
/// nobody knows any more whether it was edited or deleted.
void StepReader::read_gap(updates::ChannelGap& gap, StepRows& rows) {
  const std::int32_t as_of = gap.to.value();
  std::int32_t lowest = gap.top_message + 1;
  for (const api::Message& message : gap.newest) {
    const std::int32_t number = collect::number_of(message);
    if (channel_of(message) != gap.channel || number < 1)
      continue;
    lowest = std::min(lowest, number);
    std::optional<ledger::Message> row = collect::to_row(message, gap.channel);
    if (!row)
      continue;
    row->as_of = as_of;
    rows.batch.messages.push_back(std::move(*row));
  }
  if (gap.top_message >= 1) {
    ledger::ChannelNews& news = news_of(gap.channel, rows);
    news.newest_id = gap.top_message;
    news.tail_id = gap.top_message;
    rows.batch.completed.push_back({gap.channel, {lowest, gap.top_message}, as_of});
  }
  constexpr std::int32_t kAllNumbers = std::numeric_limits<std::int32_t>::max() - 1;
  const std::int32_t doubtful = gap.top_message >= 1 ? lowest - 1 : kAllNumbers;
  if (doubtful >= 1)
    rows.batch.rechecks.push_back({gap.channel, {1, doubtful}, as_of});
  add_unique(rows.holes, gap.channel);
}

void StepReader::read_peers(const updates::Step& step, StepRows& rows, ledger::UnixSeconds now) {
  if (told_.size() > kMostTold)
    told_.clear();
  for (ledger::Peer& peer : collect::to_peers(step.users, step.chats, account_, now, "updates")) {
    std::string words = words_of(peer);
    std::string& told = told_[peer.key];
    if (told == words)
      continue;
    told = std::move(words);
    rows.batch.peers.push_back(std::move(peer));
  }
  for (const api::Chat& chat : step.chats) {
    if (const auto* group = chat.as<api::chat>()) {
      const auto* target = group->migrated_to.as<api::inputChannel>();
      if (target != nullptr && policy_.keeps(ledger::PeerType::Chat))
        rows.migrations.push_back({group->id, ChannelId(target->channel_id), group->title});
    } else if (const auto* closed = chat.as<api::channelForbidden>()) {
      add_unique(rows.refetch, ChannelId(closed->id));
    }
  }
}

}  // namespace ledgram::follow
