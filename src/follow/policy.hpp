#pragma once

/// What of an account's updates is stored, as the configuration says.

#include "ledgram/ledger/rows.hpp"

#include <cstdint>

namespace ledgram::follow {

enum class Keep : std::uint8_t { No, Yes };

/// What is stored beside the channels and groups that are tracked.
struct FollowPolicy {
  Keep private_chats = Keep::No;
  Keep basic_groups = Keep::No;

  [[nodiscard]] bool keeps(ledger::PeerType type) const {
    return (type == ledger::PeerType::User && private_chats == Keep::Yes) ||
           (type == ledger::PeerType::Chat && basic_groups == Keep::Yes);
  }
  [[nodiscard]] bool keeps_anything_private() const { return private_chats == Keep::Yes || basic_groups == Keep::Yes; }
};

}  // namespace ledgram::follow
