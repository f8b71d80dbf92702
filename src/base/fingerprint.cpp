#include "ledgram/base/fingerprint.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace ledgram {
namespace {

__extension__ using Uint128 = unsigned __int128;

constexpr std::size_t kBlock = 16;

/// Numbers without a pattern: the fractions of the square roots of the first six primes.
constexpr std::uint64_t kKeys[] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                   0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f};

/// Each bit of the product depends on many bits of both; its halves together keep what each alone would lose.
std::uint64_t folded(std::uint64_t a, std::uint64_t b) {
  const Uint128 product = static_cast<Uint128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

/// Two numbers that go through the text side by side, so that a processor works on both at once.
class Lanes {
 public:
  explicit Lanes(std::size_t size) : a_(kKeys[0] ^ size), b_(kKeys[1] ^ size) {}

  void take(ByteView block) {
    const std::uint64_t first = load_le64(block.first(8));
    const std::uint64_t second = load_le64(block.subspan(8, 8));
    a_ = folded(first ^ a_, second ^ kKeys[2]);
    b_ = folded(first ^ kKeys[3], second ^ b_);
  }

  [[nodiscard]] ByteArray<kBlock> take_result() const {
    ByteArray<kBlock> result{};
    store_le64(MutableByteView(result).first(8), folded(a_ ^ kKeys[4], b_ ^ kKeys[5]));
    store_le64(MutableByteView(result).subspan(8), folded(b_ ^ kKeys[4], a_ ^ kKeys[2]));
    return result;
  }

 private:
  std::uint64_t a_;
  std::uint64_t b_;
};

}  // namespace

ByteArray<16> fingerprint(std::string_view text) {
  Lanes lanes(text.size());
  ByteView left = as_bytes(text);
  for (; left.size() >= kBlock; left = left.subspan(kBlock))
    lanes.take(left);
  if (!left.empty()) {
    // The size tells zeros of the text from these.
    ByteArray<kBlock> last{};
    std::ranges::copy(left, last.begin());
    lanes.take(last);
  }
  return lanes.take_result();
}

}  // namespace ledgram
