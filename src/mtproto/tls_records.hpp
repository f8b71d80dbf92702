#pragma once

/// TLS records (RFC 8446 section 5.1) as the disguise of MTProxy connections uses them: cutting them out of a stream
/// and putting application data into them. Nothing in them is encrypted by TLS. For the inside of fake_tls_*.cpp.

#include "ledgram/base/bytes.hpp"
#include "ledgram/mtproto/error.hpp"

#include <cstdint>
#include <optional>

namespace ledgram::mtproto {

enum class TlsRecordType : std::uint8_t {
  ChangeCipherSpec = 20,
  Alert = 21,
  Handshake = 22,
  ApplicationData = 23,
};

inline constexpr std::size_t kTlsRecordHeader = 5;

/// RFC 8446 section 5.2: 2^14 bytes of content and up to 256 of what encryption adds.
inline constexpr std::size_t kMaxTlsRecord = 16384 + 256;

/// "ChangeCipherSpec" as both sides send it for the sake of middleboxes (RFC 8446 appendix D.4).
inline constexpr ByteArray<6> kTlsChangeCipherSpec{20, 3, 3, 0, 1, 1};

struct TlsRecord {
  TlsRecordType type{};
  ByteView header;   ///< the five bytes before it
  ByteView content;  ///< both are valid until the next call on the reader
};

/// Cuts a stream into records. Holds at most one unfinished record beside what was fed last.
class TlsRecordReader {
 public:
  void feed(ByteView received);

  /// The next whole record, or nothing until more was fed. Fails with BadTlsRecord as soon as a header shows an unknown
  /// type, a version that is not 3.1 or 3.3, or a length beyond kMaxTlsRecord; it stays in that error.
  [[nodiscard]] Result<std::optional<TlsRecord>, MtprotoError> next();

 private:
  Bytes buffer_;
  std::size_t begin_ = 0;
};

/// Appends `data` to `out` in records of application data of at most `most` bytes each.
void append_tls_data(ByteView data, std::size_t most, Bytes& out);

/// Appends the header of a record. `size` is at most kMaxTlsRecord.
void append_tls_header(TlsRecordType type, std::uint8_t minor_version, std::size_t size, Bytes& out);

}  // namespace ledgram::mtproto
