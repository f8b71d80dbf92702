#include "ledgram/outbox/selector.hpp"

#include <algorithm>

namespace ledgram::outbox {
namespace {

template <class T>
bool asks_for(const std::vector<T>& wanted, const std::optional<T>& value) {
  return wanted.empty() || (value && std::ranges::find(wanted, *value) != wanted.end());
}

}  // namespace

// An event of a channel belongs to those who follow the channel, whatever account it came by; all others to the owner
// of their account.
bool Visible::contains(const ledger::Event& event) const {
  if (everything)
    return true;
  if (event.channel)
    return channels.contains(*event.channel);
  return event.account && accounts.contains(*event.account);
}

bool EventSelector::matches(const ledger::Event& event) const {
  return asks_for(types, std::optional(event.type)) && asks_for(channels, event.channel) &&
         asks_for(accounts, event.account) && visible && visible->contains(event);
}

bool EventSelector::matches(const Activity& what) const {
  return activity && asks_for(accounts, std::optional(what.account)) && visible && visible->contains(what.account);
}

}  // namespace ledgram::outbox
