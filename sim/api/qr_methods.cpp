// Logging in by QR code (core.telegram.org/api/qr-login).

#include "ledgram/sim_api/qr_methods.hpp"

#include "ledgram/sim_api/auth_steps.hpp"
#include "ledgram/sim_api/core.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

/// An accepted token at the account's home: the login. Elsewhere: where to take it.
json::value redeem(Call& call, const Bytes& name) {
  QrToken& token = *call.core.qr.find(name);
  Account* account = call.core.accounts.find(token.account);
  if (account == nullptr)
    refuse("AUTH_TOKEN_INVALID");
  if (account->dc != call.context.dc) {
    if (!has_dc(call, account->dc))
      refuse("AUTH_TOKEN_INVALID");
    token.expires = call.now + call.core.qr.lifetime;
    auto out = call.object("auth.loginTokenMigrateTo");
    out.emplace("dc_id", account->dc.value());
    out.emplace("token", to_base64(name));
    return out;
  }
  call.core.qr.forget(token.key);
  auto out = call.object("auth.loginTokenSuccess");
  out.emplace("authorization", authorization_or_password(call, *account));
  return out;
}

json::value export_token(Call& call) {
  if (int_field(call.args, "api_id") <= 0)
    refuse("API_ID_INVALID");
  if (const auto accepted = call.core.qr.accepted_of(call.context.key, call.now))
    return redeem(call, *accepted);
  QrToken token{.key = call.context.key,
                .session = call.context.session,
                .layer = call.core.keys.at(call.context.wire_key()).layer,
                .dc = call.context.dc,
                .expires = call.now + call.core.qr.lifetime,
                .except = {},
                .account = {}};
  for (const auto& id : array_field(call.args, "except_ids")) {
    if (id.is_int64())
      token.except.push_back(id.get_int64());
  }
  auto out = call.object("auth.loginToken");
  out.emplace("expires", token.expires);
  out.emplace("token", to_base64(call.core.qr.make(std::move(token), call.core.random)));
  return out;
}

json::value import_token(Call& call) {
  const Bytes name = bytes_field(call.args, "token");
  const QrToken* token = call.core.qr.find(name);
  if (token == nullptr || token->account == UserId())
    refuse("AUTH_TOKEN_INVALID");
  if (token->expires <= call.now)
    refuse("AUTH_TOKEN_EXPIRED");
  return redeem(call, name);
}

json::value accept_token(Call& call) {
  accept_qr_token(call.core, bytes_field(call.args, "token"), *call.account, call.now);
  auto out = call.object("authorization");
  out.emplace("hash", 1);
  for (const auto* name :
       {"device_model", "platform", "system_version", "app_name", "app_version", "ip", "country", "region"})
    out.emplace(name, "");
  out.emplace("date_created", call.now);
  out.emplace("date_active", call.now);
  return out;
}

constexpr std::array kMethods{
    Method{"auth.exportLoginToken", Caller::Anybody, export_token},
    Method{"auth.importLoginToken", Caller::Anybody, import_token},
    Method{"auth.acceptLoginToken", Caller::User, accept_token},
};

}  // namespace

void accept_qr_token(Core& core, const Bytes& name, const Account& account, std::int32_t now) {
  QrToken* token = core.qr.find(name);
  if (token == nullptr)
    refuse("AUTH_TOKEN_INVALID");
  if (token->account != UserId())
    refuse("AUTH_TOKEN_ALREADY_ACCEPTED");
  if (token->expires <= now)
    refuse("AUTH_TOKEN_EXPIRED");
  if (std::ranges::find(token->except, account.id.value()) != token->except.end())
    refuse("AUTH_TOKEN_EXCEPTION");
  token->account = account.id;
  const tl::Schema* schema = core.layers.find(token->layer);
  if (schema == nullptr)
    return;
  const json::value update{{"_", "updateShort"}, {"update", {{"_", "updateLoginToken"}}}, {"date", now}};
  core.sink.push(token->key, token->session, write_value(*schema, update, "Updates"));
}

std::span<const Method> qr_methods() {
  return kMethods;
}

}  // namespace ledgram::sim
