#include "ledgram/sim_server/hub.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/mtproto/key_binding.hpp"
#include "ledgram/sim_server/peer.hpp"
#include "ledgram/tl/reader.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

/// The same in all layers, and without fields.
constexpr std::uint32_t kUpdatesTooLong = 0xe317af7e;

}  // namespace

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

LiveSession* Hub::find_session(AuthKeyId key, SessionId session) {
  auto found = sessions_.find({key, session});
  if (found == sessions_.end()) {
    for (const AuthKeyId temporary : keys().bound_to(key)) {
      found = sessions_.find({temporary, session});
      if (found != sessions_.end())
        break;
    }
  }
  return found == sessions_.end() ? nullptr : found->second.get();
}

bool Hub::takes(AuthKeyId key, SessionId session) {
  const LiveSession* live = find_session(key, session);
  if (live == nullptr)
    return false;
  const bool full = live->peer == nullptr && live->session.unacknowledged() >= kMostKeptPushes;
  if (full)
    counts_.push(live->key.phone, Counts::PushEnd::Dropped);
  return !full;
}

void Hub::push(AuthKeyId key, SessionId session, Bytes body) {
  LiveSession* live = find_session(key, session);
  if (live == nullptr)
    return;
  const Instant when = now();
  if (live->peer == nullptr && !faults().silent(live->key.phone, when)) {
    send_push(*live, std::move(body));  // what a fault strikes is to be seen by somebody
    return;
  }
  const Faults::PushFate fate = faults().push_fate(live->key.phone, when);
  if (fate.lost) {
    counts_.push(live->key.phone, Counts::PushEnd::Dropped);
    return;
  }
  if (fate.too_long) {
    body.resize(4);
    store_le32(body, kUpdatesTooLong);
  }
  for (int copy = fate.repeated ? 2 : 1; copy > 0; --copy) {
    Bytes one = copy > 1 ? body : std::move(body);
    if (fate.delay > nanoseconds{}) {
      live->delayed.emplace(when.monotonic + fate.delay, std::move(one));
    } else if (!live->overtaken && faults().hold_back(live->key.phone)) {
      live->overtaken = std::move(one);
    } else {
      send_push(*live, std::move(one));
    }
  }
  if (live->peer != nullptr)
    live->peer->wake();
}

void Hub::send_push(LiveSession& live, Bytes body) {
  counts_.push(live.key.phone, Counts::PushEnd::Sent);
  live.session.push(std::move(body), now());
  if (live.overtaken)
    send_push(live, *std::exchange(live.overtaken, std::nullopt));
}

void Hub::release_delayed(LiveSession& live, Instant now) {
  while (!live.delayed.empty() && live.delayed.begin()->first <= now.monotonic)
    send_push(live, std::move(live.delayed.extract(live.delayed.begin()).mapped()));
}

void Hub::release_overtaken() {
  for (const auto& [name, live] : sessions_) {
    if (!live->overtaken)
      continue;
    send_push(*live, *std::exchange(live->overtaken, std::nullopt));
    if (live->peer != nullptr)
      live->peer->wake();
  }
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
  // A copy, because forgetting changes the list.
  const std::vector<AuthKeyId> bound = keys().bound_to(key);
  for (const AuthKeyId temporary : bound)
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
  keys().bind(temporary, permanent_id);
  temporary.phone = permanent->phone;
  service_->forget_key(temporary.key.id());  // what it was initialised with before
  return std::nullopt;
}

/// All sessions of the login that the key belongs to.
template <class Use>
void Hub::for_each_session_of(const KeyEntry& key, Use use) {
  const auto visit = [&](AuthKeyId id) {
    for (auto at = sessions_.lower_bound({id, SessionId(INT64_MIN)}); at != sessions_.end() && at->first.first == id;
         ++at) {
      use(*at->second);
    }
  };
  visit(key.login_key());
  for (const AuthKeyId temporary : keys().bound_to(key.login_key()))
    visit(temporary);
}

bool Hub::allow_use(KeyEntry& key, const Peer& peer) {
  KeyEntry* login = keys().find(key.login_key(), now());
  if (login == nullptr)
    return true;
  bool duplicated = false;
  for_each_session_of(key, [&](const LiveSession& live) {
    const bool elsewhere = live.peer != nullptr && live.peer != &peer && !live.peer->closing() &&
                           !live.peer->address().empty() && !peer.address().empty() &&
                           live.peer->address() != peer.address();
    duplicated = duplicated || (elsewhere && !login->phone.empty());
  });
  if (duplicated) {
    login->duplicated = true;
    service_->forget_key(login->key.id());
  }
  return !login->duplicated;
}

std::size_t Hub::duplicate_keys_of(std::string_view phone) {
  std::vector<KeyEntry*> logins;
  for (const KeyEntry* entry : keys().all()) {
    if (entry->phone == phone && !entry->expires)
      logins.push_back(keys().find(entry->key.id(), now()));
  }
  for (KeyEntry* login : logins) {
    login->duplicated = true;
    service_->forget_key(login->key.id());
  }
  return logins.size();
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

std::vector<Peer*> Hub::peers_of(std::optional<DcId> dc, std::string_view phone) const {
  std::vector<Peer*> meant;
  for (Peer* peer : peers_) {
    if ((!dc || peer->dc() == dc) && (phone.empty() || peer->serves(phone)))
      meant.push_back(peer);
  }
  return meant;
}

std::size_t Hub::drop_connections(std::optional<DcId> dc, std::string_view phone) {
  const std::vector<Peer*> meant = peers_of(dc, phone);
  for (Peer* peer : meant)
    peer->abort();
  return meant.size();
}

std::size_t Hub::half_close(std::optional<DcId> dc, std::string_view phone) {
  const std::vector<Peer*> meant = peers_of(dc, phone);
  for (Peer* peer : meant)
    peer->stop_sending();
  return meant.size();
}

void Hub::wake_all() {
  for (Peer* peer : peers_)
    peer->wake();
}

void Hub::count_call(const Outcome& outcome) {
  counts_.call(outcome.method, outcome.phone, outcome.answer, std::holds_alternative<RpcFault>(outcome.result));
}

json::object Hub::status(std::string_view phone) const {
  const auto meant = [phone](const std::string& of) { return phone.empty() || of == phone; };
  json::array connections;
  for (const Peer* peer : peers_) {
    if (phone.empty() || peer->serves(phone))
      connections.push_back(peer->status());
  }
  json::array sessions;
  for (const auto& [name, live] : sessions_) {
    if (!meant(live->key.phone))
      continue;
    json::object session{{"auth_key", to_text(name.first)},
                         {"session", name.second.value()},
                         {"dc", live->key.dc.value()},
                         {"connected", live->peer != nullptr},
                         {"unacknowledged", live->session.unacknowledged()}};
    sessions.push_back(std::move(session));
  }
  json::array keys;
  for (const KeyEntry* entry : parts_.keys.all()) {
    if (!meant(entry->phone))
      continue;
    json::object key{{"auth_key", to_text(entry->key.id())}, {"dc", entry->dc.value()}, {"account", entry->phone}};
    if (entry->expires)
      key["temporary"] = true;
    if (entry->bound_to)
      key["bound_to"] = to_text(*entry->bound_to);
    keys.push_back(std::move(key));
  }
  json::object status{{"connections", std::move(connections)},
                      {"sessions", std::move(sessions)},
                      {"auth_keys", std::move(keys)},
                      {"connections_accepted", connections_accepted_},
                      {"key_exchanges", handshakes_}};
  counts_.add_to(status, phone);
  if (phone.empty())
    status["accounts"] = counts_.by_account();
  return status;
}

}  // namespace ledgram::sim
