#pragma once

/// Reads what Qt's QDataStream writes: big-endian numbers, and byte arrays with a length before them
/// (doc.qt.io/qt-6/datastreamformat.html). Internal to this floor. Does not own the bytes; they must outlive it.
///
/// The first failure sticks: from then on every read returns nothing, and ok() is false.

#include "ledgram/base/bytes.hpp"

#include <cstdint>

namespace ledgram::sessions {

class QtReader {
 public:
  explicit QtReader(ByteView data) : rest_(data) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t remaining() const { return rest_.size(); }

  std::int32_t i32() { return static_cast<std::int32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }

  /// `size` bytes as they are.
  ByteView raw(std::size_t size);

  /// A QByteArray. A null one (length 2^32-1) is empty.
  ByteView byte_array();

 private:
  std::uint64_t number(std::size_t size);

  ByteView rest_;
  bool ok_ = true;
};

}  // namespace ledgram::sessions
