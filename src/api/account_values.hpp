#pragma once

/// Accounts and logins as JSON. For the inside of this floor.

#include "ledgram/api/schema.hpp"
#include "ledgram/follow/service.hpp"
#include "ledgram/ledger/rows.hpp"
#include "ledgram/login/status.hpp"

#include <boost/json/object.hpp>

#include <optional>

namespace ledgram::api {

Schema account_schema();
json::object account_example();
/// `status` is nothing for an account that the service does not have.
json::object account_json(const ledger::Account& account, const std::optional<follow::AccountStatus>& status);

Schema account_state_schema();
json::object account_state_example();
json::object account_state_json(const ledger::Account& account, const std::optional<follow::AccountStatus>& status);

Schema login_schema();
json::object login_example();
json::object login_json(const login::LoginStatus& status);

}  // namespace ledgram::api
