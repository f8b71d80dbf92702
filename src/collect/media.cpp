#include "ledgram/collect/media.hpp"

#include "ledgram/base/json_text.hpp"
#include "ledgram/tl/builtin_schema.hpp"
#include "ledgram/tl/codec.hpp"
#include "ledgram/tl/json_codec.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace ledgram::collect {
namespace {

namespace api = tl::api;
namespace json = boost::json;

struct PictureSize {
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::int32_t bytes = 0;
};

// The largest stored form. Stripped and path sizes are previews within the message and have no dimensions.
PictureSize largest(const std::vector<api::PhotoSize>& sizes) {
  PictureSize best;
  const auto consider = [&](std::int32_t width, std::int32_t height, std::int32_t bytes) {
    if (std::int64_t{width} * height >= std::int64_t{best.width} * best.height)
      best = {width, height, bytes};
  };
  for (const api::PhotoSize& size : sizes) {
    if (const auto* plain = size.as<api::photoSize>()) {
      consider(plain->w, plain->h, plain->size);
    } else if (const auto* progressive = size.as<api::photoSizeProgressive>()) {
      const auto& steps = progressive->sizes;
      consider(progressive->w, progressive->h, steps.empty() ? 0 : *std::max_element(steps.begin(), steps.end()));
    } else if (const auto* cached = size.as<api::photoCachedSize>()) {
      consider(cached->w, cached->h, static_cast<std::int32_t>(cached->bytes.size()));
    }
  }
  return best;
}

void write_photo(JsonText& out, const api::Photo& photo) {
  if (const auto* empty = photo.as<api::photoEmpty>())
    out.member_id("id", empty->id);
  const auto* full = photo.as<api::photo>();
  if (full == nullptr)
    return;
  const PictureSize size = largest(full->sizes);
  out.member_id("id", full->id);
  out.member("date", full->date);
  out.member("width", size.width);
  out.member("height", size.height);
  out.member("size", size.bytes);
  out.member("dc", full->dc_id);
}

/// What the attributes of a document say, gathered, since the kind depends on all of them.
struct DocumentFacts {
  const api::documentAttributeVideo* video = nullptr;
  const api::documentAttributeAudio* audio = nullptr;
  const api::documentAttributeImageSize* image = nullptr;
  const api::documentAttributeSticker* sticker = nullptr;
  const api::documentAttributeFilename* file = nullptr;
  bool animated = false;
};

DocumentFacts gather(const std::vector<api::DocumentAttribute>& attributes) {
  DocumentFacts facts;
  for (const api::DocumentAttribute& attribute : attributes) {
    if (const auto* video = attribute.as<api::documentAttributeVideo>())
      facts.video = video;
    if (const auto* audio = attribute.as<api::documentAttributeAudio>())
      facts.audio = audio;
    if (const auto* image = attribute.as<api::documentAttributeImageSize>())
      facts.image = image;
    if (const auto* sticker = attribute.as<api::documentAttributeSticker>())
      facts.sticker = sticker;
    if (const auto* file = attribute.as<api::documentAttributeFilename>())
      facts.file = file;
    if (attribute.is<api::documentAttributeAnimated>())
      facts.animated = true;
  }
  return facts;
}

std::string_view kind_of(const DocumentFacts& facts) {
  if (facts.sticker != nullptr)
    return "sticker";
  if (facts.animated)
    return "animation";
  if (facts.video != nullptr)
    return facts.video->round_message ? "video_message" : "video";
  if (facts.audio != nullptr)
    return facts.audio->voice ? "voice" : "audio";
  return "document";
}

std::string_view write_document(JsonText& out, const api::Document& document) {
  if (const auto* empty = document.as<api::documentEmpty>())
    out.member_id("id", empty->id);
  const auto* full = document.as<api::document>();
  if (full == nullptr)
    return "document";
  const DocumentFacts facts = gather(full->attributes);
  out.member_id("id", full->id);
  out.member("date", full->date);
  out.member("mime", full->mime_type);
  out.member("size", full->size);
  if (facts.file != nullptr)
    out.member_text("file_name", facts.file->file_name);
  if (facts.video != nullptr) {
    out.member("duration", facts.video->duration);
    out.member("width", facts.video->w);
    out.member("height", facts.video->h);
  } else if (facts.image != nullptr) {
    out.member("width", facts.image->w);
    out.member("height", facts.image->h);
  }
  if (facts.audio != nullptr) {
    out.member("duration", facts.audio->duration);
    out.member("title", facts.audio->title);
    out.member("performer", facts.audio->performer);
  }
  if (facts.sticker != nullptr)
    out.member_text("emoji", facts.sticker->alt);
  out.member("dc", full->dc_id);
  return kind_of(facts);
}

void write_webpage(JsonText& out, const api::WebPage& webpage) {
  if (const auto* empty = webpage.as<api::webPageEmpty>()) {
    out.member("url", empty->url);
  } else if (const auto* pending = webpage.as<api::webPagePending>()) {
    out.member("url", pending->url);
    out.member("pending", true);
  } else if (const auto* page = webpage.as<api::webPage>()) {
    out.member("url", page->url);
    out.member("display_url", page->display_url);
    out.member("type", page->type);
    out.member("site_name", page->site_name);
    out.member("title", page->title);
    out.member("description", page->description);
    out.member("author", page->author);
    if (page->photo) {
      out.key("photo");
      out.begin_object();
      write_photo(out, page->photo);
      out.end_object();
    }
    if (page->document) {
      out.key("document");
      out.begin_object();
      write_document(out, page->document);
      out.end_object();
    }
  }
}

std::string_view plain(const api::TextWithEntities& text) {
  const auto* value = text.as<api::textWithEntities>();
  return value != nullptr ? std::string_view(value->text) : std::string_view{};
}

// Votes for an answer are found by its option; the account's own choice is left out, since it is the account's.
std::optional<std::int32_t> votes_for(const api::pollResults* results, const Bytes& option) {
  if (results == nullptr || !results->results)
    return std::nullopt;
  for (const api::PollAnswerVoters& entry : *results->results) {
    const auto* voters = entry.as<api::pollAnswerVoters>();
    if (voters != nullptr && voters->option == option)
      return voters->voters;
  }
  return std::nullopt;
}

void write_poll(JsonText& out, const api::messageMediaPoll& media) {
  const auto* poll = media.poll.as<api::poll>();
  if (poll == nullptr)
    return;
  const auto* results = media.results.as<api::pollResults>();
  out.member_id("id", poll->id);
  out.member("question", plain(poll->question));
  out.member_flag("closed", poll->closed);
  out.member_flag("quiz", poll->quiz);
  out.member_flag("multiple_choice", poll->multiple_choice);
  if (results != nullptr)
    out.member("total_voters", results->total_voters);
  out.key("answers");
  out.begin_array();
  for (const api::PollAnswer& entry : poll->answers) {
    const auto* answer = entry.as<api::pollAnswer>();
    if (answer == nullptr)
      continue;
    out.begin_object();
    out.member("text", plain(answer->text));
    out.member("voters", votes_for(results, answer->option));
    out.end_object();
  }
  out.end_array();
}

void write_geo(JsonText& out, const api::GeoPoint& geo) {
  const auto* point = geo.as<api::geoPoint>();
  if (point == nullptr)
    return;
  out.member("latitude", point->lat);
  out.member("longitude", point->long_);
}

void drop_volatile(json::value& value) {
  if (auto* object = value.if_object()) {
    object->erase("file_reference");
    object->erase("access_hash");
    for (auto& member : *object)
      drop_volatile(member.value());
  } else if (auto* array = value.if_array()) {
    for (json::value& element : *array)
      drop_volatile(element);
  }
}

// The kinds that have no form of their own here: Telegram's object as it is.
MediaDescription generic(std::string_view kind, const api::MessageMedia& media) {
  return {kind, generic_json(tl::serialize(media))};
}

// Fills `out` and returns the kind of what is worth a form of its own; nothing for the others.
std::optional<std::string_view> write_known(JsonText& out, const api::MessageMedia& media) {
  if (const auto* photo = media.as<api::messageMediaPhoto>()) {
    write_photo(out, photo->photo);
    out.member_flag("spoiler", photo->spoiler);
    out.member("ttl_seconds", photo->ttl_seconds);
    return "photo";
  }
  if (const auto* document = media.as<api::messageMediaDocument>()) {
    const std::string_view kind = write_document(out, document->document);
    out.member_flag("spoiler", document->spoiler);
    out.member("ttl_seconds", document->ttl_seconds);
    return kind;
  }
  if (const auto* webpage = media.as<api::messageMediaWebPage>()) {
    write_webpage(out, webpage->webpage);
    return "webpage";
  }
  if (const auto* poll = media.as<api::messageMediaPoll>()) {
    write_poll(out, *poll);
    return "poll";
  }
  if (const auto* geo = media.as<api::messageMediaGeo>()) {
    write_geo(out, geo->geo);
    return "geo";
  }
  if (const auto* live = media.as<api::messageMediaGeoLive>()) {
    write_geo(out, live->geo);
    out.member("period", live->period);
    return "geo_live";
  }
  if (const auto* venue = media.as<api::messageMediaVenue>()) {
    write_geo(out, venue->geo);
    out.member("title", venue->title);
    out.member("address", venue->address);
    return "venue";
  }
  if (const auto* contact = media.as<api::messageMediaContact>()) {
    out.member("phone", contact->phone_number);
    out.member("first_name", contact->first_name);
    out.member_text("last_name", contact->last_name);
    return "contact";
  }
  if (const auto* dice = media.as<api::messageMediaDice>()) {
    out.member("emoticon", dice->emoticon);
    out.member("value", dice->value);
    return "dice";
  }
  if (media.is<api::messageMediaUnsupported>())
    return "unsupported";
  return std::nullopt;
}

std::string_view kind_of_other(const api::MessageMedia& media) {
  switch (media.id()) {
    case api::messageMediaGame::kId:
      return "game";
    case api::messageMediaInvoice::kId:
      return "invoice";
    case api::messageMediaStory::kId:
      return "story";
    case api::messageMediaGiveaway::kId:
      return "giveaway";
    case api::messageMediaGiveawayResults::kId:
      return "giveaway_results";
    case api::messageMediaPaidMedia::kId:
      return "paid_media";
    case api::messageMediaToDo::kId:
      return "todo";
    case api::messageMediaVideoStream::kId:
      return "video_stream";
    default:
      return "other";
  }
}

}  // namespace

std::string generic_json(ByteView serialized) {
  tl::Reader reader(serialized);
  auto value = tl::decode_json(tl::builtin_api_schema(), reader, tl::kAnyObject, tl::JsonStyle::Web);
  // It was read by the generated code of the same schema, so the tables know it as well; should they ever differ, the
  // message is still stored, with its raw bytes.
  if (!value)
    return "{}";
  drop_volatile(*value);
  return json::serialize(*value);
}

MediaDescription describe_media(const api::MessageMedia& media) {
  if (media.empty() || media.is<api::messageMediaEmpty>())
    return {};
  JsonText out;
  out.begin_object();
  if (const auto kind = write_known(out, media)) {
    out.end_object();
    return {*kind, out.take()};
  }
  return generic(kind_of_other(media), media);
}

}  // namespace ledgram::collect
