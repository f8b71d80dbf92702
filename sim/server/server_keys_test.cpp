// Temporary keys, keys used twice and spoiled key exchanges, as a client sees them.

#include "ledgram/mtproto/key_binding.hpp"
#include "ledgram/sim_server/test_client.hpp"
#include "ledgram/sim_server/test_folder.hpp"
#include "ledgram/sim_server/test_simulator.hpp"
#include "ledgram/tl/writer.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string_view>
#include <vector>

namespace ledgram::sim {
namespace {

using namespace std::chrono_literals;
using mtproto::KeyBinding;

constexpr std::string_view kPhone = "9996610001";

/// What is wrong with a binding.
struct Tampering {
  std::function<void(KeyBinding&)> change = {};
  std::int64_t msg_id_offset = 0;
  std::int32_t outer_expires_offset = 0;
  bool other_key = false;
};

class ServerKeysTest : public testing::Test {
 protected:
  ServerKeysTest() : simulator_(small_options(folder_.path())) {}

  std::uint16_t port() { return simulator_.ports().dcs.at(0); }

  CallEnd bind(TestClient& client, const TestKey& permanent, const TestKey& temporary,
               const Tampering& tampering = {}) {
    const auto expires_at =
        std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()) + 24h;
    return client.call_made_for([=, this](MsgId id, SessionId session) {
      KeyBinding binding{.nonce = 77,
                         .temporary_key = temporary.key.id(),
                         .permanent_key = permanent.key.id(),
                         .session = session,
                         .expires_at = expires_at};
      if (tampering.change)
        tampering.change(binding);
      const crypto::AuthKey& sealing = tampering.other_key ? temporary.key : permanent.key;
      tl::Writer writer;
      writer.u32(0xcdd42a05);
      writer.i64(static_cast<std::int64_t>(permanent.key.id().value()));
      writer.i64(77);
      writer.i32(static_cast<std::int32_t>(expires_at.count()) + tampering.outer_expires_offset);
      writer.bytes(mtproto::seal_key_binding(sealing, binding, MsgId(id.value() + tampering.msg_id_offset), random_));
      return writer.take();
    });
  }

  /// Connected over a temporary key; both keys are new.
  struct Keys {
    TestKey permanent;
    TestKey temporary;
  };
  Keys make_keys(TestClient& client) {
    const auto permanent = client.exchange_keys(simulator_.public_key(), 1);
    const auto temporary = client.exchange_keys(simulator_.public_key(), 1, 24h);
    return {permanent.value(), temporary.value()};
  }

  static void expect_error(const CallEnd& end, std::int32_t code, std::string_view message) {
    EXPECT_EQ(end.kind, CallEnd::Kind::RpcError);
    EXPECT_EQ(end.code, code);
    EXPECT_EQ(end.message, message);
  }

  void log_in(TestClient& client) {
    const CallEnd code = client.call(init_connection(send_code(kPhone)));
    ASSERT_EQ(code.kind, CallEnd::Kind::Answer) << code.message;
    const CallEnd done = client.call(sign_in(kPhone, phone_code_hash_of(code.body), "11111"));
    ASSERT_EQ(done.kind, CallEnd::Kind::Answer) << done.message;
    EXPECT_EQ(constructor_of(done.body), kAuthorizationId);
  }

  TestFolder folder_;
  TestSimulator simulator_;
  SeededRandom random_{11};
};

TEST_F(ServerKeysTest, AnUnboundTemporaryKeyMayCallNextToNothing) {
  TestClient client(port(), direct());
  const Keys keys = make_keys(client);
  client.begin_session(keys.temporary);
  EXPECT_EQ(client.call(init_connection(get_config())).kind, CallEnd::Kind::Answer);
  expect_error(client.call(get_state()), 401, "AUTH_KEY_PERM_EMPTY");
}

TEST_F(ServerKeysTest, ABoundKeyHasTheLoginOfItsPermanentOne) {
  TestClient client(port(), direct());
  const Keys keys = make_keys(client);
  client.begin_session(keys.temporary);
  const CallEnd bound = bind(client, keys.permanent, keys.temporary);
  ASSERT_EQ(bound.kind, CallEnd::Kind::Answer) << bound.message;
  expect_error(client.call(get_state()), 400, "CONNECTION_NOT_INITED");
  log_in(client);
  EXPECT_EQ(client.call(get_state()).kind, CallEnd::Kind::Answer);

  TestClient other(port(), direct());
  other.begin_session(keys.permanent);
  EXPECT_EQ(other.call(init_connection(get_state())).kind, CallEnd::Kind::Answer);

  TestClient third(port(), direct());
  const auto another = third.exchange_keys(simulator_.public_key(), 1, 24h);
  third.begin_session(*another);
  ASSERT_EQ(bind(third, keys.permanent, *another).kind, CallEnd::Kind::Answer);
  EXPECT_EQ(third.call(init_connection(get_state())).kind, CallEnd::Kind::Answer);
}

TEST_F(ServerKeysTest, EachPartOfTheBindingIsChecked) {
  TestClient client(port(), direct());
  const Keys keys = make_keys(client);
  client.begin_session(keys.temporary);
  const std::vector<Tampering> tamperings{
      {.change = [](KeyBinding& binding) { binding.nonce = 78; }},
      {.change = [](KeyBinding& binding) { binding.session = SessionId(4); }},
      {.change = [](KeyBinding& binding) { binding.temporary_key = AuthKeyId(4); }},
      {.change = [](KeyBinding& binding) { binding.permanent_key = AuthKeyId(4); }},
      {.change = [](KeyBinding& binding) { binding.expires_at += 1s; }},
      {.msg_id_offset = 4},
      {.change = [](KeyBinding& binding) { binding.expires_at += 1h; }, .outer_expires_offset = 3600},
      {.other_key = true},
  };
  for (const Tampering& tampering : tamperings) {
    expect_error(bind(client, keys.permanent, keys.temporary, tampering), 400, "ENCRYPTED_MESSAGE_INVALID");
  }
  EXPECT_EQ(bind(client, keys.permanent, keys.temporary).kind, CallEnd::Kind::Answer);
}

TEST_F(ServerKeysTest, AForgottenTemporaryKeyIsMinus404AndTheLoginStays) {
  TestClient client(port(), direct());
  const Keys keys = make_keys(client);
  client.begin_session(keys.temporary);
  ASSERT_EQ(bind(client, keys.permanent, keys.temporary).kind, CallEnd::Kind::Answer);
  log_in(client);
  EXPECT_EQ(client.call(get_state()).kind, CallEnd::Kind::Answer);
  const auto forgotten = simulator_.post("/faults", R"({"kind":"forget_temporary_keys","account":"9996610001"})");
  EXPECT_EQ(forgotten.at("auth_keys").as_int64(), 1);
  const CallEnd end = client.call(get_state());
  EXPECT_EQ(end.kind, CallEnd::Kind::TransportError);
  EXPECT_EQ(end.code, -404);
  TestClient again(port(), direct());
  again.begin_session(keys.permanent);
  EXPECT_EQ(again.call(init_connection(get_state())).kind, CallEnd::Kind::Answer);
}

TEST_F(ServerKeysTest, AForgottenPermanentKeyCannotBeBound) {
  TestClient client(port(), direct());
  const Keys keys = make_keys(client);
  simulator_.post("/faults",
                  fmt::format(R"({{"kind":"forget_key","auth_key":"{:016x}"}})", keys.permanent.key.id().value()));
  client.begin_session(keys.temporary);
  expect_error(bind(client, keys.permanent, keys.temporary), 400, "ENCRYPTED_MESSAGE_INVALID");
}

TEST_F(ServerKeysTest, SpoiledKeyExchangesStrikeSoManyConnections) {
  simulator_.post("/faults", R"({"kind":"handshake","fault":"padding_of_16","times":1})");
  simulator_.post("/faults", R"({"kind":"handshake","fault":"g_a_is_one","skip":1,"times":1})");
  TestClient first(port(), direct());
  EXPECT_EQ(first.failed_exchange(simulator_.public_key(), 1), mtproto::MtprotoErrc::BadAnswerPadding);
  TestClient second(port(), direct());
  EXPECT_EQ(second.failed_exchange(simulator_.public_key(), 1), mtproto::MtprotoErrc::BadDhValue);
  TestClient third(port(), direct());
  EXPECT_TRUE(third.exchange_keys(simulator_.public_key(), 1));
  EXPECT_EQ(simulator_.control("POST", "/faults", R"({"kind":"handshake","fault":"nonsense"})").status, 400U);
}

struct Scenario31SecondAddress : ServerKeysTest {};

TEST_F(Scenario31SecondAddress, RevokesTheKey) {
  TestClient here(port(), direct());
  const auto key = here.exchange_keys(simulator_.public_key(), 1);
  here.begin_session(*key);
  log_in(here);
  TestClient same_address(port(), direct());
  same_address.begin_session(*key);
  EXPECT_EQ(same_address.call(init_connection(get_state())).kind, CallEnd::Kind::Answer);

  TestClient elsewhere(port(), direct(), 2);
  elsewhere.begin_session(*key);
  expect_error(elsewhere.call(init_connection(get_state())), 406, "AUTH_KEY_DUPLICATED");
  expect_error(here.call(get_state()), 406, "AUTH_KEY_DUPLICATED");
}

}  // namespace
}  // namespace ledgram::sim
