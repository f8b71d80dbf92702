#pragma once

/// Access hashes: what an account must show to name a channel or user (core.telegram.org/api/peers; P1 of protocol.md).
/// Used inside the API floor.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/sim_content/state_store.hpp"

#include <cstdint>
#include <string_view>

namespace ledgram::sim {

/// A hash is derived from a secret, the account and the peer, so none has to be kept and no account can use another's.
class AccessHashes {
 public:
  /// Reads the secret of this data folder, or makes one at first start.
  AccessHashes(StateStore& state, RandomSource& random);

  [[nodiscard]] std::int64_t channel(UserId viewer, ChannelId channel) const;
  [[nodiscard]] std::int64_t user(UserId viewer, UserId user) const;

 private:
  [[nodiscard]] std::int64_t derive(std::string_view what, UserId viewer, std::int64_t peer) const;

  Bytes secret_;
};

}  // namespace ledgram::sim
