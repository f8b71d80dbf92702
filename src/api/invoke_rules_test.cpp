#include "ledgram/api/invoke_rules.hpp"

#include "ledgram/tl/builtin_schema.hpp"

#include <gtest/gtest.h>

#include <set>

namespace ledgram::api {
namespace {

using std::chrono::seconds;

TEST(InvokeRules, WhatEndsOrTakesAnAccountIsDenied) {
  for (const auto* name :
       {"account.deleteAccount", "auth.logOut", "auth.resetAuthorizations", "auth.exportAuthorization",
        "account.resetAuthorization", "account.changePhone", "account.updatePasswordSettings", "account.resetPassword",
        "account.setAccountTTL", "channels.deleteChannel", "channels.editCreator", "payments.sendPaymentForm",
        "account.sendVerifyPhoneCode"}) {
    EXPECT_EQ(class_of(name), MethodClass::Denied) << name;
    EXPECT_NE(denial_of(name), "") << name;
  }
}

TEST(InvokeRules, NothingHidesInAWrapper) {
  std::set<std::string> wrappers;
  for (const tl::Combinator& combinator : tl::builtin_api_schema().combinators()) {
    if (combinator.role != tl::Role::Method)
      continue;
    for (const tl::Field& field : combinator.fields) {
      if (field.type.kind == tl::Kind::Any) {
        wrappers.insert(combinator.name);
        EXPECT_EQ(class_of(combinator.name), MethodClass::Denied) << combinator.name;
      }
    }
  }
  EXPECT_GE(wrappers.size(), 6U);
  EXPECT_TRUE(wrappers.contains("invokeWithLayer"));
  EXPECT_TRUE(wrappers.contains("initConnection"));
}

TEST(InvokeRules, WhatSendsToManyIsDeniedAndSingleMessagesAreSending) {
  for (const auto* name :
       {"messages.sendMultiMedia", "messages.forwardMessages", "contacts.importContacts", "channels.inviteToChannel"})
    EXPECT_EQ(class_of(name), MethodClass::Denied) << name;
  EXPECT_EQ(class_of("messages.sendMessage"), MethodClass::Sending);
  EXPECT_EQ(class_of("messages.getHistory"), MethodClass::Reading);
  EXPECT_EQ(class_of("contacts.resolveUsername"), MethodClass::Reading);
  EXPECT_EQ(class_of("messages.readHistory"), MethodClass::Writing);
}

TEST(InvokeRules, EveryNameIsAMethodOfTheSchema) {
  for (const auto* name : {"messages.sendMessage", "messages.sendMedia", "messages.sendReaction", "messages.startBot",
                           "channels.joinChannel", "messages.editMessage"})
    EXPECT_NE(tl::builtin_api_schema().find(std::string_view(name)), nullptr) << name;
}

TEST(InvokeLimits, ACallAboveTheRateWaitsUntilTheFirstIsAMinuteOld) {
  InvokeLimits limits({.calls = 3, .sent = 1});
  const AccountId account(1);
  EXPECT_FALSE(limits.take(account, MethodClass::Sending, seconds(0)));
  EXPECT_EQ(limits.take(account, MethodClass::Sending, seconds(10)), seconds(50));
  EXPECT_FALSE(limits.take(account, MethodClass::Reading, seconds(10))) << "what was refused did not count";
  EXPECT_FALSE(limits.take(account, MethodClass::Reading, seconds(20)));
  EXPECT_EQ(limits.take(account, MethodClass::Reading, seconds(30)), seconds(30));
  EXPECT_FALSE(limits.take(AccountId(2), MethodClass::Reading, seconds(30))) << "another account has its own";
  EXPECT_FALSE(limits.take(account, MethodClass::Sending, seconds(60)));
}

}  // namespace
}  // namespace ledgram::api
