#pragma once

/// Numbers by chance that are the same on every machine; distributions of the standard library are not.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>

namespace ledgram::bench {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  /// 0 to bound-1. The skew of the remainder is far below what matters here.
  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(std::max<std::int64_t>(bound, 1)));
  }
  std::int64_t between(std::int64_t least, std::int64_t most) { return least + below(most - least + 1); }
  double share() { return static_cast<double>(engine_() >> 11U) * 0x1p-53; }
  bool chance(double of) { return share() < of; }
  std::uint64_t next() { return engine_(); }

  template <class List>
  const auto& pick(const List& list) {
    return list[static_cast<std::size_t>(below(static_cast<std::int64_t>(list.size())))];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace ledgram::bench
