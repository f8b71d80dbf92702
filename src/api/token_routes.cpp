#include "ledgram/api/access_control.hpp"
#include "ledgram/api/answers.hpp"
#include "ledgram/api/auth_routes.hpp"
#include "ledgram/api/auth_values.hpp"
#include "ledgram/api/schema_check.hpp"
#include "ledgram/base/iso_time.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <utility>

/// API tokens and sessions of the caller.

namespace ledgram::api {
namespace {

constexpr std::string_view kTag = "auth";

/// Enough of a token to tell it from others, too little to guess the rest.
constexpr std::size_t kHintLength = 8;

Schema scopes_schema() {
  return Schema::array(Schema::one_of({"read", "write", "telegram", "admin"})).length(1, 4).unique();
}

std::vector<Member> token_members() {
  return {{"id", Schema::integer()},
          {"name", Schema::text()},
          {"hint", Schema::text().described("How the token begins.")},
          {"scopes", Schema::array(Schema::one_of({"read", "write", "telegram", "admin"}))},
          {"created", Schema::time()},
          {"expires", time_or_null_schema()},
          {"last_used", time_or_null_schema().described("Exact to some minutes.")}};
}

json::object token_json(const ledger::ApiToken& token) {
  json::array scopes;
  for (const std::string_view scope : token.scopes.names())
    scopes.emplace_back(scope);
  return {{"id", token.id},
          {"name", token.name},
          {"hint", token.hint},
          {"scopes", std::move(scopes)},
          {"created", iso8601(token.created)},
          {"expires", time_or_null(token.expires)},
          {"last_used", time_or_null(token.last_used)}};
}

json::object token_example() {
  return {{"id", 7},
          {"name", "n8n"},
          {"hint", "lgt_4fQz"},
          {"scopes", json::array{"read", "write"}},
          {"created", "2026-01-31T12:30:00Z"},
          {"expires", nullptr},
          {"last_used", "2026-02-01T08:00:00Z"}};
}

Schema list_of(Schema item) {
  return Schema::object({{"items", Schema::array(std::move(item))}});
}

asio::awaitable<http::Reply> list_tokens(ApiContext& context, Call& call) {
  auto find = [user = call.caller().user](ledger::Ledger& ledger) { return ledger.users().tokens(user); };
  const std::vector<ledger::ApiToken> tokens = co_await context.readers.run(std::move(find), call.deadline());
  json::array items;
  for (const ledger::ApiToken& token : tokens)
    items.push_back(token_json(token));
  co_return with_etag(call, json_response({{"items", std::move(items)}}));
}

ledger::ApiToken wanted_token(const Call& call, std::int64_t now) {
  const json::object& body = call.body().as_object();
  ledger::ApiToken token;
  token.user = call.caller().user;
  token.name = text_of(call.body(), "name");
  token.created = now;
  for (const json::value& name : body.at("scopes").as_array()) {
    const auto scope = ledger::scope_named(std::string_view(name.as_string()));
    token.scopes.add(scope.value());
    if (*scope == Scope::Admin && !call.caller().is_admin())
      throw ApiFailure(ProblemCode::Forbidden, "only the tokens of admins have the scope admin");
  }
  const std::string expires = text_of(call.body(), "expires");
  if (!expires.empty())
    token.expires = parse_time(expires).value();
  if (token.expires != 0 && token.expires <= now)
    throw ApiFailure(ProblemCode::InvalidBody, "/expires must be in the future");
  return token;
}

asio::awaitable<http::Reply> make_api_token(ApiContext& context, Call& call) {
  require_session(call);
  ledger::ApiToken token = wanted_token(call, context.now());
  const NewToken secret = make_token("lgt_", context.random);
  token.hint = secret.text.reveal().substr(0, kHintLength);
  auto store = [token, hash = secret.hash](ledger::Ledger& ledger) { return ledger.users().add_token(token, hash); };
  token.id = co_await context.ledger.run(std::move(store));
  call.audit(fmt::format("token {}", token.id));
  json::object answer = token_json(token);
  answer["token"] = secret.text.reveal();
  co_return json_response(answer, 201);
}

asio::awaitable<http::Reply> remove_api_token(ApiContext& context, Call& call) {
  const std::int64_t id = call.number("token");
  call.audit(fmt::format("token {}", id));
  auto remove = [user = call.caller().user, id](ledger::Ledger& ledger) {
    return ledger.users().remove_token(user, id);
  };
  co_await context.ledger.run(std::move(remove));
  context.access.forget();
  co_return empty_response();
}

asio::awaitable<http::Reply> list_sessions(ApiContext& context, Call& call) {
  auto find = [user = call.caller().user](ledger::Ledger& ledger) { return ledger.users().sessions(user); };
  const std::vector<ledger::WebSession> sessions = co_await context.readers.run(std::move(find), call.deadline());
  const Caller& caller = call.caller();
  json::array items;
  for (const ledger::WebSession& session : sessions) {
    items.push_back(json::object{{"id", session.id},
                                 {"current", caller.how == Caller::How::Cookie && caller.credential == session.id},
                                 {"created", iso8601(session.created)},
                                 {"last_seen", iso8601(session.last_seen)},
                                 {"expires", iso8601(session.expires)},
                                 {"address", session.address},
                                 {"agent", session.agent}});
  }
  co_return with_etag(call, json_response({{"items", std::move(items)}}));
}

asio::awaitable<http::Reply> end_session(ApiContext& context, Call& call) {
  const std::int64_t id = call.number("session");
  call.audit(fmt::format("session {}", id));
  auto remove = [user = call.caller().user, id](ledger::Ledger& ledger) {
    return ledger.users().remove_session(user, id);
  };
  co_await context.ledger.run(std::move(remove));
  context.access.forget();
  co_return empty_response();
}

Route route_of(http::Method method, std::string path, std::string id, std::string summary) {
  return new_route(method, std::move(path), std::move(id), kTag, std::move(summary));
}

void add_session_routes(RouteTable& table, ApiContext& context) {
  Route list = route_of(http::Method::Get, "/api/v1/auth/sessions", "list_sessions", "The caller's sessions");
  list.answers = {{200,
                   "All that have not ended.",
                   list_of(Schema::named("Session", Schema::object({{"id", Schema::integer()},
                                                                    {"current", Schema::boolean()},
                                                                    {"created", Schema::time()},
                                                                    {"last_seen", Schema::time()},
                                                                    {"expires", Schema::time()},
                                                                    {"address", Schema::text()},
                                                                    {"agent", Schema::text()}}))),
                   {{"items", json::array{json::object{{"id", 3},
                                                       {"current", true},
                                                       {"created", "2026-01-31T12:30:00Z"},
                                                       {"last_seen", "2026-02-01T08:00:00Z"},
                                                       {"expires", "2026-02-14T12:30:00Z"},
                                                       {"address", "192.0.2.7"},
                                                       {"agent", "Mozilla/5.0"}}}}}},
                  unchanged_answer()};
  list.handle = [&context](Call& call) { return list_sessions(context, call); };
  table.add(std::move(list));

  Route end = route_of(http::Method::Delete, "/api/v1/auth/sessions/{session}", "end_session", "End a session");
  end.access = {Access::Level::Viewer, Scope::Write};
  end.parameters = {path_parameter("session", Schema::integer().at_least(1), "The number of the session.")};
  end.answers = {{204, "It has ended."}};
  end.problems = {ProblemCode::NotFound};
  end.handle = [&context](Call& call) { return end_session(context, call); };
  table.add(std::move(end));
}

}  // namespace

void add_token_routes(RouteTable& table, ApiContext& context) {
  Route list = route_of(http::Method::Get, "/api/v1/auth/tokens", "list_tokens", "The caller's API tokens");
  list.answers = {{200,
                   "All of them.",
                   list_of(Schema::named("Token", Schema::object(token_members()))),
                   {{"items", json::array{token_example()}}}},
                  unchanged_answer()};
  list.handle = [&context](Call& call) { return list_tokens(context, call); };
  table.add(std::move(list));

  std::vector<Member> with_secret = token_members();
  with_secret.push_back({"token", Schema::text().described("Shown this once; only its hash is kept.")});
  json::object example = token_example();
  example["last_used"] = nullptr;
  example["token"] = "lgt_4fQzWm0X3c7b1n5d9f2h6k8p4r0t3v7x1z5A9C2E6G8";
  Route make = route_of(http::Method::Post, "/api/v1/auth/tokens", "make_token", "Make an API token");
  make.description =
      "For programs: `Authorization: Bearer TOKEN`, or `?token=` where headers cannot be set. In a session only.";
  make.body = {Schema::object({{"name", Schema::text().length(1, 100)},
                               {"scopes", scopes_schema()},
                               {"expires", Schema::time().nullable(), Presence::Optional}}),
               {{"name", "n8n"}, {"scopes", json::array{"read", "write"}}, {"expires", nullptr}}};
  make.answers = {
      {201, "The token, which is not shown again.", Schema::named("NewToken", Schema::object(with_secret)), example}};
  make.problems = {ProblemCode::Forbidden};
  make.handle = [&context](Call& call) { return make_api_token(context, call); };
  table.add(std::move(make));

  Route remove =
      route_of(http::Method::Delete, "/api/v1/auth/tokens/{token}", "remove_token", "Take an API token back");
  remove.access = {Access::Level::Viewer, Scope::Write};
  remove.parameters = {path_parameter("token", Schema::integer().at_least(1), "The number of the token.")};
  remove.answers = {{204, "It is of no use any more."}};
  remove.problems = {ProblemCode::NotFound};
  remove.handle = [&context](Call& call) { return remove_api_token(context, call); };
  table.add(std::move(remove));
  add_session_routes(table, context);
}

}  // namespace ledgram::api
