#include "ledgram/api/problem.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cassert>

namespace ledgram::api {
namespace {

namespace json = boost::json;
using enum ProblemCode;

constexpr std::array kProblems{
    ProblemKind{BadRequest, 400, "bad_request", "The request makes no sense."},
    ProblemKind{InvalidParameter, 400, "invalid_parameter", "A parameter is not as it must be."},
    ProblemKind{InvalidBody, 400, "invalid_body", "The body is not as it must be."},
    ProblemKind{Unauthenticated, 401, "unauthenticated", "A login to Ledgram is needed."},
    ProblemKind{WrongLogin, 401, "wrong_login", "The login is wrong."},
    ProblemKind{TotpRequired, 401, "totp_required", "A code of the second factor is needed."},
    ProblemKind{Forbidden, 403, "forbidden", "The role of the user does not allow this."},
    ProblemKind{InsufficientScope, 403, "insufficient_scope", "The scopes of the token do not allow this."},
    ProblemKind{CsrfTokenMissing, 403, "csrf_token_missing", "A change by cookie needs the session's CSRF token."},
    ProblemKind{ForeignOrigin, 403, "foreign_origin", "Pages of this origin may not do this."},
    ProblemKind{SetupTokenInvalid, 403, "setup_token_invalid", "The set-up link is of no use any more."},
    ProblemKind{NotAuthenticated, 403, "not_authenticated", "The account has never logged in to Telegram."},
    ProblemKind{MethodNotPermitted, 403, "method_not_permitted", "This method of Telegram may not be called here."},
    ProblemKind{NotFound, 404, "not_found", "There is no such thing."},
    ProblemKind{MethodNotAllowed, 405, "method_not_allowed", "This cannot be done here."},
    ProblemKind{NotAcceptable, 406, "not_acceptable", "There is no form of this that the client accepts."},
    ProblemKind{RequestTimeout, 408, "request_timeout", "The request came too slowly."},
    ProblemKind{Conflict, 409, "conflict", "The present state does not allow this."},
    ProblemKind{AlreadyExists, 409, "already_exists", "It is there already."},
    ProblemKind{TelegramAuthRequired, 409, "telegram_auth_required", "The account must log in to Telegram."},
    ProblemKind{Gone, 410, "gone", "It is there no more."},
    ProblemKind{BodyTooLarge, 413, "body_too_large", "The body is too large."},
    ProblemKind{UriTooLong, 414, "uri_too_long", "The address is too long."},
    ProblemKind{UnsupportedMediaType, 415, "unsupported_media_type", "Bodies of this type are not understood."},
    ProblemKind{ExpectationFailed, 417, "expectation_failed", "This expectation cannot be met."},
    ProblemKind{TelegramRefused, 422, "telegram_refused", "Telegram has refused this."},
    ProblemKind{WrongCode, 422, "wrong_code", "The login code is wrong."},
    ProblemKind{WrongPassword, 422, "wrong_password", "The two-step password is wrong."},
    ProblemKind{UpgradeRequired, 426, "upgrade_required", "This is a WebSocket."},
    ProblemKind{TooManyRequests, 429, "too_many_requests", "There were too many requests."},
    ProblemKind{FloodWait, 429, "flood_wait", "Telegram wants a pause."},
    ProblemKind{HeadersTooLarge, 431, "headers_too_large", "The headers are too large."},
    ProblemKind{Internal, 500, "internal", "A mistake of the server."},
    ProblemKind{NotImplemented, 501, "not_implemented", "The server does not know this."},
    ProblemKind{TelegramUnavailable, 502, "telegram_unavailable", "Telegram cannot be reached."},
    ProblemKind{Unavailable, 503, "unavailable", "The server cannot do this at the moment."},
    ProblemKind{DeadlineExceeded, 504, "deadline_exceeded", "It was not done in time."},
    ProblemKind{VersionNotSupported, 505, "version_not_supported", "This version of HTTP is not spoken here."},
};

}  // namespace

const ProblemKind& kind_of(ProblemCode code) {
  const auto* found = std::ranges::find(kProblems, code, &ProblemKind::code);
  assert(found != kProblems.end());
  return *found;
}

std::span<const ProblemKind> all_problems() {
  return kProblems;
}

ProblemCode problem_for_status(unsigned status) {
  const auto* found = std::ranges::find(kProblems, status, &ProblemKind::status);
  return found != kProblems.end() ? found->code : Internal;
}

ApiFailure not_found(std::string detail) {
  return {NotFound, std::move(detail)};
}

ApiFailure invalid_parameter(std::string_view name, std::string_view message) {
  Problem problem{InvalidParameter, std::string(name) + " " + std::string(message)};
  problem.more["errors"] = json::array{json::object{{"parameter", name}, {"message", message}}};
  return ApiFailure(std::move(problem));
}

http::Response problem_response(const Problem& problem, std::string_view instance) {
  const ProblemKind& kind = kind_of(problem.code);
  json::object document{{"type", "about:blank"}, {"title", kind.title},      {"status", kind.status},
                        {"code", kind.name},     {"detail", problem.detail}, {"instance", instance}};
  if (kind.status == 401)
    document["requires_auth"] = true;
  if (problem.code == TelegramAuthRequired)
    document["requires_telegram_auth"] = true;
  for (const auto& member : problem.more)
    document[member.key()] = member.value();
  http::Response response;
  response.status = kind.status;
  response.headers = problem.headers;
  if (problem.retry_after) {
    response.headers.set("Retry-After", std::to_string(problem.retry_after->count()));
    document["retry_after"] = problem.retry_after->count();
  }
  if (kind.status == 401)
    response.headers.set("WWW-Authenticate", "Bearer realm=\"ledgram\"");
  response.content_type = "application/problem+json";
  response.body = json::serialize(document);
  return response;
}

}  // namespace ledgram::api
