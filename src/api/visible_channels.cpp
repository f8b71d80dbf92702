#include "ledgram/api/visible_channels.hpp"

#include "ledgram/ledger/ownership.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace ledgram::api {

ledger::LedgerResult<std::vector<ChannelId>> visible_channels(ledger::Ledger& ledger, std::optional<OwnerId> user) {
  if (user)
    return ledger.ownership().subscriptions(*user);
  const auto channels = ledger.channels();
  if (!channels)
    return std::unexpected(channels.error());
  std::vector<ChannelId> ids;
  ids.reserve(channels->size());
  for (const ledger::Channel& channel : *channels)
    ids.push_back(channel.id);
  return ids;
}

ledger::LedgerResult<std::vector<ChannelId>> visible_of(ledger::Ledger& ledger, std::optional<OwnerId> user,
                                                        const std::vector<ChannelId>& wanted) {
  if (wanted.empty())
    return visible_channels(ledger, user);
  std::vector<ChannelId> seen;
  for (const ChannelId channel : wanted) {
    const auto may = may_see(ledger, user, channel);
    if (!may)
      return std::unexpected(may.error());
    if (*may)
      seen.push_back(channel);
  }
  return seen;
}

ledger::LedgerResult<bool> may_see(ledger::Ledger& ledger, std::optional<OwnerId> user, ChannelId channel) {
  if (user)
    return ledger.ownership().is_subscribed(*user, channel);
  const auto found = ledger.find_channel(channel);
  if (!found)
    return std::unexpected(found.error());
  return found->has_value();
}

std::vector<ChannelId> channels_of(const Call& call, std::string_view parameter) {
  std::vector<ChannelId> channels;
  for (const std::string& text : call.list(parameter)) {
    // The schema has seen to it that they are numbers.
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    channels.emplace_back(number);
  }
  return channels;
}

}  // namespace ledgram::api
