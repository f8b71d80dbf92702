#include "ledgram/sim_content/export_loader.hpp"

#include "ledgram/sim_content/export_fields.hpp"
#include "ledgram/sim_content/export_media.hpp"
#include "ledgram/sim_content/rich_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

/// core.telegram.org/api/config#client-configuration, message_length_max.
constexpr std::size_t kLongestText = 4096;

/// More than ten messages never make one album (core.telegram.org/api/files#albums-grouped-media).
constexpr std::size_t kLargestAlbum = 10;

struct EntityName {
  std::string_view name;
  EntityKind kind;
};

constexpr std::array kEntityNames{
    EntityName{"mention", EntityKind::Mention},
    EntityName{"hashtag", EntityKind::Hashtag},
    EntityName{"bot_command", EntityKind::BotCommand},
    EntityName{"link", EntityKind::Url},
    EntityName{"email", EntityKind::Email},
    EntityName{"bold", EntityKind::Bold},
    EntityName{"italic", EntityKind::Italic},
    EntityName{"code", EntityKind::Code},
    EntityName{"pre", EntityKind::Pre},
    EntityName{"text_link", EntityKind::TextUrl},
    EntityName{"mention_name", EntityKind::MentionName},
    EntityName{"phone", EntityKind::Phone},
    EntityName{"cashtag", EntityKind::Cashtag},
    EntityName{"underline", EntityKind::Underline},
    EntityName{"strikethrough", EntityKind::Strike},
    EntityName{"bank_card", EntityKind::BankCard},
    EntityName{"spoiler", EntityKind::Spoiler},
    EntityName{"custom_emoji", EntityKind::CustomEmoji},
    EntityName{"blockquote", EntityKind::Blockquote},
};

ContentError bad_message(const json::object& message, const std::string& what) {
  const auto id = export_number(message, "id");
  return {ContentErrc::BadMessage,
          "message " + (id == 0 ? std::string("without id") : std::to_string(id)) + ": " + what};
}

void add_part(RichTextBuilder& out, const json::object& part) {
  const auto text = export_string(part, "text");
  const auto* const known = std::ranges::find(kEntityNames, export_string(part, "type"), &EntityName::name);
  if (known == kEntityNames.end()) {
    out.add(text);
    return;
  }
  Entity entity{.kind = known->kind, .value = {}};
  switch (known->kind) {
    case EntityKind::TextUrl:
      entity.value = export_string(part, "href");
      break;
    case EntityKind::Pre:
      entity.value = export_string(part, "language");
      break;
    case EntityKind::MentionName:
      entity.number = export_number(part, "user_id");
      break;
    case EntityKind::CustomEmoji:
      // Exports with media write the path of a file here; the number it had is lost then.
      entity.number = export_number(part, "document_id", 1);
      break;
    case EntityKind::Blockquote:
      entity.number = export_flag(part, "collapsed") ? 1 : 0;
      break;
    default:
      break;
  }
  out.add(text, std::move(entity));
}

void add_parts(Post& post, const json::value& parts) {
  RichTextBuilder out(post);
  if (const auto* text = parts.if_string())
    out.add(*text);
  if (const auto* array = parts.if_array()) {
    for (const auto& part : *array) {
      if (const auto* text = part.if_string())
        out.add(*text);
      if (const auto* object = part.if_object())
        add_part(out, *object);
    }
  }
}

std::string_view export_name(EntityKind kind) {
  const auto* const known = std::ranges::find(kEntityNames, kind, &EntityName::kind);
  return known == kEntityNames.end() ? "plain" : known->name;
}

class ExportSource final : public PostSource {
 public:
  explicit ExportSource(std::vector<Post> posts) : posts_(std::move(posts)) {
    ids_.reserve(posts_.size());
    for (const auto& post : posts_) {
      ids_.push_back(post.id);
      if (post.edit_date != 0)
        ++edited_;
    }
  }

  [[nodiscard]] const std::vector<std::int32_t>& ids() const override { return ids_; }
  [[nodiscard]] std::int32_t edited_count() const override { return edited_; }
  [[nodiscard]] std::int32_t date_of(std::int32_t id) const override { return at(id).date; }
  const Post& read(std::int32_t id, Post& /*scratch*/) const override { return at(id); }

 private:
  [[nodiscard]] const Post& at(std::int32_t id) const {
    const auto position = std::ranges::lower_bound(ids_, id) - ids_.begin();
    return posts_[static_cast<std::size_t>(position)];
  }

  std::vector<Post> posts_;
  std::vector<std::int32_t> ids_;
  std::int32_t edited_ = 0;
};

bool may_share_album(const Post& a, const Post& b) {
  const auto pictured = [](const Post& post) {
    return post.media != nullptr && (post.media->kind == MediaKind::Photo || post.media->kind == MediaKind::Video);
  };
  return pictured(a) && pictured(b) && a.grouped_id == 0 && b.grouped_id == 0 && a.date == b.date && a.id + 1 == b.id &&
         a.from_user == b.from_user && a.forwarded_from == b.forwarded_from && a.author == b.author;
}

/// `posts` ascending by id.
void mark_albums(std::vector<Post>& posts, std::int64_t channel) {
  for (std::size_t first = 0; first < posts.size();) {
    std::size_t end = first + 1;
    while (end < posts.size() && end - first < kLargestAlbum && may_share_album(posts[end - 1], posts[end]))
      ++end;
    if (end - first > 1) {
      // Any number serves that no other album has; this one is the same after each start.
      const std::int64_t group = ((channel & 0x7FFF'FFFF) << 32) | posts[first].id;
      for (std::size_t i = first; i < end; ++i)
        posts[i].grouped_id = group;
    }
    first = end;
  }
}

Result<ChannelInfo, ContentError> read_info(const json::object& chat, std::string_view username) {
  const auto type = export_string(chat, "type");
  ChannelInfo info;
  if (type == "public_channel" || type == "private_channel") {
    info.kind = ChannelKind::Broadcast;
  } else if (type == "public_supergroup" || type == "private_supergroup" || type == "private_group") {
    info.kind = ChannelKind::Supergroup;
  } else {
    const std::string got = type.empty() ? "has no \"type\"" : "has the type \"" + std::string(type) + "\"";
    return std::unexpected(ContentError{
        ContentErrc::BadFile, "the chat " + got +
                                  "; only channels and groups can be served "
                                  "(public_channel, private_channel, public_supergroup, private_supergroup)"});
  }
  info.access = type.starts_with("public") ? ChannelAccess::Public : ChannelAccess::Private;
  if (info.access == ChannelAccess::Public && !is_username(username)) {
    return std::unexpected(ContentError{ContentErrc::BadFile,
                                        "\"" + std::string(username) +
                                            "\" cannot be a username; name the file after the "
                                            "chat: a letter, then letters, digits and underscores, at most 32 in all"});
  }
  const auto id = export_number(chat, "id");
  // Clients accept channel numbers up to 10^12 (core.telegram.org/api/bots/ids).
  if (id <= 0 || id >= 1'000'000'000'000) {
    return std::unexpected(
        ContentError{ContentErrc::BadFile, "the chat's \"id\" is missing or not a positive channel number"});
  }
  info.id = ChannelId(id);
  info.username = username;
  info.title = export_string(chat, "name");
  if (info.title.empty())
    info.title = username;
  info.about = export_string(chat, "about");
  info.members = std::max(export_int(chat, "members"), 1);
  return info;
}

}  // namespace

Result<void, ContentError> parse_export_text(const json::object& message, Post& into) {
  into.text.clear();
  into.entities.clear();
  const auto* parts = message.if_contains("text_entities");
  const bool use_parts = parts != nullptr && parts->is_array() && !parts->get_array().empty();
  if (!use_parts)
    parts = message.if_contains("text");
  if (parts != nullptr)
    add_parts(into, *parts);
  if (character_count(into.text) > kLongestText) {
    return std::unexpected(
        bad_message(message, "its text has " + std::to_string(character_count(into.text)) +
                                 " characters, but Telegram's messages have at most 4096; shorten it"));
  }
  into.text.shrink_to_fit();
  into.entities.shrink_to_fit();
  return {};
}

Result<Post, ContentError> parse_export_message(const json::object& message, const std::filesystem::path& folder) {
  Post post;
  const auto id = export_number(message, "id");
  if (id < 0 || id > std::numeric_limits<std::int32_t>::max()) {
    return std::unexpected(bad_message(message, "its \"id\" is not a message number of a channel or group"));
  }
  post.id = static_cast<std::int32_t>(id);
  post.date = export_int(message, "date_unixtime");
  if (post.date == 0)
    post.date = export_date(export_string(message, "date"));
  post.edit_date = export_int(message, "edited_unixtime");
  if (post.edit_date == 0)
    post.edit_date = export_date(export_string(message, "edited"));
  if (auto text = parse_export_text(message, post); !text)
    return std::unexpected(text.error());
  post.views = std::max(export_int(message, "views"), 0);
  post.forwards = std::max(export_int(message, "forwards"), 0);
  post.reply_to = std::max(export_int(message, "reply_to_message_id"), 0);
  post.grouped_id = export_number(message, "grouped_id");
  post.pinned = export_flag(message, "pinned");
  post.silent = export_flag(message, "silent");
  post.author = export_string(message, "author");
  post.forwarded_from = export_string(message, "forwarded_from");
  post.from_user = export_peer_number(export_string(message, "from_id"), "user");
  const auto type = export_string(message, "type");
  if (type == "service") {
    post.from_user = export_peer_number(export_string(message, "actor_id"), "user");
    post.action = parse_export_action(message);
    if (post.action->kind == ActionKind::PinMessage)
      post.reply_to = std::max(export_int(message, "message_id"), 0);
  } else if (type.empty() || type == "message") {
    post.media = parse_export_media(message, folder);
  } else {
    return std::unexpected(
        bad_message(message, "its \"type\" is \"" + std::string(type) + "\"; expected message or service"));
  }
  return post;
}

Result<void, ContentError> lay_over_post(Post& post, const json::object& change) {
  auto parsed = parse_export_message(change);
  if (!parsed)
    return std::unexpected(std::move(parsed.error()));
  if (change.contains("text") || change.contains("text_entities")) {
    post.text = std::move(parsed->text);
    post.entities = std::move(parsed->entities);
  }
  if (change.contains("views"))
    post.views = parsed->views;
  if (change.contains("forwards"))
    post.forwards = parsed->forwards;
  if (change.contains("pinned"))
    post.pinned = parsed->pinned;
  if (parsed->media != nullptr)
    post.media = std::move(parsed->media);
  return {};
}

Result<std::unique_ptr<Channel>, ContentError> load_export(std::string_view text, std::string_view username,
                                                           std::string_view origin,
                                                           const std::filesystem::path& folder) {
  const auto in_file = [origin](ContentError error) {
    error.message = std::string(origin) + ": " + error.message;
    return std::unexpected(std::move(error));
  };
  const auto bad_file = [&](std::string_view what) {
    return in_file(ContentError{ContentErrc::BadFile, std::string(what)});
  };

  boost::system::error_code code;
  // The document is thrown away at the end, so its pieces need no freeing of their own.
  const json::value document = json::parse(text, code, json::make_shared_resource<json::monotonic_resource>());
  if (code)
    return bad_file("this is not JSON (" + code.message() + "); export the chat again as machine-readable JSON");
  const auto* chat = document.if_object();
  if (chat == nullptr)
    return bad_file("this is not the export of a chat: the outermost value is not an object");
  const auto* messages = export_array(*chat, "messages");
  if (messages == nullptr) {
    return bad_file(chat->contains("chats") ? "this is the export of a whole account; export one chat instead"
                                            : "this is not the export of a chat: \"messages\" is missing");
  }
  auto info = read_info(*chat, username);
  if (!info)
    return in_file(std::move(info.error()));

  std::vector<Post> posts;
  posts.reserve(messages->size());
  std::vector<Person> people;
  for (const auto& item : *messages) {
    const auto* message = item.if_object();
    if (message == nullptr)
      return bad_file("one of the messages is not an object");
    auto post = parse_export_message(*message, folder);
    if (!post)
      return in_file(std::move(post.error()));
    if (post->id == 0)
      return in_file(bad_message(*message, "every message of an export needs an \"id\""));
    if (post->date <= 0)
      return in_file(bad_message(*message, "\"date_unixtime\" is missing or not a time"));
    if (post->from_user != 0) {
      const auto service = post->action != nullptr;
      people.push_back({post->from_user, std::string(export_string(*message, service ? "actor" : "from"))});
    }
    posts.push_back(std::move(*post));
  }
  std::ranges::stable_sort(posts, {}, &Post::id);
  if (const auto twice = std::ranges::adjacent_find(posts, {}, &Post::id); twice != posts.end()) {
    return bad_file("message " + std::to_string(twice->id) + " stands there twice; remove one of them");
  }
  mark_albums(posts, info->id.value());
  info->date = posts.empty() ? 0 : posts.front().date;
  std::ranges::stable_sort(people, {}, &Person::id);
  const auto repeated = std::ranges::unique(people, {}, &Person::id);
  people.erase(repeated.begin(), repeated.end());
  info->people = std::move(people);
  return std::make_unique<Channel>(std::move(*info), std::make_unique<ExportSource>(std::move(posts)));
}

json::array export_text_entities(const Post& post) {
  json::array parts;
  std::int32_t at = 0;
  const auto plain = [&](std::int32_t until) {
    if (until > at)
      parts.push_back({{"type", "plain"}, {"text", utf16_slice(post.text, at, until - at)}});
  };
  for (const auto& entity : post.entities) {
    if (entity.offset < at)
      continue;
    plain(entity.offset);
    json::object part{{"type", export_name(entity.kind)},
                      {"text", utf16_slice(post.text, entity.offset, entity.length)}};
    if (entity.kind == EntityKind::TextUrl)
      part["href"] = entity.value;
    if (entity.kind == EntityKind::Pre)
      part["language"] = entity.value;
    if (entity.kind == EntityKind::MentionName)
      part["user_id"] = entity.number;
    if (entity.kind == EntityKind::CustomEmoji)
      part["document_id"] = std::to_string(entity.number);
    if (entity.kind == EntityKind::Blockquote && entity.number != 0)
      part["collapsed"] = true;
    parts.push_back(std::move(part));
    at = entity.offset + entity.length;
  }
  plain(utf16_length(post.text));
  return parts;
}

}  // namespace ledgram::sim
