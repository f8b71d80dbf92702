#include "ledgram/sim_server/hub.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/mtproto/key_binding.hpp"
#include "ledgram/sim_server/peer.hpp"
#include "ledgram/tl/reader.hpp"

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

Instant Hub::now() const {
  Instant now = parts_.clock.now();
  now.unix_time += parts_.faults.clock_offset();
  return now;
}

void Hub::push(AuthKeyId key, SessionId session, Bytes body) {
  auto found = sessions_.find({key, session});
  for (const AuthKeyId temporary : keys().bound_to(key)) {
    if (found == sessions_.end())
      found = sessions_.find({temporary, session});
  }
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
  const AuthKeyId login = live.key.login_key();
  const SessionId id = position->first.second;
  const auto next = sessions_.erase(position);
  if (service_ != nullptr)
    service_->session_closed(login, id);
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
  for (const AuthKeyId temporary : keys().bound_to(key))
    forget_key(temporary);
  auto at = sessions_.lower_bound({key, SessionId(INT64_MIN)});
  while (at != sessions_.end() && at->first.first == key)
    at = end_session(at);
  keys().forget(key);
  service_->forget_key(key);
}

std::size_t Hub::forget_keys_of(std::string_view phone) {
  std::vector<AuthKeyId> ids;
  for (const KeyEntry* entry : keys().all()) {
    if (entry->phone == phone && !entry->expires)
      ids.push_back(entry->key.id());
  }
  for (const AuthKeyId id : ids)
    forget_key(id);
  return ids.size();
}

std::size_t Hub::forget_temporary_keys(std::string_view phone) {
  std::vector<AuthKeyId> ids;
  for (const KeyEntry* entry : keys().all()) {
    if (entry->expires && (phone.empty() || entry->phone == phone))
      ids.push_back(entry->key.id());
  }
  for (const AuthKeyId id : ids)
    forget_key(id);
  return ids.size();
}

std::optional<RpcFault> Hub::bind(KeyEntry& temporary, SessionId session, MsgId msg_id, ByteView body, Instant now) {
  tl::Reader reader(body);
  static_cast<void>(reader.u32());
  const AuthKeyId permanent_id(static_cast<std::uint64_t>(reader.i64()));
  mtproto::KeyBinding expected{.nonce = reader.i64()};
  expected.expires_at = std::chrono::seconds(reader.i32());
  const Bytes message = reader.bytes();
  if (!reader.ok() || reader.remaining() != 0)
    return RpcFault{400, "INPUT_FETCH_ERROR"};
  const RpcFault invalid{400, "ENCRYPTED_MESSAGE_INVALID"};
  if (!temporary.expires)
    return RpcFault{400, "TEMP_AUTH_KEY_EMPTY"};
  const KeyEntry* permanent = keys().find(permanent_id, now);
  if (permanent == nullptr || permanent->expires || permanent->dc != temporary.dc)
    return invalid;
  expected.temporary_key = temporary.key.id();
  expected.permanent_key = permanent_id;
  expected.session = session;
  const auto opened = mtproto::open_key_binding(permanent->key, message);
  if (!opened) {
    log::debug("sim", "a binding was refused: {}", opened.error().message);
    return invalid;
  }
  // A client knows the server's time to some seconds.
  constexpr std::chrono::minutes kTolerance{1};
  const bool right_end = std::chrono::abs(nanoseconds(expected.expires_at) - *temporary.expires) <= kTolerance;
  if (opened->binding != expected || opened->msg_id != msg_id || !right_end)
    return invalid;
  if (temporary.bound_to && *temporary.bound_to != permanent_id)
    return RpcFault{400, "TEMP_AUTH_KEY_ALREADY_BOUND"};
  temporary.bound_to = permanent_id;
  temporary.phone = permanent->phone;
  service_->forget_key(temporary.key.id());  // what it was initialised with before
  return std::nullopt;
}

bool Hub::allow_use(KeyEntry& key, const Peer& peer) {
  KeyEntry* login = keys().find(key.login_key(), now());
  if (login == nullptr)
    return true;
  for (const auto& [name, live] : sessions_) {
    const bool elsewhere = live->peer != nullptr && live->peer != &peer && !live->peer->closing() &&
                           !live->peer->address().empty() && !peer.address().empty() &&
                           live->peer->address() != peer.address();
    if (elsewhere && live->key.login_key() == key.login_key() && !login->phone.empty()) {
      login->duplicated = true;
      service_->forget_key(login->key.id());
    }
  }
  return !login->duplicated;
}

std::size_t Hub::forget_sessions(std::string_view phone) {
  std::size_t count = 0;
  for (auto at = sessions_.begin(); at != sessions_.end();) {
    const bool meant = phone.empty() || at->second->key.phone == phone;
    count += meant ? 1U : 0U;
    at = meant ? end_session(at) : std::next(at);
  }
  return count;
}

void Hub::drop_idle_sessions(Instant now) {
  for (auto at = sessions_.begin(); at != sessions_.end();) {
    const LiveSession& live = *at->second;
    const bool idle = live.peer == nullptr && live.last_used + kSessionIdle <= now.monotonic;
    at = idle ? end_session(at) : std::next(at);
  }
  for (const AuthKeyId id : keys().expired(now))
    forget_key(id);
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
    if (entry->expires)
      key["temporary"] = true;
    if (entry->bound_to)
      key["bound_to"] = to_text(*entry->bound_to);
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
