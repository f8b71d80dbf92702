#pragma once

/// How handlers refuse: they throw, and ApiService::call turns it into a value. Used inside the API floor.

#include "ledgram/base/error.hpp"
#include "ledgram/sim_api/service.hpp"

#include <cstdint>
#include <string>

namespace ledgram::sim {

using RpcFailure = Failure<RpcFault>;

/// Refuses with an error of the list at core.telegram.org/api/errors.
[[noreturn]] inline void refuse(std::int32_t code, std::string message) {
  throw RpcFailure(RpcFault{.code = code, .message = std::move(message)});
}

[[noreturn]] inline void refuse(std::string message) {
  refuse(400, std::move(message));
}

}  // namespace ledgram::sim
