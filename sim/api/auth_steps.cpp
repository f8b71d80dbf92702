#include "ledgram/sim_api/auth_steps.hpp"

#include "ledgram/sim_api/peers.hpp"

#include <algorithm>
#include <string>

namespace ledgram::sim {

namespace json = boost::json;

bool has_dc(const Call& call, DcId dc) {
  return std::ranges::any_of(call.core.options.dcs, [dc](const DcAddress& address) { return address.id == dc; });
}

json::object authorization(Call& call, Account& account) {
  call.key.account = account.id;
  call.key.revoked = false;
  call.key.password_wanted = UserId();
  call.key.attempt.reset();
  call.save_key();
  call.account = &account;
  auto out = call.object("auth.authorization");
  out.emplace("user", maker(call).user(account));
  return out;
}

json::object authorization_or_password(Call& call, Account& account) {
  if (account.password) {
    call.key.password_wanted = account.id;
    refuse(401, "SESSION_PASSWORD_NEEDED");
  }
  call.key.imported = false;
  return authorization(call, account);
}

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

}  // namespace ledgram::sim
