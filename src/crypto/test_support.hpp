#pragma once

/// Helpers of the tests of floor crypto.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/random.hpp"

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string_view>

namespace ledgram::crypto::testing {

/// Bytes of a vector written in hexadecimal in a test.
inline Bytes hex(std::string_view text) {
  auto bytes = from_hex(text);
  if (!bytes)
    throw std::logic_error("a test vector is not hexadecimal");
  return *std::move(bytes);
}

template <std::size_t N>
ByteArray<N> hex_array(std::string_view text) {
  const Bytes bytes = hex(text);
  if (bytes.size() != N)
    throw std::logic_error("a test vector has the wrong size");
  ByteArray<N> array{};
  std::ranges::copy(bytes, array.begin());
  return array;
}

/// Byte i is i * factor + offset modulo 256. The programs that made the vectors used the same rule.
inline Bytes sequence(std::size_t size, unsigned factor, unsigned offset) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<std::uint8_t>(i * factor + offset);
  return bytes;
}

template <std::size_t N>
ByteArray<N> sequence_array(unsigned factor, unsigned offset) {
  const Bytes bytes = sequence(N, factor, offset);
  ByteArray<N> array{};
  std::ranges::copy(bytes, array.begin());
  return array;
}

/// A source that gives such a sequence, for vectors made with chosen randomness.
class SequenceRandom final : public RandomSource {
 public:
  SequenceRandom(unsigned factor, unsigned offset, std::size_t start = 0)
      : factor_(factor), offset_(offset), position_(start), start_(start) {}

  void fill(MutableByteView out) override {
    for (std::uint8_t& byte : out)
      byte = static_cast<std::uint8_t>(position_++ * factor_ + offset_);
  }

  [[nodiscard]] std::size_t drawn() const { return position_ - start_; }

 private:
  unsigned factor_;
  unsigned offset_;
  std::size_t position_;
  std::size_t start_;
};

/// Always the same byte: the worst source there is.
class ConstantRandom final : public RandomSource {
 public:
  explicit ConstantRandom(std::uint8_t value) : value_(value) {}

  void fill(MutableByteView out) override { std::ranges::fill(out, value_); }

 private:
  std::uint8_t value_;
};

}  // namespace ledgram::crypto::testing
