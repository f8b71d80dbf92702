#pragma once

/// Short forms of updateNewMessage, written out.

#include "ledgram/base/strong_id.hpp"
#include "ledgram/updates/api_handles.hpp"

namespace ledgram::updates {

/// updateNewMessage with the message as a difference would bring it: without from_id if the other side of a private
/// chat wrote it, with `self` as from_id if this account did (none if self is 0). Empty if `updates` is not
/// updateShortMessage or updateShortChatMessage. Moves out of `updates`.
tl::api::Update written_out(tl::api::Updates& updates, UserId self);

}  // namespace ledgram::updates
