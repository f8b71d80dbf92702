#include "ledgram/mtproto/client_session_fixture.hpp"
#include "ledgram/mtproto/client_transport.hpp"
#include "ledgram/mtproto/gzip.hpp"
#include "ledgram/mtproto/server_transport.hpp"

#include <sys/resource.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>

// What a peer can announce and what it costs us: a frame of 100 MiB, a gzip of 1 GB, a vector of 2^31 elements, ten
// thousand things inside each other. Line 25 of section 13 of the protocol checklist is among them.

namespace ledgram::mtproto {
namespace {

using namespace testing;

constexpr std::size_t kMebibyte = std::size_t{1} << 20;

/// A gzip stream of so many MiB of zeros. It is written one MiB at a time and never exists unpacked: deflate blocks
/// behind a full flush do not depend on what is before them, so one of them can be repeated.
Bytes gzip_of_zeros(std::size_t mebibytes) {
  const Bytes zeros(kMebibyte);
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
  Bytes block(deflateBound(&stream, zeros.size()) + 64);
  stream.next_in = const_cast<Bytef*>(zeros.data());
  stream.avail_in = static_cast<uInt>(zeros.size());
  stream.next_out = block.data();
  stream.avail_out = static_cast<uInt>(block.size());
  EXPECT_EQ(deflate(&stream, Z_FULL_FLUSH), Z_OK);
  block.resize(block.size() - stream.avail_out);
  deflateEnd(&stream);

  Bytes packed{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
  const uLong one = crc32(0, zeros.data(), static_cast<uInt>(zeros.size()));
  uLong all = crc32(0, nullptr, 0);
  for (std::size_t i = 0; i < mebibytes; ++i) {
    append(packed, block);
    all = crc32_combine(all, one, static_cast<z_off_t>(kMebibyte));
  }
  append(packed, Bytes{3, 0});  // the last block, empty
  Bytes trailer(8);
  store_le32(MutableByteView(trailer).first<4>(), static_cast<std::uint32_t>(all));
  store_le32(MutableByteView(trailer).subspan<4, 4>(), static_cast<std::uint32_t>(mebibytes * kMebibyte));
  append(packed, trailer);
  return packed;
}

/// The same without compression, so that ten thousand of them inside each other are made in a moment.
Bytes gzip_stored(ByteView plain) {
  Bytes packed{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
  packed.reserve(plain.size() + plain.size() / 1000 + 64);
  const uLong sum = crc32(0, plain.data(), static_cast<uInt>(plain.size()));
  const std::size_t size = plain.size();
  while (true) {
    const std::size_t part = std::min<std::size_t>(plain.size(), 65'535);
    Bytes head{static_cast<std::uint8_t>(part == plain.size() ? 1 : 0), 0, 0, 0, 0};
    head[1] = static_cast<std::uint8_t>(part & 0xff);
    head[2] = static_cast<std::uint8_t>(part >> 8);
    head[3] = static_cast<std::uint8_t>(~head[1]);
    head[4] = static_cast<std::uint8_t>(~head[2]);
    append(packed, head);
    append(packed, plain.first(part));
    plain = plain.subspan(part);
    if (plain.empty())
      break;
  }
  Bytes trailer(8);
  store_le32(MutableByteView(trailer).first<4>(), static_cast<std::uint32_t>(sum));
  store_le32(MutableByteView(trailer).subspan<4, 4>(), static_cast<std::uint32_t>(size));
  append(packed, trailer);
  return packed;
}

/// The most memory that this process ever held, in bytes. It never falls, so a difference is an upper bound.
std::size_t peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

/// AddressSanitizer keeps freed memory for a while, which counts as held: under it memory says nothing.
#ifdef __SANITIZE_ADDRESS__
#define LEDGRAM_MEMORY_IS_KEPT 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LEDGRAM_MEMORY_IS_KEPT 1
#endif
#endif
#ifdef LEDGRAM_MEMORY_IS_KEPT
constexpr bool kMemoryTells = false;
#else
constexpr bool kMemoryTells = true;
#endif

class Bounded {
 public:
  explicit Bounded(std::size_t most_memory) : most_memory_(most_memory) {}
  ~Bounded() {
    EXPECT_LT(std::chrono::steady_clock::now() - begin_, seconds(20));
    if (kMemoryTells) {
      EXPECT_LT(peak_memory() - before_, most_memory_);
    }
  }
  Bounded(const Bounded&) = delete;
  Bounded& operator=(const Bounded&) = delete;

 private:
  std::size_t most_memory_;
  std::size_t before_ = peak_memory();
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

class Scenario25GzipOfOneGigabyte : public ClientSessionTest {};

TEST_F(Scenario25GzipOfOneGigabyte, IsGivenUpAtTheCapWhereverItStands) {
  const Bytes bomb = gzip_of_zeros(1024);
  ASSERT_LT(bomb.size(), std::size_t{4} << 20) << "it must fit into a frame";
  {
    // That it is a right gzip stream shows a smaller one.
    const auto small = gunzip(gzip_of_zeros(3));
    ASSERT_TRUE(small) << small.error().message;
    EXPECT_EQ(small->size(), 3 * kMebibyte);
  }
  {
    // Sanitizers keep freed memory for a while; even so it stays far below the gigabyte.
    const Bounded bounded(std::size_t{400} << 20);
    const auto refused = gunzip(bomb);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, MtprotoErrc::GzipTooLarge);

    const SeenMessage sent = send(1);
    EXPECT_TRUE(receive(server.rpc_result(sent.msg_id, gzip_packed(bomb)))) << "as an answer";
    EXPECT_EQ(only<RequestFailed>(drain(client)).at(0).reason, RequestFailed::Reason::UnreadableAnswer);
    EXPECT_TRUE(receive(server.content(gzip_packed(bomb)))) << "as an update";
    EXPECT_TRUE(drain(client).empty());
  }
  clock.pass(seconds(10));
  EXPECT_EQ(ids_in(with(server.take(client), id::kMsgsAck).at(0).body).size(), 2U) << "both were acknowledged";
  const SeenMessage next = send(2);
  EXPECT_TRUE(receive(server.rpc_result(next.msg_id, object(kAnswer, 2)))) << "the session goes on";
  EXPECT_EQ(only<RpcResult>(drain(client)).size(), 1U);
}

TEST(Bounds, AFrameOfAHundredMebibytesIsRefusedOnItsLength) {
  const Bounded bounded(std::size_t{50} << 20);
  struct Announcement {
    TransportKind kind;
    Bytes bytes;
  };
  // The abridged framing cannot say more than 64 MiB.
  for (const Announcement& announced : {Announcement{TransportKind::Abridged, {0x7f, 0xff, 0xff, 0xff}},
                                        Announcement{TransportKind::Intermediate, {0, 0, 0x40, 6}},
                                        Announcement{TransportKind::PaddedIntermediate, {0, 0, 0x40, 6}},
                                        Announcement{TransportKind::Full, {0, 0, 0x40, 6}}}) {
    SeededRandom random(1);
    ClientTransport client({.kind = announced.kind, .obfuscation = Obfuscation::None, .secret = {}, .wire_dc = 2},
                           random);
    client.feed(announced.bytes);
    const auto at_client = client.next();
    ASSERT_FALSE(at_client);
    EXPECT_EQ(at_client.error().code, MtprotoErrc::FrameTooLarge);
  }
  SeededRandom random(1);
  ServerTransport server({}, random);
  server.feed(Bytes{0xee, 0xee, 0xee, 0xee, 0, 0, 0x40, 6});
  EXPECT_FALSE(server.next());
}

class BoundsOfASession : public ClientSessionTest {};

TEST_F(BoundsOfASession, VectorsOf2To31ElementsAreNotBelieved) {
  const Bounded bounded(std::size_t{50} << 20);
  for (const std::uint32_t count : {0x7fffffffU, 0x80000000U, 0xffffffffU, 0x20000000U}) {
    for (const std::uint32_t constructor : {id::kMsgsAck, id::kMsgsStateReq, id::kMsgResendReq, id::kMsgsAllInfo}) {
      tl::Writer writer;
      writer.u32(constructor);
      writer.u32(0x1cb5c415);
      writer.u32(count);
      writer.i64(1);
      EXPECT_TRUE(receive(server.service(writer.take())));
    }
    client.send(method(1), clock.now);
    for (const SeenMessage& asked : with(server.take(client), id::kGetFutureSalts)) {
      EXPECT_TRUE(receive(server.service(object(id::kFutureSalts, asked.msg_id.value(), 0, count))));
    }
    EXPECT_FALSE(receive(server.service(object(id::kMsgContainer, count)))) << "a container is all or nothing";
  }
  EXPECT_TRUE(drain(client).empty());
}

TEST_F(BoundsOfASession, TenThousandNestedContainersEndAtTheSecond) {
  const Bounded bounded(std::size_t{100} << 20);
  Bytes nest = object(kUpdate, 1);
  for (int depth = 0; depth < 10'000; ++depth) {
    const std::vector<InnerMessage> inner{{.msg_id = server.next_id(), .seqno = 1, .body = nest}};
    nest = make_container(inner);
  }
  EXPECT_GT(nest.size(), 240'000U);
  EXPECT_FALSE(receive(server.service(nest)));
  EXPECT_TRUE(drain(client).empty());
  EXPECT_FALSE(receive(server.content(gzip_packed(gzip(nest))))) << "nor inside gzip_packed";
  const std::vector<InnerMessage> packed{{.msg_id = server.next_id(), .seqno = 1, .body = nest}};
  EXPECT_FALSE(parse_container(make_container(packed)));
}

TEST_F(BoundsOfASession, TenThousandNestedGzipsEndAtTheSecond) {
  Bytes nest = object(kUpdate, 1);
  for (int depth = 0; depth < 10'000; ++depth)
    nest = gzip_packed(gzip_stored(nest));
  EXPECT_GT(nest.size(), 240'000U);
  const Bounded bounded(std::size_t{100} << 20);
  EXPECT_TRUE(receive(server.content(nest)));
  const SeenMessage sent = send(1);
  EXPECT_TRUE(receive(server.rpc_result(sent.msg_id, nest)));
  const auto events = drain(client);
  EXPECT_TRUE(only<UpdateReceived>(events).empty());
  EXPECT_EQ(only<RequestFailed>(events).size(), 1U);
}

TEST(BoundsOfTheServer, TheSameFromAClient) {
  HandClock clock;
  SeededRandom random(3);
  const crypto::AuthKey key = test_key();
  ServerSalts salts(kSalt, clock.now, random);
  ServerSession session(key, kSession, salts, random);
  MsgIdGenerator ids(crypto::Direction::ToServer);
  std::int32_t content = 0;
  const auto receive = [&](const Bytes& body, bool even = false) {
    const std::int32_t seqno = even ? 2 * content : 2 * content++ + 1;
    const MsgId msg_id = ids.next(clock.now.unix_time);
    session.receive({.salt = kSalt, .session_id = kSession, .msg_id = msg_id, .seqno = seqno, .body = body}, clock.now);
  };
  const Bounded bounded(std::size_t{400} << 20);
  receive(gzip_packed(gzip_of_zeros(1024)));
  Bytes nest = object(kMethod, 1);
  for (int depth = 0; depth < 10'000; ++depth) {
    const std::vector<InnerMessage> inner{{.msg_id = MsgId(4), .seqno = 0, .body = nest}};
    nest = make_container(inner);
  }
  receive(nest, true);
  nest = object(kMethod, 1);
  for (int depth = 0; depth < 10'000; ++depth) {
    tl::Writer writer;
    writer.u32(id::kInvokeAfterMsg);
    writer.i64(4);
    writer.raw(nest);
    nest = writer.take();
  }
  receive(nest);
  tl::Writer vector;
  vector.u32(id::kInvokeAfterMsgs);
  vector.u32(0x1cb5c415);
  vector.u32(0x80000000U);
  receive(vector.take());
  EXPECT_FALSE(session.poll_event()) << "none of it is a request";
  std::size_t packets = 0;
  while (session.next_packet(clock.now))
    ++packets;
  EXPECT_GT(packets, 0U) << "each was refused";
}

}  // namespace
}  // namespace ledgram::mtproto
