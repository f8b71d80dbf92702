#include "ledgram/sim_content/export_media.hpp"

#include "ledgram/sim_content/export_fields.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

/// Desktop exports written without media carry no sizes; clients want some.
constexpr std::int32_t kUsualWidth = 1280;
constexpr std::int32_t kUsualHeight = 720;
constexpr std::int64_t kUsualSize = 100'000;

struct MediaType {
  std::string_view name;
  MediaKind kind;
  std::string_view mime_type;
};

constexpr std::array kMediaTypes{
    MediaType{"sticker", MediaKind::Sticker, "image/webp"},
    MediaType{"voice_message", MediaKind::Voice, "audio/ogg"},
    MediaType{"video_message", MediaKind::RoundVideo, "video/mp4"},
    MediaType{"video_file", MediaKind::Video, "video/mp4"},
    MediaType{"audio_file", MediaKind::Audio, "audio/mpeg"},
    MediaType{"animation", MediaKind::Animation, "video/mp4"},
};

/// A text that newer exports write as parts, as they do the text of messages.
std::string joined_text(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr)
    return {};
  if (value->is_string())
    return std::string(value->get_string());
  std::string text;
  if (value->is_array()) {
    for (const auto& part : value->get_array()) {
      if (part.is_string())
        text += part.get_string();
      if (part.is_object())
        text += export_string(part.get_object(), "text");
    }
  }
  return text;
}

Media read_poll(const json::object& poll) {
  Media media{.kind = MediaKind::Poll, .title = joined_text(poll, "question")};
  media.closed = export_flag(poll, "closed");
  media.number = export_int(poll, "total_voters");
  if (const auto* answers = export_array(poll, "answers")) {
    for (const auto& item : *answers) {
      if (!item.is_object())
        continue;
      media.answers.push_back(
          {.text = joined_text(item.get_object(), "text"), .voters = export_int(item.get_object(), "voters")});
    }
  }
  return media;
}

void read_document(const json::object& message, Media& media) {
  const auto name = export_string(message, "media_type");
  const auto* const type = std::ranges::find(kMediaTypes, name, &MediaType::name);
  media.kind = type == kMediaTypes.end() ? MediaKind::File : type->kind;
  media.mime_type = export_string(message, "mime_type");
  if (media.mime_type.empty())
    media.mime_type = type == kMediaTypes.end() ? "application/octet-stream" : type->mime_type;
  media.file_name = export_string(message, "file_name");
  media.title = export_string(message, "title");
  media.performer = export_string(message, "performer");
  media.emoji = export_string(message, "sticker_emoji");
  media.duration = export_int(message, "duration_seconds");
  media.size = export_number(message, "file_size");
}

Media read_place(const json::object& message, const json::object& location) {
  Media media{.kind = MediaKind::Location};
  media.latitude = export_double(location, "latitude");
  media.longitude = export_double(location, "longitude");
  media.title = export_string(message, "place_name");
  media.performer = export_string(message, "address");
  if (!media.title.empty())
    media.kind = MediaKind::Venue;
  return media;
}

/// The file that `name` means in the folder of the export, if it lies there: Desktop writes relative paths, or a
/// sentence in place of files that were not exported.
void find_source(Media& media, std::string_view name, const std::filesystem::path& folder) {
  const std::filesystem::path relative = std::filesystem::path(name).lexically_normal();
  if (folder.empty() || relative.empty() || relative.is_absolute() || *relative.begin() == "..")
    return;
  std::error_code problem;
  const std::filesystem::path file = folder / relative;
  if (!std::filesystem::is_regular_file(file, problem))
    return;
  const std::uintmax_t size = std::filesystem::file_size(file, problem);
  if (problem)
    return;
  media.size = static_cast<std::int64_t>(size);
  media.source = file.string();
}

bool has_picture(MediaKind kind) {
  return kind == MediaKind::Photo || kind == MediaKind::Video || kind == MediaKind::Animation ||
         kind == MediaKind::RoundVideo || kind == MediaKind::Sticker;
}

struct ActionName {
  std::string_view name;
  ActionKind kind;
};

constexpr std::array kActions{
    ActionName{"create_channel", ActionKind::ChannelCreate},
    ActionName{"create_group", ActionKind::ChannelCreate},
    ActionName{"migrate_from_group", ActionKind::ChannelCreate},
    ActionName{"edit_group_title", ActionKind::ChatEditTitle},
    ActionName{"edit_group_photo", ActionKind::ChatEditPhoto},
    ActionName{"delete_group_photo", ActionKind::ChatDeletePhoto},
    ActionName{"pin_message", ActionKind::PinMessage},
    ActionName{"invite_members", ActionKind::AddUser},
    ActionName{"join_group_by_link", ActionKind::JoinedByLink},
    ActionName{"join_group_by_request", ActionKind::JoinedByLink},
    ActionName{"remove_members", ActionKind::DeleteUser},
    ActionName{"group_call", ActionKind::GroupCall},
    ActionName{"create_basic_group", ActionKind::ChatCreate},
    ActionName{"migrate_to_supergroup", ActionKind::ChatMigrateTo},
    ActionName{"set_messages_ttl", ActionKind::HistoryTtl},
};

}  // namespace

std::shared_ptr<const Media> parse_export_media(const json::object& message, const std::filesystem::path& folder) {
  Media media;
  bool sized = false;
  if (const auto* poll = export_object(message, "poll")) {
    media = read_poll(*poll);
  } else if (const auto* contact = export_object(message, "contact_information")) {
    media.kind = MediaKind::Contact;
    media.title = export_string(*contact, "first_name");
    media.performer = export_string(*contact, "last_name");
    media.phone = export_string(*contact, "phone_number");
    media.vcard = export_string(message, "contact_vcard");
  } else if (const auto* location = export_object(message, "location_information")) {
    media = read_place(message, *location);
  } else if (const auto* dice = export_object(message, "dice")) {
    media.kind = MediaKind::Dice;
    media.emoji = export_string(*dice, "emoji");
    media.number = export_int(*dice, "value");
  } else if (!export_string(message, "photo").empty()) {
    media.kind = MediaKind::Photo;
    media.size = export_number(message, "photo_file_size");
    media.preview_of = export_string(message, "preview_of");
    find_source(media, export_string(message, "photo"), folder);
  } else if (!export_string(message, "file").empty() || !export_string(message, "media_type").empty()) {
    read_document(message, media);
    media.preview_of = export_string(message, "preview_of");
    find_source(media, export_string(message, "file"), folder);
    sized = !media.source.empty() || message.contains("file_size");
  } else {
    return nullptr;
  }
  if (has_picture(media.kind)) {
    media.width = export_int(message, "width");
    media.height = export_int(message, "height");
    media.spoiler = export_flag(message, "media_spoiler");
    if (media.width <= 0)
      media.width = kUsualWidth;
    if (media.height <= 0)
      media.height = kUsualHeight;
  }
  // A document may be empty if somebody says so.
  if (media.size < 0 || (media.size == 0 && !sized))
    media.size = kUsualSize;
  media.content = export_number(message, "content");
  media.same_as = export_int(message, "same_file_as");
  return std::make_shared<const Media>(std::move(media));
}

std::shared_ptr<const ServiceAction> parse_export_action(const json::object& message) {
  ServiceAction action;
  const auto name = export_string(message, "action");
  const auto* const known = std::ranges::find(kActions, name, &ActionName::name);
  if (known != kActions.end()) {
    action.kind = known->kind;
    action.text = export_string(message, "title");
  } else {
    action.kind = ActionKind::Custom;
    action.text = name;
  }
  action.peer = export_number(message, "peer_id");
  // Exports do not say which group it was, and Telegram's action needs its number.
  if (name == "migrate_from_group" && action.peer != 0)
    action.kind = ActionKind::ChannelMigrateFrom;
  if (const auto* users = export_array(message, "member_ids")) {
    for (const auto& user : *users) {
      if (const auto* id = user.if_int64())
        action.users.push_back(*id);
    }
  }
  action.number = export_int(message, action.kind == ActionKind::HistoryTtl ? "period" : "duration");
  return std::make_shared<const ServiceAction>(std::move(action));
}

}  // namespace ledgram::sim
