#include "ledgram/api/post_text.hpp"

#include "ledgram/base/iso_time.hpp"

#include <utility>

namespace ledgram::api {
namespace {

void null_member(JsonText& out, std::string_view name) {
  out.key(name);
  out.raw("null");
}

template <class Value>
void member_or_null(JsonText& out, std::string_view name, const std::optional<Value>& value) {
  if (value) {
    out.member(name, *value);
  } else {
    null_member(out, name);
  }
}

void text_or_null(JsonText& out, std::string_view name, std::string_view text) {
  if (text.empty()) {
    null_member(out, name);
  } else {
    out.member(name, text);
  }
}

void time_or_null(JsonText& out, std::string_view name, ledger::UnixSeconds time) {
  if (time == 0) {
    null_member(out, name);
  } else {
    out.member(name, iso8601(time));
  }
}

/// JSON of the ledger's own columns.
void column(JsonText& out, std::string_view name, std::string_view json, std::string_view empty) {
  out.key(name);
  out.raw(json.empty() ? empty : json);
}

/// The description with its kind in front: `{"kind":"photo",...}`.
void write_media(JsonText& out, std::string_view kind, std::string_view description) {
  if (kind.empty()) {
    null_member(out, "media");
    return;
  }
  JsonText media;
  media.begin_object();
  media.member("kind", kind);
  media.end_object();
  std::string text = media.take();
  constexpr std::string_view kEmpty = "{}";
  if (description.size() > kEmpty.size()) {
    text.back() = ',';
    text += description.substr(1);
  }
  out.key("media");
  out.raw(text);
}

Schema entities_schema() {
  return Schema::array(
             Schema::object({{"type", Schema::text()}, {"offset", Schema::integer()}, {"length", Schema::integer()}})
                 .open())
      .described("Marked parts of the text; offsets and lengths in UTF-16 code units, as Telegram counts.");
}

Schema media_schema() {
  return Schema::object({{"kind", Schema::text()}})
      .open()
      .nullable()
      .described("What is attached: its kind (photo, video, webpage...) and members that depend on it.");
}

}  // namespace

std::string post_url(const ledger::Post& post) {
  const std::string name =
      post.channel_username.empty() ? "c/" + std::to_string(post.message.channel.value()) : post.channel_username;
  return "https://t.me/" + name + "/" + std::to_string(post.message.number.value());
}

void write_post_members(JsonText& out, const ledger::Post& post) {
  const ledger::Message& message = post.message;
  out.member("id", message.number.value());
  out.member_id("channel_id", message.channel.value());
  text_or_null(out, "channel", post.channel_username);
  out.member("channel_title", post.channel_title);
  out.member("date", iso8601(message.date));
  time_or_null(out, "edit_date", message.edit_date);
  out.member("text", message.text);
  column(out, "entities", message.entities, "[]");
  member_or_null(out, "views", message.views);
  member_or_null(out, "forwards", message.forwards);
  out.member("url", post_url(post));
  text_or_null(out, "author", message.post_author);
  if (message.from) {
    out.key("from");
    out.begin_object();
    out.member("type", ledger::name_of(message.from->type));
    out.member_id("id", message.from->id);
    out.end_object();
  } else {
    null_member(out, "from");
  }
  member_or_null(out, "reply_to", message.reply_to);
  if (message.grouped_id) {
    out.member_id("grouped_id", *message.grouped_id);
  } else {
    null_member(out, "grouped_id");
  }
  column(out, "forward", message.forward, "null");
  write_media(out, message.media_kind, message.media);
  text_or_null(out, "action", message.action);
  out.member("deleted", post.deletion && post.deletion->state == ledger::DeletionState::Applied);
}

void write_version_members(JsonText& out, const ledger::MessageVersion& version) {
  time_or_null(out, "edit_date", version.edit_date);
  out.member("replaced_at", iso8601(version.replaced_at));
  out.member("text", version.text);
  column(out, "entities", version.entities, "[]");
  write_media(out, version.media_kind, version.media);
}

std::vector<Member> post_members() {
  const Schema count = Schema::integer().nullable();
  return {
      {"id", Schema::integer().described("Number of the message in its channel.")},
      {"channel_id", Schema::id()},
      {"channel", Schema::text().nullable().described("Username of the channel, without @.")},
      {"channel_title", Schema::text()},
      {"date", Schema::time()},
      {"edit_date", Schema::time().nullable()},
      {"text", Schema::text()},
      {"entities", entities_schema()},
      {"views", count},
      {"forwards", count},
      {"url", Schema::text()},
      {"author", Schema::text().nullable().described("The signature.")},
      {"from", Schema::object({{"type", Schema::one_of({"user", "chat", "channel"})}, {"id", Schema::id()}})
                   .nullable()
                   .described("Who sent it, in groups.")},
      {"reply_to", count.described("Number of the message that it answers.")},
      {"grouped_id", Schema::text().nullable().described("The album that it belongs to.")},
      {"forward", Schema::object({}).open().nullable().described("Where it was forwarded from.")},
      {"media", media_schema()},
      {"action", Schema::text().nullable().described("Of a service message: what happened.")},
      {"deleted", Schema::boolean()},
  };
}

Schema post_schema() {
  return Schema::named("Post", Schema::object(post_members()));
}

Schema version_schema() {
  return Schema::named("PostVersion", Schema::object({{"edit_date", Schema::time().nullable()},
                                                      {"replaced_at", Schema::time()},
                                                      {"text", Schema::text()},
                                                      {"entities", entities_schema()},
                                                      {"media", media_schema()}}));
}

json::object post_example() {
  return {{"id", 1042},
          {"channel_id", "1234567890"},
          {"channel", "daily_news"},
          {"channel_title", "Daily News"},
          {"date", "2026-01-31T12:30:00Z"},
          {"edit_date", nullptr},
          {"text", "The bridge is open again."},
          {"entities", json::array{{{"type", "bold"}, {"offset", 4}, {"length", 6}}}},
          {"views", 1200},
          {"forwards", 7},
          {"url", "https://t.me/daily_news/1042"},
          {"author", nullptr},
          {"from", nullptr},
          {"reply_to", nullptr},
          {"grouped_id", nullptr},
          {"forward", nullptr},
          {"media", {{"kind", "photo"}, {"width", 1280}, {"height", 720}}},
          {"action", nullptr},
          {"deleted", false}};
}

}  // namespace ledgram::api
