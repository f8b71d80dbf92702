#include "ledgram/telegram/login_errors.hpp"

#include <array>
#include <string_view>

namespace ledgram::telegram {

namespace {

struct Explanation {
  std::string_view name;
  TelegramErrc code;
  std::string_view message;
};

constexpr std::array kExplanations = {
    Explanation{"PHONE_NUMBER_INVALID", TelegramErrc::BadPhoneNumber,
                "Telegram does not accept the phone number; write it with the country code, like +380441234567"},
    Explanation{"PHONE_NUMBER_BANNED", TelegramErrc::BadPhoneNumber,
                "Telegram has banned this phone number; write to recover@telegram.org to have that checked"},
    Explanation{"PHONE_NUMBER_APP_SIGNUP_FORBIDDEN", TelegramErrc::BadPhoneNumber,
                "Telegram does not let this number log in through this application; use an official app first"},
    Explanation{"PHONE_NUMBER_FLOOD", TelegramErrc::FloodWait,
                "this phone number has asked for codes too often; wait a day before the next attempt"},
    Explanation{"PHONE_PASSWORD_FLOOD", TelegramErrc::FloodWait,
                "there were too many attempts to log in to this account; wait a day before the next one"},
    Explanation{"PASSWORD_FLOOD", TelegramErrc::FloodWait,
                "there were too many wrong passwords; wait a day before the next attempt"},
    Explanation{"PHONE_CODE_INVALID", TelegramErrc::WrongCode,
                "the login code is wrong; look at it again and enter it"},
    Explanation{"PHONE_CODE_EMPTY", TelegramErrc::WrongCode, "the login code is empty; enter the code that was sent"},
    Explanation{"PHONE_CODE_EXPIRED", TelegramErrc::CodeExpired,
                "the login code is not valid any more; have another one sent"},
    Explanation{"PHONE_CODE_HASH_EMPTY", TelegramErrc::CodeExpired,
                "the login attempt is not known to Telegram; have a code sent"},
    Explanation{"PHONE_HASH_EXPIRED", TelegramErrc::CodeExpired,
                "the login attempt is not valid any more; have another code sent"},
    Explanation{"AUTH_RESTART", TelegramErrc::CodeExpired, "Telegram asks to begin the login anew; have a code sent"},
    Explanation{"AUTH_RESTART_X", TelegramErrc::CodeExpired, "Telegram asks to begin the login anew; have a code sent"},
    Explanation{"SEND_CODE_UNAVAILABLE", TelegramErrc::CodeNotSent,
                "Telegram has no other way left to send this code; wait some hours and begin again"},
    Explanation{"SMS_CODE_CREATE_FAILED", TelegramErrc::CodeNotSent,
                "Telegram could not send a code; try again in some minutes"},
    Explanation{"PASSWORD_HASH_INVALID", TelegramErrc::WrongPassword,
                "the two-step password is wrong; mind capital letters and the keyboard layout"},
    Explanation{"ACCESS_TOKEN_INVALID", TelegramErrc::BadBotToken,
                "Telegram does not know this bot token; copy it from @BotFather again"},
    Explanation{"ACCESS_TOKEN_EXPIRED", TelegramErrc::BadBotToken,
                "this bot token was revoked; get the new one from @BotFather"},
    Explanation{"API_ID_INVALID", TelegramErrc::BadAppIdentity,
                "api_id and api_hash do not belong together; copy both from my.telegram.org"},
    Explanation{
        "API_ID_PUBLISHED_FLOOD", TelegramErrc::BadAppIdentity,
        "this api_id is public and Telegram does not accept it for new logins; get your own at my.telegram.org"},
    Explanation{"UPDATE_APP_TO_LOGIN", TelegramErrc::LoginUnsupported,
                "Telegram asks for a newer version of this application to log in"},
    Explanation{"EMAIL_VERIFY_EXPIRED", TelegramErrc::CodeExpired,
                "the e-mail code has expired; have another one sent"},
    Explanation{"CODE_INVALID", TelegramErrc::WrongCode,
                "the code from the e-mail is wrong; look at it again and enter it"},
    Explanation{"EMAIL_INVALID", TelegramErrc::BadEmail, "Telegram does not accept this e-mail address; give another"},
    Explanation{"EMAIL_NOT_ALLOWED", TelegramErrc::BadEmail,
                "Telegram does not allow this e-mail address for login codes; give another"},
    Explanation{"EMAIL_NOT_SETUP", TelegramErrc::BadEmail,
                "Telegram has no e-mail address of this account; begin again"},
    Explanation{"EMAIL_INSTALL_MISSING", TelegramErrc::CodeNotSent,
                "this account has no login e-mail that could be taken off; enter the code that was sent"},
    Explanation{"TASK_ALREADY_EXISTS", TelegramErrc::CodeNotSent,
                "the e-mail address is being taken off already; wait until that is done and have another code sent"},
};

}  // namespace

TelegramError explain_login_error(TelegramError error) {
  if (!error.rpc || error.code != TelegramErrc::Rpc)
    return error;
  for (const Explanation& known : kExplanations) {
    if (!error.rpc->is(known.name))
      continue;
    error.code = known.code;
    error.message = known.message;
    break;
  }
  return error;
}

}  // namespace ledgram::telegram
