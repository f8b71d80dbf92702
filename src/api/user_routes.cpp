#include "ledgram/api/access_control.hpp"
#include "ledgram/api/answers.hpp"
#include "ledgram/api/auth_routes.hpp"
#include "ledgram/api/auth_values.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <optional>
#include <utility>

/// Users, for admins.

namespace ledgram::api {
namespace {

constexpr std::string_view kTag = "users";

Schema role_schema() {
  return Schema::one_of({"viewer", "member", "admin"});
}

asio::awaitable<http::Reply> list_users(ApiContext& context, Call& call) {
  auto find = [](ledger::Ledger& ledger) { return ledger.users().all(); };
  const std::vector<ledger::User> users = co_await context.readers.run(std::move(find), call.deadline());
  const std::int64_t after = number_in_cursor(call).value_or(0);
  const auto limit = static_cast<std::size_t>(call.number("limit"));
  json::array items;
  json::value next;
  for (const ledger::User& user : users) {
    if (user.id.value() <= after)
      continue;
    if (items.size() == limit) {
      next = make_cursor(std::to_string(items.back().at("id").as_int64()));
      break;
    }
    items.push_back(user_json(user));
  }
  co_return with_etag(call, json_response({{"items", std::move(items)}, {"next", std::move(next)}}));
}

asio::awaitable<http::Reply> make_user(ApiContext& context, Call& call) {
  const std::string name = text_of(call.body(), "name");
  const Role role = ledger::role_named(text_of(call.body(), "role")).value();
  SecretText password(text_of(call.body(), "password"));
  call.audit("user " + name);
  const SecretText hash = co_await hashed(context, std::move(password));
  auto store = [name, role, hash, now = context.now()](ledger::Ledger& ledger) {
    return ledger.users().add(name, role, hash, now);
  };
  const OwnerId id = co_await context.ledger.run(std::move(store));
  const ledger::User user = co_await require_user(context, id, call.deadline());
  http::Response response = json_response(user_json(user), 201);
  response.headers.add("Location", fmt::format("/api/v1/users/{}", id.value()));
  co_return response;
}

asio::awaitable<http::Reply> show_user(ApiContext& context, Call& call) {
  const ledger::User user = co_await require_user(context, OwnerId(call.number("user")), call.deadline());
  co_return json_response(user_json(user));
}

struct UserChange {
  std::optional<Role> role;
  std::optional<bool> disabled;
  std::optional<SecretText> password_hash;
  bool without_totp = false;
};

ledger::LedgerResult<void> apply(ledger::Ledger& ledger, OwnerId user, const UserChange& change) {
  ledger::UserStore users = ledger.users();
  ledger::LedgerResult<void> done;
  if (change.role)
    done = users.set_role(user, *change.role);
  if (done && change.disabled)
    done = users.set_disabled(user, *change.disabled);
  if (done && change.password_hash)
    done = users.set_password(user, *change.password_hash, 0);
  if (done && change.without_totp)
    done = users.set_totp(user, {});
  return done;
}

asio::awaitable<http::Reply> change_user(ApiContext& context, Call& call) {
  const OwnerId id(call.number("user"));
  const json::object& body = call.body().as_object();
  const ledger::User before = co_await require_user(context, id, call.deadline());
  call.audit("user " + before.name);
  UserChange change;
  if (const json::value* role = body.if_contains("role"))
    change.role = ledger::role_named(std::string_view(role->as_string()));
  if (const json::value* disabled = body.if_contains("disabled"))
    change.disabled = disabled->as_bool();
  if (body.contains("password")) {
    SecretText password(text_of(call.body(), "password"));
    change.password_hash = co_await hashed(context, std::move(password));
  }
  change.without_totp = body.contains("totp");
  auto store = [id, change](ledger::Ledger& ledger) { return apply(ledger, id, change); };
  co_await context.ledger.run(std::move(store));
  context.access.forget();
  const ledger::User user = co_await require_user(context, id, call.deadline());
  co_return json_response(user_json(user));
}

asio::awaitable<http::Reply> remove_user(ApiContext& context, Call& call) {
  const OwnerId id(call.number("user"));
  const OwnerId heir = call.caller().user;
  const ledger::User user = co_await require_user(context, id, call.deadline());
  call.audit("user " + user.name);
  if (id == heir)
    throw ApiFailure(ProblemCode::Conflict, "nobody removes themselves; let another admin do it");
  auto store = [id, heir](ledger::Ledger& ledger) { return ledger.users().remove(id, heir); };
  co_await context.ledger.run(std::move(store));
  context.access.forget();
  co_return empty_response();
}

Route route_of(http::Method method, std::string path, std::string id, std::string summary) {
  Route route = new_route(method, std::move(path), std::move(id), kTag, std::move(summary), kAdminOnly);
  if (route.path.ends_with("{user}")) {
    route.parameters = {path_parameter("user", Schema::integer().at_least(1), "The number of the user.")};
    route.problems = {ProblemCode::NotFound};
  }
  return route;
}

}  // namespace

void add_user_routes(RouteTable& table, ApiContext& context) {
  Route list = route_of(http::Method::Get, "/api/v1/users", "list_users", "All users");
  list.parameters = {limit_parameter(), cursor_parameter()};
  list.answers = {{200,
                   "By number.",
                   Schema::object({{"items", Schema::array(user_schema())}, {"next", next_schema()}}),
                   {{"items", json::array{user_example()}}, {"next", nullptr}}},
                  unchanged_answer()};
  list.handle = [&context](Call& call) { return list_users(context, call); };
  table.add(std::move(list));

  Route make = route_of(http::Method::Post, "/api/v1/users", "make_user", "Make a user");
  make.body = {Schema::object({{"name", name_schema()}, {"password", password_schema()}, {"role", role_schema()}}),
               {{"name", "ben"}, {"password", "correct horse battery"}, {"role", "member"}}};
  make.answers = {{201, "The user.", user_schema(), user_example()}};
  make.problems = {ProblemCode::AlreadyExists};
  make.handle = [&context](Call& call) { return make_user(context, call); };
  table.add(std::move(make));

  Route show = route_of(http::Method::Get, "/api/v1/users/{user}", "get_user", "One user");
  show.answers = {{200, "The user.", user_schema(), user_example()}};
  show.handle = [&context](Call& call) { return show_user(context, call); };
  table.add(std::move(show));

  Route change = route_of(http::Method::Patch, "/api/v1/users/{user}", "change_user", "Change a user");
  change.description = "A new password and disabling end the user's sessions. `totp` takes the second factor off.";
  change.body = {Schema::object({{"role", role_schema(), Presence::Optional},
                                 {"disabled", Schema::boolean(), Presence::Optional},
                                 {"password", password_schema(), Presence::Optional},
                                 {"totp", Schema::one_of({"remove"}), Presence::Optional}}),
                 {{"role", "viewer"}}};
  change.answers = {{200, "The user as it is now.", user_schema(), user_example()}};
  change.problems.push_back(ProblemCode::Conflict);
  change.handle = [&context](Call& call) { return change_user(context, call); };
  table.add(std::move(change));

  Route remove = route_of(http::Method::Delete, "/api/v1/users/{user}", "remove_user", "Remove a user");
  remove.description = "What belongs to the user goes to the caller.";
  remove.answers = {{204, "Removed."}};
  remove.problems.push_back(ProblemCode::Conflict);
  remove.handle = [&context](Call& call) { return remove_user(context, call); };
  table.add(std::move(remove));
}

}  // namespace ledgram::api
