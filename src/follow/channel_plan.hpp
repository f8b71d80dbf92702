#pragma once

/// Which channels are to be followed, as the ledger says. For the inside of this floor.

#include "ledgram/follow/account_follower.hpp"
#include "ledgram/ledger/ledger.hpp"

#include <optional>
#include <vector>

namespace ledgram::follow {

/// A channel with who can read it and whether something of its history is missing.
struct ChannelPlan {
  FollowedChannel channel;
  std::vector<ledger::ChannelAccount> candidates;
};

/// Every followed channel.
ledger::LedgerResult<std::vector<ChannelPlan>> plan_all(ledger::Ledger& ledger);

/// Nothing if it is not followed.
ledger::LedgerResult<std::optional<ChannelPlan>> plan_one(ledger::Ledger& ledger, ChannelId channel);

}  // namespace ledgram::follow
