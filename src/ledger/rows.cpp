#include "ledgram/ledger/rows.hpp"

namespace ledgram::ledger {

std::string_view name_of(PeerType type) {
  switch (type) {
    case PeerType::User:
      return "user";
    case PeerType::Chat:
      return "chat";
    case PeerType::Channel:
      return "channel";
  }
  return "unknown";
}

std::string_view name_of(AccountState state) {
  return state == AccountState::Active ? "active" : "needs login";
}

std::string_view name_of(ChannelKind kind) {
  switch (kind) {
    case ChannelKind::Unknown:
      break;
    case ChannelKind::Broadcast:
      return "broadcast";
    case ChannelKind::Supergroup:
      return "supergroup";
  }
  return "unknown";
}

std::string_view name_of(Membership membership) {
  switch (membership) {
    case Membership::NotJoined:
      return "not_joined";
    case Membership::Joined:
      return "joined";
    case Membership::Lost:
      return "lost";
  }
  return "unknown";
}

}  // namespace ledgram::ledger
