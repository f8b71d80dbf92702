#pragma once

/// Which events and signals somebody gets: what may be seen, and of that what was asked for. Pure.

#include "ledgram/ledger/events.hpp"
#include "ledgram/outbox/activity.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_set>
#include <vector>

namespace ledgram::outbox {

/// What a user may see. Shared by all streams of the user.
struct Visible {
  bool everything = false;   ///< for who administers
  std::int64_t version = 0;  ///< of FeedStore::ownership_changes(): at least as new as this
  std::unordered_set<ChannelId> channels;
  std::unordered_set<AccountId> accounts;

  [[nodiscard]] bool contains(const ledger::Event& event) const;
  [[nodiscard]] bool contains(AccountId account) const { return everything || accounts.contains(account); }
};

/// Empty lists ask for all.
struct EventSelector {
  std::shared_ptr<const Visible> visible{};  ///< nothing: no event
  std::vector<ledger::EventType> types{};
  std::vector<AccountId> accounts{};
  std::vector<ChannelId> channels{};
  /// Activity in chats as well. Types and channels are about events only.
  bool activity = false;

  [[nodiscard]] bool matches(const ledger::Event& event) const;
  [[nodiscard]] bool matches(const Activity& what) const;
};

}  // namespace ledgram::outbox
