#pragma once

/// Cursors of lists of posts.

#include "ledgram/api/call.hpp"
#include "ledgram/ledger/post_store.hpp"

#include <optional>
#include <string>

namespace ledgram::api {

std::string cursor_at(const ledger::PostPlace& place);

/// Of the parameter `cursor`; nothing if none was given. Throws InvalidParameter for what cursor_at() has not made.
std::optional<ledger::PostPlace> place_in_cursor(const Call& call);

}  // namespace ledgram::api
