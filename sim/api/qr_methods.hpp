#pragma once

/// What auth.acceptLoginToken and the control API share. Used inside the API floor.

#include "ledgram/sim_api/core.hpp"

namespace ledgram::sim {

/// Somebody on another device agrees: the client that shows the code is told with updateLoginToken. Throws RpcFailure.
void accept_qr_token(Core& core, const Bytes& token, const Account& account, std::int32_t now);

}  // namespace ledgram::sim
