#include "ledgram/sim_content/post.hpp"

namespace ledgram::sim {

std::string_view tl_name(EntityKind kind) {
  switch (kind) {
    case EntityKind::Unknown:
      return "messageEntityUnknown";
    case EntityKind::Mention:
      return "messageEntityMention";
    case EntityKind::Hashtag:
      return "messageEntityHashtag";
    case EntityKind::BotCommand:
      return "messageEntityBotCommand";
    case EntityKind::Url:
      return "messageEntityUrl";
    case EntityKind::Email:
      return "messageEntityEmail";
    case EntityKind::Bold:
      return "messageEntityBold";
    case EntityKind::Italic:
      return "messageEntityItalic";
    case EntityKind::Code:
      return "messageEntityCode";
    case EntityKind::Pre:
      return "messageEntityPre";
    case EntityKind::TextUrl:
      return "messageEntityTextUrl";
    case EntityKind::MentionName:
      return "messageEntityMentionName";
    case EntityKind::Phone:
      return "messageEntityPhone";
    case EntityKind::Cashtag:
      return "messageEntityCashtag";
    case EntityKind::Underline:
      return "messageEntityUnderline";
    case EntityKind::Strike:
      return "messageEntityStrike";
    case EntityKind::BankCard:
      return "messageEntityBankCard";
    case EntityKind::Spoiler:
      return "messageEntitySpoiler";
    case EntityKind::CustomEmoji:
      return "messageEntityCustomEmoji";
    case EntityKind::Blockquote:
      return "messageEntityBlockquote";
  }
  return "messageEntityUnknown";
}

std::string_view name_of(MediaKind kind) {
  switch (kind) {
    case MediaKind::Photo:
      return "photo";
    case MediaKind::File:
      return "file";
    case MediaKind::Video:
      return "video";
    case MediaKind::Animation:
      return "animation";
    case MediaKind::RoundVideo:
      return "round_video";
    case MediaKind::Voice:
      return "voice";
    case MediaKind::Audio:
      return "audio";
    case MediaKind::Sticker:
      return "sticker";
    case MediaKind::Contact:
      return "contact";
    case MediaKind::Location:
      return "location";
    case MediaKind::Venue:
      return "venue";
    case MediaKind::Poll:
      return "poll";
    case MediaKind::Dice:
      return "dice";
  }
  return "file";
}

std::string_view tl_name(ActionKind kind) {
  switch (kind) {
    case ActionKind::ChannelCreate:
      return "messageActionChannelCreate";
    case ActionKind::ChatEditTitle:
      return "messageActionChatEditTitle";
    case ActionKind::ChatEditPhoto:
      return "messageActionChatEditPhoto";
    case ActionKind::ChatDeletePhoto:
      return "messageActionChatDeletePhoto";
    case ActionKind::PinMessage:
      return "messageActionPinMessage";
    case ActionKind::AddUser:
      return "messageActionChatAddUser";
    case ActionKind::JoinedByLink:
      return "messageActionChatJoinedByLink";
    case ActionKind::DeleteUser:
      return "messageActionChatDeleteUser";
    case ActionKind::GroupCall:
      return "messageActionGroupCall";
    case ActionKind::HistoryTtl:
      return "messageActionSetMessagesTTL";
    case ActionKind::ChatCreate:
      return "messageActionChatCreate";
    case ActionKind::ChatMigrateTo:
      return "messageActionChatMigrateTo";
    case ActionKind::ChannelMigrateFrom:
      return "messageActionChannelMigrateFrom";
    case ActionKind::Custom:
      return "messageActionCustomAction";
  }
  return "messageActionCustomAction";
}

}  // namespace ledgram::sim
