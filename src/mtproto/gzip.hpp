#pragma once

/// The gzip streams inside gzip_packed (core.telegram.org/mtproto/service_messages#packed-object).

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/error.hpp"
#include "ledgram/mtproto/error.hpp"

#include <cstddef>

namespace ledgram::mtproto {

/// Most bytes that one packed object may unpack to: what the largest accepted frame could have carried unpacked, so
/// packing gives a peer no way to make us hold more than it could have sent openly.
inline constexpr std::size_t kMaxUnpackedBytes = std::size_t{16} << 20;

/// Unpacks one gzip (or zlib) stream. Memory grows with what really comes out and never past `cap`: a stream that would
/// unpack to more is MtprotoErrc::GzipTooLarge, a broken or cut one MtprotoErrc::BadGzip.
Result<Bytes, MtprotoError> gunzip(ByteView packed, std::size_t cap = kMaxUnpackedBytes);

/// A gzip stream of `plain`. The same input gives the same output (no time stamp in the header).
Bytes gzip(ByteView plain);

}  // namespace ledgram::mtproto
