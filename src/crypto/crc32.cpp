#include "ledgram/crypto/crc32.hpp"

#include <zlib.h>

namespace ledgram::crypto {

std::uint32_t crc32(ByteView data) {
  return static_cast<std::uint32_t>(::crc32_z(0, data.data(), data.size()));
}

}  // namespace ledgram::crypto
