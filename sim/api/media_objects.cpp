// The media and service parts of messages as Telegram's objects.

#include "ledgram/base/bytes.hpp"
#include "ledgram/sim_api/files.hpp"
#include "ledgram/sim_api/objects.hpp"
#include "ledgram/sim_api/pictures.hpp"

#include <utility>

namespace ledgram::sim {

namespace json = boost::json;

json::object ObjectMaker::picture(std::int64_t id) const {
  json::array sizes(memory_);
  for (const PictureForm& form : kPictureForms)
    sizes.push_back(photo_size(form.type, form.side, form.side, find_picture(id, form.type)->size));
  return photo_of(id, kPictureDate, std::move(sizes));
}

json::object ObjectMaker::photo_size(std::string_view type, std::int64_t width, std::int64_t height,
                                     std::int64_t size) const {
  auto item = object("photoSize", 4);
  item.emplace("type", type);
  item.emplace("w", width);
  item.emplace("h", height);
  item.emplace("size", size);
  return item;
}

json::object ObjectMaker::photo_of(std::int64_t id, std::int64_t date, json::array sizes) const {
  auto out = object("photo", 6);
  out.emplace("id", id);
  out.emplace("access_hash", hashes_.file(viewer_.id, id));
  out.emplace("file_reference", to_base64(hashes_.file_reference(viewer_.id, id)));
  out.emplace("date", date);
  out.emplace("sizes", std::move(sizes));
  out.emplace("dc_id", files_.value());
  return out;
}

json::object ObjectMaker::photo(std::int64_t id, const Post& post) const {
  const std::int32_t width = post.media == nullptr ? 640 : post.media->width;
  const std::int32_t height = post.media == nullptr ? 640 : post.media->height;
  const std::int64_t size = post.media == nullptr ? 40'000 : post.media->size;
  json::array sizes(memory_);
  for (const PhotoSize& form : photo_sizes(width, height, size))
    sizes.push_back(photo_size(form.type, form.width, form.height, form.size));
  return photo_of(id, post.date, std::move(sizes));
}

json::object ObjectMaker::document(std::int64_t id, const Post& post) const {
  const Media& media = *post.media;
  json::array attributes(memory_);
  if (!media.file_name.empty()) {
    auto name = object("documentAttributeFilename", 1);
    name.emplace("file_name", media.file_name);
    attributes.push_back(std::move(name));
  }
  if (media.kind == MediaKind::Video || media.kind == MediaKind::Animation || media.kind == MediaKind::RoundVideo) {
    auto video = object("documentAttributeVideo", 4);
    video.emplace("duration", static_cast<double>(media.duration));
    video.emplace("w", media.width);
    video.emplace("h", media.height);
    if (media.kind == MediaKind::RoundVideo)
      video.emplace("round_message", true);
    if (media.kind == MediaKind::Video)
      video.emplace("supports_streaming", true);
    attributes.push_back(std::move(video));
  }
  if (media.kind == MediaKind::Animation)
    attributes.push_back(object("documentAttributeAnimated", 0));
  if (media.kind == MediaKind::Voice || media.kind == MediaKind::Audio) {
    auto audio = object("documentAttributeAudio", 4);
    audio.emplace("duration", media.duration);
    if (media.kind == MediaKind::Voice)
      audio.emplace("voice", true);
    if (!media.title.empty())
      audio.emplace("title", media.title);
    if (!media.performer.empty())
      audio.emplace("performer", media.performer);
    attributes.push_back(std::move(audio));
  }
  if (media.kind == MediaKind::Sticker) {
    auto size = object("documentAttributeImageSize", 2);
    size.emplace("w", media.width);
    size.emplace("h", media.height);
    attributes.push_back(std::move(size));
    auto sticker = object("documentAttributeSticker", 2);
    sticker.emplace("alt", media.emoji);
    sticker.emplace("stickerset", object("inputStickerSetEmpty", 0));
    attributes.push_back(std::move(sticker));
  }
  auto out = object("document", 8);
  out.emplace("id", id);
  out.emplace("access_hash", hashes_.file(viewer_.id, id));
  out.emplace("file_reference", to_base64(hashes_.file_reference(viewer_.id, id)));
  out.emplace("date", post.date);
  out.emplace("mime_type", media.mime_type);
  out.emplace("size", media.size);
  out.emplace("dc_id", files_.value());
  out.emplace("attributes", std::move(attributes));
  return out;
}

/// messageMediaWebPage with the message's photo or file as the preview.
json::object ObjectMaker::web_page(std::int64_t id, const Post& post) const {
  const Media& media = *post.media;
  auto page = object("webPage", 8);
  page.emplace("id", id);
  page.emplace("url", media.preview_of);
  page.emplace("display_url", media.preview_of);
  page.emplace("hash", 0);
  page.emplace("title", media.preview_of);
  if (media.kind == MediaKind::Photo) {
    page.emplace("type", "photo");
    page.emplace("photo", photo(id, post));
  } else {
    page.emplace("type", "document");
    page.emplace("document", document(id, post));
  }
  auto out = object("messageMediaWebPage", 1);
  out.emplace("webpage", std::move(page));
  return out;
}

json::object ObjectMaker::poll(std::int64_t id, const Media& media) const {
  const auto words = [this](std::string_view text) {
    auto out = object("textWithEntities", 2);
    out.emplace("text", text);
    out.emplace("entities", json::array(memory_));
    return out;
  };
  json::array answers(memory_);
  json::array votes(memory_);
  for (std::size_t i = 0; i < media.answers.size(); ++i) {
    const Bytes option{static_cast<std::uint8_t>('0' + i % 10)};
    auto answer = object("pollAnswer", 2);
    answer.emplace("text", words(media.answers[i].text));
    answer.emplace("option", to_base64(option));
    answers.push_back(std::move(answer));
    auto vote = object("pollAnswerVoters", 2);
    vote.emplace("option", to_base64(option));
    vote.emplace("voters", media.answers[i].voters);
    votes.push_back(std::move(vote));
  }
  auto question = object("poll", 4);
  question.emplace("id", id);
  if (media.closed)
    question.emplace("closed", true);
  question.emplace("question", words(media.title));
  question.emplace("answers", std::move(answers));
  auto results = object("pollResults", 2);
  results.emplace("results", std::move(votes));
  results.emplace("total_voters", media.number);
  auto out = object("messageMediaPoll", 2);
  out.emplace("poll", std::move(question));
  out.emplace("results", std::move(results));
  return out;
}

json::object ObjectMaker::media(const Channel& channel, const Post& given) const {
  Post scratch;
  const Post* const owner = given.media->same_as > 0 ? channel.find(given.media->same_as, scratch) : nullptr;
  const Post& post = owner != nullptr && owner->media != nullptr ? *owner : given;
  const Media& media = *post.media;
  const auto id = file_id(channel, post);
  const auto point = [&] {
    auto out = object("geoPoint", 3);
    out.emplace("lat", media.latitude);
    out.emplace("long", media.longitude);
    out.emplace("access_hash", 0);
    return out;
  };
  if (!media.preview_of.empty())
    return web_page(id, post);
  switch (media.kind) {
    case MediaKind::Photo: {
      auto out = object("messageMediaPhoto", 2);
      out.emplace("photo", photo(id, post));
      if (media.spoiler)
        out.emplace("spoiler", true);
      return out;
    }
    case MediaKind::Contact: {
      auto out = object("messageMediaContact", 5);
      out.emplace("phone_number", media.phone);
      out.emplace("first_name", media.title);
      out.emplace("last_name", media.performer);
      out.emplace("vcard", media.vcard);
      out.emplace("user_id", 0);
      return out;
    }
    case MediaKind::Location: {
      auto out = object("messageMediaGeo", 1);
      out.emplace("geo", point());
      return out;
    }
    case MediaKind::Venue: {
      auto out = object("messageMediaVenue", 6);
      out.emplace("geo", point());
      out.emplace("title", media.title);
      out.emplace("address", media.performer);
      out.emplace("provider", "");
      out.emplace("venue_id", "");
      out.emplace("venue_type", "");
      return out;
    }
    case MediaKind::Poll:
      return poll(id, media);
    case MediaKind::Dice: {
      auto out = object("messageMediaDice", 2);
      out.emplace("value", media.number);
      out.emplace("emoticon", media.emoji);
      return out;
    }
    default: {
      auto out = object("messageMediaDocument", 4);
      out.emplace("document", document(id, post));
      if (media.spoiler)
        out.emplace("spoiler", true);
      if (media.kind == MediaKind::Video)
        out.emplace("video", true);
      if (media.kind == MediaKind::RoundVideo)
        out.emplace("round", true);
      if (media.kind == MediaKind::Voice)
        out.emplace("voice", true);
      return out;
    }
  }
}

json::object ObjectMaker::action(const Post& post) const {
  const ServiceAction& what = *post.action;
  auto out = object(tl_name(what.kind), 3);
  switch (what.kind) {
    case ActionKind::ChannelCreate:
    case ActionKind::ChatEditTitle:
      out.emplace("title", what.text);
      break;
    case ActionKind::ChatEditPhoto:
      out.emplace("photo", photo(post.id, post));
      break;
    case ActionKind::AddUser: {
      json::array users(memory_);
      if (post.from_user != 0)
        users.push_back(post.from_user);
      out.emplace("users", std::move(users));
      break;
    }
    case ActionKind::JoinedByLink:
      out.emplace("inviter_id", post.from_user);
      break;
    case ActionKind::DeleteUser:
      out.emplace("user_id", post.from_user);
      break;
    case ActionKind::GroupCall: {
      auto call = object("inputGroupCall", 2);
      call.emplace("id", post.id);
      call.emplace("access_hash", post.id);
      out.emplace("call", std::move(call));
      if (what.number != 0)
        out.emplace("duration", what.number);
      break;
    }
    case ActionKind::HistoryTtl:
      out.emplace("period", what.number);
      break;
    case ActionKind::ChatCreate:
      out.emplace("title", what.text);
      out.emplace("users", json::array(what.users.begin(), what.users.end(), memory_));
      break;
    case ActionKind::ChatMigrateTo:
      out.emplace("channel_id", what.peer);
      break;
    case ActionKind::ChannelMigrateFrom:
      out.emplace("title", what.text);
      out.emplace("chat_id", what.peer);
      break;
    case ActionKind::Custom:
      out.emplace("message", what.text);
      break;
    case ActionKind::ChatDeletePhoto:
    case ActionKind::PinMessage:
      break;
  }
  return out;
}

}  // namespace ledgram::sim
