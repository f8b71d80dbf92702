#pragma once

/// Which sessions are to be told of updates (U37 of protocol.md). Used inside the API floor.

#include "ledgram/base/strong_id.hpp"

#include <cstdint>
#include <map>
#include <utility>

namespace ledgram::sim {

class Subscriptions {
 public:
  struct Session {
    AuthKeyId key;
    SessionId session;
    std::int32_t layer = 0;
  };

  /// The session called something outside invokeWithoutUpdates on a key that is logged in at its home DC.
  void add(Session session) { sessions_[{session.key, session.session}] = session; }

  void remove(AuthKeyId key, SessionId session) { sessions_.erase({key, session}); }

  void remove(AuthKeyId key) {
    std::erase_if(sessions_, [key](const auto& item) { return item.first.first == key; });
  }

  [[nodiscard]] const std::map<std::pair<AuthKeyId, SessionId>, Session>& all() const { return sessions_; }

 private:
  std::map<std::pair<AuthKeyId, SessionId>, Session> sessions_;
};

}  // namespace ledgram::sim
