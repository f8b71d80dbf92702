#pragma once

/// The catalogue of what can go wrong with a request, as application/problem+json (RFC 9457), and the one place where
/// errors of the floors below become such problems.

#include "ledgram/http/message.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ledgram::api {

/// The name in the catalogue is the stable `code` of the API.
enum class ProblemCode : std::uint8_t {
  BadRequest,            ///< 400 what arrived is no HTTP request that makes sense
  InvalidParameter,      ///< 400 a parameter breaks its schema; `errors`
  InvalidBody,           ///< 400 the body is no JSON or breaks its schema; `errors`
  Unauthenticated,       ///< 401 no login to Ledgram; `requires_auth`
  WrongLogin,            ///< 401 name, password or code is wrong; `requires_auth`
  TotpRequired,          ///< 401 the password was right, the code of the second factor is missing; `requires_auth`
  Forbidden,             ///< 403 the caller's role does not allow it
  InsufficientScope,     ///< 403 the token's scopes do not allow it
  CsrfTokenMissing,      ///< 403 a change by cookie without the right X-CSRF-Token
  ForeignOrigin,         ///< 403 an Origin that is neither the server's nor allowed
  SetupTokenInvalid,     ///< 403 the setup link is wrong, used or expired
  NotAuthenticated,      ///< 403 the Telegram account never logged in (contract of the replaced systems)
  MethodNotPermitted,    ///< 403 the TL method is on the list of those that are not to be called
  NotFound,              ///< 404 there is nothing, or nothing that the caller may see
  MethodNotAllowed,      ///< 405 with Allow
  NotAcceptable,         ///< 406 no form that the client accepts
  RequestTimeout,        ///< 408 the request came too slowly
  Conflict,              ///< 409 the present state does not allow it
  AlreadyExists,         ///< 409 the name is taken
  TelegramAuthRequired,  ///< 409 the Telegram account must log in; `requires_telegram_auth`
  Gone,                  ///< 410 it was there and is no more: an expired login, events that were forgotten
  BodyTooLarge,          ///< 413
  UriTooLong,            ///< 414
  UnsupportedMediaType,  ///< 415 with Accept-Post
  ExpectationFailed,     ///< 417
  TelegramRefused,       ///< 422 Telegram refused the call; `telegram_error`
  WrongCode,             ///< 422 the login code of Telegram is wrong
  WrongPassword,         ///< 422 the two-step password of Telegram is wrong
  UpgradeRequired,       ///< 426 only as a WebSocket
  TooManyRequests,       ///< 429 a limit of this server; Retry-After
  FloodWait,             ///< 429 a limit of Telegram; Retry-After
  HeadersTooLarge,       ///< 431
  Internal,              ///< 500 a mistake of ours
  NotImplemented,        ///< 501 a method of HTTP that this server does not know
  TelegramUnavailable,   ///< 502 Telegram cannot be reached or answers nonsense
  Unavailable,           ///< 503 stopping, busy, disk full; Retry-After
  DeadlineExceeded,      ///< 504 not done in time; whether it happens is unknown
  VersionNotSupported,   ///< 505
};

/// What the catalogue says of a code.
struct ProblemKind {
  ProblemCode code;
  unsigned status;
  std::string_view name;   ///< "not_found"
  std::string_view title;  ///< a short sentence that does not change from case to case
};

const ProblemKind& kind_of(ProblemCode code);
std::span<const ProblemKind> all_problems();

/// The first of that status; Internal if there is none.
ProblemCode problem_for_status(unsigned status);

struct Problem {
  ProblemCode code;
  std::string detail;  ///< a sentence for people: what happened, to what, what to do
  std::optional<std::chrono::seconds> retry_after{};
  boost::json::object more{};  ///< further members, for example `errors` or `telegram_error`
  http::Headers headers{};     ///< for example Allow
};

/// What handlers throw.
class ApiFailure : public std::runtime_error {
 public:
  explicit ApiFailure(Problem problem) : std::runtime_error(problem.detail), problem_(std::move(problem)) {}
  ApiFailure(ProblemCode code, std::string detail) : ApiFailure(Problem{code, std::move(detail)}) {}

  [[nodiscard]] const Problem& problem() const { return problem_; }

 private:
  Problem problem_;
};

/// `throw not_found("there is no channel 12 that you follow")`.
ApiFailure not_found(std::string detail);

/// A breach of one parameter that no schema can tell.
ApiFailure invalid_parameter(std::string_view name, std::string_view message);

/// The document with its status and headers; `instance` is the request's id.
http::Response problem_response(const Problem& problem, std::string_view instance);

/// ApiFailure as it is; failures of ledger, net and telegram by their codes; anything else is Internal, and its text
/// stays here. Cancellation is not for this function.
Problem problem_of(const std::exception_ptr& error);

}  // namespace ledgram::api
