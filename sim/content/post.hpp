#pragma once

/// One message of a simulated chat, in a form that belongs to no API layer.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::sim {

enum class EntityKind : std::uint8_t {
  Unknown,
  Mention,
  Hashtag,
  BotCommand,
  Url,
  Email,
  Bold,
  Italic,
  Code,
  Pre,
  TextUrl,
  MentionName,
  Phone,
  Cashtag,
  Underline,
  Strike,
  BankCard,
  Spoiler,
  CustomEmoji,
  Blockquote,
};

/// The kind as Telegram's API names it, such as "messageEntityBold".
std::string_view tl_name(EntityKind kind);

/// A range of the text with a meaning (core.telegram.org/api/entities). Offsets count UTF-16 code units.
struct Entity {
  EntityKind kind = EntityKind::Unknown;
  std::int32_t offset = 0;
  std::int32_t length = 0;
  std::int64_t number = 0;  ///< user id of MentionName, document id of CustomEmoji, 1 for a collapsed Blockquote
  std::string value;        ///< address of TextUrl, language of Pre

  friend bool operator==(const Entity&, const Entity&) = default;
};

enum class MediaKind : std::uint8_t {
  Photo,
  File,
  Video,
  Animation,
  RoundVideo,
  Voice,
  Audio,
  Sticker,
  Contact,
  Location,
  Venue,
  Poll,
  Dice,
};

struct PollAnswer {
  std::string text;
  std::int32_t voters = 0;

  friend bool operator==(const PollAnswer&, const PollAnswer&) = default;
};

/// A name for programs, such as "photo" or "round_video".
std::string_view name_of(MediaKind kind);

/// What is attached to a message. Which fields mean something depends on the kind.
struct Media {
  MediaKind kind = MediaKind::Photo;
  std::int32_t width = 0;     ///< pixels
  std::int32_t height = 0;    ///< pixels
  std::int32_t duration = 0;  ///< seconds
  std::int64_t size = 0;      ///< bytes
  std::string mime_type;
  std::string file_name;
  std::string title;      ///< audio title, venue name, poll question, contact's first name
  std::string performer;  ///< audio performer, venue address, contact's last name
  std::string emoji;      ///< sticker, dice
  std::string phone;      ///< contact
  std::string vcard;      ///< contact
  double latitude = 0;
  double longitude = 0;
  std::int32_t number = 0;  ///< total voters of a poll, value of a dice
  bool closed = false;      ///< poll
  bool spoiler = false;     ///< photo or video behind a spoiler
  std::vector<PollAnswer> answers;

  friend bool operator==(const Media&, const Media&) = default;
};

enum class ActionKind : std::uint8_t {
  ChannelCreate,
  ChatEditTitle,
  ChatEditPhoto,
  ChatDeletePhoto,
  PinMessage,
  AddUser,
  JoinedByLink,
  DeleteUser,
  GroupCall,
  HistoryTtl,
  Custom,
};

/// The action as Telegram's API names it, such as "messageActionPinMessage".
std::string_view tl_name(ActionKind kind);

/// What a service message tells.
struct ServiceAction {
  ActionKind kind = ActionKind::Custom;
  std::string text;         ///< title, or the words of Custom
  std::int32_t number = 0;  ///< duration of a call or a TTL period, seconds

  friend bool operator==(const ServiceAction&, const ServiceAction&) = default;
};

/// Values are what clients see. Zero and empty mean absent, as on the wire.
struct Post {
  std::int32_t id = 0;
  std::int32_t date = 0;       ///< unix seconds
  std::int32_t edit_date = 0;  ///< unix seconds
  std::int32_t views = 0;
  std::int32_t forwards = 0;
  std::int32_t reply_to = 0;    ///< message id in the same chat
  std::int64_t grouped_id = 0;  ///< the same for all messages of an album
  std::int64_t from_user = 0;   ///< author in a group; 0 for the channel itself
  bool pinned = false;
  bool silent = false;
  std::string text;  ///< UTF-8
  std::string author;
  std::string forwarded_from;  ///< name of the original author
  std::vector<Entity> entities;
  std::shared_ptr<const Media> media;           ///< may be null
  std::shared_ptr<const ServiceAction> action;  ///< set for service messages only
};

}  // namespace ledgram::sim
