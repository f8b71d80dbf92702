#include "ledgram/base/random.hpp"

#include <algorithm>
#include <cstring>

namespace ledgram {

std::uint64_t RandomSource::next_u64() {
  ByteArray<8> bytes{};
  fill(bytes);
  return load_le64(bytes);
}

std::uint64_t RandomSource::below(std::uint64_t bound) {
  // Numbers past the last whole multiple of the bound would favour the low results, so they are drawn again.
  const std::uint64_t first_biased = UINT64_MAX - UINT64_MAX % bound;
  std::uint64_t drawn = next_u64();
  while (drawn >= first_biased)
    drawn = next_u64();
  return drawn % bound;
}

Bytes RandomSource::bytes(std::size_t count) {
  Bytes result(count);
  fill(result);
  return result;
}

void SeededRandom::fill(MutableByteView out) {
  while (!out.empty()) {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebU;
    mixed ^= mixed >> 31;
    const std::size_t count = std::min(out.size(), sizeof mixed);
    std::memcpy(out.data(), &mixed, count);
    out = out.subspan(count);
  }
}

}  // namespace ledgram
