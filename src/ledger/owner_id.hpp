#pragma once

/// The number of a person who uses Ledgram over HTTP.

#include "ledgram/base/strong_id.hpp"

namespace ledgram::ledger {

/// Our own number; unrelated to Telegram's UserId.
using OwnerId = StrongId<struct OwnerIdTag, std::int64_t>;

}  // namespace ledgram::ledger
