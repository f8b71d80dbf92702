// Reads the body of POST /faults.

#include "ledgram/sim_server/fault_names.hpp"
#include "ledgram/sim_server/faults.hpp"

#include <boost/json/value.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <span>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

/// A rule counts at most so far; more would be an endless rule by mistake.
constexpr std::int64_t kMaxCount = 1'000'000'000;
/// Below this the simulator would do nothing but drop connections.
constexpr double kMinDropPeriodSeconds = 0.01;
constexpr double kMaxSeconds = 7 * 24 * 3600.0;
constexpr std::int64_t kFloodWaitCode = 420;  // core.telegram.org/api/errors#420-flood

// Which of the shared fields a kind takes.
constexpr unsigned kMethod = 1;
constexpr unsigned kAccount = 2;
constexpr unsigned kDc = 4;
constexpr unsigned kCounts = 8;  ///< skip, times, chance, seed

/// Reads fields of one request and remembers the first thing that is wrong with it.
class Fields {
 public:
  explicit Fields(const json::object& object) : object_(object) {}

  /// Fields outside of this list are refused: a misspelt filter must not turn a narrow fault into a wide one.
  void allow_only(std::span<const std::string_view> names) {
    for (const auto& member : object_) {
      const std::string_view key = member.key();
      if (std::ranges::find(names, key) == names.end()) {
        fail(fmt::format("\"{}\" is not known here; known are: {}", key, fmt::join(names, ", ")));
      }
    }
  }

  [[nodiscard]] bool has(std::string_view name) const { return object_.contains(name); }

  std::string text(std::string_view name) {
    const json::value* value = object_.if_contains(name);
    if (value == nullptr)
      return {};
    if (const json::string* string = value->if_string())
      return std::string(string->data(), string->size());
    fail(fmt::format("\"{}\" must be a text", name));
    return {};
  }

  std::optional<std::int64_t> integer(std::string_view name, std::int64_t least, std::int64_t most) {
    const json::value* value = object_.if_contains(name);
    if (value == nullptr)
      return std::nullopt;
    std::optional<std::int64_t> number;
    if (const std::int64_t* as_int64 = value->if_int64())
      number = *as_int64;
    if (!number || *number < least || *number > most) {
      fail(fmt::format("\"{}\" must be a whole number from {} to {}", name, least, most));
      return std::nullopt;
    }
    return number;
  }

  std::optional<double> number(std::string_view name, double least, double most) {
    const json::value* value = object_.if_contains(name);
    if (value == nullptr)
      return std::nullopt;
    double number = least - 1;
    if (const double* as_double = value->if_double())
      number = *as_double;
    if (const std::int64_t* as_int64 = value->if_int64())
      number = static_cast<double>(*as_int64);
    if (!(number >= least && number <= most)) {
      fail(fmt::format("\"{}\" must be a number from {} to {}", name, least, most));
      return std::nullopt;
    }
    return number;
  }

  /// What is neither one of these filters nor in `own` is refused.
  void allow(unsigned filters, std::initializer_list<std::string_view> own = {}) {
    std::vector<std::string_view> names{"kind"};
    names.insert(names.end(), own.begin(), own.end());
    if ((filters & kMethod) != 0)
      names.emplace_back("method");
    if ((filters & kAccount) != 0)
      names.emplace_back("account");
    if ((filters & kDc) != 0)
      names.emplace_back("dc");
    if ((filters & kCounts) != 0)
      names.insert(names.end(), {"skip", "times", "chance", "seed"});
    allow_only(names);
  }

  void require(std::string_view name) {
    if (!has(name))
      fail(fmt::format("\"{}\" is missing", name));
  }

  void fail(std::string message) {
    if (error_.empty())
      error_ = std::move(message);
  }

  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  const json::object& object_;
  std::string error_;
};

nanoseconds to_nanoseconds(double seconds) {
  return std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(seconds));
}

std::optional<DcId> read_dc(Fields& fields) {
  const auto dc = fields.integer("dc", 1, 999);
  return dc ? std::optional(DcId(static_cast<std::int32_t>(*dc))) : std::nullopt;
}

void read_filters(Fields& fields, FaultRule& rule) {
  rule.method = fields.text("method");
  rule.account = account_digits(fields.text("account"));
  rule.dc = read_dc(fields);
  if (const auto skip = fields.integer("skip", 0, kMaxCount))
    rule.skip = static_cast<std::uint64_t>(*skip);
  if (const auto times = fields.integer("times", 1, kMaxCount))
    rule.times = static_cast<std::uint64_t>(*times);
  if (const auto chance = fields.number("chance", 0, 1))
    rule.chance = *chance;
  if (const auto seed = fields.integer("seed", 0, INT64_MAX))
    rule.seed = static_cast<std::uint64_t>(*seed);
}

/// A rule of this kind with its shared fields; `own` are the names of its other ones.
FaultRule read_rule(Fields& fields, FaultKind kind, unsigned filters,
                    std::initializer_list<std::string_view> own = {}) {
  fields.allow(filters, own);
  FaultRule rule{.kind = kind};
  read_filters(fields, rule);
  return rule;
}

std::optional<AuthKeyId> parse_key_id(std::string_view text) {
  std::uint64_t id = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), id, 16);
  if (problem != std::errc{} || end != text.data() + text.size() || text.empty())
    return std::nullopt;
  return AuthKeyId(id);
}

Fault read_drop(Fields& fields) {
  const bool now = !fields.has("every_seconds") && !fields.has("after_bytes");
  FaultRule rule = read_rule(fields, FaultKind::DropEvery, kDc | kAccount | kCounts, {"every_seconds", "after_bytes"});
  const auto period = fields.number("every_seconds", kMinDropPeriodSeconds, kMaxSeconds);
  const auto bytes = fields.integer("after_bytes", 1, std::int64_t{1} << 40);
  if (period && bytes)
    fields.fail("give \"every_seconds\" or \"after_bytes\", not both");
  if (!now && !rule.account.empty())
    fields.fail("\"account\" is for connections that are dropped now");
  if (now && (rule.times || rule.skip != 0 || rule.chance < 1))
    fields.fail("\"times\", \"skip\" and \"chance\" need \"every_seconds\" or \"after_bytes\"");
  if (now)
    return FaultAction{.kind = FaultAction::Kind::DropNow, .dc = rule.dc, .account = rule.account};
  if (period) {
    rule.time = to_nanoseconds(*period);
    return rule;
  }
  rule.kind = FaultKind::DropAfterBytes;
  rule.bytes = static_cast<std::uint64_t>(bytes.value_or(1));
  return rule;
}

Fault read_rpc_error(Fields& fields) {
  FaultRule rule = read_rule(fields, FaultKind::RpcError, kMethod | kAccount | kCounts, {"code", "message"});
  fields.require("code");
  fields.require("message");
  if (const auto code = fields.integer("code", -32768, 32767))
    rule.code = static_cast<std::int32_t>(*code);
  rule.message = fields.text("message");
  return rule;
}

Fault read_flood_wait(Fields& fields) {
  FaultRule rule = read_rule(fields, FaultKind::RpcError, kMethod | kAccount | kCounts, {"seconds"});
  rule.code = kFloodWaitCode;
  fields.require("seconds");
  rule.message = fmt::format("FLOOD_WAIT_{}", fields.integer("seconds", 0, 31'536'000).value_or(0));
  return rule;
}

/// Delay and DelayUpdates.
Fault read_delay(Fields& fields, FaultKind kind, unsigned filters) {
  FaultRule rule = read_rule(fields, kind, filters, {"milliseconds"});
  fields.require("milliseconds");
  rule.time = std::chrono::milliseconds(fields.integer("milliseconds", 1, 3'600'000).value_or(1));
  return rule;
}

Fault read_silence(Fields& fields) {
  FaultRule rule = read_rule(fields, FaultKind::Silence, kAccount, {"seconds"});
  if (const auto seconds = fields.number("seconds", 0, kMaxSeconds))
    rule.time = to_nanoseconds(*seconds);
  return rule;
}

Fault read_min_peers(Fields& fields) {
  FaultRule rule = read_rule(fields, FaultKind::MinPeers, kAccount | kCounts, {"peers"});
  const std::string peers = fields.text("peers");
  if (peers == "chats") {
    rule.min_peers = MinPeers::Chats;
  } else if (peers == "all") {
    rule.min_peers = MinPeers::All;
  } else if (peers.empty() || peers == "users") {
    rule.min_peers = MinPeers::Users;
  } else {
    fields.fail("\"peers\" must be one of users, chats, all");
  }
  return rule;
}

Fault read_difference_slices(Fields& fields) {
  FaultRule rule = read_rule(fields, FaultKind::DifferenceSlices, kMethod | kAccount | kCounts, {"events"});
  fields.require("events");
  rule.events = static_cast<std::int32_t>(fields.integer("events", 1, 100'000).value_or(1));
  return rule;
}

Fault read_transport_error(Fields& fields) {
  FaultRule rule = read_rule(fields, FaultKind::TransportError, kDc | kCounts, {"code"});
  fields.require("code");
  rule.code = static_cast<std::int32_t>(fields.integer("code", -999, -1).value_or(-1));
  return rule;
}

Fault read_handshake(Fields& fields) {
  FaultRule rule = read_rule(fields, FaultKind::Handshake, kDc | kCounts, {"fault"});
  if (const auto known = handshake_fault_named(fields.text("fault"))) {
    rule.handshake = *known;
  } else {
    fields.fail(fmt::format("\"fault\" must be one of {}", fmt::join(handshake_fault_names(), ", ")));
  }
  return rule;
}

Fault read_session_fault(Fields& fields, SessionFault fault) {
  // Only an answer has a method, and only a notification has a code.
  const bool is_answer = std::holds_alternative<mtproto::AnswerFault>(fault);
  const bool is_bad_msg = std::holds_alternative<mtproto::BadMsg>(fault);
  const unsigned filters = kAccount | kDc | kCounts | (is_answer ? kMethod : 0U);
  if (is_bad_msg) {
    fields.allow(filters, {"code"});
    fields.require("code");
    const auto code = bad_msg_with(fields.integer("code", 0, 255).value_or(0));
    if (!code)
      fields.fail("\"code\" must be one of 16, 17, 18, 19, 20, 32, 33, 34, 35, 48, 64");
    fault = code.value_or(mtproto::BadMsg::InvalidContainer);
  } else {
    fields.allow(filters);
  }
  FaultRule rule{.kind = FaultKind::Session};
  read_filters(fields, rule);
  rule.session = fault;
  return rule;
}

/// Something that is done at once; which of `filters` it takes.
FaultAction read_action(Fields& fields, FaultAction::Kind kind, unsigned filters) {
  fields.allow(filters);
  FaultAction action{.kind = kind};
  action.dc = read_dc(fields);
  action.account = account_digits(fields.text("account"));
  return action;
}

Fault read_duplicate_session(Fields& fields) {
  FaultAction action = read_action(fields, FaultAction::Kind::DuplicateSession, kAccount);
  fields.require("account");
  return action;
}

Fault read_forget_key(Fields& fields) {
  fields.allow(kAccount, {"auth_key"});
  FaultAction action{.kind = FaultAction::Kind::ForgetKey};
  action.account = account_digits(fields.text("account"));
  const std::string key = fields.text("auth_key");
  if (!key.empty()) {
    action.auth_key = parse_key_id(key);
    if (!action.auth_key)
      fields.fail("\"auth_key\" must be a key's number in hexadecimal, as GET /status shows it");
  }
  if (action.account.empty() == key.empty())
    fields.fail("give either \"account\" or \"auth_key\"");
  return action;
}

Fault read_clock_offset(Fields& fields) {
  constexpr std::int64_t kYear = 31'536'000;
  fields.allow(0, {"seconds"});
  fields.require("seconds");
  FaultRule rule{.kind = FaultKind::ClockOffset};
  rule.time = std::chrono::seconds(fields.integer("seconds", -kYear, kYear).value_or(0));
  return rule;
}

/// A kind that has no fields but the shared ones.
struct PlainKind {
  std::string_view name;
  FaultKind kind;
  unsigned filters;
};
constexpr std::array kPlainKinds{
    PlainKind{"cut_answer", FaultKind::CutAnswer, kMethod | kAccount | kCounts},
    PlainKind{"refuse", FaultKind::Refuse, kDc | kCounts},
    PlainKind{"black_hole", FaultKind::BlackHole, kDc},
    PlainKind{"drop_update", FaultKind::DropUpdate, kAccount | kCounts},
    PlainKind{"repeat_update", FaultKind::RepeatUpdate, kAccount | kCounts},
    PlainKind{"reorder_updates", FaultKind::ReorderUpdates, kAccount | kCounts},
    PlainKind{"updates_too_long", FaultKind::UpdatesTooLong, kAccount | kCounts},
    PlainKind{"difference_too_long", FaultKind::DifferenceTooLong, kAccount | kCounts},
    PlainKind{"channel_too_long", FaultKind::ChannelTooLong, kAccount | kCounts},
};

struct OtherKind {
  std::string_view name;
  Fault (*read)(Fields&);
};
constexpr std::array kOtherKinds{
    OtherKind{"drop", read_drop},
    OtherKind{"half_close",
              [](Fields& f) -> Fault { return read_action(f, FaultAction::Kind::HalfClose, kDc | kAccount); }},
    OtherKind{"rpc_error", read_rpc_error},
    OtherKind{"flood_wait", read_flood_wait},
    OtherKind{"delay", [](Fields& f) { return read_delay(f, FaultKind::Delay, kMethod | kAccount | kCounts); }},
    OtherKind{"delay_updates", [](Fields& f) { return read_delay(f, FaultKind::DelayUpdates, kAccount | kCounts); }},
    OtherKind{"silence", read_silence},
    OtherKind{"min_peers", read_min_peers},
    OtherKind{"difference_slices", read_difference_slices},
    OtherKind{"transport_error", read_transport_error},
    OtherKind{"handshake", read_handshake},
    OtherKind{"rotate_salts", [](Fields& f) -> Fault { return read_action(f, FaultAction::Kind::RotateSalts, 0); }},
    OtherKind{"forget_key", read_forget_key},
    OtherKind{"forget_temporary_keys",
              [](Fields& f) -> Fault { return read_action(f, FaultAction::Kind::ForgetTemporaryKeys, kAccount); }},
    OtherKind{"forget_sessions",
              [](Fields& f) -> Fault { return read_action(f, FaultAction::Kind::ForgetSessions, kAccount); }},
    OtherKind{"duplicate_session", read_duplicate_session},
    OtherKind{"clock_offset", read_clock_offset},
};

std::vector<std::string_view> kind_names() {
  std::vector<std::string_view> names;
  for (const OtherKind& kind : kOtherKinds)
    names.push_back(kind.name);
  for (const PlainKind& kind : kPlainKinds)
    names.push_back(kind.name);
  for (const std::string_view name : session_fault_names())
    names.push_back(name);
  return names;
}

Fault read_fault(Fields& fields, std::string_view kind) {
  if (const auto* other = std::ranges::find(kOtherKinds, kind, &OtherKind::name); other != kOtherKinds.end())
    return other->read(fields);
  if (const auto* plain = std::ranges::find(kPlainKinds, kind, &PlainKind::name); plain != kPlainKinds.end())
    return read_rule(fields, plain->kind, plain->filters);
  if (const auto session_fault = session_fault_named(kind))
    return read_session_fault(fields, *session_fault);
  fields.fail(fmt::format("\"kind\" must be one of {}", fmt::join(kind_names(), ", ")));
  return {};
}

}  // namespace

ServerResult<Fault> parse_fault(const json::object& request) {
  Fields fields(request);
  Fault fault = read_fault(fields, fields.text("kind"));
  if (!fields.error().empty())
    return server_error(ServerErrc::BadRequest, fields.error());
  return fault;
}

}  // namespace ledgram::sim
