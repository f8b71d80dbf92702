#pragma once

/// What the caller of a MessageBox knows about people and chats.

#include <cstdint>
#include <functional>

namespace ledgram::updates {

enum class PeerKind : std::uint8_t { User, Chat, Channel };

/// Numbers of users, basic groups and channels overlap, so the kind belongs to them.
struct PeerRef {
  PeerKind kind;
  std::int64_t id;

  friend auto operator<=>(const PeerRef&, const PeerRef&) = default;
};

/// Owned by the caller, who must keep it longer than the box. Asked for the peers of pushed messages that their
/// container did not bring, so an answer should cost no more than a look into a hash table.
class PeerBook {
 public:
  virtual ~PeerBook() = default;

  /// True if the account can address this peer: a full object with its access hash was seen, not only a min one (U36).
  [[nodiscard]] virtual bool knows(PeerRef peer) const = 0;
};

}  // namespace ledgram::updates
