#include "ledgram/app/post_json.hpp"

#include "ledgram/api/json_values.hpp"
#include "ledgram/base/iso_time.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <optional>
#include <string>

namespace ledgram::app {
namespace {

namespace json = boost::json;

json::value media_of(const std::string& kind, const std::string& text) {
  if (kind.empty())
    return nullptr;
  json::value description = api::stored_json(text, json::object{});
  json::object media{{"kind", kind}};
  if (auto* fields = description.if_object()) {
    for (auto& field : *fields)
      media.insert_or_assign(field.key(), std::move(field.value()));
  }
  return media;
}

json::value date_or_null(ledger::UnixSeconds date) {
  return date == 0 ? json::value(nullptr) : json::value(iso8601(date));
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
  object["date"] = iso8601(message.date);
  object["edit_date"] = date_or_null(message.edit_date);
  object["text"] = message.text;
  object["entities"] = api::stored_json(message.entities, json::array{});
  object["views"] = api::or_null(message.views);
  object["forwards"] = api::or_null(message.forwards);
  object["url"] = url;
  object["reply_to"] = api::or_null(message.reply_to);
  // An album's number uses all 64 bits.
  object["grouped_id"] = message.grouped_id ? json::value(std::to_string(*message.grouped_id)) : json::value(nullptr);
  object["author"] = api::text_or_null(message.post_author);
  object["forward"] = api::stored_json(message.forward, nullptr);
  object["media"] = media_of(message.media_kind, message.media);
  return object;
}

void add_deletion(json::object& object, const ledger::Post& post) {
  const auto& mark = post.deletion;
  object["deleted"] = mark && mark->state == ledger::DeletionState::Applied;
  object["deleted_at"] = date_or_null(mark ? mark->at : 0);
  object["deletion_held"] = mark && mark->state == ledger::DeletionState::Held;
}

void add_versions(json::object& object, const std::vector<ledger::MessageVersion>& versions) {
  json::array list;
  for (const ledger::MessageVersion& version : versions) {
    list.push_back({{"edit_date", date_or_null(version.edit_date)},
                    {"text", version.text},
                    {"entities", api::stored_json(version.entities, json::array{})},
                    {"media", media_of(version.media_kind, version.media)},
                    {"replaced_at", iso8601(version.replaced_at)}});
  }
  object["versions"] = std::move(list);
}

}  // namespace ledgram::app
