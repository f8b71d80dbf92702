#pragma once

/// What all connections of the simulated Telegram share: keys, sessions, the API service, faults and counters.
///
/// Sans-IO and single-threaded. A Peer (one connection's protocol) works on the Hub; the Hub tells a Peer through
/// wake() that one of its sessions has something to send. Made once, before the ApiService, whose PushSink it is.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/crypto/rsa.hpp"
#include "ledgram/mtproto/server_session.hpp"
#include "ledgram/sim_api/service.hpp"
#include "ledgram/sim_server/counts.hpp"
#include "ledgram/sim_server/faults.hpp"
#include "ledgram/sim_server/key_ring.hpp"
#include "ledgram/sim_server/traffic.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ledgram::sim {

class Peer;

/// The data centre of the CDN; Telegram's have numbers of three digits too.
inline constexpr DcId kCdnDc{203};

/// An MTProto session as the simulator keeps it; it outlives the connections that carry it.
struct LiveSession {
  LiveSession(KeyEntry& entry, SessionId id, RandomSource& random)
      : key(entry), session(entry.key, id, entry.salts, random) {}

  KeyEntry& key;
  mtproto::ServerSession session;
  Peer* peer = nullptr;     ///< the connection that carries it now
  nanoseconds last_used{};  ///< monotonic
  bool cut_next = false;    ///< the next thing sent is to be cut in the middle

  /// Answers held back by a fault.
  struct HeldAnswer {
    MsgId request;
    Outcome outcome;
    bool cut = false;
  };
  std::multimap<nanoseconds, HeldAnswer> held;  ///< by the monotonic time at which they go out

  // Pushes held back by faults.
  std::multimap<nanoseconds, Bytes> delayed;  ///< by the monotonic time at which they go out
  std::optional<Bytes> overtaken;             ///< goes out after the next one
};

class Hub final : public PushSink {
 public:
  struct Parts {
    const crypto::RsaPrivateKey& rsa_key;
    KeyRing& keys;
    Faults& faults;
    RandomSource& random;
    const Clock& clock;
    std::set<DcId> dcs;
  };

  /// All parts must outlive the hub.
  explicit Hub(Parts parts) : parts_(std::move(parts)) {}
  ~Hub() override;
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  /// Must be called before the first connection; the service must outlive the connections.
  void set_service(ApiService& service) { service_ = &service; }

  [[nodiscard]] ApiService& service() { return *service_; }
  [[nodiscard]] KeyRing& keys() { return parts_.keys; }
  [[nodiscard]] Faults& faults() { return parts_.faults; }
  [[nodiscard]] RandomSource& random() { return parts_.random; }
  [[nodiscard]] Traffic& traffic() { return traffic_; }
  /// The key that a data centre proves itself with; null for one that is switched off.
  [[nodiscard]] const crypto::RsaPrivateKey* rsa_key(DcId dc) const;
  /// What the server's clock says; a fault can make it wrong.
  [[nodiscard]] Instant now() const;
  [[nodiscard]] bool has_dc(DcId dc) const { return parts_.dcs.contains(dc) || dc == kCdnDc; }

  /// What switches the CDN on: it gives the CDN's key, and tells the service. Must be called before the first
  /// connection.
  void set_cdn_switch(std::function<ServerResult<crypto::RsaPrivateKey>()> on) { cdn_switch_ = std::move(on); }

  /// Harmless when repeated.
  ServerResult<void> switch_cdn_on();

  // PushSink
  bool takes(AuthKeyId key, SessionId session) override;
  void push(AuthKeyId key, SessionId session, Bytes body) override;

  /// Pushes of this session whose delay is over are sent.
  void release_delayed(LiveSession& live, Instant now);

  /// Faults were taken away: nothing waits for the next push any more.
  void release_overtaken();

  /// The session of this key, made if it is new.
  LiveSession& session(KeyEntry& key, SessionId id, Instant now);

  /// False if there is no such session.
  bool end_session(AuthKeyId key, SessionId id);

  /// The key, its sessions and the login that belonged to it. With a permanent key those that are bound to it; the
  /// login of a temporary key stays with its permanent one.
  void forget_key(AuthKeyId key);

  /// The temporary keys of an account, or all if `phone` is empty; how many there were.
  std::size_t forget_temporary_keys(std::string_view phone);

  /// auth.bindTempAuthKey, received in a message with this id. The error, or nothing if the key is bound now
  /// (core.telegram.org/method/auth.bindTempAuthKey).
  std::optional<RpcFault> bind(KeyEntry& temporary, SessionId session, MsgId msg_id, ByteView body, Instant now);

  /// False if the login of this key is at present used from another address than the peer's: then the login is over.
  bool allow_use(KeyEntry& key, const Peer& peer);

  /// Every key whose account has this phone number; how many there were.
  std::size_t forget_keys_of(std::string_view phone);

  /// The logins of this account end as if its keys were in use at another address. How many keys there were.
  std::size_t duplicate_keys_of(std::string_view phone);

  /// Forgets the sessions of this account, or all, though their connections stay: what comes next on them begins anew.
  /// How many there were.
  std::size_t forget_sessions(std::string_view phone);

  /// Ends sessions that no connection has carried for kSessionIdle.
  void drop_idle_sessions(Instant now);

  // Connections say that they exist.
  void add_peer(Peer& peer) { peers_.insert(&peer); }
  void remove_peer(Peer& peer) { peers_.erase(&peer); }
  [[nodiscard]] std::size_t peer_count() const { return peers_.size(); }

  /// Closes connections at once: those of one DC or all, those with sessions of one account or all. How many there
  /// were.
  std::size_t drop_connections(std::optional<DcId> dc, std::string_view phone = {});

  /// Sends FIN on them and nothing more; what clients send is still taken.
  std::size_t half_close(std::optional<DcId> dc, std::string_view phone);

  /// Rules changed: connections look at them again.
  void wake_all();

  void count_connection() { ++connections_accepted_; }
  void count_handshake() { ++handshakes_; }
  void count_call(const Outcome& outcome);

  /// For GET /status. With a phone number only what belongs to this account.
  [[nodiscard]] boost::json::object status(std::string_view phone = {}) const;

 private:
  /// Telegram forgets a session that nobody uses; the exact time is not documented. Long enough for any reconnect.
  static constexpr std::chrono::minutes kSessionIdle{15};
  /// What a session without a connection keeps of pushes; more is lost, and a difference brings it.
  static constexpr std::size_t kMostKeptPushes = 256;
  /// TDLib uses below ten for one key; the bound is against a client that draws a new session id for each message.
  static constexpr std::size_t kMaxSessionsPerKey = 64;

  using SessionKey = std::pair<AuthKeyId, SessionId>;
  using Sessions = std::map<SessionKey, std::unique_ptr<LiveSession>>;

  Sessions::iterator end_session(Sessions::iterator position);
  void make_room(AuthKeyId key);
  LiveSession* find_session(AuthKeyId key, SessionId session);
  void send_push(LiveSession& live, Bytes body);
  template <class Use>
  void for_each_session_of(const KeyEntry& key, Use use);
  [[nodiscard]] std::vector<Peer*> peers_of(std::optional<DcId> dc, std::string_view phone) const;

  Parts parts_;
  std::function<ServerResult<crypto::RsaPrivateKey>()> cdn_switch_;
  std::optional<crypto::RsaPrivateKey> cdn_key_;
  ApiService* service_ = nullptr;
  Sessions sessions_;
  std::set<Peer*> peers_;
  Counts counts_;
  Traffic traffic_;
  std::uint64_t connections_accepted_ = 0;
  std::uint64_t handshakes_ = 0;
};

}  // namespace ledgram::sim
