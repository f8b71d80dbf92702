#include "ledgram/app/post_json.hpp"

#include "ledgram/cli/date.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <optional>
#include <string>

namespace ledgram::app {
namespace {

namespace json = boost::json;

template <class T>
json::value or_null(const std::optional<T>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

/// JSON that the ledger wrote itself; an unreadable one would be a mistake of ours and shows as null.
json::value parsed(const std::string& text, json::value empty) {
  if (text.empty())
    return empty;
  boost::system::error_code bad;
  json::value value = json::parse(text, bad);
  return bad ? json::value(nullptr) : value;
}

json::value media_of(const ledger::Message& message) {
  if (message.media_kind.empty())
    return nullptr;
  json::value description = parsed(message.media, json::object{});
  json::object media{{"kind", message.media_kind}};
  if (auto* fields = description.if_object()) {
    for (auto& field : *fields)
      media.insert_or_assign(field.key(), std::move(field.value()));
  }
  return media;
}

}  // namespace

json::object post_json(const ledger::Post& post) {
  const ledger::Message& message = post.message;
  const std::int32_t number = message.number.value();
  const std::string url = post.channel_username.empty()
                              ? fmt::format("https://t.me/c/{}/{}", message.channel.value(), number)
                              : fmt::format("https://t.me/{}/{}", post.channel_username, number);
  json::object object;
  object["channel"] = post.channel_username;
  object["channel_id"] = message.channel.value();
  object["id"] = number;
  object["date"] = cli::iso8601(message.date);
  object["edit_date"] = message.edit_date == 0 ? json::value(nullptr) : json::value(cli::iso8601(message.edit_date));
  object["text"] = message.text;
  object["entities"] = parsed(message.entities, json::array{});
  object["views"] = or_null(message.views);
  object["forwards"] = or_null(message.forwards);
  object["url"] = url;
  object["reply_to"] = or_null(message.reply_to);
  // An album's number uses all 64 bits.
  object["grouped_id"] = message.grouped_id ? json::value(std::to_string(*message.grouped_id)) : json::value(nullptr);
  object["author"] = text_or_null(message.post_author);
  object["forward"] = parsed(message.forward, nullptr);
  object["media"] = media_of(message);
  return object;
}

}  // namespace ledgram::app
