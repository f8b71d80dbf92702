#include "ledgram/api/account_access.hpp"
#include "ledgram/api/account_values.hpp"
#include "ledgram/api/answers.hpp"
#include "ledgram/api/telegram_routes.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ledgram::api {

namespace {

constexpr std::string_view kTag = "logins";
constexpr std::string_view kPath = "/api/v1/accounts/{account}/login";

/// A comment in a stream that nothing happens in, so that both sides see that it lives.
constexpr std::chrono::seconds kHeartbeat{15};

using login::LoginStatus;

/// The account with the audit note that every step leaves.
asio::awaitable<AccountId> account_for_step(ApiContext& context, Call& call) {
  const ledger::Account account = co_await account_of(context, call);
  call.audit(fmt::format("account {}", account.id.value()));
  co_return account.id;
}

SecretText secret_of(const Call& call, std::string_view name) {
  return SecretText(body_text(call, name));
}

/// A step that takes one text of the body.
using TextStep = asio::awaitable<LoginStatus> (login::LoginDesk::*)(AccountId, SecretText, net::Deadline);
/// A step that takes nothing.
using PlainStep = asio::awaitable<LoginStatus> (login::LoginDesk::*)(AccountId, net::Deadline);

asio::awaitable<http::Reply> take_text(ApiContext& context, Call& call, TextStep step, std::string member) {
  const AccountId account = co_await account_for_step(context, call);
  SecretText text = secret_of(call, member);
  login::LoginDesk& desk = gate_of(context).desk();
  const LoginStatus status = co_await (desk.*step)(account, std::move(text), call.deadline());
  co_return json_response(login_json(status));
}

asio::awaitable<http::Reply> take_nothing(ApiContext& context, Call& call, PlainStep step) {
  const AccountId account = co_await account_for_step(context, call);
  login::LoginDesk& desk = gate_of(context).desk();
  const LoginStatus status = co_await (desk.*step)(account, call.deadline());
  co_return json_response(login_json(status));
}

asio::awaitable<http::Reply> get_status(ApiContext& context, Call& call) {
  const ledger::Account account = co_await account_of(context, call);
  login::LoginDesk& desk = gate_of(context).desk();
  LoginStatus status = desk.status(account.id);
  const auto revision = call.optional_number("revision");
  const auto wait = call.optional_number("wait");
  const bool is_news = !revision || static_cast<std::uint64_t>(*revision) != status.revision;
  if (wait && !is_news && !login::is_end(status.step)) {
    const net::Deadline limit = call.deadline() - std::chrono::seconds(1);
    status = co_await desk.wait_for_change(account.id, status.revision,
                                           net::deadline_after(std::chrono::seconds(*wait), limit));
  }
  co_return json_response(login_json(status));
}

asio::awaitable<void> tell_changes(login::LoginDesk& desk, AccountId account, http::BodyWriter& out) {
  LoginStatus status = desk.status(account);
  while (true) {
    const std::string event =
        fmt::format("id: {}\nevent: login\ndata: {}\n\n", status.revision, json::serialize(login_json(status)));
    co_await out.write(event);
    if (login::is_end(status.step))
      co_return;
    const std::uint64_t told = status.revision;
    while (status.revision == told) {
      status = co_await desk.wait_for_change(account, told, net::deadline_after(kHeartbeat));
      if (status.revision == told)
        co_await out.write(": nothing new\n\n");
    }
  }
}

asio::awaitable<http::Reply> stream_changes(ApiContext& context, Call& call) {
  const ledger::Account account = co_await account_of(context, call);
  login::LoginDesk& desk = gate_of(context).desk();
  std::ignore = desk.status(account.id);  // throws if there is no login
  http::Stream stream;
  stream.head.content_type = "text/event-stream";
  stream.head.headers.set("Cache-Control", "no-store");
  stream.write = [&desk, id = account.id](http::BodyWriter& out) { return tell_changes(desk, id, out); };
  co_return stream;
}

Route step_route(std::string_view last, std::string id, std::string summary) {
  Route route = new_route(http::Method::Post, fmt::format("{}{}", kPath, last), std::move(id), kTag, std::move(summary),
                          kMayWrite);
  route.parameters = {account_parameter()};
  route.answers = {{200, "Where the login stands.", login_schema(), login_example()}};
  route.problems = telegram_problems({ProblemCode::AlreadyExists, ProblemCode::Gone, ProblemCode::WrongCode,
                                      ProblemCode::WrongPassword, ProblemCode::InvalidBody});
  return route;
}

/// A route whose body has one text.
Route text_route(std::string_view last, std::string id, std::string summary, const std::string& member, Schema schema,
                 std::string_view example, Presence presence = Presence::Required) {
  Route route = step_route(last, std::move(id), std::move(summary));
  route.body = {Schema::object({{member, std::move(schema), presence}}), json::object{{member, example}}};
  return route;
}

void add_text_step(RouteTable& table, ApiContext& context, Route route, TextStep step, std::string member) {
  route.handle = [&context, step, member = std::move(member)](Call& call) {
    return take_text(context, call, step, member);
  };
  table.add(std::move(route));
}

void add_plain_step(RouteTable& table, ApiContext& context, Route route, PlainStep step) {
  route.handle = [&context, step](Call& call) { return take_nothing(context, call, step); };
  table.add(std::move(route));
}

void add_beginnings(RouteTable& table, ApiContext& context) {
  using login::LoginDesk;
  Route phone = text_route("/phone", "log_in_by_phone", "Begin a login by phone number", "phone",
                           Schema::text().length(0, 40), "+380441234567", Presence::Optional);
  phone.description =
      "Telegram sends a code, in a way that the answer describes; `needs_code`, `needs_email` and `done` can follow. "
      "Without a number it is that of the account's last login.";
  add_text_step(table, context, std::move(phone), &LoginDesk::begin_by_phone, "phone");

  Route qr = step_route("/qr", "log_in_by_qr", "Begin a login by QR code");
  qr.description =
      "The answer has the code as a link and as a drawing. It lives about 30 seconds; the next one comes by itself, "
      "with "
      "`login/qr/status` or `login/events`.";
  add_plain_step(table, context, std::move(qr), &LoginDesk::begin_by_qr);

  Route bot = text_route("/bot", "log_in_bot", "Log a bot in", "token", Schema::text().length(1, 200).write_only(),
                         "123456:AAF0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
  add_text_step(table, context, std::move(bot), &LoginDesk::log_in_bot, "token");
}

void add_steps(RouteTable& table, ApiContext& context) {
  using login::LoginDesk;
  add_text_step(table, context,
                text_route("/code", "enter_login_code", "Enter the login code", "code",
                           Schema::text().length(1, 100).write_only(), "12345"),
                &LoginDesk::enter_code, "code");
  add_text_step(table, context,
                text_route("/password", "enter_login_password", "Enter the two-step password", "password",
                           Schema::text().length(1, 1024).write_only(), "correct horse"),
                &LoginDesk::enter_password, "password");
  add_text_step(table, context,
                text_route("/email", "set_up_login_email", "Give an e-mail address for login codes", "email",
                           Schema::text().length(3, 254), "olha@example.org"),
                &LoginDesk::set_up_email, "email");
  add_text_step(table, context,
                text_route("/email-code", "enter_email_code", "Enter the code from the e-mail", "code",
                           Schema::text().length(1, 100).write_only(), "123456"),
                &LoginDesk::enter_email_code, "code");
  add_plain_step(table, context,
                 step_route("/email-reset", "reset_login_email", "Take an e-mail address off that cannot be read"),
                 &LoginDesk::reset_email);
  Route resend = step_route("/resend", "resend_login_code", "Have the code sent another way");
  resend.description = "The code sent before is void. `conflict` with Retry-After if that is too early.";
  add_plain_step(table, context, std::move(resend), &LoginDesk::resend_code);
  Route cancel = step_route("/cancel", "cancel_login", "Give the login up");
  cancel.description = "Telegram is told, and the code is void.";
  add_plain_step(table, context, std::move(cancel), &LoginDesk::cancel);
}

}  // namespace

void add_login_routes(RouteTable& table, ApiContext& context) {
  add_beginnings(table, context);
  add_steps(table, context);
  for (const auto& [last, id, summary] :
       {std::tuple("", "get_login", "Where the account's login stands"),
        std::tuple("/qr/status", "get_qr_login", "Where a login by QR code stands, with the fresh code")}) {
    Route status =
        new_route(http::Method::Get, fmt::format("{}{}", kPath, last), id, kTag, std::string(summary), kMayWrite);
    status.description = "With `wait` and `revision` the answer comes when there is something new, or after the wait.";
    status.parameters = {account_parameter(),
                         query_parameter("wait", Schema::integer().range(1, 25), "Wait so many seconds for a change."),
                         query_parameter("revision", Schema::integer().at_least(0), "What the caller knows already.")};
    status.answers = {{200, "Where it stands.", login_schema(), login_example()}};
    status.problems = {ProblemCode::NotFound};
    status.handle = [&context](Call& call) { return get_status(context, call); };
    table.add(std::move(status));
  }
  Route events = new_route(http::Method::Get, fmt::format("{}/events", kPath), "stream_login", kTag,
                           "The login's changes as they happen", kMayWrite);
  events.description = "Server-sent events named `login`, each with the login as JSON; the last one tells its end.";
  events.parameters = {account_parameter()};
  events.answers = {{200, "A stream until the login ends.", Schema::text(), "event: login", "text/event-stream"}};
  events.problems = {ProblemCode::NotFound};
  events.handle = [&context](Call& call) { return stream_changes(context, call); };
  table.add(std::move(events));
}

}  // namespace ledgram::api
