#pragma once

/// MD5, which is broken and protects nothing. Files of other programs carry it as a checksum.

#include "ledgram/base/bytes.hpp"

#include <initializer_list>

namespace ledgram::crypto {

using Md5Digest = ByteArray<16>;

/// MD5 of RFC 1321 over the parts one after another, as if they had been joined.
Md5Digest md5(std::initializer_list<ByteView> parts);

}  // namespace ledgram::crypto
