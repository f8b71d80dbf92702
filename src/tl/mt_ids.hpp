#pragma once

/// Ids of MTProto's objects that floor mtproto reads and writes by hand, for switches on the first four bytes of a
/// message (core.telegram.org/mtproto/service_messages). Those with a structure in mt.hpp have the same kId there.

#include <cstdint>

namespace ledgram::tl::mt {

/// A container's messages are cut by their own length fields, which a schema cannot say.
inline constexpr std::uint32_t kMsgContainerId = 0x73f1f8dc;
inline constexpr std::uint32_t kMsgCopyId = 0xe06046b2;

/// Their content is decided by what surrounds them: the type of a result by its request, of a packed object by what
/// is inside.
inline constexpr std::uint32_t kRpcResultId = 0xf35c6d01;
inline constexpr std::uint32_t kGzipPackedId = 0x3072cfa1;

}  // namespace ledgram::tl::mt
