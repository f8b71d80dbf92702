#pragma once

/// End points about users and access, by group.

#include "ledgram/api/context.hpp"
#include "ledgram/api/route.hpp"

namespace ledgram::api {

/// Set-up, login, logout, me, password.
void add_auth_routes(RouteTable& table, ApiContext& context);
/// The second factor.
void add_totp_routes(RouteTable& table, ApiContext& context);
/// Sessions and API tokens of the caller.
void add_token_routes(RouteTable& table, ApiContext& context);
/// Users and the audit table, for admins.
void add_user_routes(RouteTable& table, ApiContext& context);
void add_audit_routes(RouteTable& table, ApiContext& context);

}  // namespace ledgram::api
