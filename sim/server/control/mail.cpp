// Private chats and basic groups, and objects that are pushed as they are.

#include "ledgram/sim_server/control/request.hpp"

#include <array>

namespace ledgram::sim::control {

namespace json = boost::json;

namespace {

std::vector<std::string> texts(const json::object& body, std::string_view name) {
  std::vector<std::string> out;
  const json::value* list = body.if_contains(name);
  if (list == nullptr)
    return out;
  if (!list->is_array())
    refuse(400, "\"" + std::string(name) + "\" must be a list of texts");
  for (const json::value& item : list->get_array()) {
    if (!item.is_string())
      refuse(400, "\"" + std::string(name) + "\" must be a list of texts");
    out.emplace_back(item.get_string().data(), item.get_string().size());
  }
  return out;
}

std::string post_send(Call& call) {
  json::object body = parse_body(call.body);
  ApiService& service = call.hub.service();
  const std::string phone = optional_text(body, "phone");
  const std::string group = optional_text(body, "group");
  const std::string from = optional_text(body, "from");
  const std::string to = optional_text(body, "to");
  for (const auto* name : {"phone", "group", "from", "to"})
    body.erase(name);
  if (!group.empty()) {
    const auto sent = value_or_refuse(service.send_to_group(group, from.empty() ? phone : from, body, call.hub.now()));
    json::object ids;
    for (const auto& [member, id] : sent)
      ids[member] = id;
    json::object answer{{"ids", ids}};
    if (const json::value* own = ids.if_contains(phone_digits(phone)))
      answer["id"] = *own;
    return as_line(std::move(answer));
  }
  if (phone.empty() || from.empty() == to.empty())
    refuse(400, "give \"phone\" and \"from\", or \"phone\" and \"to\", or \"group\" and \"from\"");
  const Direction direction = to.empty() ? Direction::In : Direction::Out;
  const std::int32_t id = value_or_refuse(service.send(phone, to.empty() ? from : to, direction, body, call.hub.now()));
  return as_line({{"id", id}});
}

std::string get_groups(Call& call) {
  json::array groups;
  for (const GroupView& view : std::as_const(call.hub.service()).groups()) {
    groups.push_back(
        {{"id", view.id}, {"title", view.title}, {"members", view.members}, {"migrated_to", view.migrated_to}});
  }
  return as_line({{"groups", std::move(groups)}});
}

std::string post_groups(Call& call) {
  const json::object body = parse_body(call.body);
  const std::int64_t id = value_or_refuse(call.hub.service().create_group(
      text_field(body, "title"), texts(body, "members"), texts(body, "people"), call.hub.now()));
  return as_line({{"id", id}});
}

std::string post_migrate_group(Call& call) {
  const json::object body = parse_body(call.body);
  const ChannelId id = value_or_refuse(
      call.hub.service().migrate_group(text_field(body, "group"), text_field(body, "chat"), call.hub.now()));
  return as_line({{"id", id.value()}});
}

std::string post_push(Call& call) {
  const json::object body = parse_body(call.body);
  const json::value* updates = body.if_contains("updates");
  if (updates == nullptr || !updates->is_object())
    refuse(400, "\"updates\" must be an Updates object");
  const std::size_t sessions =
      value_or_refuse(call.hub.service().push_raw(text_field(body, "phone"), updates->get_object()));
  return as_line({{"sessions", sessions}});
}

constexpr std::array kEndpoints{
    Endpoint{"POST", "/send", "{phone, from, text} or {phone, to, text} or {group, from, text}: outside of channels",
             post_send},
    Endpoint{"GET", "/groups", "the basic groups", get_groups},
    Endpoint{"POST", "/groups", "{title, members: [phones], people?: [names]}: a basic group", post_groups},
    Endpoint{"POST", "/migrate_group", "{group, chat}: make it a supergroup of this name", post_migrate_group},
    Endpoint{"POST", "/push", "{phone, updates}: push an Updates object as it is", post_push},
};

}  // namespace

std::span<const Endpoint> mail_endpoints() {
  return kEndpoints;
}

}  // namespace ledgram::sim::control
