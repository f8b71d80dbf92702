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

/// What a file reference is worth.
enum class ReferenceState : std::uint8_t { Good, Empty, Invalid, Expired };

/// A hash is derived from a secret, the account and the peer, so none has to be kept and no account can use another's.
class AccessHashes {
 public:
  /// Reads the secret of this data folder, or makes one at first start.
  AccessHashes(StateStore& state, RandomSource& random);

  [[nodiscard]] std::int64_t channel(UserId viewer, ChannelId channel) const;
  [[nodiscard]] std::int64_t user(UserId viewer, UserId user) const;
  [[nodiscard]] std::int64_t file(UserId viewer, std::int64_t file) const;

  // The hashes in `min` objects, which name nothing (core.telegram.org/api/min).
  [[nodiscard]] std::int64_t min_channel(UserId viewer, ChannelId channel) const;
  [[nodiscard]] std::int64_t min_user(UserId viewer, UserId user) const;

  // File references (core.telegram.org/api/file-references): each names viewer, file and the time it was given.

  [[nodiscard]] Bytes file_reference(UserId viewer, std::int64_t file) const;
  [[nodiscard]] ReferenceState check_file_reference(UserId viewer, std::int64_t file, ByteView reference) const;
  /// Those given so far are good no more.
  void expire_file_references() { ++reference_age_; }

  /// A secret of this Telegram for a purpose, the same at each start.
  [[nodiscard]] ByteArray<32> secret_of(std::string_view purpose, std::int64_t number) const;

 private:
  [[nodiscard]] std::int64_t derive(std::string_view what, UserId viewer, std::int64_t peer) const;

  [[nodiscard]] Bytes reference_of(UserId viewer, std::int64_t file, std::uint64_t age) const;

  Bytes secret_;
  std::uint64_t reference_age_ = 1;
};

}  // namespace ledgram::sim
