#include "ledgram/follow/channel_plan.hpp"

#include <utility>

namespace ledgram::follow {

namespace {

ledger::LedgerResult<ChannelPlan> plan_of(ledger::Ledger& ledger, ledger::Channel row) {
  ChannelPlan plan;
  auto ranges = ledger.ranges(row.id);
  if (!ranges)
    return std::unexpected(ranges.error());
  auto candidates = ledger.channel_accounts(row.id);
  if (!candidates)
    return std::unexpected(candidates.error());
  const bool complete = row.newest_id == 0 || ranges->holes({1, row.newest_id}).empty();
  plan.channel.history = complete ? History::Complete : History::Missing;
  plan.channel.row = std::move(row);
  plan.candidates = std::move(*candidates);
  return plan;
}

}  // namespace

ledger::LedgerResult<std::vector<ChannelPlan>> plan_all(ledger::Ledger& ledger) {
  auto rows = ledger.channels();
  if (!rows)
    return std::unexpected(rows.error());
  std::vector<ChannelPlan> plans;
  for (ledger::Channel& row : *rows) {
    if (row.follow != ledger::FollowState::Followed)
      continue;
    auto plan = plan_of(ledger, std::move(row));
    if (!plan)
      return std::unexpected(plan.error());
    plans.push_back(std::move(*plan));
  }
  return plans;
}

ledger::LedgerResult<std::optional<ChannelPlan>> plan_one(ledger::Ledger& ledger, ChannelId channel) {
  auto row = ledger.find_channel(channel);
  if (!row)
    return std::unexpected(row.error());
  if (!*row || (*row)->follow != ledger::FollowState::Followed)
    return std::nullopt;
  auto plan = plan_of(ledger, std::move(**row));
  if (!plan)
    return std::unexpected(plan.error());
  return std::optional<ChannelPlan>(std::move(*plan));
}

}  // namespace ledgram::follow
