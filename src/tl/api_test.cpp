#include "ledgram/tl/api.hpp"

#include "ledgram/tl/constructor_name.hpp"
#include "ledgram/tl/mt.hpp"
#include "ledgram/tl/mt_ids.hpp"

#include <gtest/gtest.h>

namespace ledgram::tl {
namespace {

Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

// The bytes of core.telegram.org/mtproto/samples-auth_key, steps 1 and 2.
TEST(Mt, SampleOfTheDocumentation) {
  Int128 nonce;
  std::ranges::copy(hex("3e0549828cca27e966b301a48fece2fc"), nonce.begin());
  EXPECT_EQ(to_hex(serialize(mt::req_pq{.nonce = nonce})),
            "78974660"
            "3e0549828cca27e966b301a48fece2fc");
  EXPECT_EQ(to_hex(serialize(mt::req_pq_multi{.nonce = nonce})),
            "f18e7ebe"
            "3e0549828cca27e966b301a48fece2fc");

  const Bytes answer =
      hex("63241605"
          "3e0549828cca27e966b301a48fece2fc"
          "a5cf4d33f4a11ea877ba4aa573907330"
          "0817ed48941a08f981000000"
          "15c4b51c"
          "01000000"
          "216be86c022bb4c3");
  const auto res_pq = parse<mt::resPQ>(answer);
  ASSERT_TRUE(res_pq) << res_pq.error().message;
  EXPECT_EQ(res_pq->nonce, nonce);
  EXPECT_EQ(to_hex(res_pq->pq), "17ed48941a08f981");
  EXPECT_EQ(res_pq->server_public_key_fingerprints,
            std::vector<std::int64_t>{static_cast<std::int64_t>(0xc3b42b026ce86b21)});
  EXPECT_EQ(serialize(*res_pq), answer);
}

TEST(Mt, BareVectorsHaveNoIds) {
  const mt::future_salts salts{.req_msg_id = 1, .now = 2, .salts = {{.valid_since = 3, .valid_until = 4, .salt = 5}}};
  const std::string_view encoded =
      "950850ae"
      "0100000000000000"
      "02000000"
      "01000000"
      "03000000"
      "04000000"
      "0500000000000000";
  EXPECT_EQ(to_hex(serialize(salts)), encoded);
  const auto read = parse<mt::FutureSalts>(hex(encoded));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->as<mt::future_salts>()->salts.at(0).salt, 5);
  // A count that 16 bytes for each cannot back.
  EXPECT_EQ(parse<mt::FutureSalts>(hex("950850ae"
                                       "0100000000000000"
                                       "02000000"
                                       "02000000"
                                       "03000000"
                                       "04000000"
                                       "0500000000000000"))
                .error()
                .code,
            TlErrc::LengthExceeded);
}

TEST(Mt, IdsAreThoseOfTheStructures) {
  EXPECT_EQ(mt::kRpcResultId, mt::rpc_result::kId);
  EXPECT_EQ(mt::kGzipPackedId, mt::gzip_packed::kId);
  const mt::rpc_result result{.req_msg_id = 7, .result = {hex("b5757299")}};
  EXPECT_EQ(to_hex(serialize(result)),
            "016d5cf3"
            "0700000000000000"
            "b5757299");
}

// Put together by hand from the lines of schema/api.tl.
TEST(Api, MethodInBytes) {
  const api::messages_getHistory query{.peer = api::inputPeerChannel{.channel_id = 0x1122334455, .access_hash = -2},
                                       .limit = 100};
  EXPECT_EQ(to_hex(serialize(query)),
            "c5e62344"
            "fcbbbc27"
            "5544332211000000"
            "feffffffffffffff"
            "00000000"
            "00000000"
            "00000000"
            "64000000"
            "00000000"
            "00000000"
            "0000000000000000");
}

TEST(Api, FlagsAreComputed) {
  const api::updateShortSentMessage sent{.out = true, .id = 1, .pts = 2, .pts_count = 3, .date = 4, .ttl_period = 5};
  EXPECT_EQ(to_hex(serialize(sent)),
            "01e11590"
            "02000002"
            "01000000"
            "02000000"
            "03000000"
            "04000000"
            "05000000");
  const auto read = parse<api::Updates>(serialize(sent));
  ASSERT_TRUE(read) << read.error().message;
  const auto* value = read->as<api::updateShortSentMessage>();
  ASSERT_NE(value, nullptr);
  EXPECT_TRUE(value->out);
  EXPECT_EQ(value->ttl_period, 5);
  EXPECT_TRUE(value->media.empty());
  EXPECT_FALSE(value->entities.has_value());
}

TEST(Api, FieldsThatShareABitAreWrittenTogether) {
  // views and forwards are both flags.10.
  const api::message post{.id = 1, .peer_id = api::peerChannel{.channel_id = 9}, .message = "x", .views = 3};
  const auto read = parse<api::Message>(serialize(post));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->as<api::message>()->views, 3);
  EXPECT_EQ(read->as<api::message>()->forwards, 0);
}

TEST(Api, QueriesWithinQueries) {
  const api::invokeWithLayer query{.layer = api::kLayer, .query = {serialize(api::help_getConfig{})}};
  EXPECT_EQ(api::kLayer, 223);
  EXPECT_EQ(to_hex(serialize(query)),
            "0d0d9bda"
            "df000000"
            "6b18f9c4");
  static_assert(std::same_as<api::invokeWithLayer::Result, RawObject>);
  static_assert(std::same_as<api::messages_getHistory::Result, api::messages_Messages>);
  static_assert(std::same_as<api::users_getUsers::Result, std::vector<api::User>>);
  static_assert(std::same_as<api::auth_resetAuthorizations::Result, bool>);
}

TEST(Api, HandlesOwnCopyAndMove) {
  api::Peer small = api::peerUser{.user_id = 5};
  EXPECT_TRUE(small.is<api::peerUser>());
  EXPECT_EQ(small.id(), api::peerUser::kId);
  EXPECT_EQ(small.name(), "peerUser");
  EXPECT_EQ(api::Peer::type_name(), "Peer");
  EXPECT_EQ(small.as<api::peerChat>(), nullptr);
  ASSERT_NE(small.as<api::peerUser>(), nullptr);

  api::MessageEntity large = api::messageEntityTextUrl{.offset = 1, .length = 2, .url = "https://example.org/"};
  api::MessageEntity copy = large;
  large.as<api::messageEntityTextUrl>()->url = "changed";
  EXPECT_EQ(copy.as<api::messageEntityTextUrl>()->url, "https://example.org/");
  const api::MessageEntity moved = std::move(copy);
  EXPECT_TRUE(copy.empty());  // NOLINT(bugprone-use-after-move): what a moved-from handle is, is promised
  EXPECT_EQ(moved.as<api::messageEntityTextUrl>()->url, "https://example.org/");
  large = api::messageEntityBold{.offset = 3, .length = 4};
  EXPECT_EQ(large.as<api::messageEntityBold>()->offset, 3);
  const api::MessageEntity& itself = large;
  large = itself;
  EXPECT_EQ(large.as<api::messageEntityBold>()->length, 4);
  large.clear();
  EXPECT_TRUE(large.empty());
  EXPECT_EQ(large.id(), 0U);
}

TEST(Api, UnknownConstructorInsideAnUpdateNamesIdAndPlace) {
  Writer out;
  out.u32(api::updateShort::kId);
  out.u32(0xdeadbeef);
  out.u32(0);
  const auto update = parse<api::Updates>(out.view());
  ASSERT_FALSE(update);
  EXPECT_EQ(update.error().code, TlErrc::UnknownConstructor);
  EXPECT_EQ(update.error().constructor, 0xdeadbeefU);
  EXPECT_EQ(update.error().offset, 4U);
  EXPECT_EQ(update.error().message, "deadbeef is no constructor of Update (at byte 4)");
}

TEST(Api, ConstructorOfAnotherTypeIsRefused) {
  Writer out;
  out.u32(api::updateShort::kId);
  write(out, api::peerUser{.user_id = 1});
  const auto update = parse<api::Updates>(out.view());
  ASSERT_FALSE(update);
  EXPECT_EQ(update.error().code, TlErrc::WrongConstructor);
  EXPECT_EQ(update.error().constructor, api::peerUser::kId);
  // A method is no value of any type.
  EXPECT_EQ(parse<api::Updates>(serialize(api::help_getConfig{})).error().code, TlErrc::WrongConstructor);
}

TEST(Api, NestingIsBounded) {
  const auto nested = [](unsigned levels) {
    Writer out;
    for (unsigned i = 1; i < levels; ++i)
      out.u32(api::textBold::kId);
    out.u32(api::textEmpty::kId);
    return out.take();
  };
  EXPECT_TRUE(parse<api::RichText>(nested(kMaxDepth)));
  const auto deeper = parse<api::RichText>(nested(kMaxDepth + 1));
  ASSERT_FALSE(deeper);
  EXPECT_EQ(deeper.error().code, TlErrc::DepthExceeded);
  EXPECT_EQ(parse<api::RichText>(nested(4'000'000)).error().code, TlErrc::DepthExceeded);
}

TEST(Api, AVectorMakesNoRoomOnTheWordOfItsHead) {
  // 64 levels of vectors that each claim all bytes left: with room made for each claim this would take 6 GB.
  Writer out;
  const Bytes filler(16 << 20);
  for (unsigned i = 0; i < kMaxDepth - 1; ++i) {
    out.u32(api::textConcat::kId);
    out.vector_head(filler.size() / 4);
  }
  out.raw(filler);
  const auto text = parse<api::RichText>(out.view());
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, TlErrc::UnknownConstructor);
}

TEST(ConstructorName, KnowsAllSchemas) {
  EXPECT_EQ(constructor_name(0x3ae56482), "message");
  EXPECT_EQ(constructor_name(api::messages_getHistory::kId), "messages.getHistory");
  EXPECT_EQ(constructor_name(0x05162463), "resPQ");
  EXPECT_EQ(constructor_name(0x73f1f8dc), "msg_container");
  EXPECT_EQ(constructor_name(kVectorId), "vector");
  EXPECT_EQ(constructor_name(0), "unknown");
  EXPECT_EQ(constructor_name(0xffffffff), "unknown");
}

}  // namespace
}  // namespace ledgram::tl
