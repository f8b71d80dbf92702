#pragma once

/// The pictures that people and channels show: drawn from a seed, so that nothing has to be kept.

#include "ledgram/base/bytes.hpp"

#include <cstdint>

namespace ledgram::sim {

/// A square PNG of `side` pixels in two colours, the same for the same seed and side.
Bytes draw_picture(std::uint64_t seed, std::uint32_t side);

}  // namespace ledgram::sim
