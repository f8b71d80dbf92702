#pragma once

/// Which channels a caller may see, asked on a reader's thread.

#include "ledgram/api/call.hpp"
#include "ledgram/ledger/ledger.hpp"

#include <optional>
#include <vector>

namespace ledgram::api {

/// All that a user follows; all there are for who sees everything (nothing).
ledger::LedgerResult<std::vector<ChannelId>> visible_channels(ledger::Ledger& ledger, std::optional<OwnerId> user);

/// The wanted ones that may be seen; an empty list wants all.
ledger::LedgerResult<std::vector<ChannelId>> visible_of(ledger::Ledger& ledger, std::optional<OwnerId> user,
                                                        const std::vector<ChannelId>& wanted);

ledger::LedgerResult<bool> may_see(ledger::Ledger& ledger, std::optional<OwnerId> user, ChannelId channel);

/// Of a parameter that is a list of Schema::id().
std::vector<ChannelId> channels_of(const Call& call, std::string_view parameter);

}  // namespace ledgram::api
