/// The published sample exchange (core.telegram.org/mtproto/samples-auth_key), byte for byte: what a Telegram server
/// and a client that we did not write said to each other in 2013.
///
/// It cannot run through ClientHandshake to its end: its generator 2 does not fit its prime (p mod 8 = 3), which
/// today's checks refuse. So the last test holds that it is refused there, and the others compare the steps one by one.

#include "ledgram/mtproto/handshake_client.hpp"
#include "ledgram/mtproto/handshake_crypto.hpp"
#include "ledgram/mtproto/plain_message.hpp"
#include "ledgram/mtproto/testing_random.hpp"
#include "ledgram/tl/mt.hpp"

#include <gtest/gtest.h>

namespace ledgram::mtproto {
namespace {

namespace mt = tl::mt;

Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

template <std::size_t N>
ByteArray<N> array_of(std::string_view text) {
  const Bytes bytes = hex(text);
  EXPECT_EQ(bytes.size(), N);
  ByteArray<N> array{};
  std::copy_n(bytes.begin(), N, array.begin());
  return array;
}

const auto kNonce = array_of<16>("3e0549828cca27e966b301a48fece2fc");
const auto kServerNonce = array_of<16>("a5cf4d33f4a11ea877ba4aa573907330");
const auto kNewNonce = array_of<32>("311c85db234aa2640afc4a76a735cf5b1f0fd68bd17fa181e1229ad867cc024d");

constexpr std::string_view kResPq =
    "000000000000000001c8831ec97ae55140000000632416053e0549828cca27e966b301a48fece2fca5cf4d33f4a11ea8"
    "77ba4aa5739073300817ed48941a08f98100000015c4b51c01000000216be86c022bb4c3";

constexpr std::string_view kEncryptedAnswer =
    "28a92fe20173b347a8bb324b5fab2667c9a8bbce6468d5b509a4cbddc186240ac912cf7006af8926de606a2e74c0493c"
    "aa57741e6c82451f54d3e068f5ccc49b4444124b9666ffb405aab564a3d01e67f6e912867c8d20d9882707dc330b17b4"
    "e0dd57cb53bfaafa9ef5be76ae6c1b9b6c51e2d6502a47c883095c46c81e3be25f62427b585488bb3bf239213bf48eb8"
    "fe34c9a026cc8413934043974db03556633038392cecb51f94824e140b98637730a4be79a8f9dafa39bae81e1095849e"
    "a4c83467c92a3a17d997817c8a7ac61c3ff414da37b7d66e949c0aec858f048224210fcc61f11c3a910b431ccbd104cc"
    "cc8dc6d29d4a5d133be639a4c32bbff153e63aca3ac52f2e4709b8ae01844b142c1ee89d075d64f69a399feb04e656fe"
    "3675a6f8f412078f3d0b58da15311c1a9f8e53b3cd6bb5572c294904b726d0be337e2e21977da26dd6e33270251c2ca2"
    "9dfcc70227f0755f84cfda9ac4b8dd5f84f1d1eb36ba45cddc70444d8c213e4bd8f63b8ab95a2d0b4180dc91283dc063"
    "acfb92d6a4e407cde7c8c69689f77a007441d4a6a8384b666502d9b77fc68b5b43cc607e60a146223e110fcb43bc3c94"
    "2ef981930cdc4a1d310c0b64d5e55d308d863251ab90502c3e46cc599e886a927cda963b9eb16ce62603b68529ee98f9"
    "f5206419e03fb458ec4bd9454aa8f6ba777573cc54b328895b1df25ead9fb4cd5198ee022b2b81f388d281d5e5bc5801"
    "07ca01a50665c32b552715f335fd76264fad00ddd5ae45b94832ac79ce7c511d194bc42b70efa850bb15c2012c5215ca"
    "bfe97ce66b8d8734d0ee759a638af013";

constexpr std::string_view kGa =
    "262aaba621cc4df587dc94cf8252258c0b9337dfb47545a49cdd5c9b8eae7236c6cadc40b24e88590f1cc2cc762ebf1c"
    "f11dcc0b393caad6cee4ee5848001c73acbb1d127e4cb93072aa3d1c8151b6fb6aa6124b7cd782eaf981bdcfce9d7a00"
    "e423bd9d194e8af78ef6501f415522e44522281c79d906ddb79c72e9c63d83fb2a940ff779dfb5f2fd786fb4ad71c9f0"
    "8cf48758e534e9815f634f1e3a80a5e1c2af210c5ab762755ad4b2126dfa61a77fa9da967d65dfd0afb5cdf26c4d4e1a"
    "88b180f4e0d0b45ba1484f95cb2712b50bf3f5968d9d55c99c0fb9fb67bff56d7d4481b634514fba3488c4cda2fc0659"
    "990e8e868b28632875a9aa703bcdce8f";

constexpr std::string_view kB =
    "6f620afa575c9233eb4c014110a7bcaf49464f798a18a0981fea1e05e8da67d9681e0fd6df0edf0272ae3492451a8450"
    "2f2efc0da18741a5fb80bd82296919a70faa6d07cbbbca2037ea7d3e327b61d585ed3373ee0553a91cbd29b01fa9a89d"
    "479ca53d57bde3a76fbd922a923a0a38b922c1d0701f53ff52d7ea9217080163a64901e766eb6a0f20bc391b64b9d1dd"
    "2cd13a7d0c946a3a7df8cec9e2236446f646c42cfe2b60a2a8d776e56c8d7519b08b88ed0970e10d12a8c9e355d765f2"
    "b7bbb7b4ca9360083435523cb0d57d2b106fd14f94b4eee79d8ac131ca56ad389c84fe279716f8124a543337fb9ea3d9"
    "88ec5fa63d90a4ba3970e7a39e5c0de5";

constexpr std::string_view kGb =
    "73700e7bfc7aeec828eb8e0dcc04d09a0dd56a1b4b35f72f0b55fce7db7ebb72d7c33c5d4aa59e1c74d09b01ae536b31"
    "8cfed436afdb15fe9eb4c70d7f0cb14e46dbbde9053a64304361eb358a9bb32e9d5c2843fe87248b89c3f066a7d5876d"
    "61657acc52b0d81cd683b2a0fa93e8adab20377877f3bc3369bbf57b10f5b589e65a9c27490f30a0c70ffcfd3453f5b3"
    "79c1b9727a573cffdca8d23c721b135b92e529b1cdd2f7abd4f34dac4be1eeaf60993dde8ed45890e4f47c26f2c0b2e0"
    "37bb502739c8824f2a99e2b1e7e416583417cc79a8807a4bdac6a5e9805d4f6186c37d66f6988c9f9c752896f3d34d25"
    "529263faf2670a09b2a59ce35264511f";

/// encrypted_data of set_client_DH_params, and the random bytes at its end.
constexpr std::string_view kEncryptedData =
    "928a4957d0463b525c1cc48aabaa030a256be5c746792c84ca4c5a0df60ac799048d98a38a8480edcf082214dfc79dcb"
    "9ee34e206513e2b3bc1504cfe6c9ada46bf9a03ca74f192eaf8c278454adabc795a566615462d31817382984039505f7"
    "1cb33a41e2527a4b1ac05107872fed8e3abcee1518ae965b0ed3aed7f67479155bda8e4c286b64cdf123ec748cf289b1"
    "db02d1907b562df462d8582ba6f0a3022dc2d3504d69d1ba48b677e3a830bfafd67584c8aa24e1344a8904e305f9587c"
    "92ef964f0083f50f61eab4a393eaa33c9270294aedc7732891d4ea1599f52311d74469d2112f4edf3f342e93c8e87e81"
    "2dc3989baecfe6740a46077524c75093f5a5405736de8937bb6e42c9a0dcf22ca53227d462bccc2cfe94b6fe86ab7fbf"
    "a395021f66661af7c0024ca2986ca03f3476905407d1ea9c010b763258db1aa2cc7826d91334efc1fdc665b67fe45ed0";
constexpr std::string_view kPadding = "7162f37997f865ef58a00c76";

constexpr std::string_view kAuthKey =
    "ab96e207c631300986f30ef97df55e179e63c112675f0ce502ee76d74bbee6cbd1e95772818881e9f2ff54bd52c25878"
    "7474f6a7bea61eabe49d1d01d55f64fc07bc31685716ec8fb46feacf9502e42cfd6b9f45a08e90aa5c2b5933ac767cbe"
    "1cd50d8e64f89727ca4a1a5d32c0db80a9fcdbddd4f8d5a1e774198f1a4299f927c484feec395f29647e43c3243986f9"
    "3609e23538c21871df50e00070b3b6a8fa9bc15628e8b43ff977409a61ceec5a21cf7dfb5a4cc28f5257bc30cd8f2fb9"
    "2fbf21e28924065f50e0bbd5e11a420300e2c136b80e9826c6c5609b5371b7850aa628323b6422f3a94f6dfde4c3dc1e"
    "a60f7e11ee63122b3f39cbd1a8430157";

/// The server's key of that time.
constexpr std::string_view kModulus =
    "c150023e2f70db7985ded064759cfecf0af328e69a41daf4d6f01b538135a6f91f8f8b2a0ec9ba9720ce352efcf6c568"
    "0ffc424bd634864902de0b4bd6d49f4e580230e3ae97d95c8b19442b3c0a10d8f5633fecedd6926a7f6dab0ddb7d457f"
    "9ea81b8465fcd6fffeed114011df91c059caedaf97625f6c96ecc74725556934ef781d866b34f011fce4d835a090196e"
    "9a5f0e4449af7eb697ddb9076494ca5f81104a305b6dd27665722c46b60e5df680fb16b210607ef217652e60236c255f"
    "6a28315f4083a96791d7214bf64c1df4fd0db1944fb26a2a57031b32eee64ad15a8ba68885cde74a5bfc920f6abf59ba"
    "5c75506373e7130f9042da922179251f";

TEST(SampleExchange, ResPq) {
  const Bytes packet = hex(kResPq);
  const auto message = parse_unencrypted(packet);
  ASSERT_TRUE(message);
  const auto answer = tl::parse<mt::resPQ>(message->body);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->nonce, kNonce);
  EXPECT_EQ(answer->server_nonce, kServerNonce);
  EXPECT_EQ(to_hex(answer->pq), "17ed48941a08f981");
  const auto key = crypto::RsaPublicKey::from_parts(hex(kModulus), hex("010001"));
  ASSERT_TRUE(key);
  EXPECT_EQ(answer->server_public_key_fingerprints, std::vector<std::int64_t>{key->fingerprint()});
  EXPECT_EQ(to_hex(encode_unencrypted(message->msg_id, tl::serialize(*answer))), kResPq);
}

TEST(SampleExchange, TemporaryAesKey) {
  const crypto::AesKeyIv aes = derive_handshake_aes(kNewNonce, kServerNonce);
  EXPECT_EQ(to_hex(aes.key), "f011280887c7bb01df0fc4e17830e0b91fbb8be4b2267cb985ae25f33b527253");
  EXPECT_EQ(to_hex(aes.iv), "3212d579ee35452ed23e0d0c92841aa7d31b2e9bdef2151e80d15860311c85db");
}

TEST(SampleExchange, ServerDhInnerData) {
  const crypto::AesKeyIv aes = derive_handshake_aes(kNewNonce, kServerNonce);
  const auto inner = open_handshake_object<mt::server_DH_inner_data>(aes, hex(kEncryptedAnswer));
  ASSERT_TRUE(inner) << inner.error().message;
  EXPECT_EQ(inner->nonce, kNonce);
  EXPECT_EQ(inner->server_nonce, kServerNonce);
  EXPECT_EQ(inner->g, 2);
  EXPECT_EQ(to_hex(inner->dh_prime), to_hex(crypto::known_dh_prime()));
  EXPECT_EQ(to_hex(inner->g_a), kGa);
  EXPECT_EQ(inner->server_time, 1'373'993'675);
  EXPECT_TRUE(crypto::check_dh_public(inner->g_a, inner->dh_prime));
}

TEST(SampleExchange, SetClientDhParams) {
  const Bytes g_b = crypto::mod_exp(2, hex(kB), crypto::known_dh_prime());
  EXPECT_EQ(to_hex(g_b), kGb);
  const mt::client_DH_inner_data inner{.nonce = kNonce, .server_nonce = kServerNonce, .retry_id = 0, .g_b = g_b};
  const crypto::AesKeyIv aes = derive_handshake_aes(kNewNonce, kServerNonce);
  ScriptedRandom random({hex(kPadding)});
  EXPECT_EQ(to_hex(seal_handshake_object(aes, tl::serialize(inner), random)), kEncryptedData);

  const auto opened = open_handshake_object<mt::client_DH_inner_data>(aes, hex(kEncryptedData));
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(to_hex(opened->g_b), kGb);
}

TEST(SampleExchange, AuthorizationKey) {
  const auto key = crypto::AuthKey::from_bytes(crypto::mod_exp(hex(kGa), hex(kB), crypto::known_dh_prime()));
  ASSERT_TRUE(key);
  EXPECT_EQ(to_hex(key->reveal()), kAuthKey);
  EXPECT_EQ(to_hex(new_nonce_hash(kNewNonce, DhVerdict::Ok, *key)), "ccebc0217266e1edec7fb0a0eed6c220");
  EXPECT_NE(new_nonce_hash(kNewNonce, DhVerdict::Retry, *key), new_nonce_hash(kNewNonce, DhVerdict::Ok, *key));
  // 311c85db234aa264 xor a5cf4d33f4a11ea8, as bytes.
  EXPECT_EQ(static_cast<std::uint64_t>(first_server_salt(kNewNonce, kServerNonce)), 0xccbcebd7e8c8d394U);
}

TEST(SampleExchange, TodaysChecksRefuseItsGenerator) {
  const auto key = crypto::RsaPublicKey::from_parts(hex(kModulus), hex("010001"));
  ASSERT_TRUE(key);
  ScriptedRandom random({Bytes(kNonce.begin(), kNonce.end()), Bytes(kNewNonce.begin(), kNewNonce.end())});
  crypto::DhGroupCache primes;
  ClientHandshake client({.keys = {*key}, .wire_dc = 2}, random, primes);
  const Instant now{std::chrono::seconds(1), std::chrono::seconds(1'373'993'675)};
  EXPECT_EQ(to_hex(parse_unencrypted(client.start(now))->body), "f18e7ebe" + to_hex(kNonce));

  const auto step = client.receive(hex(kResPq), now);
  ASSERT_TRUE(step) << step.error().message;
  const Bytes packet = std::get<SendPacket>(*step).packet;
  const auto request = tl::parse<mt::req_DH_params>(parse_unencrypted(packet)->body);
  ASSERT_TRUE(request);
  EXPECT_EQ(to_hex(request->p), "494c553b");
  EXPECT_EQ(to_hex(request->q), "53911073");

  const mt::server_DH_params_ok params{
      .nonce = kNonce, .server_nonce = kServerNonce, .encrypted_answer = hex(kEncryptedAnswer)};
  const auto refused = client.receive(encode_unencrypted(MsgId(0x51e57ac9544f5d01), tl::serialize(params)), now);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, MtprotoErrc::BadDhGroup);
}

}  // namespace
}  // namespace ledgram::mtproto
