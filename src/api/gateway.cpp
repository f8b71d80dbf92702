#include "ledgram/api/gateway.hpp"

#include "ledgram/api/access_control.hpp"
#include "ledgram/api/answers.hpp"
#include "ledgram/api/request_check.hpp"
#include "ledgram/base/log.hpp"
#include "ledgram/http/text.hpp"
#include "ledgram/net/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace ledgram::api {
namespace {

constexpr std::string_view kModule = "http";

bool is_safe(http::Method method) {
  return method == http::Method::Get || method == http::Method::Head || method == http::Method::Options;
}

std::string names_of(const std::vector<http::Method>& methods) {
  std::string text;
  for (const http::Method method : methods) {
    if (!text.empty())
      text += ", ";
    text += name_of(method);
  }
  return text;
}

bool is_enough(Role role, Access::Level level) {
  switch (level) {
    case Access::Level::Public:
    case Access::Level::Viewer:
      return true;
    case Access::Level::Member:
      return role >= Role::Member;
    case Access::Level::Admin:
      return role >= Role::Admin;
  }
  return false;
}

void check_access(const Route& route, const http::Request& request, const Caller& caller) {
  if (route.access.level == Access::Level::Public)
    return;
  if (caller.how == Caller::How::Nobody) {
    throw ApiFailure(ProblemCode::Unauthenticated,
                     "log in with POST /api/v1/auth/login, or send an API token as `Authorization: Bearer`");
  }
  if (!is_enough(caller.role, route.access.level))
    throw ApiFailure(ProblemCode::Forbidden, fmt::format("a {} may not do this", name_of(caller.role)));
  if (!caller.scopes.has(route.access.scope)) {
    throw ApiFailure(ProblemCode::InsufficientScope,
                     fmt::format("the token lacks the scope {}", name_of(route.access.scope)));
  }
  if (caller.how != Caller::How::Cookie || is_safe(request.method))
    return;
  const std::string wanted = csrf_token(request.cookie(kSessionCookie).value_or(""));
  const std::string_view given = request.headers.get("X-CSRF-Token").value_or("");
  if (!equal_in_constant_time(as_bytes(wanted), as_bytes(given))) {
    throw ApiFailure(ProblemCode::CsrfTokenMissing, "send the csrf_token of GET /api/v1/auth/me as X-CSRF-Token");
  }
}

unsigned status_of(const http::Reply& reply) {
  if (const auto* response = std::get_if<http::Response>(&reply))
    return response->status;
  if (const auto* stream = std::get_if<http::Stream>(&reply))
    return stream->head.status;
  return 101;
}

std::string what_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& problem) {
    return problem.what();
  }
}

}  // namespace

Gateway::Gateway(ApiContext& context, GatewayOptions options) : context_(context), options_(std::move(options)) {}

bool Gateway::is_allowed_origin(std::string_view origin) const {
  return std::ranges::find(options_.allowed_origins, origin) != options_.allowed_origins.end();
}

bool Gateway::is_own_origin(const http::Request& request, std::string_view origin) const {
  return http::equal_ignoring_case(origin, fmt::format("{}://{}", request.secure ? "https" : "http", request.host));
}

// What a browser does for a page of somebody else comes with its origin; programs send none.
void Gateway::check_origin(const http::Request& request) const {
  const auto origin = request.headers.get("Origin");
  if (!origin || (is_safe(request.method) && !request.wants_upgrade))
    return;
  if (!is_own_origin(request, *origin) && !is_allowed_origin(*origin)) {
    throw ApiFailure(ProblemCode::ForeignOrigin,
                     "pages of this origin are not allowed; add it to [http] allowed_origins if they should be");
  }
}

http::Response Gateway::preflight(const http::Request& request, const RouteTable::Match& match) const {
  http::Response response = empty_response();
  const std::string methods = names_of(match.allowed) + ", OPTIONS";
  response.headers.set("Allow", methods);
  const auto origin = request.headers.get("Origin");
  if (origin && is_allowed_origin(*origin)) {
    response.headers.set("Access-Control-Allow-Methods", methods);
    response.headers.set("Access-Control-Allow-Headers",
                         "Authorization, Content-Type, X-CSRF-Token, If-None-Match, Last-Event-ID");
    response.headers.set("Access-Control-Max-Age", "600");
  }
  return response;
}

asio::awaitable<http::Reply> Gateway::call_route(const Route& route, http::Request& request, RouteTable::Match& match) {
  Caller caller;
  if (route.access.level != Access::Level::Public)
    caller = co_await context_.access.identify(request);
  check_access(route, request, caller);
  check_accept(route, request);
  json::object parameters = checked_parameters(route, request, match.in_path);
  json::value body = checked_body(route, request);
  Call call(request, std::move(caller), std::move(parameters), std::move(body));
  http::Reply reply;
  std::exception_ptr failure;
  try {
    reply = co_await route.handle(call);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure && net::is_cancelled(failure))
    std::rethrow_exception(failure);
  const unsigned status = failure ? kind_of(problem_of(failure).code).status : status_of(reply);
  if (!is_safe(request.method))
    co_await write_audit(route, call, status);
  if (failure)
    std::rethrow_exception(failure);
  co_return reply;
}

asio::awaitable<void> Gateway::write_audit(const Route& route, const Call& call, unsigned status) {
  const Caller& caller = call.caller();
  ledger::AuditEntry entry;
  entry.at = context_.now();
  if (caller.user.value() != 0)
    entry.user = caller.user;
  entry.user_name = caller.name;
  if (caller.how == Caller::How::Token)
    entry.by = fmt::format("token {}", caller.credential);
  if (caller.how == Caller::How::Cookie)
    entry.by = "cookie";
  entry.address = call.request().client.to_string();
  entry.action = route.id;
  entry.subject = call.audited();
  entry.status = static_cast<std::int32_t>(status);
  entry.request = call.request().id;
  co_await context_.access.audit(std::move(entry));
}

asio::awaitable<http::Reply> Gateway::answer(http::Request& request, const Route*& route) {
  RouteTable::Match match = routes_.find(request.method, request.segments);
  route = match.route;
  if (match.allowed.empty())
    throw not_found("there is nothing at this path; /openapi.json names all that there is");
  if (request.method == http::Method::Options)
    co_return preflight(request, match);
  if (match.route == nullptr) {
    Problem problem{ProblemCode::MethodNotAllowed, "this path takes " + names_of(match.allowed)};
    problem.headers.set("Allow", names_of(match.allowed) + ", OPTIONS");
    throw ApiFailure(std::move(problem));
  }
  check_origin(request);
  co_return co_await call_route(*match.route, request, match);
}

asio::awaitable<http::Reply> Gateway::handle(http::Request& request) {
  const Instant began = context_.clock.now();
  const Route* route = nullptr;
  http::Reply reply;
  std::exception_ptr failure;
  try {
    reply = co_await answer(request, route);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    if (net::is_cancelled(failure))
      std::rethrow_exception(failure);
    const Problem problem = problem_of(failure);
    if (problem.code == ProblemCode::Internal) {
      // Without the request's number, so that the same again is held back.
      log::error(kModule, "{}: {}", route != nullptr ? route->id : "no end point", what_of(failure));
      log::debug(kModule, "that was request {}", request.id);
    }
    reply = problem_response(problem, request.id);
  }
  if (auto* response = std::get_if<http::Response>(&reply))
    add_headers(request, *response);
  if (auto* stream = std::get_if<http::Stream>(&reply))
    add_headers(request, stream->head);
  const nanoseconds took = context_.clock.now().monotonic - began.monotonic;
  // Neither path nor query: tokens can be in both.
  log::debug(kModule, "request {}: {} {} {} in {} us", request.id, name_of(request.method),
             route != nullptr ? route->id : "-", status_of(reply),
             std::chrono::duration_cast<std::chrono::microseconds>(took).count());
  if (observer_)
    observer_(route, status_of(reply), took);
  co_return reply;
}

void Gateway::add_headers(const http::Request& request, http::Response& response) const {
  const auto standard = [&response](std::string_view name, std::string_view value) {
    if (!response.headers.has(name))
      response.headers.add(std::string(name), std::string(value));
  };
  standard("X-Content-Type-Options", "nosniff");
  standard("X-Frame-Options", "DENY");
  standard("Referrer-Policy", "no-referrer");
  standard("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  standard("Cross-Origin-Opener-Policy", "same-origin");
  standard("Cache-Control", "no-store");
  if (request.secure)
    standard("Strict-Transport-Security", "max-age=31536000");
  if (options_.allowed_origins.empty())
    return;
  response.headers.add("Vary", "Origin");
  const auto origin = request.headers.get("Origin");
  if (origin && is_allowed_origin(*origin)) {
    response.headers.set("Access-Control-Allow-Origin", std::string(*origin));
    response.headers.set("Access-Control-Allow-Credentials", "true");
    response.headers.set("Access-Control-Expose-Headers", "ETag, Retry-After, X-Request-Id");
  }
}

http::Response Gateway::error_page(unsigned status, std::string_view detail, std::string_view request_id) const {
  http::Response response = problem_response(Problem{problem_for_status(status), std::string(detail)}, request_id);
  add_headers(http::Request{}, response);
  return response;
}

}  // namespace ledgram::api
