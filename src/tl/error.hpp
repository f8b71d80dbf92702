#pragma once

/// What can be wrong with TL: bytes from a peer, JSON from a program, a schema file from a disk.

#include "ledgram/base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ledgram::tl {

enum class TlErrc {
  UnexpectedEnd,       ///< the bytes ended inside a value
  UnknownConstructor,  ///< no constructor of the schema has this id
  WrongConstructor,    ///< the constructor exists but belongs to another type
  DepthExceeded,       ///< objects nested deeper than Reader allows
  LengthExceeded,      ///< a string or vector announces more than the bytes that are left
  BadValue,            ///< bytes that no value is encoded as
  TrailingBytes,       ///< the value ended before the bytes did
  BadSchema,           ///< a TL schema text with an error; the message names the line
  BadJson,             ///< JSON that does not fit the schema; the message names the path
};

constexpr bool is_retryable(TlErrc) {
  return false;
}

constexpr std::string_view name_of(TlErrc code) {
  switch (code) {
    case TlErrc::UnexpectedEnd:
      return "unexpected end";
    case TlErrc::UnknownConstructor:
      return "unknown constructor";
    case TlErrc::WrongConstructor:
      return "wrong constructor";
    case TlErrc::DepthExceeded:
      return "depth exceeded";
    case TlErrc::LengthExceeded:
      return "length exceeded";
    case TlErrc::BadValue:
      return "bad value";
    case TlErrc::TrailingBytes:
      return "trailing bytes";
    case TlErrc::BadSchema:
      return "bad schema";
    case TlErrc::BadJson:
      return "bad JSON";
  }
  return "unknown";
}

/// An error of this floor. `constructor` is set for UnknownConstructor and WrongConstructor, `offset` for everything
/// that Reader finds: where in its bytes the value starts that could not be read.
struct TlError : BasicError<TlErrc> {
  std::uint32_t constructor = 0;
  std::size_t offset = 0;
};

}  // namespace ledgram::tl
