#pragma once

/// Steps that several ways of logging in share. Used inside the API floor.

#include "ledgram/sim_api/core.hpp"

#include <boost/json/object.hpp>

#include <string_view>

namespace ledgram::sim {

[[nodiscard]] bool has_dc(const Call& call, DcId dc);

/// Logs the key in: auth.authorization.
boost::json::object authorization(Call& call, Account& account);

/// The same for an account that may have a two-step password; then refuses with SESSION_PASSWORD_NEEDED, and
/// auth.checkPassword goes on from there.
boost::json::object authorization_or_password(Call& call, Account& account);

/// The account of a phone number at its home DC. Numbers become accounts when they first ask. Refuses with
/// PHONE_MIGRATE_X elsewhere.
Account& account_at_home(Call& call, std::string_view phone);

}  // namespace ledgram::sim
