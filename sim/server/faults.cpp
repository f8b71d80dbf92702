#include "ledgram/sim_server/faults.hpp"

#include "ledgram/sim_server/fault_names.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <iterator>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kDifference = "updates.getDifference";

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

std::uint64_t Faults::add(FaultRule rule, Instant now) {
  const nanoseconds due = now.monotonic + rule.time;
  if (rule.kind == FaultKind::DropAfterBytes)
    ++budget_version_;
  const SeededRandom dice(rule.seed.value_or(next_id_));
  rules_.push_back({.id = next_id_, .rule = std::move(rule), .struck = 0, .due = due, .dice = dice});
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
    if (rule.kind == FaultKind::Delay || rule.kind == FaultKind::DelayUpdates)
      object["milliseconds"] = rule.time / 1ms;
    if (rule.kind == FaultKind::Silence && rule.time != nanoseconds{})
      object["seconds"] = std::chrono::duration<double>(rule.time).count();
    if (rule.kind == FaultKind::ClockOffset)
      object["seconds"] = rule.time / 1s;
    if (rule.kind == FaultKind::DifferenceSlices)
      object["events"] = rule.events;
    if (rule.kind == FaultKind::DropEvery)
      object["every_seconds"] = std::chrono::duration<double>(rule.time).count();
    if (rule.kind == FaultKind::DropAfterBytes)
      object["after_bytes"] = rule.bytes;
    if (rule.skip != 0)
      object["skip"] = rule.skip;
    if (rule.times)
      object["times"] = *rule.times;
    if (rule.chance < 1)
      object["chance"] = rule.chance;
    object["struck"] = entry.struck;
    all.push_back(std::move(object));
  }
  return all;
}

/// Counts a match and says whether the rule strikes.
bool Faults::strikes(Entry& entry) {
  FaultRule& rule = entry.rule;
  if (rule.times && *rule.times == 0)
    return false;
  if (rule.skip > 0) {
    --rule.skip;
    return false;
  }
  // 53 bits are what a double holds.
  if (rule.chance < 1 && static_cast<double>(entry.dice.next_u64() >> 11U) * 0x1p-53 >= rule.chance)
    return false;
  ++entry.struck;
  if (rule.times)
    --*rule.times;
  return true;
}

/// The first rule that matches and does strike now. A rule that still skips lets later rules have their turn.
Faults::Entry* Faults::strike(FaultKind kind, std::optional<DcId> dc, std::string_view method, std::string_view account,
                              bool (*fits)(const FaultRule&)) {
  for (Entry& entry : rules_) {
    const FaultRule& rule = entry.rule;
    if (rule.kind != kind || (fits != nullptr && !fits(rule)))
      continue;
    if (rule.dc && dc && *rule.dc != *dc)
      continue;
    if (!name_matches(rule.method, method))
      continue;
    if (!rule.account.empty() && rule.account != account_digits(account))
      continue;
    if (strikes(entry))
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

std::vector<mtproto::HandshakeFault> Faults::handshake_faults(DcId dc) {
  std::vector<mtproto::HandshakeFault> faults;
  // Each rule at most once a connection.
  for (Entry& entry : rules_) {
    const FaultRule& rule = entry.rule;
    if (rule.kind != FaultKind::Handshake || (rule.dc && *rule.dc != dc))
      continue;
    if (strikes(entry))
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

const Faults::Entry* Faults::find_silence(std::string_view account, Instant now) const {
  for (const Entry& entry : rules_) {
    const FaultRule& rule = entry.rule;
    const bool over = rule.time != nanoseconds{} && entry.due <= now.monotonic;
    if (rule.kind == FaultKind::Silence && !over && (rule.account.empty() || rule.account == account_digits(account)))
      return &entry;
  }
  return nullptr;
}

bool Faults::silent(std::string_view account, Instant now) const {
  return find_silence(account, now) != nullptr;
}

Faults::PushFate Faults::push_fate(std::string_view account, Instant now) {
  PushFate fate;
  if (rules_.empty())
    return fate;
  const auto strikes_push = [&](FaultKind kind) { return strike(kind, std::nullopt, {}, account); };
  if (const Entry* silence = find_silence(account, now)) {
    ++rules_[static_cast<std::size_t>(silence - rules_.data())].struck;
    fate.lost = true;
    return fate;
  }
  fate.lost = strikes_push(FaultKind::DropUpdate) != nullptr;
  if (fate.lost)
    return fate;
  fate.too_long = strikes_push(FaultKind::UpdatesTooLong) != nullptr;
  fate.repeated = strikes_push(FaultKind::RepeatUpdate) != nullptr;
  if (const Entry* delay = strikes_push(FaultKind::DelayUpdates))
    fate.delay = delay->rule.time;
  return fate;
}

bool Faults::hold_back(std::string_view account) {
  return !rules_.empty() && strike(FaultKind::ReorderUpdates, std::nullopt, {}, account) != nullptr;
}

MinPeers Faults::min_peers(std::string_view account) {
  const Entry* entry = rules_.empty() ? nullptr : strike(FaultKind::MinPeers, std::nullopt, {}, account);
  return entry == nullptr ? MinPeers::None : entry->rule.min_peers;
}

DifferenceFault Faults::difference(std::string_view method, std::string_view account) {
  const auto kind = method == kDifference ? FaultKind::DifferenceTooLong : FaultKind::ChannelTooLong;
  DifferenceFault fault;
  fault.too_long = strike(kind, std::nullopt, method, account) != nullptr;
  if (const Entry* slices = strike(FaultKind::DifferenceSlices, std::nullopt, method, account))
    fault.most_events = slices->rule.events;
  return fault;
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
    if (!earliest || entry.due < *earliest)
      earliest = entry.due;
  }
  return earliest;
}

std::vector<Faults::Drop> Faults::on_timer(Instant now) {
  std::vector<Drop> due;
  for (Entry& entry : rules_) {
    const FaultRule& rule = entry.rule;
    if (rule.kind != FaultKind::DropEvery || entry.due > now.monotonic || rule.times == std::uint64_t{0})
      continue;
    entry.due = now.monotonic + rule.time;
    if (strikes(entry))
      due.push_back({rule.dc});
  }
  return due;
}

}  // namespace ledgram::sim
