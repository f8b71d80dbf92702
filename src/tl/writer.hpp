#pragma once

/// Writes TL values (core.telegram.org/mtproto/serialize). Owns the bytes until take().

#include "ledgram/base/bytes.hpp"
#include "ledgram/tl/reader.hpp"
#include "ledgram/tl/types.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <string_view>
#include <utility>

namespace ledgram::tl {

/// What the three length bytes of a string can say.
inline constexpr std::size_t kMaxStringLength = (1U << 24) - 1;

class Writer {
 public:
  Writer() = default;

  /// Appends to `out`, for example to a header that is already there.
  explicit Writer(Bytes out) : out_(std::move(out)), size_(out_.size()) {}

  [[gnu::always_inline]] void i32(std::int32_t value) { scalar(value); }
  [[gnu::always_inline]] void u32(std::uint32_t value) { scalar(value); }
  [[gnu::always_inline]] void i64(std::int64_t value) { scalar(value); }
  [[gnu::always_inline]] void u64(std::uint64_t value) { scalar(value); }
  [[gnu::always_inline]] void f64(double value) { scalar(value); }
  void int128(const Int128& value) { raw(value); }
  void int256(const Int256& value) { raw(value); }
  void boolean(bool value) { u32(value ? kBoolTrueId : kBoolFalseId); }

  void string(std::string_view text) { bytes(as_bytes(text)); }

  /// At most kMaxStringLength bytes.
  void bytes(ByteView content) {
    assert(content.size() <= kMaxStringLength);
    const std::size_t head = content.size() < 254 ? 1 : 4;
    const std::size_t total = (head + content.size() + 3) & ~std::size_t{3};
    std::uint8_t* to = advance(total);
    std::memset(to + total - 4, 0, 4);  // the padding; what is not padding is written over it
    if (head == 1) {
      to[0] = static_cast<std::uint8_t>(content.size());
    } else {
      const auto length = static_cast<std::uint32_t>(content.size() << 8 | 254U);
      std::memcpy(to, &length, sizeof length);
    }
    if (!content.empty())
      std::memcpy(to + head, content.data(), content.size());
  }

  /// Bytes as they are: something that was serialized before.
  void raw(ByteView content) {
    if (!content.empty())
      std::memcpy(advance(content.size()), content.data(), content.size());
  }

  /// The head of a boxed vector; its elements are to follow.
  void vector_head(std::size_t count) {
    u32(kVectorId);
    u32(static_cast<std::uint32_t>(count));
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] ByteView view() const { return {out_.data(), size_}; }

  /// Room for this many bytes in all, to save growing step by step.
  void reserve(std::size_t bytes) {
    if (bytes > out_.size())
      out_.resize(bytes);
  }

  /// What was written; the writer is empty afterwards.
  [[nodiscard]] Bytes take() {
    out_.resize(std::exchange(size_, 0));
    return std::exchange(out_, {});
  }

 private:
  /// Small objects, which are most, then need one allocation.
  static constexpr std::size_t kFirstSize = 256;

  [[gnu::always_inline]] std::uint8_t* advance(std::size_t count) {
    if (out_.size() - size_ < count) [[unlikely]]
      grow(count);
    return out_.data() + std::exchange(size_, size_ + count);
  }

  [[gnu::noinline]] void grow(std::size_t count) {
    out_.resize(std::max({out_.size() * 2, size_ + count, kFirstSize}));
  }

  template <class T>
  [[gnu::always_inline]] void scalar(T value) {
    std::memcpy(advance(sizeof(T)), &value, sizeof(T));
  }

  Bytes out_;             ///< what was written, then room that is zero or stale
  std::size_t size_ = 0;  ///< of what was written
};

}  // namespace ledgram::tl
