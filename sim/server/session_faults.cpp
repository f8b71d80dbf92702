#include "ledgram/sim_server/session_faults.hpp"

#include "ledgram/sim_server/faults.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ledgram::sim {

namespace {

using mtproto::AnswerFault;
using mtproto::BadMsg;
using mtproto::PacketFault;

constexpr std::array<std::pair<std::string_view, PacketFault>, 12> kPacketFaults{{
    {"replay", PacketFault::Twice},
    {"wrong_msg_key", PacketFault::WrongMsgKey},
    {"foreign_session", PacketFault::ForeignSession},
    {"even_msg_id", PacketFault::EvenMsgId},
    {"old_msg_id", PacketFault::TooOld},
    {"future_msg_id", PacketFault::InTheFuture},
    {"no_padding", PacketFault::NoPadding},
    {"short_padding", PacketFault::ShortPadding},
    {"long_padding", PacketFault::LongPadding},
    {"negative_length", PacketFault::NegativeLength},
    {"odd_length", PacketFault::OddLength},
    {"long_length", PacketFault::LongLength},
}};

constexpr std::array<std::pair<std::string_view, AnswerFault>, 3> kAnswerFaults{{
    {"detailed_info", AnswerFault::Announced},
    {"duplicate_answer", AnswerFault::Repeated},
    {"unknown_answer", AnswerFault::ForUnknown},
}};

constexpr std::string_view kMalformedFrame = "malformed_frame";
constexpr std::string_view kBadMsg = "bad_msg";

constexpr std::array kCodes{
    BadMsg::MsgIdTooLow,      BadMsg::MsgIdTooHigh, BadMsg::MsgIdLowBits,    BadMsg::ContainerIdRepeated,
    BadMsg::TooOld,           BadMsg::SeqnoTooLow,  BadMsg::SeqnoTooHigh,    BadMsg::EvenSeqnoExpected,
    BadMsg::OddSeqnoExpected, BadMsg::WrongSalt,    BadMsg::InvalidContainer};

template <class Table, class Fault>
std::string_view find_name(const Table& table, Fault fault) {
  const auto found = std::ranges::find(table, fault, [](const auto& entry) { return entry.second; });
  return found == table.end() ? "unknown" : found->first;
}

}  // namespace

std::optional<SessionFault> session_fault_named(std::string_view name) {
  for (const auto& [known, fault] : kPacketFaults) {
    if (known == name)
      return fault;
  }
  for (const auto& [known, fault] : kAnswerFaults) {
    if (known == name)
      return fault;
  }
  if (name == kMalformedFrame)
    return MalformedFrame{};
  if (name == kBadMsg)
    return BadMsg::InvalidContainer;
  return std::nullopt;
}

std::string_view name_of(const SessionFault& fault) {
  if (const auto* packet = std::get_if<PacketFault>(&fault))
    return find_name(kPacketFaults, *packet);
  if (const auto* answer = std::get_if<AnswerFault>(&fault))
    return find_name(kAnswerFaults, *answer);
  return std::holds_alternative<MalformedFrame>(fault) ? kMalformedFrame : kBadMsg;
}

std::vector<std::string_view> session_fault_names() {
  std::vector<std::string_view> names;
  for (const auto& [name, fault] : kPacketFaults)
    names.push_back(name);
  for (const auto& [name, fault] : kAnswerFaults)
    names.push_back(name);
  names.push_back(kMalformedFrame);
  names.push_back(kBadMsg);
  return names;
}

std::optional<BadMsg> bad_msg_with(std::int64_t code) {
  const auto found = std::ranges::find(kCodes, code, [](BadMsg known) { return static_cast<std::int64_t>(known); });
  return found == kCodes.end() ? std::nullopt : std::optional(*found);
}

/// Of the standing session faults the first of type T that matches and strikes now.
template <class T>
const T* Faults::strike_session(DcId dc, std::string_view method, std::string_view account) {
  const Entry* entry = strike(FaultKind::Session, dc, method, account, [](const FaultRule& rule) {
    return rule.session && std::holds_alternative<T>(*rule.session);
  });
  return entry == nullptr ? nullptr : std::get_if<T>(&*entry->rule.session);
}

void Faults::spoil_packet(mtproto::ServerSession& session, DcId dc, std::string_view account) {
  if (const PacketFault* fault = strike_session<PacketFault>(dc, {}, account))
    session.fault_next_packet(*fault);
}

void Faults::spoil_answer(mtproto::ServerSession& session, DcId dc, std::string_view method, std::string_view account) {
  if (const AnswerFault* fault = strike_session<AnswerFault>(dc, method, account))
    session.fault_next_answer(*fault);
}

void Faults::spoil_request(mtproto::ServerSession& session, DcId dc, std::string_view account) {
  if (session.refuses_next_message())
    return;
  if (const BadMsg* code = strike_session<BadMsg>(dc, {}, account))
    session.refuse_next_message(*code);
}

bool Faults::malformed_frame(DcId dc, std::string_view account) {
  return strike_session<MalformedFrame>(dc, {}, account) != nullptr;
}

}  // namespace ledgram::sim
