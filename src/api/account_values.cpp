#include "ledgram/api/account_values.hpp"

#include "ledgram/api/json_values.hpp"
#include "ledgram/api/qr_svg.hpp"
#include "ledgram/base/iso_time.hpp"

#include <chrono>
#include <string_view>

namespace ledgram::api {

namespace {

constexpr std::string_view kExampleTime = "2026-01-31T12:30:00Z";

std::int64_t seconds_of(nanoseconds time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time).count();
}

std::string_view name_of(telegram::CodeType type) {
  using enum telegram::CodeType;
  switch (type) {
    case App:
      return "app";
    case Sms:
      return "sms";
    case Call:
      return "call";
    case FlashCall:
      return "flash_call";
    case MissedCall:
      return "missed_call";
    case SmsWord:
      return "sms_word";
    case SmsPhrase:
      return "sms_phrase";
    case FragmentSms:
      return "fragment";
    case EmailCode:
      return "email";
    case SetUpEmailRequired:
      return "set_up_email";
    case FirebaseSms:
      return "firebase";
    case Unknown:
      return "unknown";
  }
  return "unknown";
}

json::value code_json(const std::optional<telegram::SentCode>& code) {
  if (!code)
    return nullptr;
  json::object object;
  object["type"] = name_of(code->type);
  object["description"] = telegram::explain(*code);
  object["length"] = code->length > 0 ? json::value(code->length) : json::value(nullptr);
  object["hint"] = text_or_null(code->hint);
  object["next_type"] = code->next_type ? json::value(name_of(*code->next_type)) : json::value(nullptr);
  object["resend_after"] = code->resend_after.count();
  object["email_reset_wait"] =
      code->email_reset_wait ? json::value(code->email_reset_wait->count()) : json::value(nullptr);
  return object;
}

Schema code_schema() {
  return Schema::named(
      "SentCode",
      Schema::object(
          {{"type", Schema::text().described("How the code comes.")},
           {"description", Schema::text().described("For people: where the code is and what it looks like.")},
           {"length", Schema::integer().nullable()},
           {"hint", Schema::text().nullable().described("Of an e-mail address, a calling number, a first word.")},
           {"next_type", Schema::text().nullable().described("What `resend` would use; null: it is refused.")},
           {"resend_after", Schema::integer().described("Seconds until `resend` is accepted.")},
           {"email_reset_wait", Schema::integer().nullable().described(
                                    "Seconds that `email-reset` takes; null: it cannot be asked for.")}}));
}

Schema qr_schema() {
  return Schema::named("QrCode", Schema::object({{"link", Schema::text().described("What the code says.")},
                                                 {"svg", Schema::text().described("The code as a drawing.")},
                                                 {"expires", Schema::time()}}));
}

}  // namespace

Schema account_state_schema() {
  return Schema::named(
      "AccountState",
      Schema::object({{"status", Schema::one_of({"connected", "connecting", "needs_login"})},
                      {"since", Schema::time().nullable()},
                      {"last_error", Schema::text().nullable().described("What went wrong last, for people.")},
                      {"caught_up", Schema::boolean().described("Nothing of what was missed is missing any more.")},
                      {"channels", Schema::integer().described("Channels that it follows at this moment.")}}));
}

json::object account_state_example() {
  return {
      {"status", "connected"}, {"since", kExampleTime}, {"last_error", nullptr}, {"caught_up", true}, {"channels", 3}};
}

json::object account_state_json(const ledger::Account& account, const std::optional<follow::AccountStatus>& status) {
  json::object state;
  const bool out = account.state == ledger::AccountState::LoggedOut;
  if (status && (!out || status->link.link == follow::Link::NeedsLogin)) {
    state["status"] = name_of(status->link.link);
    state["since"] = iso8601(seconds_of(status->link.since));
    state["last_error"] = text_or_null(status->link.last_error);
  } else {
    state["status"] = out ? "needs_login" : "connecting";
    state["since"] = time_or_null(account.state_since);
    state["last_error"] = text_or_null(account.state_reason);
  }
  state["caught_up"] = status && status->caught_up;
  state["channels"] = status ? status->channels : 0;
  return state;
}

Schema account_schema() {
  return Schema::named("Account", Schema::object({{"id", Schema::integer()},
                                                  {"name", Schema::text()},
                                                  {"kind", Schema::one_of({"user", "bot"})},
                                                  {"telegram_id", Schema::id().nullable()},
                                                  {"first_name", Schema::text().nullable()},
                                                  {"username", Schema::text().nullable()},
                                                  {"phone", Schema::text().nullable()},
                                                  {"created", Schema::time()},
                                                  {"state", account_state_schema()}}));
}

json::object account_example() {
  return {{"id", 6},
          {"name", "news"},
          {"kind", "user"},
          {"telegram_id", "8124731874"},
          {"first_name", "Olha"},
          {"username", "olha_news"},
          {"phone", "380441234567"},
          {"created", kExampleTime},
          {"state", account_state_example()}};
}

json::object account_json(const ledger::Account& account, const std::optional<follow::AccountStatus>& status) {
  json::object object;
  object["id"] = account.id.value();
  object["name"] = account.name;
  object["kind"] = account.kind == ledger::AccountKind::Bot ? "bot" : "user";
  object["telegram_id"] =
      account.user.value() != 0 ? json::value(std::to_string(account.user.value())) : json::value(nullptr);
  object["first_name"] = text_or_null(account.first_name);
  object["username"] = text_or_null(account.username);
  object["phone"] = text_or_null(account.phone.reveal());
  object["created"] = iso8601(account.created);
  object["state"] = account_state_json(account, status);
  return object;
}

Schema login_schema() {
  return Schema::named(
      "TelegramLogin",
      Schema::object(
          {{"account", Schema::integer()},
           {"way", Schema::one_of({"phone", "qr", "bot"})},
           {"status",
            Schema::one_of({"starting", "waiting", "needs_code", "needs_email", "needs_email_code", "needs_password",
                            "done", "failed", "expired", "cancelled"})
                .described("`waiting`: the QR code waits to be scanned. What the login waits for, or how it ended.")},
           {"revision", Schema::integer().described("Rises with every change, a fresh QR code included.")},
           {"expires", Schema::time().described("Given up then if nobody comes back; an ended one is forgotten then.")},
           {"code", code_schema().nullable()},
           {"email", Schema::object({{"pattern", Schema::text()}, {"length", Schema::integer()}}).nullable()},
           {"password_hint", Schema::text().nullable()},
           {"qr", qr_schema().nullable()},
           {"problem", Schema::text().nullable().described("Of one that failed: why, for people.")}}));
}

json::object login_example() {
  return {{"account", 6},
          {"way", "phone"},
          {"status", "needs_code"},
          {"revision", 1},
          {"expires", kExampleTime},
          {"code",
           {{"type", "app"},
            {"description", "Telegram sends the login code (5 digits) to the Telegram app on your other devices"},
            {"length", 5},
            {"hint", nullptr},
            {"next_type", "sms"},
            {"resend_after", 60},
            {"email_reset_wait", nullptr}}},
          {"email", nullptr},
          {"password_hint", nullptr},
          {"qr", nullptr},
          {"problem", nullptr}};
}

json::object login_json(const login::LoginStatus& status) {
  json::object object;
  object["account"] = status.account.value();
  object["way"] = name_of(status.way);
  object["status"] = name_of(status.step);
  object["revision"] = status.revision;
  object["expires"] = iso8601(seconds_of(status.expires));
  object["code"] = code_json(status.code);
  object["email"] = nullptr;
  if (status.email)
    object["email"] = json::object{{"pattern", status.email->pattern}, {"length", status.email->length}};
  const bool password = status.step == login::Step::EnterPassword;
  object["password_hint"] = password ? text_or_null(status.password_hint) : json::value(nullptr);
  object["qr"] = nullptr;
  if (!status.link.empty()) {
    object["qr"] = json::object{{"link", status.link.reveal()},
                                {"svg", qr_svg(status.link.reveal())},
                                {"expires", iso8601(seconds_of(status.link_expires))}};
  }
  object["problem"] = text_or_null(status.problem);
  return object;
}

}  // namespace ledgram::api
