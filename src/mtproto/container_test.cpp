#include "ledgram/mtproto/container.hpp"

#include "ledgram/base/random.hpp"
#include "ledgram/mtproto/gzip.hpp"
#include "ledgram/mtproto/service_ids.hpp"
#include "ledgram/tl/writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace ledgram::mtproto {
namespace {

// Written by hand from core.telegram.org/mtproto/service_messages#simple-container: two messages, bodies of 4 and 8
// bytes.
constexpr std::string_view kContainer =
    "dcf8f173"
    "02000000"
    "0400000000f15365"
    "01000000"
    "04000000"
    "aabbccdd"
    "0800000000f15365"
    "03000000"
    "08000000"
    "1122334455667788";

TEST(Container, ReadsByTheDocumentation) {
  const Bytes bytes = *from_hex(kContainer);
  const auto messages = parse_container(bytes);
  ASSERT_TRUE(messages);
  ASSERT_EQ(messages->size(), 2U);
  EXPECT_EQ((*messages)[0].msg_id, MsgId(0x6553f10000000004));
  EXPECT_EQ((*messages)[0].seqno, 1);
  EXPECT_EQ(to_hex((*messages)[0].body), "aabbccdd");
  EXPECT_EQ((*messages)[1].msg_id, MsgId(0x6553f10000000008));
  EXPECT_EQ(to_hex((*messages)[1].body), "1122334455667788");
  // Views into the container, not copies.
  EXPECT_EQ((*messages)[1].body.data(), bytes.data() + bytes.size() - 8);
}

TEST(Container, WritesTheSame) {
  const Bytes bytes = *from_hex(kContainer);
  EXPECT_EQ(make_container(*parse_container(bytes)), bytes);
}

TEST(Container, EveryCutIsAnError) {
  const Bytes bytes = *from_hex(kContainer);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(parse_container(ByteView(bytes).first(size))) << size;
  }
  Bytes longer = bytes;
  longer.resize(longer.size() + 4);
  EXPECT_FALSE(parse_container(longer)) << "bytes left over";
}

TEST(Container, LengthsAndCountsAreNotBelieved) {
  const Bytes good = *from_hex(kContainer);
  for (const std::uint32_t length : {3U, 5U, 12U, 0x80000000U, 0xfffffffcU}) {
    Bytes bad = good;
    store_le32(MutableByteView(bad).subspan(20, 4), length);
    EXPECT_FALSE(parse_container(bad)) << length;
  }
  for (const std::uint32_t count : {0U, 1U, 3U, 0x7fffffffU, 0xffffffffU}) {
    Bytes bad = good;
    store_le32(MutableByteView(bad).subspan(4, 4), count);
    EXPECT_FALSE(parse_container(bad)) << count;
  }
}

TEST(Container, HoldsAtMost1024Messages) {
  const Bytes body(4);
  std::vector<InnerMessage> messages(1024, InnerMessage{.msg_id = MsgId(4), .seqno = 0, .body = body});
  EXPECT_TRUE(parse_container(make_container(messages)));
  messages.push_back(messages.front());
  EXPECT_FALSE(parse_container(make_container(messages)));
}

TEST(Container, NeverInAContainer) {
  const Bytes inner = *from_hex(kContainer);
  const std::vector<InnerMessage> messages{{.msg_id = MsgId(4), .seqno = 0, .body = inner}};
  EXPECT_FALSE(parse_container(make_container(messages)));
}

TEST(IdsMessage, RoundTripsAndIsBounded) {
  std::vector<MsgId> ids;
  for (int i = 0; i < 8192; ++i)
    ids.emplace_back(4 * i);
  Bytes message = make_ids_message(id::kMsgsAck, ids);
  EXPECT_EQ(constructor_of(message), 0x62d6b459U);
  tl::Reader reader(ByteView(message).subspan(4));
  EXPECT_EQ(read_ids(reader), ids);
  ids.emplace_back(1);
  message = make_ids_message(id::kMsgsAck, ids);
  tl::Reader too_many(ByteView(message).subspan(4));
  EXPECT_FALSE(read_ids(too_many));
  tl::Reader cut(ByteView(message).subspan(4, 100));
  EXPECT_FALSE(read_ids(cut));
}

TEST(PackIfSmaller, PacksOnlyWhatGains) {
  const Bytes zeros(1000);
  const auto packed = pack_if_smaller(zeros);
  ASSERT_TRUE(packed);
  EXPECT_LT(packed->size(), zeros.size());
  EXPECT_EQ(packed->size() % 4, 0U);
  tl::Reader reader(*packed);
  EXPECT_EQ(reader.u32(), id::kGzipPacked);
  EXPECT_EQ(gunzip(reader.bytes_view()), zeros);
  EXPECT_EQ(reader.remaining(), 0U);

  SeededRandom random(11);
  EXPECT_FALSE(pack_if_smaller(random.bytes(1000)));
}

}  // namespace
}  // namespace ledgram::mtproto
