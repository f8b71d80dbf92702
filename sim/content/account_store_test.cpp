#include "ledgram/sim_content/account_store.hpp"

#include <gtest/gtest.h>

namespace ledgram::sim {
namespace {

TEST(AccountStore, TestNumbersNameTheirDc) {
  EXPECT_EQ(test_phone_dc("9996621234"), DcId(2));
  EXPECT_EQ(test_phone_dc("9996601234"), std::nullopt);
  EXPECT_EQ(test_phone_dc("999662123"), std::nullopt);
  EXPECT_EQ(test_phone_dc("99966212345"), std::nullopt);
  EXPECT_EQ(test_phone_dc("3806712345"), std::nullopt);
  EXPECT_EQ(phone_digits("+999 66 2-1234"), "9996621234");
}

TEST(AccountStore, NumbersBecomeAccountsAndStay) {
  MemoryStateStore state;
  UserId id;
  {
    AccountStore accounts(state);
    ASSERT_TRUE(accounts.restore());
    const auto made = accounts.ensure_phone("+99966 2 1234");
    ASSERT_TRUE(made);
    EXPECT_EQ(*accounts.ensure_phone("9996621234"), *made);
    Account& account = **made;
    EXPECT_EQ(account.dc, DcId(2));
    id = account.id;
    account.password = PasswordRecord{.salt1 = {1, 2}, .salt2 = {3}, .verifier = {4, 5}, .hint = "pet"};
    account.joined[ChannelId(77)] = {.date = 5, .read_inbox_max = 9};
    accounts.save(account);
    EXPECT_FALSE(accounts.ensure_phone("+380671234567"));
  }
  AccountStore accounts(state);
  ASSERT_TRUE(accounts.restore());
  const Account* account = accounts.find_phone("9996621234");
  ASSERT_NE(account, nullptr);
  EXPECT_EQ(account->id, id);
  ASSERT_TRUE(account->password);
  EXPECT_EQ(account->password->salt1, (Bytes{1, 2}));
  EXPECT_EQ(account->password->verifier, (Bytes{4, 5}));
  EXPECT_EQ(account->password->hint, "pet");
  EXPECT_EQ(account->joined.at(ChannelId(77)).read_inbox_max, 9);
}

TEST(AccountStore, DifferentNumbersHaveDifferentIds) {
  MemoryStateStore state;
  AccountStore accounts(state);
  EXPECT_NE((*accounts.ensure_phone("9996611111"))->id, (*accounts.ensure_phone("9996621111"))->id);
}

TEST(AccountStore, BotsHaveTokens) {
  MemoryStateStore state;
  AccountStore accounts(state);
  const auto bot = accounts.ensure_bot("123456:abc", DcId(2));
  ASSERT_TRUE(bot);
  EXPECT_TRUE((*bot)->is_bot());
  EXPECT_EQ((*bot)->id, UserId(123456));
  EXPECT_EQ(accounts.find_token("123456:abc"), *bot);
  EXPECT_EQ(accounts.find_username("TEST123456_bot"), *bot);
  for (const auto* bad : {"", "abc", "x:abc", "12:", ":abc", "-5:abc", "123456:other"}) {
    EXPECT_FALSE(accounts.ensure_bot(bad, DcId(2))) << bad;
  }
}

}  // namespace
}  // namespace ledgram::sim
