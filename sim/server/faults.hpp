#pragma once

/// The misbehaviour that a test has asked for. Faults are rules with an optional count; the server asks at defined
/// points (a connection comes in, a packet came, an answer is ready) whether one applies. Rules are kept in memory
/// only: a restarted simulator behaves well.
///
/// Sans-IO and single-threaded: the server owns one Faults object and drives its drop timers.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/mtproto/handshake_server.hpp"
#include "ledgram/sim_api/service.hpp"
#include "ledgram/sim_server/error.hpp"
#include "ledgram/sim_server/session_faults.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ledgram::sim {

enum class FaultKind : std::uint8_t {
  RpcError,        ///< answer a method with an error
  Delay,           ///< answer later
  CutAnswer,       ///< send the first half of an answer's frame, then close the connection
  DropEvery,       ///< close all connections every so often
  DropAfterBytes,  ///< close a connection after a random number of bytes sent
  Refuse,          ///< close new connections at once
  BlackHole,       ///< read, but send nothing
  TransportError,  ///< answer a packet with a negative number, as -429 or -404, and close
  Handshake,       ///< one wrong answer in the key exchange of a connection
  Session,         ///< one of session_faults.hpp
  ClockOffset,     ///< the server's clock is wrong
  // What becomes of a push to a session:
  DropUpdate,      ///< it is lost
  RepeatUpdate,    ///< it comes twice
  ReorderUpdates,  ///< it comes after the next one
  DelayUpdates,    ///< it comes later
  UpdatesTooLong,  ///< updatesTooLong comes instead
  Silence,         ///< all are lost for a time
  MinPeers,        ///< the users or chats in it are `min`
  // How a difference is answered:
  DifferenceTooLong,  ///< updates.differenceTooLong
  DifferenceSlices,   ///< few events at a time, in common and channel differences
  ChannelTooLong,     ///< updates.channelDifferenceTooLong
};

/// One standing fault. Empty filters match everything.
struct FaultRule {
  FaultKind kind{};
  std::string method;      ///< Telegram's name; a trailing '*' matches any rest; empty = every method
  std::string account;     ///< digits of the phone number (or the bot's user id); empty = everyone
  std::optional<DcId> dc;  ///< only connections of this DC
  std::int32_t code = 0;   ///< RpcError, TransportError
  std::string message;     ///< RpcError: FLOOD_WAIT_3, CHANNEL_PRIVATE, ...
  /// Delay, DelayUpdates, Silence: how long (0: for ever); DropEvery: the period; ClockOffset: how far ahead
  nanoseconds time{};
  mtproto::HandshakeFault handshake{};                 ///< Handshake: which
  std::uint64_t bytes = 0;                             ///< DropAfterBytes: the upper bound of the random number
  std::uint64_t skip = 0;                              ///< so many matches pass unharmed first
  std::optional<std::uint64_t> times;                  ///< how often it strikes; nothing = until it is deleted
  double chance = 1;                                   ///< of those matches that are not skipped, this share is struck
  std::optional<std::uint64_t> seed = std::nullopt;    ///< of the dice for it; the rule's number if absent
  std::optional<SessionFault> session = std::nullopt;  ///< Session: which
  std::int32_t events = 0;                             ///< DifferenceSlices: at most so many events
  MinPeers min_peers = MinPeers::None;                 ///< MinPeers: which
};

/// Something that happens once, at once, and is not kept.
struct FaultAction {
  enum class Kind : std::uint8_t {
    DropNow,
    HalfClose,  ///< the simulator sends FIN and nothing more, and goes on reading
    RotateSalts,
    ForgetKey,
    ForgetTemporaryKeys,
    ForgetSessions,
    DuplicateSession,  ///< as if the account's keys were in use at another address: they are never good again
  };
  Kind kind{};
  std::optional<DcId> dc;             ///< DropNow, HalfClose: only its connections
  std::string account;                ///< only what belongs to this one; empty: all
  std::optional<AuthKeyId> auth_key;  ///< ForgetKey: this key
};

using Fault = std::variant<FaultRule, FaultAction>;

/// Reads the body of `POST /faults`. The error names the field and what was expected.
ServerResult<Fault> parse_fault(const boost::json::object& request);

class Faults {
 public:
  /// `random` chooses the byte at which DropAfterBytes strikes; it must outlive this object.
  explicit Faults(RandomSource& random) : random_(random) {}

  /// Starts a rule. Returns its number, by which it can be removed.
  std::uint64_t add(FaultRule rule, Instant now);
  bool remove(std::uint64_t id);
  void clear();

  /// Every rule with its number, how often it struck and how often it will still strike.
  [[nodiscard]] boost::json::array list() const;

  /// A connection was accepted: true if it must be closed at once.
  bool refuse_connection(DcId dc);

  /// True while nothing may be sent on connections of this DC.
  [[nodiscard]] bool black_hole(DcId dc) const;

  /// A packet came in: the transport error to answer it with, if any.
  std::optional<std::int32_t> transport_error(DcId dc);

  /// A connection begins its first key exchange: what is to go wrong in it.
  std::vector<mtproto::HandshakeFault> handshake_faults(DcId dc);

  // The four moments at which a session fault can strike (session_faults.cpp): before a packet of the session is made,
  // before an answer is given to it, before a packet of the client is given to it, and when a frame is written.
  void spoil_packet(mtproto::ServerSession& session, DcId dc, std::string_view account);
  void spoil_answer(mtproto::ServerSession& session, DcId dc, std::string_view method, std::string_view account);
  void spoil_request(mtproto::ServerSession& session, DcId dc, std::string_view account);
  bool malformed_frame(DcId dc, std::string_view account);

  struct RpcError {
    std::int32_t code;
    std::string message;
  };
  /// A method is about to be carried out: the error to answer instead.
  std::optional<RpcError> rpc_error(std::string_view method, std::string_view account);

  /// How long the answer of this call is held back; zero without a rule.
  nanoseconds answer_delay(std::string_view method, std::string_view account);

  /// True if the answer of this call must be cut in the middle.
  bool cut_answer(std::string_view method, std::string_view account);

  /// How far the server's clock is ahead of the real one; of several rules the newest counts.
  [[nodiscard]] nanoseconds clock_offset() const;
  /// What becomes of a push that is about to go to a session of this account.
  struct PushFate {
    bool lost = false;
    bool too_long = false;
    bool repeated = false;
    nanoseconds delay{};
  };
  PushFate push_fate(std::string_view account, Instant now);

  /// True while nothing is pushed to the account.
  [[nodiscard]] bool silent(std::string_view account, Instant now) const;

  /// True if this push shall go after the next one. Asked only while none is held back.
  bool hold_back(std::string_view account);

  /// Which peers in a push to this account shall be `min`.
  MinPeers min_peers(std::string_view account);

  /// How a difference shall be answered otherwise.
  DifferenceFault difference(std::string_view method, std::string_view account);

  /// Chosen once for each connection and rule: after how many bytes sent the connection ends.
  std::optional<std::uint64_t> byte_budget(DcId dc);

  /// Changes whenever a DropAfterBytes rule was added or removed, so that a connection knows when to ask anew.
  [[nodiscard]] std::uint64_t budget_version() const { return budget_version_; }

  /// When on_timer has something to do next, on the monotonic clock.
  [[nodiscard]] std::optional<nanoseconds> next_deadline() const;

  struct Drop {
    std::optional<DcId> dc;
  };
  /// The drops that are due.
  std::vector<Drop> on_timer(Instant now);

 private:
  struct Entry {
    std::uint64_t id;
    FaultRule rule;
    std::uint64_t struck = 0;
    nanoseconds due{};  ///< DropEvery: when next; Silence: when it ends
    SeededRandom dice{0};
  };

  static bool strikes(Entry& entry);
  [[nodiscard]] const Entry* find_silence(std::string_view account, Instant now) const;

  Entry* strike(FaultKind kind, std::optional<DcId> dc, std::string_view method, std::string_view account,
                bool (*fits)(const FaultRule&) = nullptr);
  template <class T>
  const T* strike_session(DcId dc, std::string_view method, std::string_view account);

  RandomSource& random_;
  std::vector<Entry> rules_;
  std::uint64_t next_id_ = 1;
  std::uint64_t budget_version_ = 0;
};

/// "+999 66-1" and "999661" are the same account to a rule: only the digits count.
std::string account_digits(std::string_view phone);

}  // namespace ledgram::sim
