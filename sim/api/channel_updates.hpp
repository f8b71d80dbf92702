#pragma once

/// Events of a channel's log as updates. Used inside the API floor.

#include "ledgram/sim_api/objects.hpp"

#include <boost/json/object.hpp>

#include <cstdint>

namespace ledgram::sim {

/// updateNewChannelMessage, updateEditChannelMessage or updateDeleteChannelMessages. Messages are as they are now; an
/// empty object for the edit of a message that is gone.
boost::json::object channel_update(const ObjectMaker& make, const Channel& channel, const ChannelEvent& event);

}  // namespace ledgram::sim
