#include "ledgram/mtproto/tls_records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace ledgram::mtproto {

void TlsRecordReader::feed(ByteView received) {
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
  begin_ = 0;
  append(buffer_, received);
}

Result<std::optional<TlsRecord>, MtprotoError> TlsRecordReader::next() {
  const ByteView rest = ByteView(buffer_).subspan(begin_);
  // Each byte of a header is looked at when it comes, so that nobody waits for the rest of what is no record.
  if (!rest.empty() && (rest[0] < 20 || rest[0] > 23)) {
    return fail(MtprotoErrc::BadTlsRecord,
                fmt::format("what came is no TLS record: it begins with byte {:#04x}", rest[0]));
  }
  if (rest.size() >= 2 && rest[1] != 3)
    return fail(MtprotoErrc::BadTlsRecord, fmt::format("a TLS record of version {}.x", rest[1]));
  if (rest.size() < kTlsRecordHeader)
    return std::optional<TlsRecord>();
  if (rest[2] != 1 && rest[2] != 3)
    return fail(MtprotoErrc::BadTlsRecord, fmt::format("a TLS record of version 3.{}", rest[2]));
  const std::size_t size = static_cast<std::size_t>(rest[3]) << 8U | rest[4];
  if (size > kMaxTlsRecord)
    return fail(MtprotoErrc::BadTlsRecord, fmt::format("a TLS record of {} bytes", size));
  if (rest.size() - kTlsRecordHeader < size)
    return std::optional<TlsRecord>();
  begin_ += kTlsRecordHeader + size;
  return TlsRecord{.type = static_cast<TlsRecordType>(rest[0]),
                   .header = rest.first(kTlsRecordHeader),
                   .content = rest.subspan(kTlsRecordHeader, size)};
}

void append_tls_data(ByteView data, std::size_t most, Bytes& out) {
  while (!data.empty()) {
    const ByteView part = data.first(std::min(most, data.size()));
    append_tls_header(TlsRecordType::ApplicationData, 3, part.size(), out);
    append(out, part);
    data = data.subspan(part.size());
  }
}

void append_tls_header(TlsRecordType type, std::uint8_t minor_version, std::size_t size, Bytes& out) {
  assert(size <= kMaxTlsRecord);
  append(out,
         ByteArray<kTlsRecordHeader>{static_cast<std::uint8_t>(type), 3, minor_version,
                                     static_cast<std::uint8_t>(size >> 8U), static_cast<std::uint8_t>(size & 0xffU)});
}

}  // namespace ledgram::mtproto
