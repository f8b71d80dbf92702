// Calls for files: their session, their data centre, the CDN.

#include "ledgram/telegram/test_support/client_fixture.hpp"

namespace ledgram::telegram::test {
namespace {

namespace api = tl::api;

struct ClientFiles : ClientFixture {
  static CallOptions for_files() {
    CallOptions options;
    options.lane = Lane::Files;
    return options;
  }

  static Bytes ask() { return tl::serialize(api::updates_getState{}); }

  void let_logins_move() {
    dc2.on<api::auth_exportAuthorization>([](const TestCall&) {
      return answer_with(api::auth_exportedAuthorization{.id = kTestUser, .bytes = Bytes{1, 2, 3}});
    });
    dc4.on<api::auth_importAuthorization>([](const TestCall&) { return authorization(user()); });
  }
};

TEST_F(ClientFiles, HaveASessionOfTheirOwnUnderTheSameKey) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return state(1); });
    const std::unique_ptr<Client> client = co_await logged_in();
    Bytes method = ask();
    co_await client->invoke_raw(std::move(method));
    method = ask();
    CallOptions options = for_files();
    co_await client->invoke_raw(std::move(method), std::move(options));
    const auto& log = dc2.log();
    EXPECT_EQ(log.size(), 3U);
    EXPECT_EQ(log[1].key, log[2].key);
    EXPECT_NE(log[1].session, log[2].session);
    EXPECT_TRUE(log[2].wrapped);
    EXPECT_EQ(dc2.keys_made(), 1U);
    co_await client->close();
  });
}

TEST_F(ClientFiles, MoveWithFileMigrateAndTheAccountStays) {
  run([&]() -> asio::awaitable<void> {
    let_logins_move();
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(Refuse{303, "FILE_MIGRATE_4"}); });
    dc4.on<api::updates_getState>([](const TestCall&) { return state(4); });
    const std::unique_ptr<Client> client = co_await logged_in();
    std::optional<DcId> moved;
    for (int i = 0; i < 3; ++i) {
      Bytes method = ask();
      CallOptions options = for_files();
      options.dc = moved;
      options.on_moved = [&moved](DcId dc) { moved = dc; };
      co_await client->invoke_raw(std::move(method), std::move(options));
    }
    EXPECT_EQ(moved, DcId(4));
    EXPECT_EQ(client->main_dc(), DcId(2));
    EXPECT_EQ(dc2.calls<api::updates_getState>(), 1U);
    EXPECT_EQ(dc2.calls<api::auth_exportAuthorization>(), 1U);
    EXPECT_EQ(dc4.calls<api::auth_importAuthorization>(), 1U);
    co_await client->close();
  });
}

TEST_F(ClientFiles, ALoginThatCameTooLateIsTakenThereAgain) {
  run([&]() -> asio::awaitable<void> {
    let_logins_move();
    dc4.on<api::auth_importAuthorization>([late = true](const TestCall&) mutable {
      return std::exchange(late, false) ? TestReply(Refuse{400, "AUTH_BYTES_INVALID"}) : authorization(user());
    });
    dc4.on<api::updates_getState>([](const TestCall&) { return state(4); });
    const std::unique_ptr<Client> client = co_await logged_in();
    Bytes method = ask();
    CallOptions options = for_files();
    options.dc = DcId(4);
    co_await client->invoke_raw(std::move(method), std::move(options));
    EXPECT_EQ(dc2.calls<api::auth_exportAuthorization>(), 2U);
    co_await client->close();
  });
}

TEST_F(ClientFiles, TheCdnIsToldNothingAndHasItsOwnKey) {
  run([&]() -> asio::awaitable<void> {
    const crypto::RsaPrivateKey cdn_key = crypto::RsaPrivateKey::generate();
    TestDc cdn(io.get_executor(), DcId(203), cdn_key);
    cdn.on<api::upload_getCdnFile>([](const TestCall& call) {
      EXPECT_TRUE(call.wrapped);
      EXPECT_EQ(call.device_model, "n/a");
      return answer_with(api::upload_cdnFile{.bytes = Bytes{7}});
    });
    dc2.on<api::help_getCdnConfig>([&](const TestCall&) {
      api::cdnConfig config;
      config.public_keys.push_back(
          api::cdnPublicKey{.dc_id = 203, .public_key = crypto::public_pem_pkcs1(cdn_key.public_key())});
      return answer_with(config);
    });
    ClientOptions given = options();
    DcOption address = cdn.option();
    address.cdn = true;
    given.dcs.options.push_back(address);
    const std::unique_ptr<Client> client = co_await logged_in(std::move(given));
    CallOptions options;
    options.lane = Lane::Cdn;
    options.dc = DcId(203);
    api::upload_getCdnFile ask;
    ask.limit = 4096;
    const api::upload_CdnFile answer = co_await client->invoke(std::move(ask), std::move(options));
    EXPECT_TRUE(answer.is<api::upload_cdnFile>());
    EXPECT_EQ(cdn.keys_made(), 1U);
    EXPECT_EQ(cdn.log().size(), 1U);
    EXPECT_EQ(dc2.calls<api::auth_exportAuthorization>(), 0U);
    co_await client->close();
    co_await cdn.stop();
  });
}

}  // namespace
}  // namespace ledgram::telegram::test
