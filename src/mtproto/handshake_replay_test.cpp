/// A recorded exchange. The server was a Python script that knows nothing of this project: written from
/// core.telegram.org/mtproto/auth_key with hashlib, the AES block function of the package cryptography 48 and Python's
/// integers. It opened and checked everything the client sent; its answers are the literals below. The client's random
/// numbers come from a seed, so that the answers still fit.

#include "ledgram/mtproto/testing_handshake.hpp"
#include "ledgram/mtproto/testing_random.hpp"

#include <gtest/gtest.h>

namespace ledgram::mtproto {
namespace {

constexpr std::string_view kFirstPacket =
    "00000000000000000000004000b9556914000000f18e7ebe238d949198559cdb5d4535ed7d92bc78";

constexpr std::string_view kResPq =
    "00000000000000000500004000b955694000000063241605238d949198559cdb5d4535ed7d92bc783dd392cc02d0b240"
    "df956e53063183320817ed48941a08f98100000015c4b51c010000007ff0d4b011c2b090";

constexpr std::string_view kServerDhParams =
    "00000000000000000900004000b95569780200005c07e8d0238d949198559cdb5d4535ed7d92bc783dd392cc02d0b240"
    "df956e5306318332fe5002001b8a50258e0bf8f3be5be137215e97d3e00a77cbd63c65f1f90a4bdc0a073eec463eaf05"
    "b966c3cfdf0a50777685ebd9c4d0e1e20cd26c8784e13a804cb2fc7db16c4ba4cc607278dde3e0e2f14f82588d773b15"
    "2d2e8012970f2cd2e967f2539c8fe80ef6fb89d18ba50eead7625ed5f67e9713d83151ed84e8b071cc8a600624db0c40"
    "3ca50457e067f04fa65ac8a6733675e86bac07cf3862185dbfba92ee588cb57401f19a5c932a931e81eea51e46e00b51"
    "ca2fc17ffdde91f1cc8e7b0d09df421d5288ec5e7d0eba3ee336c760f119cf07867285609a26f65427dd6ed325ab173f"
    "3b757b464cf4e77fe072bacaa5893a83cc95109df0c34162da100bddfcdb4f45a0f5ec0ec3b39199a03646b98fa3b423"
    "901ca6a4479138db8e8250aec02002e5d03219ed67836b0f1310caa8dc9da3c939afe0937926d44b273f3ded6b643a3e"
    "a3d38c228c6ab88c6a53c7f06818b7e363c52125a8c5896d8e39e72fe36a85eaa7284589e46160ae8dada4f9173e7586"
    "38e471c953f0960fec51657f553b752e7461a927598a9e5dd31523d70d4b48da37cacb1912b966be43600babdd59008b"
    "7945d8fac9ecb963d65917d5c601aa07b02c4b311654daead3a9030267843f8710217a1530974c990d10c92094e5844e"
    "701a9d40a31871c01acf7028145adc60db29ecb7a220c86457a87df7648a6faee694ec498e06d1dc2f1554064283b266"
    "21b53cec2e1711ba16b8e5fc71210898fc41c091beb348721f2aca822ce9eb4b0fde5fbc12ba702103ad8943d75e4a16"
    "8d00d718918970fe5e9c85276a65495fa01478387f18e0172e3cdadf";

constexpr std::string_view kDhGenOk =
    "00000000000000000d00004000b955693400000034f7cb3b238d949198559cdb5d4535ed7d92bc783dd392cc02d0b240"
    "df956e5306318332c8aa28281f6511d7d7120361e22e106c";

constexpr std::string_view kAuthKey =
    "6dad46d153e063dcecb4935cfa3b1d24e88e0978a3c9289de0ccaae0478a7bb2471925a69775adcd6ef628d972d9cfc7"
    "b3a90a1caae61f01432c606dcab53ccfda6fbc88e77f09613d545136fa596202038d4a7da8e9007d0a26143d9bb4d771"
    "04f7c419fd1165b3a945f56c5fbbd406f615a21adce667d7c9cbac7620697ec6b0bb4a541d64208bb3b4fb397e3bf28d"
    "0437deb3969c0a65ab1835eb8cb8092a2514780ba4374a17717d07a8604292751e7790edaf93137bea66aad683999f71"
    "98052f5efde7c4f33125da7ad09b456c3594f95be6f9d002efcf5ea3295ca9ad839df738f47cfbd8da97f996cb2a83da"
    "a05274f7e9560b9ea99fd992da194cff";

constexpr std::string_view kAuthKeyIdBytes = "2de04a0aa1a405d3";
constexpr std::int64_t kFirstSalt = -1556611085666063437;

class HandshakeReplay : public testing::Test {
 protected:
  Result<HandshakeStep, MtprotoError> give(std::string_view packet) {
    return client_.receive(from_hex(packet).value(), kTestNow);
  }

  static std::deque<Bytes> numbers() {
    SeededRandom source(2026);
    std::deque<Bytes> script;
    for (const std::size_t size : {16U, 32U, 256U})
      script.push_back(source.bytes(size));  // nonce, new_nonce, b
    return script;
  }

  ScriptedRandom random_{numbers()};
  crypto::DhGroupCache primes_;
  ClientHandshake client_{{.keys = {test_rsa_key().public_key()}, .wire_dc = -10002}, random_, primes_};
};

TEST_F(HandshakeReplay, EndsWithTheRecordedKey) {
  EXPECT_EQ(to_hex(client_.start(kTestNow)), kFirstPacket);
  ASSERT_TRUE(give(kResPq));
  ASSERT_TRUE(give(kServerDhParams));
  const auto last = give(kDhGenOk);
  ASSERT_TRUE(last) << last.error().message;
  const auto* done = std::get_if<HandshakeDone>(&*last);
  ASSERT_NE(done, nullptr);
  EXPECT_EQ(to_hex(done->key.reveal()), kAuthKey);
  ByteArray<8> id{};
  store_le64(id, done->key.id().value());
  EXPECT_EQ(to_hex(id), kAuthKeyIdBytes);
  EXPECT_EQ(done->first_salt, kFirstSalt);
  EXPECT_EQ(done->server_time_offset, std::chrono::seconds(17));
}

TEST_F(HandshakeReplay, NotWithAnyBitOfTheLastAnswerChanged) {
  const Bytes last = from_hex(kDhGenOk).value();
  for (std::size_t at = 20; at < last.size(); ++at) {
    random_ = ScriptedRandom(numbers());
    static_cast<void>(client_.start(kTestNow));
    ASSERT_TRUE(give(kResPq));
    ASSERT_TRUE(give(kServerDhParams));
    Bytes changed = last;
    changed[at] ^= 1U;
    EXPECT_FALSE(client_.receive(changed, kTestNow)) << "byte " << at;
  }
}

}  // namespace
}  // namespace ledgram::mtproto
