#pragma once

/// Values that TL has and C++ has not.

#include "ledgram/base/bytes.hpp"

namespace ledgram::tl {

using Int128 = ByteArray<16>;
using Int256 = ByteArray<32>;

/// One serialized object whose type the schema leaves open (`!X`, `Object`): a query inside invokeWithLayer, the
/// result of a generic method. Reading takes all bytes that are left, so it can only be the last field.
struct RawObject {
  Bytes bytes;

  friend bool operator==(const RawObject&, const RawObject&) = default;
};

}  // namespace ledgram::tl
