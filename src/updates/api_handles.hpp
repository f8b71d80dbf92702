#pragma once

/// Names of the API's types that the headers of this floor carry, without the two seconds that ledgram/tl/api.hpp
/// costs. Whoever looks into one includes ledgram/tl/api.hpp.

#include "ledgram/tl/object.hpp"

namespace ledgram::tl::api {

struct ChatTag;
struct MessageTag;
struct UpdateTag;
struct UpdatesTag;
struct UserTag;
struct updates_ChannelDifferenceTag;
struct updates_DifferenceTag;
struct updates_StateTag;

using Chat = tl::Object<ChatTag>;
using Message = tl::Object<MessageTag>;
using Update = tl::Object<UpdateTag>;
using Updates = tl::Object<UpdatesTag>;
using User = tl::Object<UserTag>;
using updates_ChannelDifference = tl::Object<updates_ChannelDifferenceTag>;
using updates_Difference = tl::Object<updates_DifferenceTag>;
using updates_State = tl::Object<updates_StateTag>;

}  // namespace ledgram::tl::api
