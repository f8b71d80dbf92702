#include "ledgram/sim_server/faults.hpp"

#include <boost/json/value.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

using namespace std::chrono_literals;

/// A rule counts at most so far; more would be an endless rule by mistake.
constexpr std::int64_t kMaxCount = 1'000'000'000;
/// Below this the simulator would do nothing but drop connections.
constexpr double kMinDropPeriodSeconds = 0.01;
constexpr double kMaxSeconds = 7 * 24 * 3600.0;
constexpr std::int64_t kFloodWaitCode = 420;  // core.telegram.org/api/errors#420-flood

using mtproto::HandshakeFault;

struct NamedHandshakeFault {
  std::string_view name;
  HandshakeFault fault;
};
constexpr std::array kHandshakeFaults{
    NamedHandshakeFault{"wrong_nonce_in_res_pq", HandshakeFault::WrongNonceInResPq},
    NamedHandshakeFault{"unknown_fingerprint", HandshakeFault::UnknownFingerprint},
    NamedHandshakeFault{"pq_is_prime", HandshakeFault::PqIsPrime},
    NamedHandshakeFault{"pq_too_large", HandshakeFault::PqTooLarge},
    NamedHandshakeFault{"pq_too_long", HandshakeFault::PqTooLong},
    NamedHandshakeFault{"wrong_nonce_in_dh_params", HandshakeFault::WrongNonceInDhParams},
    NamedHandshakeFault{"wrong_server_nonce_in_dh_params", HandshakeFault::WrongServerNonceInDhParams},
    NamedHandshakeFault{"wrong_nonce_inside", HandshakeFault::WrongNonceInside},
    NamedHandshakeFault{"wrong_server_nonce_inside", HandshakeFault::WrongServerNonceInside},
    NamedHandshakeFault{"wrong_hash_inside", HandshakeFault::WrongHashInside},
    NamedHandshakeFault{"padding_of_16", HandshakeFault::PaddingOf16},
    NamedHandshakeFault{"not_whole_blocks", HandshakeFault::NotWholeBlocks},
    NamedHandshakeFault{"dh_params_fail", HandshakeFault::DhParamsFail},
    NamedHandshakeFault{"unsafe_prime", HandshakeFault::UnsafePrime},
    NamedHandshakeFault{"composite_group", HandshakeFault::CompositeGroup},
    NamedHandshakeFault{"wrong_residue", HandshakeFault::WrongResidue},
    NamedHandshakeFault{"generator_too_large", HandshakeFault::GeneratorTooLarge},
    NamedHandshakeFault{"g_a_is_one", HandshakeFault::GaIsOne},
    NamedHandshakeFault{"g_a_is_prime_minus_one", HandshakeFault::GaIsPrimeMinusOne},
    NamedHandshakeFault{"g_a_too_small", HandshakeFault::GaTooSmall},
    NamedHandshakeFault{"g_a_too_large", HandshakeFault::GaTooLarge},
    NamedHandshakeFault{"dh_gen_retry", HandshakeFault::DhGenRetry},
    NamedHandshakeFault{"dh_gen_fail", HandshakeFault::DhGenFail},
    NamedHandshakeFault{"wrong_nonce_in_dh_gen", HandshakeFault::WrongNonceInDhGen},
    NamedHandshakeFault{"wrong_server_nonce_in_dh_gen", HandshakeFault::WrongServerNonceInDhGen},
    NamedHandshakeFault{"wrong_new_nonce_hash", HandshakeFault::WrongNewNonceHash},
    NamedHandshakeFault{"retry_with_wrong_hash", HandshakeFault::RetryWithWrongHash},
    NamedHandshakeFault{"fail_with_wrong_hash", HandshakeFault::FailWithWrongHash},
    NamedHandshakeFault{"wrong_constructor", HandshakeFault::WrongConstructor},
};

std::string_view name_of(HandshakeFault fault) {
  const auto found = std::ranges::find(kHandshakeFaults, fault, &NamedHandshakeFault::fault);
  return found == kHandshakeFaults.end() ? "unknown" : found->name;
}

std::string_view name_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::RpcError:
      return "rpc_error";
    case FaultKind::Delay:
      return "delay";
    case FaultKind::CutAnswer:
      return "cut_answer";
    case FaultKind::DropEvery:
    case FaultKind::DropAfterBytes:
      return "drop";
    case FaultKind::Refuse:
      return "refuse";
    case FaultKind::BlackHole:
      return "black_hole";
    case FaultKind::TransportError:
      return "transport_error";
    case FaultKind::Handshake:
      return "handshake";
    case FaultKind::ClockOffset:
      return "clock_offset";
    case FaultKind::Session:
      break;  // each has a name of its own
  }
  return "unknown";
}

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

void read_filters(Fields& fields, FaultRule& rule) {
  rule.method = fields.text("method");
  rule.account = account_digits(fields.text("account"));
  if (const auto dc = fields.integer("dc", 1, 999))
    rule.dc = DcId(static_cast<std::int32_t>(*dc));
  if (const auto skip = fields.integer("skip", 0, kMaxCount))
    rule.skip = static_cast<std::uint64_t>(*skip);
  if (const auto times = fields.integer("times", 1, kMaxCount))
    rule.times = static_cast<std::uint64_t>(*times);
}

std::optional<AuthKeyId> parse_key_id(std::string_view text) {
  std::uint64_t id = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), id, 16);
  if (problem != std::errc{} || end != text.data() + text.size() || text.empty())
    return std::nullopt;
  return AuthKeyId(id);
}

Fault read_drop(Fields& fields) {
  static constexpr std::array<std::string_view, 6> kNames{"kind",        "dc",   "every_seconds",
                                                          "after_bytes", "skip", "times"};
  fields.allow_only(kNames);
  FaultRule rule;
  read_filters(fields, rule);
  const auto period = fields.number("every_seconds", kMinDropPeriodSeconds, kMaxSeconds);
  const auto bytes = fields.integer("after_bytes", 1, std::int64_t{1} << 40);
  if (period && bytes)
    fields.fail("give \"every_seconds\" or \"after_bytes\", not both");
  if (period) {
    rule.kind = FaultKind::DropEvery;
    rule.time = to_nanoseconds(*period);
    return rule;
  }
  if (bytes) {
    rule.kind = FaultKind::DropAfterBytes;
    rule.bytes = static_cast<std::uint64_t>(*bytes);
    return rule;
  }
  if (rule.times || rule.skip != 0)
    fields.fail("\"times\" and \"skip\" need \"every_seconds\" or \"after_bytes\"");
  return FaultAction{.kind = FaultAction::Kind::DropNow, .dc = rule.dc};
}

Fault read_rpc_error(Fields& fields) {
  static constexpr std::array<std::string_view, 7> kNames{"kind",    "method", "account", "code",
                                                          "message", "skip",   "times"};
  fields.allow_only(kNames);
  FaultRule rule{.kind = FaultKind::RpcError};
  read_filters(fields, rule);
  fields.require("code");
  fields.require("message");
  if (const auto code = fields.integer("code", -32768, 32767))
    rule.code = static_cast<std::int32_t>(*code);
  rule.message = fields.text("message");
  return rule;
}

Fault read_flood_wait(Fields& fields) {
  static constexpr std::array<std::string_view, 6> kNames{"kind", "method", "account", "seconds", "skip", "times"};
  fields.allow_only(kNames);
  FaultRule rule{.kind = FaultKind::RpcError, .code = kFloodWaitCode};
  read_filters(fields, rule);
  fields.require("seconds");
  const auto seconds = fields.integer("seconds", 0, 31'536'000);
  rule.message = fmt::format("FLOOD_WAIT_{}", seconds.value_or(0));
  return rule;
}

Fault read_delay(Fields& fields) {
  static constexpr std::array<std::string_view, 6> kNames{"kind", "method", "account", "milliseconds", "skip", "times"};
  fields.allow_only(kNames);
  FaultRule rule{.kind = FaultKind::Delay};
  read_filters(fields, rule);
  fields.require("milliseconds");
  rule.time = std::chrono::milliseconds(fields.integer("milliseconds", 1, 3'600'000).value_or(1));
  return rule;
}

Fault read_cut_answer(Fields& fields) {
  static constexpr std::array<std::string_view, 5> kNames{"kind", "method", "account", "skip", "times"};
  fields.allow_only(kNames);
  FaultRule rule{.kind = FaultKind::CutAnswer};
  read_filters(fields, rule);
  return rule;
}

Fault read_connection_fault(Fields& fields, FaultKind kind) {
  static constexpr std::array<std::string_view, 4> kCounted{"kind", "dc", "skip", "times"};
  static constexpr std::array<std::string_view, 2> kUncounted{"kind", "dc"};
  if (kind == FaultKind::BlackHole) {
    fields.allow_only(kUncounted);
  } else {
    fields.allow_only(kCounted);
  }
  FaultRule rule{.kind = kind};
  read_filters(fields, rule);
  return rule;
}

Fault read_transport_error(Fields& fields) {
  static constexpr std::array<std::string_view, 5> kNames{"kind", "dc", "code", "skip", "times"};
  fields.allow_only(kNames);
  FaultRule rule{.kind = FaultKind::TransportError};
  read_filters(fields, rule);
  fields.require("code");
  rule.code = static_cast<std::int32_t>(fields.integer("code", -999, -1).value_or(-1));
  return rule;
}

Fault read_handshake(Fields& fields) {
  static constexpr std::array<std::string_view, 5> kNames{"kind", "fault", "dc", "skip", "times"};
  fields.allow_only(kNames);
  FaultRule rule{.kind = FaultKind::Handshake};
  read_filters(fields, rule);
  const std::string name = fields.text("fault");
  const auto found = std::ranges::find(kHandshakeFaults, name, &NamedHandshakeFault::name);
  if (found != kHandshakeFaults.end()) {
    rule.handshake = found->fault;
  } else {
    std::vector<std::string_view> names;
    for (const NamedHandshakeFault& known : kHandshakeFaults)
      names.push_back(known.name);
    fields.fail(fmt::format("\"fault\" must be one of {}", fmt::join(names, ", ")));
  }
  return rule;
}

Fault read_forget(Fields& fields, FaultAction::Kind kind) {
  static constexpr std::array<std::string_view, 2> kNames{"kind", "account"};
  fields.allow_only(kNames);
  FaultAction action{.kind = kind};
  action.account = account_digits(fields.text("account"));
  return action;
}

Fault read_clock_offset(Fields& fields) {
  static constexpr std::array<std::string_view, 2> kNames{"kind", "seconds"};
  fields.allow_only(kNames);
  fields.require("seconds");
  FaultRule rule{.kind = FaultKind::ClockOffset};
  rule.time = std::chrono::seconds(fields.integer("seconds", -31'536'000, 31'536'000).value_or(0));
  return rule;
}

Fault read_session_fault(Fields& fields, SessionFault fault) {
  // Only an answer has a method, and only a notification has a code.
  std::vector<std::string_view> names{"kind", "account", "dc", "skip", "times"};
  if (std::holds_alternative<mtproto::AnswerFault>(fault))
    names.emplace_back("method");
  if (std::holds_alternative<mtproto::BadMsg>(fault)) {
    names.emplace_back("code");
    fields.require("code");
    const auto code = bad_msg_with(fields.integer("code", 0, 255).value_or(0));
    if (!code)
      fields.fail("\"code\" must be one of 16, 17, 18, 19, 20, 32, 33, 34, 35, 48, 64");
    fault = code.value_or(mtproto::BadMsg::InvalidContainer);
  }
  fields.allow_only(names);
  FaultRule rule{.kind = FaultKind::Session};
  read_filters(fields, rule);
  rule.session = fault;
  return rule;
}

Fault read_rotate_salts(Fields& fields) {
  static constexpr std::array<std::string_view, 1> kNames{"kind"};
  fields.allow_only(kNames);
  return FaultAction{.kind = FaultAction::Kind::RotateSalts};
}

Fault read_forget_key(Fields& fields) {
  static constexpr std::array<std::string_view, 3> kNames{"kind", "account", "auth_key"};
  fields.allow_only(kNames);
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

bool name_matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty())
    return true;
  if (pattern.ends_with('*'))
    return name.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == name;
}

}  // namespace

std::string account_digits(std::string_view phone) {
  std::string digits;
  std::ranges::copy_if(phone, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

ServerResult<Fault> parse_fault(const json::object& request) {
  Fields fields(request);
  const std::string kind = fields.text("kind");
  Fault fault;
  if (kind == "drop") {
    fault = read_drop(fields);
  } else if (kind == "rpc_error") {
    fault = read_rpc_error(fields);
  } else if (kind == "flood_wait") {
    fault = read_flood_wait(fields);
  } else if (kind == "delay") {
    fault = read_delay(fields);
  } else if (kind == "cut_answer") {
    fault = read_cut_answer(fields);
  } else if (kind == "refuse") {
    fault = read_connection_fault(fields, FaultKind::Refuse);
  } else if (kind == "black_hole") {
    fault = read_connection_fault(fields, FaultKind::BlackHole);
  } else if (kind == "transport_error") {
    fault = read_transport_error(fields);
  } else if (kind == "rotate_salts") {
    fault = read_rotate_salts(fields);
  } else if (kind == "forget_key") {
    fault = read_forget_key(fields);
  } else if (kind == "forget_temporary_keys") {
    fault = read_forget(fields, FaultAction::Kind::ForgetTemporaryKeys);
  } else if (kind == "handshake") {
    fault = read_handshake(fields);
  } else if (kind == "forget_sessions") {
    fault = read_forget(fields, FaultAction::Kind::ForgetSessions);
  } else if (kind == "clock_offset") {
    fault = read_clock_offset(fields);
  } else if (const auto session_fault = session_fault_named(kind)) {
    fault = read_session_fault(fields, *session_fault);
  } else {
    fields.fail(fmt::format(
        "\"kind\" must be one of drop, rpc_error, flood_wait, delay, cut_answer, refuse, black_hole, transport_error, "
        "handshake, rotate_salts, forget_key, forget_temporary_keys, forget_sessions, clock_offset, {}",
        fmt::join(session_fault_names(), ", ")));
  }
  if (!fields.error().empty())
    return server_error(ServerErrc::BadRequest, fields.error());
  return fault;
}

std::uint64_t Faults::add(FaultRule rule, Instant now) {
  const nanoseconds next_drop = now.monotonic + rule.time;
  if (rule.kind == FaultKind::DropAfterBytes)
    ++budget_version_;
  rules_.push_back({.id = next_id_, .rule = std::move(rule), .struck = 0, .next_drop = next_drop});
  return next_id_++;
}

bool Faults::remove(std::uint64_t id) {
  ++budget_version_;
  return std::erase_if(rules_, [id](const Entry& entry) { return entry.id == id; }) != 0;
}

void Faults::clear() {
  ++budget_version_;
  rules_.clear();
}

json::array Faults::list() const {
  json::array all;
  for (const Entry& entry : rules_) {
    const FaultRule& rule = entry.rule;
    json::object object{{"id", entry.id}, {"kind", rule.session ? name_of(*rule.session) : name_of(rule.kind)}};
    if (const auto* code = rule.session ? std::get_if<mtproto::BadMsg>(&*rule.session) : nullptr)
      object["code"] = static_cast<std::int32_t>(*code);
    if (!rule.method.empty())
      object["method"] = rule.method;
    if (!rule.account.empty())
      object["account"] = rule.account;
    if (rule.dc)
      object["dc"] = rule.dc->value();
    if (rule.kind == FaultKind::RpcError || rule.kind == FaultKind::TransportError)
      object["code"] = rule.code;
    if (rule.kind == FaultKind::Handshake)
      object["fault"] = name_of(rule.handshake);
    if (rule.kind == FaultKind::RpcError)
      object["message"] = rule.message;
    if (rule.kind == FaultKind::Delay)
      object["milliseconds"] = rule.time / 1ms;
    if (rule.kind == FaultKind::ClockOffset)
      object["seconds"] = rule.time / 1s;
    if (rule.kind == FaultKind::DropEvery)
      object["every_seconds"] = std::chrono::duration<double>(rule.time).count();
    if (rule.kind == FaultKind::DropAfterBytes)
      object["after_bytes"] = rule.bytes;
    if (rule.skip != 0)
      object["skip"] = rule.skip;
    if (rule.times)
      object["times"] = *rule.times;
    object["struck"] = entry.struck;
    all.push_back(std::move(object));
  }
  return all;
}

/// The first rule that matches and does strike now. A rule that still skips lets later rules have their turn.
Faults::Entry* Faults::strike(FaultKind kind, std::optional<DcId> dc, std::string_view method, std::string_view account,
                              bool (*fits)(const FaultRule&)) {
  for (Entry& entry : rules_) {
    FaultRule& rule = entry.rule;
    if (rule.kind != kind || (fits != nullptr && !fits(rule)))
      continue;
    if (rule.times && *rule.times == 0)
      continue;
    if (rule.dc && dc && *rule.dc != *dc)
      continue;
    if (!name_matches(rule.method, method))
      continue;
    if (!rule.account.empty() && rule.account != account_digits(account))
      continue;
    if (rule.skip > 0) {
      --rule.skip;
      continue;
    }
    ++entry.struck;
    if (rule.times)
      --*rule.times;
    return &entry;
  }
  return nullptr;
}

bool Faults::refuse_connection(DcId dc) {
  return strike(FaultKind::Refuse, dc, {}, {}) != nullptr;
}

bool Faults::black_hole(DcId dc) const {
  return std::ranges::any_of(rules_, [dc](const Entry& entry) {
    return entry.rule.kind == FaultKind::BlackHole && (!entry.rule.dc || *entry.rule.dc == dc);
  });
}

std::optional<std::int32_t> Faults::transport_error(DcId dc) {
  const Entry* entry = strike(FaultKind::TransportError, dc, {}, {});
  if (entry == nullptr)
    return std::nullopt;
  return entry->rule.code;
}

std::vector<HandshakeFault> Faults::handshake_faults(DcId dc) {
  std::vector<HandshakeFault> faults;
  // Each rule at most once a connection.
  for (Entry& entry : rules_) {
    FaultRule& rule = entry.rule;
    if (rule.kind != FaultKind::Handshake || rule.times == std::uint64_t{0} || (rule.dc && *rule.dc != dc))
      continue;
    if (rule.skip > 0) {
      --rule.skip;
      continue;
    }
    ++entry.struck;
    if (rule.times)
      --*rule.times;
    faults.push_back(rule.handshake);
  }
  return faults;
}

std::optional<Faults::RpcError> Faults::rpc_error(std::string_view method, std::string_view account) {
  const Entry* entry = strike(FaultKind::RpcError, std::nullopt, method, account);
  if (entry == nullptr)
    return std::nullopt;
  return RpcError{entry->rule.code, entry->rule.message};
}

nanoseconds Faults::answer_delay(std::string_view method, std::string_view account) {
  const Entry* entry = strike(FaultKind::Delay, std::nullopt, method, account);
  return entry == nullptr ? nanoseconds{} : entry->rule.time;
}

bool Faults::cut_answer(std::string_view method, std::string_view account) {
  return strike(FaultKind::CutAnswer, std::nullopt, method, account) != nullptr;
}

nanoseconds Faults::clock_offset() const {
  const auto newest = std::ranges::find(rules_.rbegin(), rules_.rend(), FaultKind::ClockOffset,
                                        [](const Entry& entry) { return entry.rule.kind; });
  return newest == rules_.rend() ? nanoseconds{} : newest->rule.time;
}

std::optional<std::uint64_t> Faults::byte_budget(DcId dc) {
  const Entry* entry = strike(FaultKind::DropAfterBytes, dc, {}, {});
  if (entry == nullptr)
    return std::nullopt;
  return 1 + random_.below(entry->rule.bytes);
}

std::optional<nanoseconds> Faults::next_deadline() const {
  std::optional<nanoseconds> earliest;
  for (const Entry& entry : rules_) {
    if (entry.rule.kind != FaultKind::DropEvery || entry.rule.times == std::uint64_t{0})
      continue;
    if (!earliest || entry.next_drop < *earliest)
      earliest = entry.next_drop;
  }
  return earliest;
}

std::vector<Faults::Drop> Faults::on_timer(Instant now) {
  std::vector<Drop> due;
  for (Entry& entry : rules_) {
    FaultRule& rule = entry.rule;
    if (rule.kind != FaultKind::DropEvery || entry.next_drop > now.monotonic || rule.times == std::uint64_t{0})
      continue;
    entry.next_drop = now.monotonic + rule.time;
    if (rule.skip > 0) {
      --rule.skip;
      continue;
    }
    ++entry.struck;
    if (rule.times)
      --*rule.times;
    due.push_back({rule.dc});
  }
  return due;
}

}  // namespace ledgram::sim
