#include "ledgram/collect/entities.hpp"

#include <string_view>

namespace ledgram::collect {
namespace {

namespace api = tl::api;

template <class Entity>
const Entity& begin(JsonText& out, const api::MessageEntity& entity, std::string_view type) {
  const Entity& value = *entity.as<Entity>();
  out.begin_object();
  out.member("type", type);
  out.member("offset", value.offset);
  out.member("length", value.length);
  return value;
}

// The names are those of Telegram Desktop's JSON export, which people already have tools for.
void write_entity(JsonText& out, const api::MessageEntity& entity) {
  switch (entity.id()) {
    case api::messageEntityMention::kId:
      begin<api::messageEntityMention>(out, entity, "mention");
      break;
    case api::messageEntityHashtag::kId:
      begin<api::messageEntityHashtag>(out, entity, "hashtag");
      break;
    case api::messageEntityBotCommand::kId:
      begin<api::messageEntityBotCommand>(out, entity, "bot_command");
      break;
    case api::messageEntityUrl::kId:
      begin<api::messageEntityUrl>(out, entity, "link");
      break;
    case api::messageEntityEmail::kId:
      begin<api::messageEntityEmail>(out, entity, "email");
      break;
    case api::messageEntityPhone::kId:
      begin<api::messageEntityPhone>(out, entity, "phone");
      break;
    case api::messageEntityBold::kId:
      begin<api::messageEntityBold>(out, entity, "bold");
      break;
    case api::messageEntityItalic::kId:
      begin<api::messageEntityItalic>(out, entity, "italic");
      break;
    case api::messageEntityUnderline::kId:
      begin<api::messageEntityUnderline>(out, entity, "underline");
      break;
    case api::messageEntityStrike::kId:
      begin<api::messageEntityStrike>(out, entity, "strikethrough");
      break;
    case api::messageEntitySpoiler::kId:
      begin<api::messageEntitySpoiler>(out, entity, "spoiler");
      break;
    case api::messageEntityCode::kId:
      begin<api::messageEntityCode>(out, entity, "code");
      break;
    case api::messageEntityPre::kId:
      out.member_text("language", begin<api::messageEntityPre>(out, entity, "pre").language);
      break;
    case api::messageEntityTextUrl::kId:
      out.member("href", begin<api::messageEntityTextUrl>(out, entity, "text_link").url);
      break;
    case api::messageEntityMentionName::kId:
      out.member("user_id", begin<api::messageEntityMentionName>(out, entity, "mention_name").user_id);
      break;
    case api::messageEntityCashtag::kId:
      begin<api::messageEntityCashtag>(out, entity, "cashtag");
      break;
    case api::messageEntityBankCard::kId:
      begin<api::messageEntityBankCard>(out, entity, "bank_card");
      break;
    case api::messageEntityCustomEmoji::kId:
      out.member_id("document_id", begin<api::messageEntityCustomEmoji>(out, entity, "custom_emoji").document_id);
      break;
    case api::messageEntityBlockquote::kId:
      out.member_flag("collapsed", begin<api::messageEntityBlockquote>(out, entity, "blockquote").collapsed);
      break;
    case api::messageEntityFormattedDate::kId:
      out.member("date", begin<api::messageEntityFormattedDate>(out, entity, "formatted_date").date);
      break;
    case api::messageEntityUnknown::kId:
      begin<api::messageEntityUnknown>(out, entity, "unknown");
      break;
    default:
      // inputMessageEntityMentionName is for sending only.
      return;
  }
  out.end_object();
}

}  // namespace

void write_entities(JsonText& out, const std::vector<api::MessageEntity>& entities) {
  out.begin_array();
  for (const api::MessageEntity& entity : entities)
    write_entity(out, entity);
  out.end_array();
}

}  // namespace ledgram::collect
