#pragma once

/// The checksum of the full transport (core.telegram.org/mtproto/mtproto-transports#full).

#include "ledgram/base/bytes.hpp"

#include <cstdint>

namespace ledgram::crypto {

/// CRC-32 of ISO 3309 (polynomial 0x04c11db7, reflected), the one of gzip and PNG.
std::uint32_t crc32(ByteView data);

}  // namespace ledgram::crypto
