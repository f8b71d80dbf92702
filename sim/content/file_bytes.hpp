#pragma once

/// The bytes of files that nobody has: made from a seed, at any offset, without keeping any of them.

#include "ledgram/base/bytes.hpp"

#include <cstdint>

namespace ledgram::sim {

/// Bytes `offset` and following of the endless file `seed`. Costs about as much as copying them.
void generate_file_bytes(std::uint64_t seed, std::uint64_t offset, MutableByteView into);

}  // namespace ledgram::sim
