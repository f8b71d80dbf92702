#include "ledgram/telegram/sent_code.hpp"

#include "ledgram/telegram/error.hpp"
#include "ledgram/tl/codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ledgram::telegram {

namespace api = tl::api;

namespace {

/// When the time cannot be read: what Telegram usually says.
constexpr std::chrono::seconds kUsualResendTime{60};

void describe_email(const api::auth_sentCodeTypeEmailCode& email, SentCode& sent) {
  sent.type = CodeType::EmailCode;
  sent.length = email.length;
  sent.hint = email.email_pattern;
  if (email.reset_available_period)
    sent.email_reset_wait = std::chrono::seconds(std::max(*email.reset_available_period, 0));
  if (email.reset_pending_date)
    sent.email_reset_date = std::chrono::seconds(*email.reset_pending_date);
}

void describe_code(const api::auth_SentCodeType& type, SentCode& sent) {
  if (const auto* app = type.as<api::auth_sentCodeTypeApp>()) {
    sent.type = CodeType::App;
    sent.length = app->length;
  } else if (const auto* sms = type.as<api::auth_sentCodeTypeSms>()) {
    sent.type = CodeType::Sms;
    sent.length = sms->length;
  } else if (const auto* call = type.as<api::auth_sentCodeTypeCall>()) {
    sent.type = CodeType::Call;
    sent.length = call->length;
  } else if (const auto* flash = type.as<api::auth_sentCodeTypeFlashCall>()) {
    sent.type = CodeType::FlashCall;
    sent.hint = flash->pattern;
  } else if (const auto* missed = type.as<api::auth_sentCodeTypeMissedCall>()) {
    sent.type = CodeType::MissedCall;
    sent.length = missed->length;
    sent.hint = missed->prefix;
  } else if (const auto* word = type.as<api::auth_sentCodeTypeSmsWord>()) {
    sent.type = CodeType::SmsWord;
    sent.hint = word->beginning.value_or("");
  } else if (const auto* phrase = type.as<api::auth_sentCodeTypeSmsPhrase>()) {
    sent.type = CodeType::SmsPhrase;
    sent.hint = phrase->beginning.value_or("");
  } else if (const auto* fragment = type.as<api::auth_sentCodeTypeFragmentSms>()) {
    sent.type = CodeType::FragmentSms;
    sent.length = fragment->length;
    sent.hint = fragment->url;
  } else if (const auto* email = type.as<api::auth_sentCodeTypeEmailCode>()) {
    describe_email(*email, sent);
  } else if (type.is<api::auth_sentCodeTypeSetUpEmailRequired>()) {
    sent.type = CodeType::SetUpEmailRequired;
  } else if (const auto* firebase = type.as<api::auth_sentCodeTypeFirebaseSms>()) {
    sent.type = CodeType::FirebaseSms;
    sent.length = firebase->length;
  }
}

std::optional<CodeType> next_type_of(std::uint32_t id) {
  switch (id) {
    case 0:
      return std::nullopt;
    case api::auth_codeTypeSms::kId:
      return CodeType::Sms;
    case api::auth_codeTypeCall::kId:
      return CodeType::Call;
    case api::auth_codeTypeFlashCall::kId:
      return CodeType::FlashCall;
    case api::auth_codeTypeMissedCall::kId:
      return CodeType::MissedCall;
    case api::auth_codeTypeFragmentSms::kId:
      return CodeType::FragmentSms;
    default:
      return CodeType::Unknown;
  }
}

std::uint32_t id_of(const api::auth_CodeType& type) {
  if (type.is<api::auth_codeTypeSms>())
    return api::auth_codeTypeSms::kId;
  if (type.is<api::auth_codeTypeCall>())
    return api::auth_codeTypeCall::kId;
  if (type.is<api::auth_codeTypeFlashCall>())
    return api::auth_codeTypeFlashCall::kId;
  if (type.is<api::auth_codeTypeMissedCall>())
    return api::auth_codeTypeMissedCall::kId;
  return type.is<api::auth_codeTypeFragmentSms>() ? api::auth_codeTypeFragmentSms::kId : 0;
}

/// auth.sentCode whose typed reading failed on a constructor of a later layer: field by field, as far as it can be
/// read.
ReadSentCode read_newer_sent_code(ByteView answer) {
  constexpr std::uint32_t kHasNextType = 1U << 1U;
  tl::Reader in(answer);
  in.u32();
  const std::uint32_t flags = in.u32();
  api::auth_SentCodeType type;
  tl::read_into(in, type);
  if (!in.ok()) {
    throw failure(
        TelegramErrc::LoginUnsupported,
        "Telegram delivers the code for this number in a way that this version does not know; update Ledgram, "
        "or log in with --qr");
  }
  ReadSentCode read;
  describe_code(type, read.described);
  read.hash = in.string();
  if ((flags & kHasNextType) != 0)
    read.described.next_type = next_type_of(in.u32());
  if (!in.ok())
    throw failure(TelegramErrc::BadAnswer, "the answer to auth.sendCode cannot be read: it is cut off");
  // What follows an unknown constructor may be its own field.
  read.described.resend_after = kUsualResendTime;
  return read;
}

}  // namespace

SentCodeAnswer read_sent_code(ByteView answer) {
  auto parsed = tl::parse<api::auth_SentCode>(answer);
  if (!parsed) {
    if (answer.size() >= 4 && load_le32(answer) == api::auth_sentCode::kId)
      return read_newer_sent_code(answer);
    throw failure(TelegramErrc::BadAnswer,
                  fmt::format("the answer to auth.sendCode cannot be read: {}", parsed.error().message));
  }
  if (auto* sent = parsed->as<api::auth_sentCode>()) {
    ReadSentCode read;
    describe_code(sent->type, read.described);
    read.described.next_type = next_type_of(id_of(sent->next_type));
    read.described.resend_after = std::chrono::seconds(std::max(sent->timeout.value_or(0), 0));
    read.hash = std::move(sent->phone_code_hash);
    return read;
  }
  if (auto* success = parsed->as<api::auth_sentCodeSuccess>())
    return std::move(success->authorization);
  if (const auto* payment = parsed->as<api::auth_sentCodePaymentRequired>()) {
    throw failure(
        TelegramErrc::LoginUnsupported,
        fmt::format("Telegram wants a payment ({} {}) in an official app before it sends a code to this number; "
                    "log in there first, then here with --qr",
                    payment->amount, payment->currency));
  }
  throw failure(TelegramErrc::BadAnswer, "the answer to auth.sendCode is empty");
}

std::string_view describe(CodeType type) {
  switch (type) {
    case CodeType::App:
      return "a message in Telegram on another device";
    case CodeType::Sms:
      return "an SMS";
    case CodeType::Call:
      return "a phone call that reads the code";
    case CodeType::FlashCall:
      return "a phone call whose number is the code";
    case CodeType::MissedCall:
      return "a missed call; the code is the end of its number";
    case CodeType::SmsWord:
      return "an SMS with a word";
    case CodeType::SmsPhrase:
      return "an SMS with a phrase";
    case CodeType::FragmentSms:
      return "fragment.com";
    case CodeType::EmailCode:
      return "an e-mail";
    case CodeType::SetUpEmailRequired:
      return "nothing yet: Telegram wants an e-mail address for login codes first";
    case CodeType::FirebaseSms:
      return "an SMS that only official apps can receive";
    case CodeType::Unknown:
      return "a way that this version does not know";
  }
  return "?";
}

std::string explain(const SentCode& sent) {
  const auto digits = [&sent](std::string_view what) {
    return sent.length > 0 ? fmt::format("{} digits", sent.length) : std::string(what);
  };
  switch (sent.type) {
    case CodeType::App:
      return fmt::format("Telegram sends the login code ({}) to the Telegram app on your other devices",
                         digits("digits"));
    case CodeType::Sms:
      return fmt::format("Telegram sends the login code ({}) by SMS", digits("digits"));
    case CodeType::Call:
      return fmt::format("Telegram calls and reads the login code ({}) aloud", digits("digits"));
    case CodeType::FlashCall:
      return fmt::format(
          "Telegram calls; do not answer. The login code is the number that calls, all of its digits; it looks like {}",
          sent.hint);
    case CodeType::MissedCall:
      return fmt::format("Telegram calls from a number that begins with {}; the login code is its last {}", sent.hint,
                         digits("digits"));
    case CodeType::SmsWord:
      return sent.hint.empty()
                 ? std::string("Telegram sends a word by SMS; it is the login code")
                 : fmt::format("Telegram sends a word by SMS that begins with \"{}\"; it is the login code", sent.hint);
    case CodeType::SmsPhrase:
      return sent.hint.empty()
                 ? std::string("Telegram sends a phrase by SMS; the whole phrase is the login code")
                 : fmt::format(
                       "Telegram sends a phrase by SMS that begins with \"{}\"; the whole phrase is the login code",
                       sent.hint);
    case CodeType::FragmentSms:
      return fmt::format("the login code ({}) of this anonymous number is at {}", digits("digits"), sent.hint);
    case CodeType::EmailCode:
      return fmt::format("Telegram sends the login code ({}) by e-mail to {}", digits("digits"), sent.hint);
    case CodeType::SetUpEmailRequired:
      return "Telegram wants an e-mail address where it can send this account's login codes";
    case CodeType::FirebaseSms:
      return "Telegram sends an SMS that only its official apps can receive";
    case CodeType::Unknown:
      break;
  }
  return "Telegram sends the login code in a way that this version does not know; enter what arrives";
}

SecretText login_link(ByteView token) {
  std::string link = "tg://login?token=" + to_base64(token);
  std::ranges::replace(link, '+', '-');
  // The slashes of "tg://" stay.
  std::replace(link.begin() + 5, link.end(), '/', '_');
  while (link.ends_with('='))
    link.pop_back();
  return SecretText(std::move(link));
}

}  // namespace ledgram::telegram
