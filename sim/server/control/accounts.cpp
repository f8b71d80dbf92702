// Accounts and their memberships.

#include "ledgram/sim_server/control/request.hpp"

#include <fmt/format.h>

#include <array>

namespace ledgram::sim::control {

namespace json = boost::json;

namespace {

std::string get_accounts(Call& call) {
  json::array accounts;
  for (const AccountView& view : call.hub.service().accounts()) {
    json::object account{{"id", view.id}, {"dc", view.dc}, {"bot", view.bot}, {"password", view.password}};
    if (!view.phone.empty())
      account["phone"] = view.phone;
    if (!view.username.empty())
      account["username"] = view.username;
    account["channels"] = json::array(view.channels.begin(), view.channels.end());
    accounts.push_back(std::move(account));
  }
  return as_line({{"accounts", std::move(accounts)}});
}

std::string post_accounts(Call& call) {
  const json::object body = parse_body(call.body);
  ApiService& service = call.hub.service();
  if (body.contains("bot_token")) {
    const DcId dc(body.contains("dc") ? number_field(body, "dc") : 1);
    if (!call.hub.has_dc(dc))
      refuse(400, fmt::format("there is no DC {}", dc.value()));
    value_or_refuse(service.add_bot(SecretText(text_field(body, "bot_token")), dc));
    return as_line(done());
  }
  const std::string hint = body.contains("hint") ? text_field(body, "hint") : std::string();
  const SecretText password(body.contains("password") ? text_field(body, "password") : std::string());
  value_or_refuse(service.set_password(text_field(body, "phone"), password, hint));
  return as_line(done());
}

std::string change_membership(Call& call, MembershipChange change) {
  const json::object body = parse_body(call.body);
  value_or_refuse(call.hub.service().change_membership(text_field(body, "phone"), text_field(body, "chat"), change,
                                                       call.hub.now()));
  return as_line(done());
}

std::string post_join(Call& call) {
  return change_membership(call, MembershipChange::Join);
}

std::string post_leave(Call& call) {
  return change_membership(call, MembershipChange::Leave);
}

std::string post_ban(Call& call) {
  return change_membership(call, MembershipChange::Ban);
}

std::string post_unban(Call& call) {
  return change_membership(call, MembershipChange::Unban);
}

std::string post_migrate(Call& call) {
  const json::object body = parse_body(call.body);
  const DcId dc(number_field(body, "dc"));
  if (!call.hub.has_dc(dc))
    refuse(400, fmt::format("there is no DC {}", dc.value()));
  value_or_refuse(call.hub.service().migrate(text_field(body, "phone"), dc));
  return as_line(done());
}

std::string post_logout(Call& call) {
  const json::object body = parse_body(call.body);
  value_or_refuse(call.hub.service().revoke_logins(text_field(body, "phone")));
  return as_line(done());
}

std::string post_population(Call& call) {
  const json::object body = parse_body(call.body);
  Population population{.accounts = number_field(body, "accounts"), .first = text_field(body, "first")};
  read_number(body, "joined_each", population.joined_each);
  std::int32_t seed = 1;
  read_number(body, "seed", seed);
  population.seed = static_cast<std::uint64_t>(seed);
  if (const json::value* channels = body.if_contains("channels")) {
    if (!channels->is_array())
      refuse(400, "\"channels\" must be a list of chats");
    for (const json::value& channel : channels->get_array()) {
      if (!channel.is_string())
        refuse(400, "\"channels\" must be a list of chats");
      population.chats.emplace_back(channel.get_string().data(), channel.get_string().size());
    }
  }
  const std::size_t memberships = value_or_refuse(call.hub.service().populate(population, call.hub.now()));
  return as_line({{"accounts", population.accounts}, {"memberships", memberships}});
}

constexpr std::array kEndpoints{
    Endpoint{"GET", "/accounts", "all accounts and bots", get_accounts},
    Endpoint{"POST", "/accounts", "{phone, password?, hint?} or {bot_token, dc?}: make or change one", post_accounts},
    Endpoint{"POST", "/population", "{accounts, first, channels?, joined_each?, seed?}: many accounts in many chats",
             post_population},
    Endpoint{"POST", "/join", "{phone, chat}", post_join},
    Endpoint{"POST", "/leave", "{phone, chat}", post_leave},
    Endpoint{"POST", "/ban", "{phone, chat}: throw an account out", post_ban},
    Endpoint{"POST", "/unban", "{phone, chat}: let it join again", post_unban},
    Endpoint{"POST", "/migrate", "{phone, dc}: move an account to another DC", post_migrate},
    Endpoint{"POST", "/logout", "{phone}: end all logins of an account", post_logout},
};

}  // namespace

std::span<const Endpoint> account_endpoints() {
  return kEndpoints;
}

}  // namespace ledgram::sim::control
