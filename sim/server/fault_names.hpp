#pragma once

/// The names that POST /faults and GET /faults give to faults. Used by the fault parser and by Faults.

#include "ledgram/sim_server/faults.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace ledgram::sim {

std::string_view name_of(FaultKind kind);
std::string_view name_of(mtproto::HandshakeFault fault);

std::optional<mtproto::HandshakeFault> handshake_fault_named(std::string_view name);
std::vector<std::string_view> handshake_fault_names();

}  // namespace ledgram::sim
