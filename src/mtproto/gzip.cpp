#include "ledgram/mtproto/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <cassert>
#include <limits>

namespace ledgram::mtproto {
namespace {

// zlib's codes for the window size: 15 bits, plus 16 to write a gzip header, plus 32 to find out when reading.
constexpr int kWriteGzip = 15 + 16;
constexpr int kReadGzipOrZlib = 15 + 32;

// TL usually packs to between a half and a fifth; starting there saves most of the growing.
constexpr std::size_t kExpectedRatio = 4;
constexpr std::size_t kFirstRoom = 1024;

class Inflater {
 public:
  Inflater() { ready_ = inflateInit2(&stream_, kReadGzipOrZlib) == Z_OK; }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready_)
      inflateEnd(&stream_);
  }
  [[nodiscard]] bool ready() const { return ready_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

Result<Bytes, MtprotoError> gunzip(ByteView packed, std::size_t cap) {
  Inflater inflater;
  if (!inflater.ready() || packed.size() > std::numeric_limits<uInt>::max()) {
    return fail(MtprotoErrc::BadGzip, "a packed object cannot be unpacked here");
  }
  z_stream& stream = inflater.stream();
  stream.next_in = const_cast<Bytef*>(packed.data());  // zlib's interface is older than const; it only reads
  stream.avail_in = static_cast<uInt>(packed.size());

  // One byte of room above the cap tells "exactly the cap" from "more".
  const std::size_t most = cap + 1;
  Bytes plain(std::min(most, std::max(kFirstRoom, packed.size() * kExpectedRatio)));
  std::size_t done = 0;
  while (true) {
    const auto room = static_cast<uInt>(std::min<std::size_t>(plain.size() - done, std::numeric_limits<uInt>::max()));
    stream.next_out = plain.data() + done;
    stream.avail_out = room;
    const int status = inflate(&stream, Z_NO_FLUSH);
    done += room - stream.avail_out;
    if (done > cap) {
      return fail(MtprotoErrc::GzipTooLarge, "a packed object unpacks to more than " + std::to_string(cap) + " bytes");
    }
    if (status == Z_STREAM_END)
      break;
    // With room left and no progress the input has ended too early; zlib reports that as Z_BUF_ERROR or Z_OK.
    if ((status != Z_OK && status != Z_BUF_ERROR) || stream.avail_out != 0) {
      return fail(MtprotoErrc::BadGzip, "a packed object is damaged or cut off");
    }
    plain.resize(std::min(most, plain.size() * 2));
  }
  plain.resize(done);
  return plain;
}

Bytes gzip(ByteView plain) {
  assert(plain.size() <= std::numeric_limits<uInt>::max() / 2);
  z_stream stream{};
  const int started = deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kWriteGzip, 8, Z_DEFAULT_STRATEGY);
  assert(started == Z_OK);
  static_cast<void>(started);
  Bytes packed(deflateBound(&stream, static_cast<uLong>(plain.size())));
  stream.next_in = const_cast<Bytef*>(plain.data());
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = packed.data();
  stream.avail_out = static_cast<uInt>(packed.size());
  const int ended = deflate(&stream, Z_FINISH);
  assert(ended == Z_STREAM_END);
  static_cast<void>(ended);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace ledgram::mtproto
