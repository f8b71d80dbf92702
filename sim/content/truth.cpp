#include "ledgram/sim_content/truth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace ledgram::sim {

namespace {

/// What a message of the usual length takes.
constexpr std::size_t kUsualMessage = 1'200;

void append_entities(std::string& out, const std::vector<Entity>& entities) {
  JsonText(out).key("entities");
  out += '[';
  for (const Entity& entity : entities) {
    out += &entity == entities.data() ? "{" : ",{";
    JsonText item(out);
    item.text("type", tl_name(entity.kind));
    item.number("offset", entity.offset);
    item.number("length", entity.length);
    if (entity.kind == EntityKind::TextUrl)
      item.text("url", entity.value);
    if (entity.kind == EntityKind::Pre)
      item.text("language", entity.value);
    if (entity.kind == EntityKind::MentionName)
      item.number("user_id", entity.number);
    if (entity.kind == EntityKind::CustomEmoji)
      item.number("document_id", entity.number);
    out += '}';
  }
  out += ']';
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\')
      continue;
    out += text.substr(plain, i - plain);
    plain = i + 1;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    }
  }
  out += text.substr(plain);
  out += '"';
}

void JsonText::key(std::string_view name) {
  if (!out_.empty() && out_.back() != '{' && out_.back() != '[')
    out_ += ',';
  out_ += '"';
  out_ += name;
  out_ += "\":";
}

void JsonText::text(std::string_view name, std::string_view value) {
  key(name);
  append_json_text(out_, value);
}

void JsonText::number(std::string_view name, std::int64_t value) {
  key(name);
  fmt::format_to(std::back_inserter(out_), "{}", value);
}

void JsonText::number_if_any(std::string_view name, std::int64_t value) {
  if (value != 0)
    number(name, value);
}

void JsonText::yes(std::string_view name) {
  key(name);
  out_ += "true";
}

void append_post_fields(std::string& out, const Post& post) {
  JsonText item(out);
  item.number("id", post.id);
  item.number("date", post.date);
  item.text("text", post.text);
  append_entities(out, post.entities);
  item.number_if_any("edit_date", post.edit_date);
  item.number_if_any("views", post.views);
  item.number_if_any("forwards", post.forwards);
  item.number_if_any("reply_to", post.reply_to);
  item.number_if_any("grouped_id", post.grouped_id);
  item.number_if_any("from_user", post.from_user);
  if (post.pinned)
    item.yes("pinned");
  if (!post.author.empty())
    item.text("author", post.author);
  if (!post.forwarded_from.empty())
    item.text("forwarded_from", post.forwarded_from);
  if (post.media != nullptr)
    item.text("media", name_of(post.media->kind));
  if (post.action != nullptr)
    item.text("action", tl_name(post.action->kind));
}

std::string truth_of(const Channel& channel, std::int32_t since_id) {
  const auto& info = channel.info();
  const auto first = std::ranges::upper_bound(channel.ids(), since_id);
  std::string out;
  out.reserve(static_cast<std::size_t>(channel.ids().end() - first) * kUsualMessage + 1'000);
  out += '{';
  JsonText head(out);
  head.text("chat", info.username);
  head.number("id", info.id.value());
  head.text("title", info.title);
  head.text("type", info.kind == ChannelKind::Broadcast ? "channel" : "supergroup");
  head.text("access", info.access == ChannelAccess::Public ? "public" : "private");
  head.number("pts", channel.pts());
  head.number("last_id", channel.last_id());
  head.number("count", static_cast<std::int64_t>(channel.ids().size()));
  head.key("deleted");
  out += '[';
  for (auto id = channel.deleted().upper_bound(since_id); id != channel.deleted().end(); ++id)
    fmt::format_to(std::back_inserter(out), "{}{}", out.back() == '[' ? "" : ",", *id);
  out += ']';
  head.key("messages");
  out += '[';
  Post scratch;
  for (auto id = first; id != channel.ids().end(); ++id) {
    out += out.back() == '[' ? "{" : ",{";
    append_post_fields(out, *channel.find(*id, scratch));
    out += '}';
  }
  out += "]}";
  return out;
}

}  // namespace ledgram::sim
