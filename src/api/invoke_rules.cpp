#include "ledgram/api/invoke_rules.hpp"

#include <algorithm>
#include <array>

namespace ledgram::api {

namespace {

constexpr std::chrono::seconds kWindow{60};

struct Denial {
  std::string_view name;  ///< ends with "*": every method that begins so
  std::string_view why;
};

constexpr std::string_view kLogin = "the login of an account is managed by this server";
constexpr std::string_view kWrapper = "any other method could hide in it; call that method itself";
constexpr std::string_view kEndangers = "it can end, take over or lock the account";
constexpr std::string_view kMoney = "it is about money";
constexpr std::string_view kMany = "it sends to many at once, which gets accounts banned";
constexpr std::string_view kDeletes = "it deletes what nobody can bring back";

constexpr std::array kDenied{
    Denial{"auth.*", kLogin},
    Denial{"initConnection", kWrapper},
    Denial{"invoke*", kWrapper},
    Denial{"account.deleteAccount", kEndangers},
    Denial{"account.resetAuthorization", kEndangers},
    Denial{"account.resetWebAuthorization*", kEndangers},
    Denial{"account.setAccountTTL", kEndangers},
    Denial{"account.setAuthorizationTTL", kEndangers},
    Denial{"account.changeAuthorizationSettings", kEndangers},
    Denial{"account.updatePasswordSettings", kEndangers},
    Denial{"account.confirmPasswordEmail", kEndangers},
    Denial{"account.resendPasswordEmail", kEndangers},
    Denial{"account.cancelPasswordEmail", kEndangers},
    Denial{"account.resetPassword", kEndangers},
    Denial{"account.declinePasswordReset", kEndangers},
    Denial{"account.getTmpPassword", kEndangers},
    Denial{"account.getPasswordSettings", kEndangers},
    Denial{"account.sendChangePhoneCode", kEndangers},
    Denial{"account.changePhone", kEndangers},
    Denial{"account.sendConfirmPhoneCode", kEndangers},
    Denial{"account.confirmPhone", kEndangers},
    Denial{"account.sendVerify*", kEndangers},
    Denial{"account.verify*", kEndangers},
    Denial{"account.acceptAuthorization", kEndangers},
    Denial{"account.saveSecureValue", kEndangers},
    Denial{"account.deleteSecureValue", kEndangers},
    Denial{"account.getSecureValue", kEndangers},
    Denial{"account.getAllSecureValues", kEndangers},
    Denial{"account.initTakeoutSession", kEndangers},
    Denial{"account.finishTakeoutSession", kEndangers},
    Denial{"account.registerPasskey", kEndangers},
    Denial{"account.deletePasskey", kEndangers},
    Denial{"account.initPasskeyRegistration", kEndangers},
    Denial{"channels.editCreator", kEndangers},
    Denial{"messages.editChatCreator", kEndangers},
    Denial{"messages.acceptUrlAuth", kEndangers},
    Denial{"payments.*", kMoney},
    Denial{"account.toggleConnectedBot*", kEndangers},
    Denial{"account.updateConnectedBot", kEndangers},
    Denial{"messages.sendMultiMedia", kMany},
    Denial{"messages.forwardMessages", kMany},
    Denial{"messages.sendScheduledMessages", kMany},
    Denial{"messages.sendQuickReplyMessages", kMany},
    Denial{"contacts.importContacts", kMany},
    Denial{"contacts.deleteContacts", kDeletes},
    Denial{"contacts.resetSaved", kDeletes},
    Denial{"channels.inviteToChannel", kMany},
    Denial{"messages.createChat", kMany},
    Denial{"messages.importChatInvite*", kMany},
    Denial{"phone.*", kMany},
    Denial{"stories.send*", kMany},
    Denial{"channels.deleteChannel", kDeletes},
    Denial{"channels.deleteHistory", kDeletes},
    Denial{"channels.deleteParticipantHistory", kDeletes},
    Denial{"messages.deleteHistory", kDeletes},
    Denial{"messages.deleteChat", kDeletes},
    Denial{"messages.deletePhoneCallHistory", kDeletes},
    Denial{"messages.deleteSavedHistory", kDeletes},
    Denial{"messages.deleteTopicHistory", kDeletes},
};

/// What one message reaches other people by.
constexpr std::array<std::string_view, 12> kSending{
    "messages.sendMessage",      "messages.sendMedia",      "messages.sendInlineBotResult", "messages.sendReaction",
    "messages.sendVote",         "messages.startBot",       "messages.addChatUser",         "channels.joinChannel",
    "messages.sendPaidReaction", "messages.requestWebView", "contacts.addContact",          "messages.editMessage",
};

bool matches(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*'))
    return pattern == name;
  pattern.remove_suffix(1);
  return name.starts_with(pattern);
}

bool only_reads(std::string_view method) {
  const std::string_view verb = method.substr(method.find('.') + 1);
  for (const std::string_view beginning : {"get", "search", "check", "resolve"}) {
    if (verb.starts_with(beginning))
      return true;
  }
  return false;
}

std::optional<std::chrono::seconds> wait_for_room(std::deque<nanoseconds>& times, std::size_t most, nanoseconds now) {
  while (!times.empty() && now - times.front() >= kWindow)
    times.pop_front();
  if (times.size() < most)
    return std::nullopt;
  return std::chrono::ceil<std::chrono::seconds>(times.front() + kWindow - now);
}

}  // namespace

std::string_view denial_of(std::string_view method) {
  const auto* found =
      std::ranges::find_if(kDenied, [method](const Denial& denial) { return matches(denial.name, method); });
  return found == kDenied.end() ? std::string_view() : found->why;
}

MethodClass class_of(std::string_view method) {
  if (!denial_of(method).empty())
    return MethodClass::Denied;
  if (std::ranges::find(kSending, method) != kSending.end())
    return MethodClass::Sending;
  return only_reads(method) ? MethodClass::Reading : MethodClass::Writing;
}

std::optional<std::chrono::seconds> InvokeLimits::take(AccountId account, MethodClass method, nanoseconds now) {
  Counted& counted = counted_[account];
  if (const auto wait = wait_for_room(counted.calls, rates_.calls, now))
    return wait;
  if (method == MethodClass::Sending) {
    if (const auto wait = wait_for_room(counted.sent, rates_.sent, now))
      return wait;
    counted.sent.push_back(now);
  }
  counted.calls.push_back(now);
  return std::nullopt;
}

}  // namespace ledgram::api
