#include "ledgram/sim_content/file_bytes.hpp"

#include <algorithm>
#include <array>

namespace ledgram::sim {

namespace {

constexpr std::size_t kWord = 8;

/// SplitMix64 as a function of the position, so that any offset can be the first.
std::uint64_t word_at(std::uint64_t seed, std::uint64_t index) {
  std::uint64_t z = seed + (index + 1) * 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

}  // namespace

void generate_file_bytes(std::uint64_t seed, std::uint64_t offset, MutableByteView into) {
  // Neighbouring seeds would otherwise give the same words at neighbouring positions.
  seed = word_at(seed, 0);
  std::uint64_t index = offset / kWord;
  const auto partly = [&](std::size_t skip) {
    ByteArray<kWord> word{};
    store_le64(word, word_at(seed, index++));
    const std::size_t count = std::min(kWord - skip, into.size());
    std::copy_n(word.begin() + static_cast<std::ptrdiff_t>(skip), count, into.begin());
    into = into.subspan(count);
  };
  if (offset % kWord != 0)
    partly(offset % kWord);
  while (into.size() >= kWord) {
    store_le64(into.first(kWord), word_at(seed, index++));
    into = into.subspan(kWord);
  }
  if (!into.empty())
    partly(0);
}

}  // namespace ledgram::sim
