#include "ledgram/mtproto/plain_message.hpp"

#include <gtest/gtest.h>

namespace ledgram::mtproto {
namespace {

// The first packet of the published sample exchange (core.telegram.org/mtproto/samples-auth_key).
constexpr std::string_view kReqPq = "00000000000000004a967027c47ae55114000000789746603e0549828cca27e966b301a48fece2fc";

TEST(PlainMessage, SampleExchange) {
  const Bytes packet = from_hex(kReqPq).value();
  ASSERT_TRUE(is_unencrypted(packet));
  const auto message = parse_unencrypted(packet);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->msg_id, MsgId(0x51e57ac42770964a));
  EXPECT_EQ(to_hex(message->body), "789746603e0549828cca27e966b301a48fece2fc");
  EXPECT_EQ(to_hex(encode_unencrypted(message->msg_id, message->body)), kReqPq);
}

TEST(PlainMessage, RefusesWhatDoesNotFit) {
  const Bytes good = from_hex(kReqPq).value();
  Bytes longer = good;
  longer.push_back(0);
  const Bytes shorter(good.begin(), good.end() - 1);
  Bytes with_key_id = good;
  with_key_id[7] = 1;
  Bytes negative_length = good;
  negative_length[19] = 0xff;
  for (const Bytes& bad : {longer, shorter, with_key_id, negative_length, Bytes(), Bytes(19)}) {
    const auto message = parse_unencrypted(bad);
    ASSERT_FALSE(message) << to_hex(bad);
    EXPECT_EQ(message.error().code, MtprotoErrc::BadPlainMessage);
  }
  EXPECT_FALSE(is_unencrypted(with_key_id));
}

}  // namespace
}  // namespace ledgram::mtproto
