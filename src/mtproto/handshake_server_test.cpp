/// The server's half against clients that do it differently or wrongly.

#include "ledgram/crypto/pq.hpp"
#include "ledgram/mtproto/handshake_crypto.hpp"
#include "ledgram/mtproto/msg_id.hpp"
#include "ledgram/mtproto/plain_message.hpp"
#include "ledgram/mtproto/testing_handshake.hpp"
#include "ledgram/tl/mt.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace ledgram::mtproto {
namespace {

namespace mt = tl::mt;
using std::chrono::minutes;
using std::chrono::seconds;

/// A client that takes the steps one by one and lets a test change whatever it sends.
class RawClient {
 public:
  // Called with what is about to be sent, where it is set.
  std::function<void(mt::p_q_inner_data_dc&)> spoil_inner;
  std::function<void(Bytes&)> spoil_inner_bytes;
  std::function<void(mt::req_DH_params&)> spoil_request;
  std::function<void(mt::client_DH_inner_data&)> spoil_proposal;
  std::function<void(mt::set_client_DH_params&)> spoil_set;

  /// How the inner data is turned into a block; RSA_PAD unless a test says otherwise.
  std::function<Bytes(ByteView)> encrypt = [this](ByteView data) {
    return crypto::rsa_pad_encrypt(test_rsa_key().public_key(), data, random_).value();
  };

  /// The inner data in another form than p_q_inner_data_dc.
  std::function<Bytes(const mt::p_q_inner_data_dc&)> write_inner = [](const mt::p_q_inner_data_dc& data) {
    return tl::serialize(data);
  };

  Bytes wrap(ByteView body) { return encode_unencrypted(ids_.next(kTestNow.unix_time), body); }

  Bytes req_pq() {
    random_.fill(nonce);
    return wrap(tl::serialize(mt::req_pq_multi{.nonce = nonce}));
  }

  Bytes req_dh_params(ByteView res_pq) {
    const auto answer = tl::parse<mt::resPQ>(parse_unencrypted(res_pq)->body).value();
    server_nonce = answer.server_nonce;
    random_.fill(new_nonce);
    const auto factors = crypto::factor_pq(crypto::from_big_endian(answer.pq).value()).value();
    mt::p_q_inner_data_dc inner{.pq = answer.pq,
                                .p = crypto::to_minimal_big_endian(factors.p),
                                .q = crypto::to_minimal_big_endian(factors.q),
                                .nonce = nonce,
                                .server_nonce = server_nonce,
                                .new_nonce = new_nonce,
                                .dc = 2};
    mt::req_DH_params request{.nonce = nonce,
                              .server_nonce = server_nonce,
                              .p = inner.p,
                              .q = inner.q,
                              .public_key_fingerprint = answer.server_public_key_fingerprints.at(0)};
    if (spoil_inner)
      spoil_inner(inner);
    Bytes data = write_inner(inner);
    if (spoil_inner_bytes)
      spoil_inner_bytes(data);
    request.encrypted_data = encrypt(data);
    if (spoil_request)
      spoil_request(request);
    return wrap(tl::serialize(request));
  }

  Bytes set_client_dh_params(ByteView dh_params) {
    const auto answer = tl::parse<mt::server_DH_params_ok>(parse_unencrypted(dh_params)->body).value();
    const crypto::AesKeyIv aes = derive_handshake_aes(new_nonce, server_nonce);
    const auto inner = open_handshake_object<mt::server_DH_inner_data>(aes, answer.encrypted_answer).value();
    g_a = inner.g_a;
    return set_client_dh_params();
  }

  Bytes set_client_dh_params() {
    b = random_.bytes(256);
    mt::client_DH_inner_data proposal{.nonce = nonce,
                                      .server_nonce = server_nonce,
                                      .retry_id = 0,
                                      .g_b = crypto::mod_exp(3, b, crypto::known_dh_prime())};
    if (spoil_proposal)
      spoil_proposal(proposal);
    mt::set_client_DH_params request{.nonce = nonce, .server_nonce = server_nonce};
    request.encrypted_data =
        seal_handshake_object(derive_handshake_aes(new_nonce, server_nonce), tl::serialize(proposal), random_);
    if (spoil_set)
      spoil_set(request);
    return wrap(tl::serialize(request));
  }

  crypto::AuthKey key() const {
    return crypto::AuthKey::from_bytes(crypto::mod_exp(g_a, b, crypto::known_dh_prime())).value();
  }

  tl::Int128 nonce{};
  tl::Int128 server_nonce{};
  tl::Int256 new_nonce{};
  Bytes g_a;
  Bytes b;

 private:
  SeededRandom random_{303};
  MsgIdGenerator ids_{crypto::Direction::ToServer};
};

/// The layout before RSA_PAD: SHA-1, data, random padding up to 255 bytes; then plain RSA.
Bytes legacy_block(ByteView data) {
  SeededRandom random(404);
  Bytes block(1, 0);
  append(block, crypto::sha1(data));
  append(block, data);
  append(block, random.bytes(256 - block.size()));
  const auto& key = test_rsa_key().public_key();
  return crypto::mod_exp(block, key.exponent(), key.modulus());
}

class ServerHandshakeTest : public testing::Test {
 protected:
  SeededRandom random_{202};
  ServerHandshake server_{test_rsa_key(), random_};
  RawClient client_;

  Bytes answered(ByteView packet) {
    auto step = server_.receive(packet, kTestNow);
    EXPECT_TRUE(step) << step.error().message;
    if (!step)
      return {};
    if (step->new_key)
      created_ = std::move(step->new_key);
    return step->reply;
  }

  void refused(ByteView packet, MtprotoErrc expected) {
    const auto step = server_.receive(packet, kTestNow);
    ASSERT_FALSE(step) << "the server took it";
    EXPECT_EQ(name_of(step.error().code), name_of(expected)) << step.error().message;
  }

  void succeeds() {
    const Bytes last =
        answered(client_.set_client_dh_params(answered(client_.req_dh_params(answered(client_.req_pq())))));
    const auto ok = tl::parse<mt::dh_gen_ok>(parse_unencrypted(last)->body);
    ASSERT_TRUE(ok) << ok.error().message;
    ASSERT_TRUE(created_);
    EXPECT_TRUE(created_->key == client_.key());
    EXPECT_EQ(ok->new_nonce_hash1, new_nonce_hash(client_.new_nonce, DhVerdict::Ok, client_.key()));
  }

  std::optional<NewAuthKey> created_;
};

TEST_F(ServerHandshakeTest, AnswersInTheFormOfTelegram) {
  const Bytes packet = answered(client_.req_pq());
  const auto message = parse_unencrypted(packet);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->msg_id.value() % 4, 1);
  const auto answer = tl::parse<mt::resPQ>(message->body);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->nonce, client_.nonce);
  EXPECT_EQ(answer->pq.size(), 8U);
  const std::uint64_t pq = crypto::from_big_endian(answer->pq).value();
  EXPECT_GE(pq, std::uint64_t{1} << 60);
  EXPECT_LT(pq, std::uint64_t{1} << 62);
  const auto factors = crypto::factor_pq(pq);
  ASSERT_TRUE(factors);
  EXPECT_LT(factors->p, factors->q);
}

TEST_F(ServerHandshakeTest, EveryFormOfInnerData) {
  succeeds();
  EXPECT_EQ(created_->wire_dc, 2);
  EXPECT_EQ(created_->lifetime, KeyLifetime::Permanent);

  client_.write_inner = [](const mt::p_q_inner_data_dc& data) {
    return tl::serialize(mt::p_q_inner_data{data.pq, data.p, data.q, data.nonce, data.server_nonce, data.new_nonce});
  };
  succeeds();
  EXPECT_EQ(created_->wire_dc, std::nullopt);
  EXPECT_EQ(created_->lifetime, KeyLifetime::Permanent);

  client_.write_inner = [](const mt::p_q_inner_data_dc& data) {
    return tl::serialize(
        mt::p_q_inner_data_temp{data.pq, data.p, data.q, data.nonce, data.server_nonce, data.new_nonce, 3600});
  };
  succeeds();
  EXPECT_EQ(created_->wire_dc, std::nullopt);
  EXPECT_EQ(created_->lifetime, KeyLifetime::Temporary);
  EXPECT_EQ(created_->expires_in, seconds(3600));

  client_.write_inner = [](const mt::p_q_inner_data_dc& data) {
    return tl::serialize(mt::p_q_inner_data_temp_dc{data.pq, data.p, data.q, data.nonce, data.server_nonce,
                                                    data.new_nonce, -10002, 86400});
  };
  succeeds();
  EXPECT_EQ(created_->wire_dc, -10002);
  EXPECT_EQ(created_->expires_in, seconds(86400));
}

TEST_F(ServerHandshakeTest, TheOldBlockLayoutIsTaken) {
  client_.encrypt = legacy_block;
  succeeds();
}

TEST_F(ServerHandshakeTest, TheOldBlockLayoutIsCheckedToo) {
  client_.encrypt = [](ByteView data) {
    // A hash of something else, inside a block that is right otherwise.
    Bytes other(data.begin(), data.end());
    other[data.size() - 1] ^= 1U;
    Bytes block(1, 0);
    append(block, crypto::sha1(other));
    append(block, data);
    block.resize(256);
    const auto& key = test_rsa_key().public_key();
    return crypto::mod_exp(block, key.exponent(), key.modulus());
  };
  refused(client_.req_dh_params(answered(client_.req_pq())), MtprotoErrc::BadRsaBlock);
}

TEST_F(ServerHandshakeTest, LeadingZerosInPAndQAreTaken) {
  const auto pad = [](Bytes& number) { number.insert(number.begin(), 4, 0); };
  client_.spoil_inner = [pad](mt::p_q_inner_data_dc& inner) {
    pad(inner.p);
    pad(inner.q);
  };
  client_.spoil_request = [pad](mt::req_DH_params& request) {
    pad(request.p);
    pad(request.q);
  };
  succeeds();
}

TEST_F(ServerHandshakeTest, AFakeFirstRequestDoesNotDisturb) {
  RawClient fake;
  static_cast<void>(answered(fake.req_pq()));
  static_cast<void>(answered(fake.wrap(from_hex("78974660"
                                                "000102030405060708090a0b0c0d0e0f")
                                           .value())));  // req_pq
  succeeds();
}

TEST_F(ServerHandshakeTest, AFreshRequestMayComeAtAnyTime) {
  const Bytes pq = answered(client_.req_pq());
  static_cast<void>(answered(client_.req_dh_params(pq)));
  succeeds();  // began again after req_DH_params
  succeeds();  // and after the end
  const Bytes first = answered(client_.req_pq());
  RawClient other;
  for (int i = 0; i < 3; ++i)
    static_cast<void>(answered(other.req_pq()));
  static_cast<void>(answered(client_.req_dh_params(first)));  // the older of two beginnings goes on
}

TEST_F(ServerHandshakeTest, ForgetsAfterTenMinutes) {
  const Bytes pq = answered(client_.req_pq());
  const auto late = server_.receive(client_.req_dh_params(pq), kTestNow.after(minutes(11)));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, MtprotoErrc::NonceMismatch);
}

TEST_F(ServerHandshakeTest, RemembersABoundedNumberOfBeginnings) {
  const Bytes first = answered(client_.req_pq());
  RawClient other;
  for (int i = 0; i < 1000; ++i)
    static_cast<void>(answered(other.req_pq()));
  refused(client_.req_dh_params(first), MtprotoErrc::NonceMismatch);
}

TEST_F(ServerHandshakeTest, StepsOutOfOrderAreRefused) {
  client_.g_a = Bytes(256, 7);
  refused(client_.set_client_dh_params(), MtprotoErrc::NonceMismatch);
  const Bytes pq = answered(client_.req_pq());
  static_cast<void>(client_.req_dh_params(pq));  // not sent
  refused(client_.set_client_dh_params(), MtprotoErrc::UnexpectedAnswer);
  const Bytes params = answered(client_.req_dh_params(pq));
  refused(client_.req_dh_params(pq), MtprotoErrc::UnexpectedAnswer);  // another new_nonce for the same nonce
  static_cast<void>(params);
  succeeds();
  refused(client_.set_client_dh_params(), MtprotoErrc::UnexpectedAnswer);
}

TEST_F(ServerHandshakeTest, OtherMessagesAreRefused) {
  refused(client_.wrap(tl::serialize(mt::ping{.ping_id = 1})), MtprotoErrc::UnexpectedAnswer);
  refused(client_.wrap({}), MtprotoErrc::UnexpectedAnswer);
  refused(client_.wrap(from_hex("f18e7ebe00").value()), MtprotoErrc::UnexpectedAnswer);
  refused(encode_unencrypted(MsgId(5), tl::serialize(mt::req_pq_multi{})), MtprotoErrc::BadMessageId);
}

struct Misdeed {
  std::string_view name;
  std::function<void(RawClient&)> prepare;
  MtprotoErrc expected;
  int step;  // 2: req_DH_params, 3: set_client_DH_params
};

void PrintTo(const Misdeed& misdeed, std::ostream* out) {
  *out << misdeed.name;
}

class ServerRefuses : public ServerHandshakeTest, public testing::WithParamInterface<Misdeed> {};

TEST_P(ServerRefuses, WithTheRightError) {
  GetParam().prepare(client_);
  const Bytes pq = answered(client_.req_pq());
  const Bytes request = client_.req_dh_params(pq);
  if (GetParam().step == 2) {
    refused(request, GetParam().expected);
  } else {
    refused(client_.set_client_dh_params(answered(request)), GetParam().expected);
  }
  EXPECT_FALSE(created_);
}

template <class Object>
void flip(Object& number) {
  number.front() ^= 1U;
}

const Misdeed kMisdeeds[] = {
    {"NonceOutside", [](RawClient& c) { c.spoil_request = [](auto& r) { flip(r.nonce); }; }, MtprotoErrc::NonceMismatch,
     2},
    {"ServerNonceOutside", [](RawClient& c) { c.spoil_request = [](auto& r) { flip(r.server_nonce); }; },
     MtprotoErrc::NonceMismatch, 2},
    {"NonceInside", [](RawClient& c) { c.spoil_inner = [](auto& i) { flip(i.nonce); }; }, MtprotoErrc::NonceMismatch,
     2},
    {"ServerNonceInside", [](RawClient& c) { c.spoil_inner = [](auto& i) { flip(i.server_nonce); }; },
     MtprotoErrc::NonceMismatch, 2},
    {"PqInside", [](RawClient& c) { c.spoil_inner = [](auto& i) { flip(i.pq); }; }, MtprotoErrc::BadInnerData, 2},
    {"PInside", [](RawClient& c) { c.spoil_inner = [](auto& i) { flip(i.p); }; }, MtprotoErrc::BadInnerData, 2},
    {"POutside", [](RawClient& c) { c.spoil_request = [](auto& r) { flip(r.p); }; }, MtprotoErrc::BadPq, 2},
    {"PAndQSwapped", [](RawClient& c) { c.spoil_request = [](auto& r) { std::swap(r.p, r.q); }; }, MtprotoErrc::BadPq,
     2},
    {"EmptyP", [](RawClient& c) { c.spoil_request = [](auto& r) { r.p.clear(); }; }, MtprotoErrc::BadPq, 2},
    {"Fingerprint", [](RawClient& c) { c.spoil_request = [](auto& r) { r.public_key_fingerprint ^= 1; }; },
     MtprotoErrc::UnknownFingerprint, 2},
    {"DamagedBlock", [](RawClient& c) { c.spoil_request = [](auto& r) { r.encrypted_data[100] ^= 1U; }; },
     MtprotoErrc::BadRsaBlock, 2},
    {"ShortBlock", [](RawClient& c) { c.spoil_request = [](auto& r) { r.encrypted_data.pop_back(); }; },
     MtprotoErrc::BadRsaBlock, 2},
    {"BlockAboveModulus", [](RawClient& c) { c.spoil_request = [](auto& r) { r.encrypted_data.assign(256, 0xff); }; },
     MtprotoErrc::BadRsaBlock, 2},
    {"NoInnerData", [](RawClient& c) { c.spoil_inner_bytes = [](Bytes& data) { flip(data); }; },
     MtprotoErrc::BadRsaBlock, 2},
    {"ExpiredAlready",
     [](RawClient& c) {
       c.write_inner = [](const mt::p_q_inner_data_dc& data) {
         return tl::serialize(
             mt::p_q_inner_data_temp{data.pq, data.p, data.q, data.nonce, data.server_nonce, data.new_nonce, 0});
       };
     },
     MtprotoErrc::BadInnerData, 2},
    {"SetNonceOutside", [](RawClient& c) { c.spoil_set = [](auto& r) { flip(r.nonce); }; }, MtprotoErrc::NonceMismatch,
     3},
    {"SetServerNonceOutside", [](RawClient& c) { c.spoil_set = [](auto& r) { flip(r.server_nonce); }; },
     MtprotoErrc::NonceMismatch, 3},
    {"SetNonceInside", [](RawClient& c) { c.spoil_proposal = [](auto& p) { flip(p.nonce); }; },
     MtprotoErrc::NonceMismatch, 3},
    {"SetServerNonceInside", [](RawClient& c) { c.spoil_proposal = [](auto& p) { flip(p.server_nonce); }; },
     MtprotoErrc::NonceMismatch, 3},
    {"SetNotWholeBlocks", [](RawClient& c) { c.spoil_set = [](auto& r) { r.encrypted_data.pop_back(); }; },
     MtprotoErrc::BadAnswerPadding, 3},
    {"SetPaddingOf16",
     [](RawClient& c) { c.spoil_set = [](auto& r) { r.encrypted_data.resize(r.encrypted_data.size() + 16); }; },
     MtprotoErrc::BadAnswerPadding, 3},
    {"GbTooShort", [](RawClient& c) { c.spoil_proposal = [](auto& p) { p.g_b.resize(8); }; }, MtprotoErrc::BadDhValue,
     3},
    {"SetRetryId", [](RawClient& c) { c.spoil_proposal = [](auto& p) { p.retry_id = 1; }; }, MtprotoErrc::BadInnerData,
     3},
    {"GbIsOne", [](RawClient& c) { c.spoil_proposal = [](auto& p) { p.g_b = {1}; }; }, MtprotoErrc::BadDhValue, 3},
    {"GbAbovePrime", [](RawClient& c) { c.spoil_proposal = [](auto& p) { p.g_b.assign(256, 0xff); }; },
     MtprotoErrc::BadDhValue, 3},
};

INSTANTIATE_TEST_SUITE_P(All, ServerRefuses, testing::ValuesIn(kMisdeeds),
                         [](const auto& misdeed) { return std::string(misdeed.param.name); });

TEST_F(ServerHandshakeTest, ARetryNeedsTheHashOfTheRejectedKey) {
  server_ = ServerHandshake(test_rsa_key(), random_, {.faults = {HandshakeFault::DhGenRetry}});
  const Bytes params = answered(client_.req_dh_params(answered(client_.req_pq())));
  const Bytes retry = answered(client_.set_client_dh_params(params));
  const auto again = tl::parse<mt::dh_gen_retry>(parse_unencrypted(retry)->body);
  ASSERT_TRUE(again) << again.error().message;
  const crypto::AuthKey rejected = client_.key();
  EXPECT_EQ(again->new_nonce_hash2, new_nonce_hash(client_.new_nonce, DhVerdict::Retry, rejected));
  EXPECT_FALSE(created_);

  refused(client_.set_client_dh_params(), MtprotoErrc::BadInnerData);  // retry_id 0 again
  client_.spoil_proposal = [&](mt::client_DH_inner_data& proposal) {
    proposal.retry_id = static_cast<std::int64_t>(rejected.aux_hash());
  };
  const Bytes last = answered(client_.set_client_dh_params());
  ASSERT_TRUE(tl::parse<mt::dh_gen_ok>(parse_unencrypted(last)->body));
  ASSERT_TRUE(created_);
  EXPECT_TRUE(created_->key == client_.key());
}

TEST_F(ServerHandshakeTest, RandomBytesNeverHurt) {
  SeededRandom noise(77);
  for (int i = 0; i < 2000; ++i) {
    Bytes body = noise.bytes(noise.below(400));
    if (body.size() >= 4 && i % 2 == 0) {
      const std::uint32_t ids[] = {mt::req_pq_multi::kId, mt::req_DH_params::kId, mt::set_client_DH_params::kId};
      store_le32(body, ids[noise.below(3)]);
    }
    const auto step = server_.receive(client_.wrap(body), kTestNow);
    // A request for pq may have padding behind it, nothing else can be answered.
    if (step) {
      ASSERT_GE(body.size(), 20U) << "seed 77, round " << i;
      EXPECT_EQ(load_le32(body), mt::req_pq_multi::kId) << "seed 77, round " << i;
    }
  }
}

}  // namespace
}  // namespace ledgram::mtproto
