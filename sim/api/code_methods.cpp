// auth.sendCode and what follows it: codes by every way, and the login e-mail (core.telegram.org/api/auth).

#include "ledgram/sim_api/auth_steps.hpp"
#include "ledgram/sim_api/core.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

/// What the code of an e-mail looks like; the same digits as by the other ways.
constexpr std::int32_t kEmailCodeLength = 5;

/// An id that no layer has, written in the place of auth.codeTypeSms for a plan that asks for it.
constexpr std::uint32_t kCodeTypeSms = 0x72a3158c;
constexpr std::uint32_t kUnheardOfCodeType = 0x7e57c0de;

/// o***@example.org
std::string email_pattern(std::string_view email) {
  const std::size_t at = email.find('@');
  return std::string(email.substr(0, 1)) + "***" + std::string(email.substr(at));
}

json::object sent_type(Call& call, const LoginPlan& plan, const SentCode& sent) {
  const std::string& way = plan.types[sent.step];
  auto type = call.object("auth.sentCodeType" + way);
  const auto length = static_cast<std::int32_t>(sent.code.size());
  if (way == "SmsWord" || way == "SmsPhrase") {
    type.emplace("beginning", first_word(sent.code));
  } else if (way == "FlashCall") {
    type.emplace("pattern", std::string(kCallingPrefix) + std::string(sent.code.size() - kCallingPrefix.size(), '*'));
  } else if (way == "MissedCall") {
    type.emplace("prefix", kCallingPrefix);
    type.emplace("length", length);
  } else if (way == "FragmentSms") {
    type.emplace("url", "https://fragment.com/number/" + std::string(kCallingPrefix) + "/code");
    type.emplace("length", length);
  } else if (way == "EmailCode") {
    type.emplace("email_pattern", email_pattern(plan.email));
    type.emplace("length", length);
    if (sent.reset_pending != 0) {
      type.emplace("reset_pending_date", sent.reset_pending);
    } else {
      type.emplace("reset_available_period", plan.email_reset_seconds);
    }
  } else if (way != "SetUpEmailRequired") {
    type.emplace("length", length);
  }
  return type;
}

json::object sent_code(Call& call, const Account& account, const SentCode& sent) {
  const LoginPlan& plan = call.core.logins.plan(account.phone);
  auto out = call.object("auth.sentCode");
  out.emplace("type", sent_type(call, plan, sent));
  out.emplace("phone_code_hash", sent.hash);
  if (plan.unknown_next) {
    out.emplace("next_type", call.object("auth.codeTypeSms"));
    call.replace_id = {kCodeTypeSms, kUnheardOfCodeType};
    out.emplace("timeout", plan.resend_after);
  } else if (sent.step + 1 < plan.types.size()) {
    if (const CodeWay* next = find_code_way(plan.types[sent.step + 1]); !next->next_type.empty()) {
      out.emplace("next_type", call.object(next->next_type));
      out.emplace("timeout", plan.resend_after);
    }
  }
  return out;
}

json::object send_step(Call& call, const Account& account, std::size_t step) {
  return sent_code(call, account, call.core.logins.send(account.phone, account.dc, step, call.now, call.core.random));
}

json::value send_code(Call& call) {
  if (int_field(call.args, "api_id") <= 0)
    refuse("API_ID_INVALID");
  Account& account = account_at_home(call, text_field(call.args, "phone_number"));
  for (const auto& token : array_field(object_field(call.args, "settings"), "logout_tokens")) {
    const auto bytes = token.is_string() ? from_base64(token.get_string()) : std::nullopt;
    if (!bytes || !call.core.future_tokens.use(*bytes, account.id))
      continue;
    auto out = call.object("auth.sentCodeSuccess");
    call.key.imported = false;
    out.emplace("authorization", authorization(call, account));
    return out;
  }
  if (!call.core.limits.may_send_code(account.id, call.now))
    refuse("PHONE_NUMBER_FLOOD");
  return send_step(call, account, 0);
}

/// The code that the call names by number and hash.
SentCode& waiting_code(Call& call, const json::object& args, const Account& account) {
  const auto hash = text_field(args, "phone_code_hash");
  if (hash.empty())
    refuse("PHONE_CODE_HASH_EMPTY");
  SentCode* sent = call.core.logins.find(account.phone, hash, call.now);
  if (sent == nullptr)
    refuse("PHONE_CODE_EXPIRED");
  return *sent;
}

json::value resend_code(Call& call) {
  const Account& account = account_at_home(call, text_field(call.args, "phone_number"));
  const SentCode& sent = waiting_code(call, call.args, account);
  const LoginPlan& plan = call.core.logins.plan(account.phone);
  const bool last = sent.step + 1 >= plan.types.size();
  if (last && !plan.unknown_next)
    refuse("SEND_CODE_UNAVAILABLE");
  if (!last && find_code_way(plan.types[sent.step + 1])->next_type.empty())
    refuse("SEND_CODE_UNAVAILABLE");
  return send_step(call, account, last ? sent.step : sent.step + 1);
}

json::value cancel_code(Call& call) {
  const Account& account = account_at_home(call, text_field(call.args, "phone_number"));
  (void)waiting_code(call, call.args, account);
  call.core.logins.forget(account.phone);
  return true;
}

json::value sign_in(Call& call) {
  Account& account = account_at_home(call, text_field(call.args, "phone_number"));
  const auto& by_email = object_field(call.args, "email_verification");
  const auto code = by_email.empty() ? text_field(call.args, "phone_code") : text_field(by_email, "code");
  if (code.empty())
    refuse("PHONE_CODE_EMPTY");
  const SentCode& sent = waiting_code(call, call.args, account);
  // A code from an e-mail comes as an e-mail verification, and no other does.
  const std::string& way = call.core.logins.plan(account.phone).types[sent.step];
  if (way == "SetUpEmailRequired" || (way == "EmailCode") == by_email.empty())
    refuse("PHONE_CODE_INVALID");
  if (sent.code != code)
    refuse("PHONE_CODE_INVALID");
  call.core.logins.forget(account.phone);
  return authorization_or_password(call, account);
}

/// The account and the waiting code that an emailVerifyPurposeLoginSetup names.
struct EmailSetup {
  Account& account;
  SentCode& sent;
};

EmailSetup email_setup(Call& call) {
  const auto& purpose = object_field(call.args, "purpose");
  if (name_of(purpose) != "emailVerifyPurposeLoginSetup")
    refuse("EMAIL_NOT_SETUP");
  Account& account = account_at_home(call, text_field(purpose, "phone_number"));
  SentCode& sent = waiting_code(call, purpose, account);
  if (call.core.logins.plan(account.phone).types[sent.step] != "SetUpEmailRequired")
    refuse("EMAIL_NOT_SETUP");
  return {account, sent};
}

json::value send_email_code(Call& call) {
  const EmailSetup setup = email_setup(call);
  const auto email = text_field(call.args, "email");
  const std::size_t at = email.find('@');
  if (at == 0 || at == std::string_view::npos || email.find('.', at) == std::string_view::npos)
    refuse("EMAIL_INVALID");
  setup.sent.email = email;
  auto out = call.object("account.sentEmailCode");
  out.emplace("email_pattern", email_pattern(email));
  out.emplace("length", kEmailCodeLength);
  return out;
}

json::value verify_email(Call& call) {
  const EmailSetup setup = email_setup(call);
  if (setup.sent.email.empty())
    refuse("EMAIL_VERIFY_EXPIRED");
  if (text_field(object_field(call.args, "verification"), "code") != setup.sent.code)
    refuse("CODE_INVALID");
  const std::string email = setup.sent.email;
  LoginPlan plan = call.core.logins.plan(setup.account.phone);
  // From now on codes go to this address: after the set-up itself if the plan says no more.
  plan.email = email;
  plan.types.erase(plan.types.begin(), plan.types.begin() + static_cast<std::ptrdiff_t>(setup.sent.step) + 1);
  if (plan.types.empty())
    plan.types.emplace_back("EmailCode");
  call.core.logins.set_plan(setup.account.phone, std::move(plan));
  auto out = call.object("account.emailVerifiedLogin");
  out.emplace("email", email);
  out.emplace("sent_code", send_step(call, setup.account, 0));
  return out;
}

json::value reset_email(Call& call) {
  const Account& account = account_at_home(call, text_field(call.args, "phone_number"));
  SentCode& sent = waiting_code(call, call.args, account);
  const LoginPlan& plan = call.core.logins.plan(account.phone);
  if (plan.types[sent.step] != "EmailCode")
    refuse("EMAIL_INSTALL_MISSING");
  if (sent.reset_pending > call.now)
    refuse("TASK_ALREADY_EXISTS");
  if (plan.email_reset_seconds > 0 && sent.reset_pending == 0) {
    sent.reset_pending = call.now + plan.email_reset_seconds;
    return sent_code(call, account, sent);
  }
  LoginPlan without_email = plan;
  std::erase(without_email.types, "EmailCode");
  if (without_email.types.empty())
    without_email.types.emplace_back("Sms");
  call.core.logins.set_plan(account.phone, std::move(without_email));
  return send_step(call, account, 0);
}

constexpr std::array kMethods{
    Method{"auth.sendCode", Caller::Anybody, send_code},
    Method{"auth.resendCode", Caller::Anybody, resend_code},
    Method{"auth.cancelCode", Caller::Anybody, cancel_code},
    Method{"auth.signIn", Caller::Anybody, sign_in},
    Method{"account.sendVerifyEmailCode", Caller::Anybody, send_email_code},
    Method{"account.verifyEmail", Caller::Anybody, verify_email},
    Method{"auth.resetLoginEmail", Caller::Anybody, reset_email},
};

}  // namespace

std::span<const Method> code_methods() {
  return kMethods;
}

}  // namespace ledgram::sim
