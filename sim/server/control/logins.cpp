// How accounts log in, and what limits they have.

#include "ledgram/sim_server/control/request.hpp"

#include <array>

namespace ledgram::sim::control {

namespace json = boost::json;

namespace {

std::string post_login(Call& call) {
  const json::object body = parse_body(call.body);
  LoginPlan plan;
  if (const json::value* types = body.if_contains("types")) {
    if (!types->is_array())
      refuse(400, "\"types\" must be a list of texts such as \"SmsWord\"");
    plan.types.clear();
    for (const json::value& type : types->get_array()) {
      if (!type.is_string())
        refuse(400, "\"types\" must be a list of texts such as \"SmsWord\"");
      plan.types.emplace_back(type.get_string().data(), type.get_string().size());
    }
    if (plan.types.size() > 1 && plan.types.back() == "Unknown") {
      plan.types.pop_back();
      plan.unknown_next = true;
    }
  }
  read_number(body, "resend_after", plan.resend_after);
  read_number(body, "email_reset", plan.email_reset_seconds);
  if (body.contains("email"))
    plan.email = text_field(body, "email");
  value_or_refuse(call.hub.service().set_login_plan(text_field(body, "phone"), std::move(plan)));
  return as_line(done());
}

std::string get_qr(Call& call) {
  json::array tokens;
  for (const QrView& view : std::as_const(call.hub.service()).qr_tokens(call.hub.now())) {
    tokens.push_back({{"token", view.token}, {"dc", view.dc}, {"expires", view.expires}, {"accepted", view.accepted}});
  }
  return as_line({{"tokens", std::move(tokens)}});
}

std::string post_qr(Call& call) {
  call.hub.service().set_qr_lifetime(number_field(parse_body(call.body), "seconds"));
  return as_line(done());
}

std::string post_qr_accept(Call& call) {
  const json::object body = parse_body(call.body);
  value_or_refuse(call.hub.service().accept_qr(text_field(body, "token"), text_field(body, "phone"), call.hub.now()));
  return as_line(done());
}

std::string get_limits(Call& call) {
  const LimitOptions limits = std::as_const(call.hub.service()).limits();
  return as_line({{"codes", limits.codes},
                  {"wrong_passwords", limits.wrong_passwords},
                  {"names", limits.names},
                  {"names_wait", limits.names_wait},
                  {"too_long_after", limits.too_long_after},
                  {"difference_too_long_after", limits.difference_too_long_after}});
}

std::string post_limits(Call& call) {
  const json::object body = parse_body(call.body);
  LimitOptions limits = std::as_const(call.hub.service()).limits();
  read_number(body, "codes", limits.codes);
  read_number(body, "wrong_passwords", limits.wrong_passwords);
  read_number(body, "names", limits.names);
  read_number(body, "names_wait", limits.names_wait);
  read_number(body, "too_long_after", limits.too_long_after);
  read_number(body, "difference_too_long_after", limits.difference_too_long_after);
  call.hub.service().set_limits(limits);
  return get_limits(call);
}

constexpr std::array kEndpoints{
    Endpoint{"POST", "/login", "{phone, types?, resend_after?, email?, email_reset?}: how codes are sent", post_login},
    Endpoint{"GET", "/qr", "QR codes that clients show now", get_qr},
    Endpoint{"POST", "/qr", "{seconds}: how long the next QR codes live", post_qr},
    Endpoint{"POST", "/qr/accept", "{token, phone}: let the client that shows it in", post_qr_accept},
    Endpoint{"GET", "/limits", "limits of one account and day, 0 for none", get_limits},
    Endpoint{"POST", "/limits", "{codes?, wrong_passwords?, names?, names_wait?, too_long_after?, ...}", post_limits},
};

}  // namespace

std::span<const Endpoint> login_endpoints() {
  return kEndpoints;
}

}  // namespace ledgram::sim::control
