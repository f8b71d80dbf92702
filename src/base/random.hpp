#pragma once

/// Randomness as a dependency. The real source (the kernel's) lives in floor net; tests print and fix their seed.

#include "ledgram/base/bytes.hpp"

#include <cstdint>

namespace ledgram {

class RandomSource {
 public:
  virtual ~RandomSource() = default;

  virtual void fill(MutableByteView out) = 0;

  std::uint64_t next_u64();

  /// Uniform in [0, bound); bound must be positive.
  std::uint64_t below(std::uint64_t bound);

  Bytes bytes(std::size_t count);
};

/// Repeatable bytes from a seed (SplitMix64), for tests, simulations and content generators. Never for secrets.
class SeededRandom final : public RandomSource {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

  void fill(MutableByteView out) override;

 private:
  std::uint64_t state_;
};

}  // namespace ledgram
