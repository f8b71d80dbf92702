#include "ledgram/collect/resolve.hpp"

#include "ledgram/collect/test_support.hpp"
#include "ledgram/net/test_support/run.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace ledgram::collect {
namespace {

namespace api = tl::api;

TEST(ParseUsername, TakesNamesAndLinks) {
  for (const std::string_view text : {"durov_1", "@durov_1", "t.me/durov_1", "https://t.me/durov_1",
                                      "http://telegram.me/durov_1/", "https://t.me/s/durov_1"}) {
    const auto name = parse_username(text);
    ASSERT_TRUE(name) << text << ": " << name.error().message;
    EXPECT_EQ(*name, "durov_1");
  }
}

TEST(ParseUsername, RefusesEverythingElse) {
  const std::string long_name(33, 'a');
  const std::vector<std::string> texts = {"",    "@",       "a b",          "https://example.org/x",
                                          "имя", "@a/../b", "t.me/c/123/4", long_name};
  for (const std::string& text : texts) {
    const auto name = parse_username(text);
    ASSERT_FALSE(name) << text;
    EXPECT_EQ(name.error().code, CollectErrc::BadUsername);
  }
  const auto invite = parse_username("https://t.me/+AbCdEf");
  ASSERT_FALSE(invite);
  EXPECT_NE(invite.error().message.find("invite link"), std::string::npos) << invite.error().message;
}

class ResolveTest : public testing::Test {
 protected:
  ResolvedChannel resolve() {
    return net::test::run_to_end(io_, resolve_channel(telegram_, "alpha", AccountId(1), 99));
  }

  CollectErrc resolve_error() {
    try {
      resolve();
    } catch (const CollectFailure& failure) {
      EXPECT_NE(failure.error().message.find("@alpha"), std::string::npos) << failure.error().message;
      return failure.error().code;
    }
    ADD_FAILURE() << "it succeeded";
    return {};
  }

  void answer_with(api::contacts_resolvedPeer resolved) {
    telegram_.other = [bytes = tl::serialize(api::contacts_ResolvedPeer(std::move(resolved)))](ByteView method) {
      const auto query = tl::parse<api::contacts_resolveUsername>(method);
      EXPECT_TRUE(query && query->username == "alpha");
      return bytes;
    };
  }

  void refuse_with(std::int32_t code, std::string_view text) {
    telegram_.other = [code, text](ByteView) -> Bytes {
      telegram::TelegramError error;
      error.code = telegram::TelegramErrc::Rpc;
      error.message = std::string(text);
      error.rpc = telegram::parse_rpc_error(code, text);
      throw telegram::TelegramFailure(std::move(error));
    };
  }

  asio::io_context io_;
  FakeTelegram telegram_{ChannelId(1)};
};

TEST_F(ResolveTest, FindsAChannel) {
  api::channel channel;
  channel.id = 5'000'000'000;
  channel.access_hash = -3;
  channel.broadcast = true;
  channel.title = "Alpha";
  channel.username = "Alpha";
  channel.photo = api::chatPhotoEmpty{};
  api::contacts_resolvedPeer resolved;
  resolved.peer = api::peerChannel{.channel_id = channel.id};
  resolved.chats.push_back(std::move(channel));
  answer_with(std::move(resolved));
  const ResolvedChannel result = resolve();
  EXPECT_EQ(result.channel.id, ChannelId(5'000'000'000));
  EXPECT_EQ(result.channel.username, "Alpha");
  EXPECT_EQ(result.channel.title, "Alpha");
  EXPECT_EQ(result.channel.account, AccountId(1));
  EXPECT_EQ(result.channel.created, 99);
  ASSERT_EQ(result.peers.size(), 1U);
  EXPECT_EQ(result.peers[0].access_hash, -3);
  EXPECT_EQ(result.peers[0].source, "resolve");
}

TEST_F(ResolveTest, SaysWhyNot) {
  api::contacts_resolvedPeer person;
  person.peer = api::peerUser{.user_id = 4};
  answer_with(std::move(person));
  EXPECT_EQ(resolve_error(), CollectErrc::NotAChannel);

  api::contacts_resolvedPeer closed;
  closed.peer = api::peerChannel{.channel_id = 4};
  closed.chats.push_back(api::channelForbidden{.id = 4, .title = "closed"});
  answer_with(std::move(closed));
  EXPECT_EQ(resolve_error(), CollectErrc::Private);

  api::contacts_resolvedPeer incomplete;
  incomplete.peer = api::peerChannel{.channel_id = 4};
  answer_with(std::move(incomplete));
  EXPECT_EQ(resolve_error(), CollectErrc::BadAnswer);

  refuse_with(400, "USERNAME_NOT_OCCUPIED");
  EXPECT_EQ(resolve_error(), CollectErrc::UnknownUsername);
  refuse_with(400, "USERNAME_INVALID");
  EXPECT_EQ(resolve_error(), CollectErrc::UnknownUsername);
  refuse_with(400, "CHANNEL_PRIVATE");
  EXPECT_EQ(resolve_error(), CollectErrc::Private);
  refuse_with(420, "FLOOD_WAIT_9000");
  EXPECT_THROW(resolve(), telegram::TelegramFailure);
}

}  // namespace
}  // namespace ledgram::collect
