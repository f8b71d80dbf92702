// auth.* and the two-step password: from a phone number or a token to a login on a key (core.telegram.org/api/auth).

#include "ledgram/crypto/dh.hpp"
#include "ledgram/sim_api/core.hpp"
#include "ledgram/sim_api/objects.hpp"
#include "ledgram/sim_api/password.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

/// Seconds before a client offers the next way of sending the code. Short, so that nobody waits in a demo.
constexpr std::int32_t kResendAfter = 60;

constexpr std::int32_t kCodeLength = 5;

bool has_dc(const Call& call, DcId dc) {
  return std::ranges::any_of(call.core.options.dcs, [dc](const DcAddress& address) { return address.id == dc; });
}

json::value authorization(Call& call, Account& account) {
  call.key.account = account.id;
  call.key.revoked = false;
  call.key.password_wanted = UserId();
  call.key.attempt.reset();
  call.save_key();
  call.account = &account;
  auto out = call.object("auth.authorization");
  out.emplace("user", ObjectMaker(account, call.core.hashes, call.memory).user(account));
  return out;
}

/// The account of a phone number at its home DC. Numbers become accounts when they first ask.
Account& account_at_home(Call& call, std::string_view phone) {
  if (phone_digits(phone).empty())
    refuse("PHONE_NUMBER_INVALID");
  const auto account = call.core.accounts.ensure_phone(phone);
  if (!account)
    refuse("PHONE_NUMBER_INVALID");
  const DcId home = (*account)->dc;
  if (home != call.context.dc) {
    if (!has_dc(call, home))
      refuse("PHONE_NUMBER_INVALID");
    refuse(303, "PHONE_MIGRATE_" + std::to_string(home.value()));
  }
  return **account;
}

json::value sent_code(Call& call, const SentCode& sent) {
  static constexpr std::array kTypes{"auth.sentCodeTypeApp", "auth.sentCodeTypeSms", "auth.sentCodeTypeCall"};
  static constexpr std::array kNextTypes{"auth.codeTypeSms", "auth.codeTypeCall", ""};
  const auto route = static_cast<std::size_t>(sent.route);
  auto type = call.object(kTypes[route]);
  type.emplace("length", kCodeLength);
  auto out = call.object("auth.sentCode");
  out.emplace("type", std::move(type));
  out.emplace("phone_code_hash", sent.hash);
  if (const std::string_view next = kNextTypes[route]; !next.empty()) {
    out.emplace("next_type", call.object(next));
    out.emplace("timeout", kResendAfter);
  }
  return out;
}

json::value send_code(Call& call) {
  if (int_field(call.args, "api_id") <= 0)
    refuse("API_ID_INVALID");
  const Account& account = account_at_home(call, text_field(call.args, "phone_number"));
  return sent_code(call, call.core.logins.send(account.phone, account.dc, CodeRoute::App, call.now, call.core.random));
}

/// The code that the call names by number and hash.
const SentCode& waiting_code(Call& call, const Account& account) {
  const auto hash = text_field(call.args, "phone_code_hash");
  if (hash.empty())
    refuse("PHONE_CODE_HASH_EMPTY");
  const SentCode* sent = call.core.logins.find(account.phone, hash, call.now);
  if (sent == nullptr)
    refuse("PHONE_CODE_EXPIRED");
  return *sent;
}

json::value resend_code(Call& call) {
  const Account& account = account_at_home(call, text_field(call.args, "phone_number"));
  const SentCode& sent = waiting_code(call, account);
  if (sent.route == CodeRoute::Call)
    refuse("SEND_CODE_UNAVAILABLE");
  const auto next = sent.route == CodeRoute::App ? CodeRoute::Sms : CodeRoute::Call;
  return sent_code(call, call.core.logins.send(account.phone, account.dc, next, call.now, call.core.random));
}

json::value cancel_code(Call& call) {
  const Account& account = account_at_home(call, text_field(call.args, "phone_number"));
  (void)waiting_code(call, account);
  call.core.logins.forget(account.phone);
  return true;
}

json::value sign_in(Call& call) {
  Account& account = account_at_home(call, text_field(call.args, "phone_number"));
  const auto code = text_field(call.args, "phone_code");
  if (code.empty())
    refuse("PHONE_CODE_EMPTY");
  if (waiting_code(call, account).code != code)
    refuse("PHONE_CODE_INVALID");
  call.core.logins.forget(account.phone);
  if (account.password) {
    call.key.password_wanted = account.id;
    refuse(401, "SESSION_PASSWORD_NEEDED");
  }
  call.key.imported = false;
  return authorization(call, account);
}

/// The account whose password the key may ask about: the one that logs in, or else the one that is logged in.
Account* password_owner(Call& call) {
  if (call.key.password_wanted != UserId())
    return call.core.accounts.find(call.key.password_wanted);
  return call.account;
}

json::object kdf_algorithm(Call& call, const Bytes& salt1, const Bytes& salt2) {
  auto out = call.object("passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow");
  out.emplace("salt1", to_base64(salt1));
  out.emplace("salt2", to_base64(salt2));
  out.emplace("g", kPasswordG);
  out.emplace("p", to_base64(crypto::known_dh_prime()));
  return out;
}

json::value get_password(Call& call) {
  Account* account = password_owner(call);
  if (account == nullptr)
    refuse(401, "AUTH_KEY_UNREGISTERED");
  auto out = call.object("account.password");
  if (account->password) {
    const PasswordRecord& record = *account->password;
    call.key.attempt.emplace(start_password_attempt(*account, call.core.random));
    out.emplace("has_password", true);
    out.emplace("current_algo", kdf_algorithm(call, record.salt1, record.salt2));
    out.emplace("srp_B", to_base64(call.key.attempt->exchange.b()));
    out.emplace("srp_id", call.key.attempt->id);
    if (!record.hint.empty())
      out.emplace("hint", record.hint);
  }
  // For a new password: the client adds 32 random bytes to salt1
  // (core.telegram.org/api/srp#setting-a-new-2fa-password).
  out.emplace("new_algo", kdf_algorithm(call, call.core.random.bytes(8), call.core.random.bytes(16)));
  auto secure = call.object("securePasswordKdfAlgoPBKDF2HMACSHA512iter100000");
  secure.emplace("salt", to_base64(call.core.random.bytes(8)));
  out.emplace("new_secure_algo", std::move(secure));
  out.emplace("secure_random", to_base64(call.core.random.bytes(256)));
  return out;
}

json::value check_password(Call& call) {
  Account* account = call.core.accounts.find(call.key.password_wanted);
  if (account == nullptr)
    refuse(401, "AUTH_KEY_UNREGISTERED");
  const auto& given = object_field(call.args, "password");
  if (name_of(given) != "inputCheckPasswordSRP")
    refuse("PASSWORD_HASH_INVALID");
  // An attempt is for one check, right or wrong.
  auto attempt = std::exchange(call.key.attempt, std::nullopt);
  if (!attempt || attempt->id != long_field(given, "srp_id") || attempt->account != account->id)
    refuse("SRP_ID_INVALID");
  if (!attempt->exchange.check(bytes_field(given, "A"), bytes_field(given, "M1")))
    refuse("PASSWORD_HASH_INVALID");
  call.key.imported = false;
  return authorization(call, *account);
}

json::value import_bot(Call& call) {
  if (int_field(call.args, "api_id") <= 0)
    refuse("API_ID_INVALID");
  Account* bot = call.core.accounts.find_token(text_field(call.args, "bot_auth_token"));
  if (bot == nullptr)
    refuse("ACCESS_TOKEN_INVALID");
  if (bot->dc != call.context.dc)
    refuse(303, "USER_MIGRATE_" + std::to_string(bot->dc.value()));
  call.key.imported = false;
  return authorization(call, *bot);
}

json::value log_out(Call& call) {
  call.key.account = UserId();
  call.key.imported = false;
  call.save_key();
  call.core.subscriptions.remove(call.context.key);
  return call.object("auth.loggedOut");
}

json::value export_login(Call& call) {
  const DcId dc(int_field(call.args, "dc_id"));
  if (dc == call.context.dc || !has_dc(call, dc))
    refuse("DC_ID_INVALID");
  auto out = call.object("auth.exportedAuthorization");
  out.emplace("id", call.account->id.value());
  out.emplace("bytes", to_base64(call.core.logins.export_login(call.account->id, call.now, call.core.random)));
  return out;
}

json::value import_login(Call& call) {
  const UserId id(long_field(call.args, "id"));
  Account* account = call.core.accounts.find(id);
  if (account == nullptr || !call.core.logins.import_login(id, bytes_field(call.args, "bytes"), call.now)) {
    refuse("AUTH_BYTES_INVALID");
  }
  call.key.imported = true;
  return authorization(call, *account);
}

constexpr std::array kMethods{
    Method{"auth.sendCode", Caller::Anybody, send_code},
    Method{"auth.resendCode", Caller::Anybody, resend_code},
    Method{"auth.cancelCode", Caller::Anybody, cancel_code},
    Method{"auth.signIn", Caller::Anybody, sign_in},
    Method{"auth.checkPassword", Caller::Anybody, check_password},
    Method{"auth.importBotAuthorization", Caller::Anybody, import_bot},
    Method{"auth.logOut", Caller::Account, log_out},
    Method{"auth.exportAuthorization", Caller::Account, export_login},
    Method{"auth.importAuthorization", Caller::Anybody, import_login},
    Method{"account.getPassword", Caller::Anybody, get_password},
};

}  // namespace

std::span<const Method> auth_methods() {
  return kMethods;
}

}  // namespace ledgram::sim
