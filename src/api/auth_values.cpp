#include "ledgram/api/auth_values.hpp"

#include "ledgram/base/iso_time.hpp"
#include "ledgram/crypto/password_hash.hpp"

#include <utility>

namespace ledgram::api {
namespace {

constexpr std::size_t kShortestPassword = 10;
constexpr std::size_t kLongestPassword = 256;

/// Passwords are dealt with one after the other; whoever cannot be helped soon hears so at once. Nothing may be awaited
/// between this and the worker.
void require_room(const ApiContext& context) {
  if (context.hashing.full()) {
    throw ApiFailure(Problem{ProblemCode::Unavailable, "too many passwords are being checked at this moment; try again",
                             std::chrono::seconds(2)});
  }
}

}  // namespace

Schema time_or_null_schema() {
  return Schema::time().nullable();
}

Schema user_schema() {
  return Schema::named("User", Schema::object({{"id", Schema::integer()},
                                               {"name", Schema::text()},
                                               {"role", Schema::one_of({"viewer", "member", "admin"})},
                                               {"totp", Schema::boolean().described("A second factor is asked for.")},
                                               {"disabled", Schema::boolean()},
                                               {"created", Schema::time()},
                                               {"last_login", time_or_null_schema()}}));
}

json::object user_json(const ledger::User& user) {
  return {{"id", user.id.value()},
          {"name", user.name},
          {"role", name_of(user.role)},
          {"totp", user.totp},
          {"disabled", user.disabled},
          {"created", iso8601(user.created)},
          {"last_login", time_or_null(user.last_login)}};
}

json::object user_example() {
  return {{"id", 1},
          {"name", "ann"},
          {"role", "admin"},
          {"totp", false},
          {"disabled", false},
          {"created", "2026-01-31T12:30:00Z"},
          {"last_login", "2026-02-01T08:00:00Z"}};
}

Schema name_schema() {
  return Schema::text().length(1, 64).pattern("^[A-Za-z0-9._@-]+$");
}

Schema password_schema() {
  return Schema::text().length(kShortestPassword, kLongestPassword).format("password").write_only();
}

void require_session(const Call& call) {
  if (call.caller().how != Caller::How::Cookie)
    throw ApiFailure(ProblemCode::InsufficientScope,
                     "this is done in a session, after POST /api/v1/auth/login; no token can");
}

asio::awaitable<SecretText> hashed(ApiContext& context, SecretText password) {
  require_room(context);
  auto job = [password = std::move(password)] { return crypto::hash_password(password.reveal()); };
  co_return co_await context.hashing.run(std::move(job));
}

asio::awaitable<bool> matches(ApiContext& context, SecretText hash, SecretText password) {
  require_room(context);
  auto job = [hash = std::move(hash), password = std::move(password)] {
    static const SecretText of_nobody = crypto::hash_password("nobody has this password");
    const bool known = !hash.empty();
    return crypto::password_matches(known ? hash : of_nobody, password.reveal()) && known;
  };
  co_return co_await context.hashing.run(std::move(job));
}

LoginLimits::Try begin_login(ApiContext& context, const Call& call, const std::string& name) {
  LoginLimits& limits = context.access.login_limits();
  const asio::ip::address address = call.request().client;
  const Instant now = context.clock.now();
  if (const auto wait = limits.wait_for(address, name, now))
    throw ApiFailure(Problem{ProblemCode::TooManyRequests, "there were too many failed logins", *wait});
  return {limits, address, name, now};
}

std::string text_of(const json::value& body, std::string_view name) {
  const json::value* value = body.as_object().if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

asio::awaitable<ledger::User> require_user(ApiContext& context, OwnerId user, net::Deadline deadline) {
  auto find = [user](ledger::Ledger& ledger) { return ledger.users().find(user); };
  std::optional<ledger::User> found = co_await context.readers.run(std::move(find), deadline);
  if (!found)
    throw not_found("there is no such user");
  co_return std::move(*found);
}

asio::awaitable<void> check_password(ApiContext& context, const Call& call, SecretText password) {
  LoginLimits::Try login = begin_login(context, call, call.caller().name);
  auto find = [user = call.caller().user](ledger::Ledger& ledger) { return ledger.users().secrets_of(user); };
  const std::optional<ledger::UserSecrets> secrets = co_await context.ledger.run(std::move(find));
  SecretText hash = secrets ? secrets->password_hash : SecretText();
  const bool right = co_await matches(context, std::move(hash), std::move(password));
  if (!right) {
    login.was_wrong();
    throw ApiFailure(ProblemCode::WrongLogin, "the password is wrong");
  }
}

}  // namespace ledgram::api
