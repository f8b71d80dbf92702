#include "ledgram/sessions/qt_reader.hpp"

namespace ledgram::sessions {

ByteView QtReader::raw(std::size_t size) {
  if (!ok_ || size > rest_.size()) {
    ok_ = false;
    rest_ = {};
    return {};
  }
  const ByteView bytes = rest_.first(size);
  rest_ = rest_.subspan(size);
  return bytes;
}

ByteView QtReader::byte_array() {
  constexpr std::uint32_t kNull = 0xffffffff;
  const auto size = static_cast<std::uint32_t>(number(4));
  return size == kNull ? ByteView() : raw(size);
}

std::uint64_t QtReader::number(std::size_t size) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : raw(size))
    value = value << 8U | byte;
  return value;
}

}  // namespace ledgram::sessions
