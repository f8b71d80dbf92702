#pragma once

/// Texts made from numbers: what generated messages say.

#include "ledgram/sim_content/post.hpp"

#include <cstddef>
#include <cstdint>

namespace ledgram::sim {

/// SplitMix64: one addition and three multiplications a number, and any seed is good.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }

  /// In [0, bound), for bounds below 2^32: a multiplication instead of a division.
  std::uint64_t below(std::uint64_t bound) { return ((next() >> 32U) * bound) >> 32U; }

  template <class List>
  const auto& pick(const List& list) {
    return list[static_cast<std::size_t>(below(list.size()))];
  }

 private:
  std::uint64_t state_;
};

/// A text of about 750 bytes with entities, appended to what the post holds.
void write_synthetic_text(Post& post, Dice& dice);

/// The same of about `bytes` bytes; short ones have no heading and no links.
void write_synthetic_text(Post& post, Dice& dice, std::size_t bytes);

}  // namespace ledgram::sim
