#pragma once

/// Which sessions are to be told of updates (U31 and U37 of protocol.md). Used inside the API floor.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/strong_id.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace ledgram::sim {

class Subscriptions {
 public:
  using Name = std::pair<AuthKeyId, SessionId>;

  struct Session {
    AuthKeyId key;
    SessionId session;
    UserId account;
    std::int32_t layer = 0;

    [[nodiscard]] Name name() const { return {key, session}; }
    friend bool operator==(const Session&, const Session&) = default;
  };

  /// The session called something outside invokeWithoutUpdates on a key that is logged in at its home DC.
  void add(const Session& session) {
    const auto [position, fresh] = sessions_.try_emplace(session.name(), session);
    if (!fresh && position->second == session)
      return;
    if (!fresh)
      by_account_[position->second.account].erase(session.name());
    position->second = session;
    by_account_[session.account].insert(session.name());
    ++version_;
  }

  void remove(AuthKeyId key, SessionId session) {
    if (const auto found = sessions_.find({key, session}); found != sessions_.end())
      remove(found);
  }

  void remove(AuthKeyId key) {
    auto at = sessions_.lower_bound({key, SessionId(INT64_MIN)});
    while (at != sessions_.end() && at->first.first == key)
      at = remove(at);
  }

  [[nodiscard]] const std::map<Name, Session>& all() const { return sessions_; }

  /// A copy, since whoever is told may call back.
  [[nodiscard]] std::vector<Session> of(UserId account) const {
    std::vector<Session> found;
    if (const auto names = by_account_.find(account); names != by_account_.end()) {
      for (const Name& name : names->second)
        found.push_back(sessions_.at(name));
    }
    return found;
  }

  /// Changes with each change of all().
  [[nodiscard]] std::uint64_t version() const { return version_; }

  /// The session polls a channel that its account is not in: it is told of it until this monotonic time.
  void watch(ChannelId channel, Name session, nanoseconds until) { watches_[channel][session] = until; }

  /// Sessions that watch the channel now.
  [[nodiscard]] std::vector<Session> watching(ChannelId channel, nanoseconds now) {
    std::vector<Session> found;
    const auto watches = watches_.find(channel);
    if (watches == watches_.end())
      return found;
    std::erase_if(watches->second, [now](const auto& watch) { return watch.second <= now; });
    for (const auto& [name, until] : watches->second) {
      if (const auto session = sessions_.find(name); session != sessions_.end())
        found.push_back(session->second);
    }
    if (watches->second.empty())
      watches_.erase(watches);
    return found;
  }

 private:
  std::map<Name, Session>::iterator remove(std::map<Name, Session>::iterator position) {
    ++version_;
    by_account_[position->second.account].erase(position->first);
    return sessions_.erase(position);
  }

  std::map<Name, Session> sessions_;
  std::map<UserId, std::set<Name>> by_account_;
  std::map<ChannelId, std::map<Name, nanoseconds>> watches_;
  std::uint64_t version_ = 0;
};

}  // namespace ledgram::sim
