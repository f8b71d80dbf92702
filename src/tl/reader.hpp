#pragma once

/// Reads TL values from bytes (core.telegram.org/mtproto/serialize). Does not own the bytes; they must outlive it.
///
/// The first failure sticks: from then on every read returns a zero value at once and `error()` says what happened
/// where. So a sequence of reads needs one check at its end. Nothing is allocated on the word of a length field alone:
/// lengths are compared with the bytes left first.

#include "ledgram/base/bytes.hpp"
#include "ledgram/tl/error.hpp"
#include "ledgram/tl/types.hpp"

#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ledgram::tl {

/// Objects within objects. The deepest that Telegram sends are rich texts of instant views, about 20 levels; 64 leaves
/// room and keeps the stack of a reading thread under 64 kB.
inline constexpr unsigned kMaxDepth = 64;

/// boolTrue, boolFalse and vector: part of the language, with ids of their own.
inline constexpr std::uint32_t kBoolTrueId = 0x997275b5;
inline constexpr std::uint32_t kBoolFalseId = 0xbc799737;
inline constexpr std::uint32_t kVectorId = 0x1cb5c415;

class Reader {
 public:
  explicit Reader(ByteView data) : begin_(data.data()), next_(begin_), end_(begin_ + data.size()) {}

  [[nodiscard]] bool ok() const { return !error_; }

  /// Only after a failure.
  [[nodiscard]] const TlError& error() const { return *error_; }
  [[nodiscard]] TlError take_error() { return std::move(*error_); }

  [[nodiscard]] std::size_t position() const { return static_cast<std::size_t>(next_ - begin_); }

  /// Bytes left; 0 after a failure.
  [[nodiscard]] std::size_t remaining() const { return static_cast<std::size_t>(end_ - next_); }

  [[gnu::always_inline]] std::int32_t i32() { return scalar<std::int32_t>(); }
  [[gnu::always_inline]] std::uint32_t u32() { return scalar<std::uint32_t>(); }
  [[gnu::always_inline]] std::int64_t i64() { return scalar<std::int64_t>(); }
  [[gnu::always_inline]] std::uint64_t u64() { return scalar<std::uint64_t>(); }
  [[gnu::always_inline]] double f64() { return scalar<double>(); }
  Int128 int128() { return scalar<Int128>(); }
  Int256 int256() { return scalar<Int256>(); }

  /// A boxed Bool.
  bool boolean() {
    const std::uint32_t id = u32();
    if (id != kBoolTrueId && id != kBoolFalseId)
      fail_constructor(id, "Bool");
    return id == kBoolTrueId;
  }

  std::string string() { return std::string(as_text(bytes_view())); }

  Bytes bytes() {
    const ByteView view = bytes_view();
    return {view.begin(), view.end()};
  }

  /// The content of a string or bytes value, inside the memory that the reader was given.
  ByteView bytes_view();

  /// The next `count` bytes as they are.
  ByteView raw(std::size_t count) {
    if (remaining() < count) {
      fail_end(count);
      return {};
    }
    return {std::exchange(next_, next_ + count), count};
  }

  /// All bytes that are left.
  ByteView rest() { return {std::exchange(next_, end_), end_}; }

  /// The number of elements of a boxed vector, its id included. 0 and a failure if so many elements of at least
  /// `min_element_size` bytes (at least 1) cannot follow.
  std::size_t vector_count(std::size_t min_element_size) {
    const std::uint32_t id = u32();
    if (id != kVectorId) {
      fail_constructor(id, "Vector");
      return 0;
    }
    return bare_vector_count(min_element_size);
  }

  std::size_t bare_vector_count(std::size_t min_element_size) {
    const std::uint32_t count = u32();
    if (count > remaining() / min_element_size) {
      fail_count(count);
      return 0;
    }
    return count;
  }

  /// One level deeper, before the fields of an object are read; false and a failure below kMaxDepth.
  /// Each `enter` that returned true is followed by one `leave`.
  bool enter() {
    if (depth_ == kMaxDepth) {
      fail(TlErrc::DepthExceeded, "objects are nested more than 64 deep");
      return false;
    }
    ++depth_;
    return true;
  }

  void leave() { --depth_; }

  /// Makes the reader fail at the current position; a second failure changes nothing.
  void fail(TlErrc code, std::string_view message);

  /// Fails for a constructor id that was just read: UnknownConstructor, or WrongConstructor if `known_as` names it.
  void fail_constructor(std::uint32_t id, std::string_view expected_type, std::string_view known_as = {});

 private:
  // Inlined even where the generated code is compiled for size: objects are mostly made of these.
  template <class T>
  [[gnu::always_inline]] T scalar() {
    T value{};
    if (remaining() < sizeof(T)) [[unlikely]] {
      fail_end(sizeof(T));
      return value;
    }
    std::memcpy(&value, next_, sizeof(T));
    next_ += sizeof(T);
    return value;
  }

  void fail_end(std::size_t wanted);
  void fail_count(std::uint32_t count);
  void fail_at(TlErrc code, std::size_t offset, std::uint32_t constructor, std::string message);

  const std::uint8_t* begin_;
  const std::uint8_t* next_;
  const std::uint8_t* end_;
  unsigned depth_ = 0;
  std::optional<TlError> error_;
};

}  // namespace ledgram::tl
