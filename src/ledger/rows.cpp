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

}  // namespace ledgram::ledger
