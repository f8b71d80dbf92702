#pragma once

/// What an MTProto session can be made to do wrong, by the names that POST /faults gives to it. The session itself
/// knows how (ledgram/mtproto/server_session.hpp); Faults decides when.

#include "ledgram/mtproto/server_session.hpp"
#include "ledgram/mtproto/service_ids.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace ledgram::sim {

/// A frame of a length that cannot be, in place of a packet.
struct MalformedFrame {};

using SessionFault = std::variant<mtproto::PacketFault, mtproto::AnswerFault, MalformedFrame, mtproto::BadMsg>;

/// The fault with this name, for example "wrong_msg_key"; "bad_msg" is one with any code.
std::optional<SessionFault> session_fault_named(std::string_view name);
std::string_view name_of(const SessionFault& fault);
std::vector<std::string_view> session_fault_names();

/// The code of a bad_msg_notification, if there is one with this number.
std::optional<mtproto::BadMsg> bad_msg_with(std::int64_t code);

}  // namespace ledgram::sim
