// Chats: what is published, edited and deleted in them.

#include "ledgram/sim_server/control/request.hpp"

#include <fmt/format.h>

#include <array>

namespace ledgram::sim::control {

namespace json = boost::json;

namespace {

std::string post_publish(Call& call) {
  json::object body = parse_body(call.body);
  const std::string chat = text_field(body, "chat");
  ApiService& service = call.hub.service();
  json::array* messages = body.contains("messages") ? body["messages"].if_array() : nullptr;
  if (messages == nullptr) {
    if (body.contains("messages"))
      refuse(400, "\"messages\" must be a list");
    body.erase("chat");
    const std::int32_t id = value_or_refuse(service.publish(chat, body, call.hub.now()));
    return as_line({{"id", id}});
  }
  if (messages->size() > kMaxAtOnce)
    refuse(400, fmt::format("at most {} messages in one request", kMaxAtOnce));
  json::array ids;
  service.in_batch([&] {
    for (const json::value& message : *messages) {
      if (!message.is_object())
        refuse(400, "every element of \"messages\" must be an object");
      ids.push_back(value_or_refuse(service.publish(chat, message.get_object(), call.hub.now())));
    }
  });
  return as_line({{"ids", std::move(ids)}});
}

std::string post_edit(Call& call) {
  json::object body = parse_body(call.body);
  if (body.contains("phone")) {
    const std::string phone = text_field(body, "phone");
    body.erase("phone");
    value_or_refuse(call.hub.service().edit_mail(phone, number_field(body, "id"), body, call.hub.now()));
    return as_line(done());
  }
  const std::string chat = text_field(body, "chat");
  const std::int32_t id = number_field(body, "id");
  body.erase("chat");
  value_or_refuse(call.hub.service().edit(chat, id, body, call.hub.now()));
  return as_line(done());
}

std::string post_delete(Call& call) {
  const json::object body = parse_body(call.body);
  if (body.contains("phone")) {
    value_or_refuse(call.hub.service().erase_mail(text_field(body, "phone"), ids_field(body), call.hub.now()));
    return as_line(done());
  }
  const std::string chat = text_field(body, "chat");
  value_or_refuse(call.hub.service().erase(chat, ids_field(body), call.hub.now()));
  return as_line(done());
}

std::string post_access(Call& call) {
  const json::object body = parse_body(call.body);
  const std::string access = text_field(body, "access");
  if (access != "public" && access != "private")
    refuse(400, "\"access\" must be public or private");
  value_or_refuse(call.hub.service().set_access(
      text_field(body, "chat"), access == "public" ? ChannelAccess::Public : ChannelAccess::Private, call.hub.now()));
  return as_line(done());
}

std::string post_chats(Call& call) {
  const json::object body = parse_body(call.body);
  NewChat chat{.name = text_field(body, "chat"), .title = optional_text(body, "title")};
  const std::string type = optional_text(body, "type");
  if (!type.empty() && type != "channel" && type != "supergroup")
    refuse(400, "\"type\" must be channel or supergroup");
  chat.kind = type == "supergroup" ? ChannelKind::Supergroup : ChannelKind::Broadcast;
  const std::string access = optional_text(body, "access");
  if (!access.empty() && access != "public" && access != "private")
    refuse(400, "\"access\" must be public or private");
  chat.access = access == "private" ? ChannelAccess::Private : ChannelAccess::Public;
  return as_line({{"id", value_or_refuse(call.hub.service().create_chat(chat, call.hub.now())).value()}});
}

constexpr std::array kEndpoints{
    Endpoint{"POST", "/publish", "{chat, text, ...} or {chat, messages: [...]}: new messages", post_publish},
    Endpoint{"POST", "/edit", "{chat or phone, id, text, ...}", post_edit},
    Endpoint{"POST", "/delete", "{chat or phone, id or ids: [...]}", post_delete},
    Endpoint{"POST", "/chats", "{chat, title?, type?, access?}: a new channel or supergroup", post_chats},
    Endpoint{"POST", "/access", "{chat, access: public or private}", post_access},
};

}  // namespace

std::span<const Endpoint> chat_endpoints() {
  return kEndpoints;
}

}  // namespace ledgram::sim::control
