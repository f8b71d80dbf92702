#include "ledgram/api/answers.hpp"
#include "ledgram/api/auth_routes.hpp"
#include "ledgram/api/auth_values.hpp"
#include "ledgram/crypto/totp.hpp"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <utility>

/// A second factor is set up in two steps, so that nobody locks themselves out with an app that did not take the
/// secret.

namespace ledgram::api {
namespace {

constexpr std::string_view kTag = "auth";

/// RFC 4226 wants at least 16 and advises 20.
constexpr std::size_t kSecretBytes = 20;

constexpr std::chrono::minutes kSetupTime{10};

/// Secrets that were shown and not confirmed yet, by session.
struct Pending {
  struct Shown {
    SecretBytes secret;
    nanoseconds until{};
  };
  std::map<std::int64_t, Shown> by_session;
};

asio::awaitable<http::Reply> begin_totp(ApiContext& context, Pending& pending, Call& call) {
  require_session(call);
  SecretText password(text_of(call.body(), "password"));
  co_await check_password(context, call, std::move(password));
  const nanoseconds now = context.clock.now().monotonic;
  std::erase_if(pending.by_session, [now](const auto& entry) { return entry.second.until <= now; });
  SecretBytes secret(context.random.bytes(kSecretBytes));
  const std::string text = crypto::to_base32(secret.reveal());
  pending.by_session[call.caller().credential] = {std::move(secret), now + kSetupTime};
  const std::string uri = fmt::format("otpauth://totp/Ledgram:{}?secret={}&issuer=Ledgram", call.caller().name, text);
  co_return json_response({{"secret", text}, {"uri", uri}});
}

asio::awaitable<http::Reply> confirm_totp(ApiContext& context, Pending& pending, Call& call) {
  require_session(call);
  const auto found = pending.by_session.find(call.caller().credential);
  if (found == pending.by_session.end() || found->second.until <= context.clock.now().monotonic)
    throw ApiFailure(ProblemCode::Conflict, "ask for a secret first with POST /api/v1/auth/totp");
  const SecretBytes secret = found->second.secret;
  const auto counter = crypto::totp_counter_of(secret.reveal(), text_of(call.body(), "code"), context.now());
  if (!counter)
    throw ApiFailure(ProblemCode::WrongLogin, "the code is wrong; is the clock of the phone right?");
  auto store = [user = call.caller().user, secret,
                counter = *counter](ledger::Ledger& ledger) -> ledger::LedgerResult<void> {
    if (auto set = ledger.users().set_totp(user, secret); !set)
      return set;
    auto used = ledger.users().use_totp_counter(user, counter);
    return used ? ledger::LedgerResult<void>() : std::unexpected(used.error());
  };
  co_await context.ledger.run(std::move(store));
  pending.by_session.erase(call.caller().credential);
  co_return empty_response();
}

asio::awaitable<http::Reply> remove_totp(ApiContext& context, Call& call) {
  require_session(call);
  SecretText password(text_of(call.body(), "password"));
  co_await check_password(context, call, std::move(password));
  auto store = [user = call.caller().user](ledger::Ledger& ledger) { return ledger.users().set_totp(user, {}); };
  co_await context.ledger.run(std::move(store));
  co_return empty_response();
}

Route post(std::string path, std::string id, std::string summary) {
  Route route = new_route(http::Method::Post, std::move(path), std::move(id), kTag, std::move(summary));
  route.problems = {ProblemCode::WrongLogin};
  return route;
}

Body password_body() {
  return {Schema::object({{"password", Schema::text().length(1, 256).format("password").write_only()}}),
          {{"password", "correct horse battery"}}};
}

}  // namespace

void add_totp_routes(RouteTable& table, ApiContext& context) {
  const auto pending = std::make_shared<Pending>();
  Route begin = post("/api/v1/auth/totp", "begin_totp", "Get a secret for an authenticator app");
  begin.description = "Nothing changes until the secret is confirmed, within ten minutes. In a session only.";
  begin.body = password_body();
  begin.answers = {{200,
                    "The secret, in Base32, and as a link that apps take as a QR code.",
                    Schema::object({{"secret", Schema::text()}, {"uri", Schema::text()}}),
                    {{"secret", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"},
                     {"uri", "otpauth://totp/Ledgram:ann?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Ledgram"}}}};
  begin.handle = [&context, pending](Call& call) { return begin_totp(context, *pending, call); };
  table.add(std::move(begin));

  Route confirm = post("/api/v1/auth/totp/confirm", "confirm_totp", "Turn the second factor on");
  confirm.body = {Schema::object({{"code", Schema::text().pattern("^[0-9]{6}$")}}), {{"code", "123456"}}};
  confirm.answers = {{204, "Every login needs a code from now on."}};
  confirm.problems.push_back(ProblemCode::Conflict);
  confirm.handle = [&context, pending](Call& call) { return confirm_totp(context, *pending, call); };
  table.add(std::move(confirm));

  Route remove = post("/api/v1/auth/totp/remove", "remove_totp", "Turn the second factor off");
  remove.body = password_body();
  remove.answers = {{204, "Logins need no code any more."}};
  remove.handle = [&context](Call& call) { return remove_totp(context, call); };
  table.add(std::move(remove));
}

}  // namespace ledgram::api
