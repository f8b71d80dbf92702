#include "ledgram/sim_server/hub.hpp"

#include "ledgram/sim_server/peer.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <cassert>

namespace ledgram::sim {

namespace json = boost::json;

Hub::~Hub() {
  assert(peers_.empty() && "connections must end before what they share");
}

const crypto::RsaPrivateKey* Hub::rsa_key(DcId dc) const {
  if (dc == kCdnDc)
    return cdn_key_ ? &*cdn_key_ : nullptr;
  return &parts_.rsa_key;
}

ServerResult<void> Hub::switch_cdn_on() {
  if (cdn_key_ || !cdn_switch_)
    return {};
  auto key = cdn_switch_();
  if (!key)
    return std::unexpected(std::move(key.error()));
  cdn_key_ = std::move(*key);
  return {};
}

void Hub::push(AuthKeyId key, SessionId session, Bytes body) {
  const auto found = sessions_.find({key, session});
  if (found == sessions_.end())
    return;
  LiveSession& live = *found->second;
  live.session.push(std::move(body), now());
  if (live.peer != nullptr)
    live.peer->wake();
}

LiveSession& Hub::session(KeyEntry& key, SessionId id, Instant now) {
  const SessionKey name{key.key.id(), id};
  auto found = sessions_.find(name);
  if (found == sessions_.end()) {
    make_room(name.first);
    keys().save_salt(key, now);
    found = sessions_.emplace(name, std::make_unique<LiveSession>(key, id, random())).first;
  }
  found->second->last_used = now.monotonic;
  return *found->second;
}

/// Ends the longest unused session without a connection (or, if all have one, the longest unused) of a key that has
/// too many.
void Hub::make_room(AuthKeyId key) {
  const auto first = sessions_.lower_bound({key, SessionId(INT64_MIN)});
  auto oldest = sessions_.end();
  std::size_t count = 0;
  const auto rank = [](const LiveSession& live) { return std::pair(live.peer != nullptr, live.last_used); };
  for (auto at = first; at != sessions_.end() && at->first.first == key; ++at) {
    ++count;
    if (oldest == sessions_.end() || rank(*at->second) < rank(*oldest->second))
      oldest = at;
  }
  if (count >= kMaxSessionsPerKey)
    end_session(oldest);
}

Hub::Sessions::iterator Hub::end_session(Sessions::iterator position) {
  LiveSession& live = *position->second;
  if (live.peer != nullptr)
    live.peer->detach(live);
  const SessionKey name = position->first;
  const auto next = sessions_.erase(position);
  if (service_ != nullptr)
    service_->session_closed(name.first, name.second);
  return next;
}

bool Hub::end_session(AuthKeyId key, SessionId id) {
  const auto found = sessions_.find({key, id});
  if (found == sessions_.end())
    return false;
  end_session(found);
  return true;
}

void Hub::forget_key(AuthKeyId key) {
  auto at = sessions_.lower_bound({key, SessionId(INT64_MIN)});
  while (at != sessions_.end() && at->first.first == key)
    at = end_session(at);
  keys().forget(key);
  service_->forget_key(key);
}

std::size_t Hub::forget_keys_of(std::string_view phone) {
  std::vector<AuthKeyId> ids;
  for (const KeyEntry* entry : keys().all()) {
    if (entry->phone == phone)
      ids.push_back(entry->key.id());
  }
  for (const AuthKeyId id : ids)
    forget_key(id);
  return ids.size();
}

void Hub::drop_idle_sessions(Instant now) {
  for (auto at = sessions_.begin(); at != sessions_.end();) {
    const LiveSession& live = *at->second;
    const bool idle = live.peer == nullptr && live.last_used + kSessionIdle <= now.monotonic;
    at = idle ? end_session(at) : std::next(at);
  }
}

std::size_t Hub::drop_connections(std::optional<DcId> dc) {
  std::size_t dropped = 0;
  for (Peer* peer : peers_) {
    if (dc && peer->dc() != dc)
      continue;
    peer->abort();
    ++dropped;
  }
  return dropped;
}

void Hub::wake_all() {
  for (Peer* peer : peers_)
    peer->wake();
}

void Hub::count_call(std::string_view method, bool failed) {
  auto found = calls_.find(method);
  if (found == calls_.end())
    found = calls_.emplace(std::string(method), CallCount{}).first;
  ++found->second.calls;
  if (failed)
    ++found->second.errors;
}

json::object Hub::status() const {
  json::array connections;
  for (const Peer* peer : peers_)
    connections.push_back(peer->status());
  json::array sessions;
  for (const auto& [name, live] : sessions_) {
    json::object session{{"auth_key", to_text(name.first)},
                         {"session", name.second.value()},
                         {"dc", live->key.dc.value()},
                         {"connected", live->peer != nullptr},
                         {"unacknowledged", live->session.unacknowledged()}};
    sessions.push_back(std::move(session));
  }
  json::array keys;
  for (const KeyEntry* entry : parts_.keys.all()) {
    json::object key{{"auth_key", to_text(entry->key.id())}, {"dc", entry->dc.value()}, {"account", entry->phone}};
    keys.push_back(std::move(key));
  }
  json::object methods;
  for (const auto& [method, count] : calls_) {
    methods[method.empty() ? "(unreadable)" : method] = json::object{{"calls", count.calls}, {"errors", count.errors}};
  }
  return {{"connections", std::move(connections)},
          {"sessions", std::move(sessions)},
          {"auth_keys", std::move(keys)},
          {"methods", std::move(methods)},
          {"connections_accepted", connections_accepted_},
          {"key_exchanges", handshakes_}};
}

}  // namespace ledgram::sim
