#pragma once

/// The kernel's random numbers, good for keys.

#include "ledgram/base/random.hpp"

namespace ledgram::net {

/// getrandom(2). Thread-safe, without state. Never fails once the kernel has been seeded; before that it waits.
class SystemRandom final : public RandomSource {
 public:
  void fill(MutableByteView out) override;
};

}  // namespace ledgram::net
