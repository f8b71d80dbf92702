#include "ledgram/tl/reader.hpp"

#include <fmt/format.h>

#include <bit>

namespace ledgram::tl {

static_assert(std::endian::native == std::endian::little, "TL is little-endian and is copied as it is");

namespace {

constexpr std::uint8_t kLongStringMark = 254;

}  // namespace

ByteView Reader::bytes_view() {
  // One length byte, or the mark and three; then the content; then zeros up to a multiple of four.
  if (remaining() < 4) [[unlikely]] {
    fail_end(4);
    return {};
  }
  std::size_t head = 1;
  std::size_t length = next_[0];
  if (length >= kLongStringMark) {
    if (length > kLongStringMark) {
      fail(TlErrc::BadValue, "a string starts with the byte 255, which has no meaning");
      return {};
    }
    head = 4;
    length = static_cast<std::size_t>(next_[1]) | static_cast<std::size_t>(next_[2]) << 8 |
             static_cast<std::size_t>(next_[3]) << 16;
  }
  const std::size_t total = (head + length + 3) & ~std::size_t{3};
  if (total > remaining()) [[unlikely]] {
    fail(TlErrc::LengthExceeded,
         fmt::format("a string of {} bytes is announced, {} bytes are left", length, remaining() - head));
    return {};
  }
  const ByteView content(next_ + head, length);
  next_ += total;
  return content;
}

void Reader::fail(TlErrc code, std::string_view message) {
  if (!error_)
    fail_at(code, position(), 0, std::string(message));
}

void Reader::fail_constructor(std::uint32_t id, std::string_view expected_type, std::string_view known_as) {
  if (error_)
    return;
  const std::size_t offset = position() - 4;
  if (known_as.empty()) {
    fail_at(TlErrc::UnknownConstructor, offset, id, fmt::format("{:08x} is no constructor of {}", id, expected_type));
  } else {
    fail_at(TlErrc::WrongConstructor, offset, id,
            fmt::format("{} ({:08x}) stands where {} is expected", known_as, id, expected_type));
  }
}

void Reader::fail_end(std::size_t wanted) {
  if (error_)
    return;
  fail_at(TlErrc::UnexpectedEnd, position(), 0, fmt::format("{} bytes expected, {} are left", wanted, remaining()));
}

void Reader::fail_count(std::uint32_t count) {
  if (error_)
    return;
  fail_at(TlErrc::LengthExceeded, position() - 4, 0,
          fmt::format("a vector of {} elements is announced, {} bytes are left", count, remaining()));
}

void Reader::fail_at(TlErrc code, std::size_t offset, std::uint32_t constructor, std::string message) {
  message += fmt::format(" (at byte {})", offset);
  error_ = TlError{{code, std::move(message)}, constructor, offset};
  next_ = end_;
}

}  // namespace ledgram::tl
