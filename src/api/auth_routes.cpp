#include "ledgram/api/auth_routes.hpp"

#include "ledgram/api/access_control.hpp"
#include "ledgram/api/answers.hpp"
#include "ledgram/api/auth_values.hpp"
#include "ledgram/base/iso_time.hpp"
#include "ledgram/crypto/totp.hpp"
#include "ledgram/ledger/ownership.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <utility>

namespace ledgram::api {
namespace {

constexpr std::string_view kTag = "auth";

Schema login_answer() {
  return Schema::named(
      "Login", Schema::object(
                   {{"user", user_schema()},
                    {"csrf_token", Schema::text().described("To be sent as X-CSRF-Token with every change by cookie.")},
                    {"expires", Schema::time()}}));
}

json::object login_example() {
  return {{"user", user_example()},
          {"csrf_token", "2Zr0t0u3f1l2m5q8y4k7w1x9v3n6b2c5d8g1h4j7a0s"},
          {"expires", "2026-02-14T12:30:00Z"}};
}

std::string cookie_text(const http::Request& request, std::string_view value, std::chrono::seconds age) {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}", kSessionCookie, value, age.count(),
                     request.secure ? "; Secure" : "");
}

/// A new session in any case, never one that the client brought; that one ends.
asio::awaitable<http::Response> begin_session(ApiContext& context, Call& call, ledger::User user, unsigned status) {
  const std::int64_t now = context.now();
  const NewToken token = make_token("lgs_", context.random);
  ledger::WebSession session;
  session.user = user.id;
  session.created = now;
  session.last_seen = now;
  session.expires = now + kSessionTime.count();
  session.address = call.request().client.to_string();
  session.agent = std::string(call.request().headers.get("User-Agent").value_or(""));
  const std::string former(call.request().cookie(kSessionCookie).value_or(""));
  auto store = [session, hash = token.hash,
                former = hash_of(former)](ledger::Ledger& ledger) -> ledger::LedgerResult<std::int64_t> {
    ledger::UserStore users = ledger.users();
    if (auto known = users.find_session(former); known && *known)
      (void)users.remove_session((*known)->user, (*known)->id);
    if (auto noted = users.note_login(session.user, session.created); !noted)
      return std::unexpected(noted.error());
    return users.add_session(session, hash);
  };
  co_await context.ledger.run(std::move(store));
  context.access.forget();
  call.logged_in_as(user.id, user.name);
  user.last_login = now;
  http::Response response = json_response({{"user", user_json(user)},
                                           {"csrf_token", csrf_token(token.text.reveal())},
                                           {"expires", iso8601(session.expires)}},
                                          status);
  response.headers.add("Set-Cookie", cookie_text(call.request(), token.text.reveal(), kSessionTime));
  co_return response;
}

/// True if the second factor is right, or there is none.
asio::awaitable<bool> second_factor(ApiContext& context, const ledger::UserSecrets& secrets, std::string code) {
  if (secrets.totp.empty())
    co_return true;
  const auto counter = crypto::totp_counter_of(secrets.totp.reveal(), code, context.now());
  if (!counter)
    co_return false;
  auto use = [user = secrets.user.id, counter = *counter](ledger::Ledger& ledger) {
    return ledger.users().use_totp_counter(user, counter);
  };
  co_return co_await context.ledger.run(std::move(use));
}

asio::awaitable<http::Reply> log_in(ApiContext& context, Call& call) {
  const std::string name = text_of(call.body(), "name");
  SecretText password(text_of(call.body(), "password"));
  const std::string code = text_of(call.body(), "totp");
  call.audit("user " + name);
  LoginLimits::Try login = begin_login(context, call, name);
  auto find = [name](ledger::Ledger& ledger) { return ledger.users().secrets_of(name); };
  const std::optional<ledger::UserSecrets> secrets = co_await context.ledger.run(std::move(find));
  SecretText hash = secrets ? secrets->password_hash : SecretText();
  const bool right = co_await matches(context, std::move(hash), std::move(password));
  if (!right || secrets->user.disabled) {
    login.was_wrong();
    throw ApiFailure(ProblemCode::WrongLogin, "the name or the password is wrong");
  }
  if (!secrets->totp.empty() && code.empty())
    throw ApiFailure(ProblemCode::TotpRequired, "send the code of the authenticator app as `totp`");
  const bool proven = co_await second_factor(context, *secrets, code);
  if (!proven) {
    login.was_wrong();
    throw ApiFailure(ProblemCode::WrongLogin, "the code of the second factor is wrong or was used");
  }
  co_return co_await begin_session(context, call, secrets->user, 200);
}

ApiFailure useless_link() {
  return {ProblemCode::SetupTokenInvalid,
          "the link is wrong, expired or used; ledgram serve prints a new one while there is no user"};
}

asio::awaitable<http::Reply> set_up(ApiContext& context, Call& call) {
  const std::string name = text_of(call.body(), "name");
  SecretText password(text_of(call.body(), "password"));
  const ledger::TokenHash link = hash_of(text_of(call.body(), "token"));
  call.audit("user " + name);
  // Before the hashing, so that nobody without the link makes the server work.
  auto look = [link, now = context.now()](ledger::Ledger& ledger) { return ledger.users().is_setup_link(link, now); };
  const bool good = co_await context.ledger.run(std::move(look));
  if (!good)
    throw useless_link();
  const SecretText hash = co_await hashed(context, std::move(password));
  auto make = [name, hash, link,
               now = context.now()](ledger::Ledger& ledger) -> ledger::LedgerResult<std::optional<ledger::User>> {
    auto made = ledger.users().use_setup_link(link, now, name, hash);
    if (!made && made.error().code == ledger::LedgerErrc::NotFound)
      return std::nullopt;
    if (!made)
      return std::unexpected(made.error());
    if (auto adopted = ledger.ownership().adopt_orphans(now); !adopted)
      return std::unexpected(adopted.error());
    return ledger.users().find(*made);
  };
  const std::optional<ledger::User> user = co_await context.ledger.run(std::move(make));
  if (!user)
    throw useless_link();
  co_return co_await begin_session(context, call, *user, 201);
}

asio::awaitable<http::Reply> log_out(ApiContext& context, Call& call) {
  require_session(call);
  auto remove = [caller = call.caller()](ledger::Ledger& ledger) {
    return ledger.users().remove_session(caller.user, caller.credential);
  };
  co_await context.ledger.run(std::move(remove));
  context.access.forget();
  http::Response response = empty_response();
  response.headers.add("Set-Cookie", cookie_text(call.request(), "", std::chrono::seconds(0)));
  co_return response;
}

asio::awaitable<http::Reply> show_me(ApiContext& context, Call& call) {
  const Caller& caller = call.caller();
  const ledger::User user = co_await require_user(context, caller.user, call.deadline());
  json::array scopes;
  for (const std::string_view scope : caller.scopes.names())
    scopes.emplace_back(scope);
  const bool by_cookie = caller.how == Caller::How::Cookie;
  json::object answer{
      {"user", user_json(user)}, {"by", by_cookie ? "session" : "token"}, {"scopes", std::move(scopes)}};
  answer["csrf_token"] =
      by_cookie ? json::value(csrf_token(call.request().cookie(kSessionCookie).value_or(""))) : json::value(nullptr);
  co_return json_response(answer);
}

asio::awaitable<http::Reply> change_password(ApiContext& context, Call& call) {
  require_session(call);
  SecretText current(text_of(call.body(), "current"));
  SecretText wanted(text_of(call.body(), "new"));
  co_await check_password(context, call, std::move(current));
  const SecretText hash = co_await hashed(context, std::move(wanted));
  auto store = [caller = call.caller(), hash](ledger::Ledger& ledger) {
    return ledger.users().set_password(caller.user, hash, caller.credential);
  };
  co_await context.ledger.run(std::move(store));
  context.access.forget();
  co_return empty_response();
}

Route post(std::string path, std::string id, std::string summary) {
  return new_route(http::Method::Post, std::move(path), std::move(id), kTag, std::move(summary));
}

}  // namespace

void add_auth_routes(RouteTable& table, ApiContext& context) {
  Route setup = post("/api/v1/auth/setup", "set_up", "Make the first user");
  setup.description = "Uses the link that `ledgram serve` prints while there is no user; once, and within a day.";
  setup.access = kPublic;
  setup.body = {Schema::object({{"token", Schema::text().length(1, 128).write_only()},
                                {"name", name_schema()},
                                {"password", password_schema()}}),
                {{"token", "the token of the link"}, {"name", "ann"}, {"password", "correct horse battery"}}};
  setup.answers = {{201, "The first admin, logged in.", login_answer(), login_example()}};
  setup.problems = {ProblemCode::SetupTokenInvalid};
  setup.handle = [&context](Call& call) { return set_up(context, call); };
  table.add(std::move(setup));

  Route login = post("/api/v1/auth/login", "log_in", "Log in with name and password");
  login.description =
      "Begins a session: the cookie `ledgram_session`. Ten failures from one address in a quarter of an hour, or "
      "twenty for "
      "one name, end in 429.";
  login.access = kPublic;
  login.body = {Schema::object({{"name", name_schema()},
                                {"password", Schema::text().length(1, 256).format("password").write_only()},
                                {"totp", Schema::text().pattern("^[0-9]{6}$").write_only(), Presence::Optional}}),
                {{"name", "ann"}, {"password", "correct horse battery"}, {"totp", "123456"}}};
  login.answers = {{200, "Logged in.", login_answer(), login_example()}};
  login.problems = {ProblemCode::WrongLogin, ProblemCode::TotpRequired};
  login.handle = [&context](Call& call) { return log_in(context, call); };
  table.add(std::move(login));

  Route logout = post("/api/v1/auth/logout", "log_out", "End the session");
  logout.answers = {{204, "The session has ended."}};
  logout.handle = [&context](Call& call) { return log_out(context, call); };
  table.add(std::move(logout));

  Route me;
  me.path = "/api/v1/auth/me";
  me.id = "get_me";
  me.tag = kTag;
  me.summary = "Who is logged in";
  me.answers = {{200, "The caller.",
                 Schema::object({{"user", user_schema()},
                                 {"by", Schema::one_of({"session", "token"})},
                                 {"scopes", Schema::array(Schema::one_of({"read", "write", "telegram", "admin"}))},
                                 {"csrf_token", Schema::text().nullable()}}),
                 json::object{{"user", user_example()},
                              {"by", "token"},
                              {"scopes", json::array{"read", "write"}},
                              {"csrf_token", nullptr}}}};
  me.handle = [&context](Call& call) { return show_me(context, call); };
  table.add(std::move(me));

  Route password = post("/api/v1/auth/password", "change_password", "Change the own password");
  password.description = "Ends all other sessions of the user. In a session only.";
  password.body = {Schema::object({{"current", Schema::text().length(1, 256).format("password").write_only()},
                                   {"new", password_schema()}}),
                   {{"current", "correct horse battery"}, {"new", "a better one than that"}}};
  password.answers = {{204, "Changed."}};
  password.problems = {ProblemCode::WrongLogin};
  password.handle = [&context](Call& call) { return change_password(context, call); };
  table.add(std::move(password));
}

}  // namespace ledgram::api
