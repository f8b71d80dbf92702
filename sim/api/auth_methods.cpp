// The two-step password, bot tokens, logging out and taking a login to another DC (core.telegram.org/api/auth).
// code_methods.cpp has logins by code, qr_methods.cpp those by QR code.

#include "ledgram/crypto/dh.hpp"
#include "ledgram/sim_api/auth_steps.hpp"
#include "ledgram/sim_api/core.hpp"
#include "ledgram/sim_api/password.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

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
  if (!call.core.limits.may_check_password(account->id, call.now))
    refuse(420, "PASSWORD_FLOOD");
  // An attempt is for one check, right or wrong.
  auto attempt = std::exchange(call.key.attempt, std::nullopt);
  if (!attempt || attempt->id != long_field(given, "srp_id") || attempt->account != account->id)
    refuse("SRP_ID_INVALID");
  if (!attempt->exchange.check(bytes_field(given, "A"), bytes_field(given, "M1"))) {
    call.core.limits.count_wrong_password(account->id, call.now);
    refuse("PASSWORD_HASH_INVALID");
  }
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
  auto out = call.object("auth.loggedOut");
  // Telegram gives one to accounts with a two-step password (core.telegram.org/api/auth#future-auth-tokens).
  if (call.account->password)
    out.emplace("future_auth_token", to_base64(call.core.future_tokens.make(call.account->id, call.core.random)));
  return out;
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
