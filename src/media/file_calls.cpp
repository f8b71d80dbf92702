#include "ledgram/media/file_calls.hpp"

#include "ledgram/tl/api.hpp"
#include "ledgram/tl/codec.hpp"
#include "ledgram/tl/reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ledgram::media {

namespace api = tl::api;

namespace {

std::unexpected<MediaError> bad_answer(std::string_view method, std::string_view reason) {
  MediaError error;
  error.code = MediaErrc::BadAnswer;
  error.message = fmt::format("Telegram's answer to {} cannot be read: {}", method, reason);
  return std::unexpected(std::move(error));
}

/// Telegram's own forms only; stripped ones and outlines are previews inside the message.
struct Form {
  std::string type;
  std::int64_t area = -1;
  std::int64_t size = 0;
};

Form largest_form(const std::vector<api::PhotoSize>& sizes) {
  Form best;
  const auto consider = [&best](const std::string& type, std::int32_t width, std::int32_t height, std::int64_t size) {
    const std::int64_t area = std::int64_t{width} * height;
    if (area > best.area || (area == best.area && size > best.size))
      best = {type, area, size};
  };
  for (const api::PhotoSize& size : sizes) {
    if (const auto* plain = size.as<api::photoSize>()) {
      consider(plain->type, plain->w, plain->h, plain->size);
    } else if (const auto* progressive = size.as<api::photoSizeProgressive>()) {
      if (!progressive->sizes.empty())
        consider(progressive->type, progressive->w, progressive->h,
                 *std::max_element(progressive->sizes.begin(), progressive->sizes.end()));
    }
  }
  return best;
}

std::optional<RemoteFile> photo_file(const api::Photo& given) {
  const auto* photo = given.as<api::photo>();
  if (photo == nullptr)
    return std::nullopt;
  Form form = largest_form(photo->sizes);
  if (form.area < 0 || form.size < 0)
    return std::nullopt;
  RemoteFile file;
  file.kind = ledger::MediaKind::Photo;
  file.id = photo->id;
  file.access_hash = photo->access_hash;
  file.reference = photo->file_reference;
  file.thumb = std::move(form.type);
  file.size = form.size;
  file.mime = "image/jpeg";
  file.dc = DcId(photo->dc_id);
  return file;
}

std::optional<RemoteFile> document_file(const api::Document& given) {
  const auto* document = given.as<api::document>();
  if (document == nullptr || document->size < 0)
    return std::nullopt;
  RemoteFile file;
  file.kind = ledger::MediaKind::Document;
  file.id = document->id;
  file.access_hash = document->access_hash;
  file.reference = document->file_reference;
  file.size = document->size;
  file.mime = document->mime_type;
  file.dc = DcId(document->dc_id);
  for (const api::DocumentAttribute& attribute : document->attributes) {
    if (const auto* name = attribute.as<api::documentAttributeFilename>())
      file.name = name->file_name;
  }
  return file;
}

/// What a link's page shows: a film or a file that it consists of, else its picture.
std::optional<RemoteFile> preview_file(const api::WebPage& given) {
  const auto* page = given.as<api::webPage>();
  if (page == nullptr)
    return std::nullopt;
  if (page->document) {
    if (auto file = document_file(page->document))
      return file;
  }
  return page->photo ? photo_file(page->photo) : std::nullopt;
}

std::optional<RemoteFile> file_of(const api::Message& given) {
  const auto* message = given.as<api::message>();
  if (message == nullptr)
    return std::nullopt;
  if (const auto* photo = message->media.as<api::messageMediaPhoto>())
    return photo_file(photo->photo);
  if (const auto* document = message->media.as<api::messageMediaDocument>())
    return document_file(document->document);
  if (const auto* link = message->media.as<api::messageMediaWebPage>())
    return preview_file(link->webpage);
  return std::nullopt;
}

/// The bytes that follow `skip` words behind the constructor; they are large, so they are not copied.
MediaResult<PartBytes> bytes_behind(ByteView answer, std::size_t skip, std::string_view method) {
  tl::Reader in(answer);
  for (std::size_t i = 0; i <= skip; ++i)
    in.u32();
  const ByteView content = in.bytes_view();
  if (!in.ok() || in.remaining() != 0)
    return bad_answer(method, "it is cut off or damaged");
  PartBytes part;
  part.size = content.size();
  part.begin = part.size == 0 ? 0 : static_cast<std::size_t>(content.data() - answer.data());
  return part;
}

std::vector<PieceHash> hashes_from(const std::vector<api::FileHash>& given) {
  std::vector<PieceHash> hashes;
  for (const api::FileHash& one : given) {
    if (const auto* hash = one.as<api::fileHash>())
      hashes.push_back({hash->offset, hash->limit, hash->hash});
  }
  return hashes;
}

Bytes copy_of(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

std::uint32_t constructor_of(ByteView answer) {
  return answer.size() < 4 ? 0 : load_le32(answer);
}

}  // namespace

std::optional<RemoteFile> file_of_message(ByteView raw_message) {
  const auto message = tl::parse<api::Message>(raw_message);
  return message ? file_of(*message) : std::nullopt;
}

Bytes ask_for_message(ChannelId channel, std::int64_t access_hash, MessageNumber number) {
  api::channels_getMessages method;
  method.channel = api::inputChannel{.channel_id = channel.value(), .access_hash = access_hash};
  method.id.push_back(api::inputMessageID{.id = number.value()});
  return tl::serialize(method);
}

MediaResult<std::optional<RemoteFile>> read_message(ByteView answer, MessageNumber number) {
  const auto parsed = tl::parse<api::messages_Messages>(answer);
  if (!parsed)
    return bad_answer("channels.getMessages", parsed.error().message);
  const std::vector<api::Message>* messages = nullptr;
  if (const auto* channel = parsed->as<api::messages_channelMessages>())
    messages = &channel->messages;
  else if (const auto* all = parsed->as<api::messages_messages>())
    messages = &all->messages;
  else if (const auto* slice = parsed->as<api::messages_messagesSlice>())
    messages = &slice->messages;
  if (messages == nullptr)
    return bad_answer("channels.getMessages", "it is a messagesNotModified");
  for (const api::Message& one : *messages) {
    const auto* message = one.as<api::message>();
    if (message != nullptr && message->id == number.value())
      return file_of(one);
  }
  return std::optional<RemoteFile>();
}

Bytes ask_for_part(const RemoteFile& file, std::int64_t offset, std::int32_t limit, CdnUse cdn) {
  api::upload_getFile method;
  method.cdn_supported = cdn == CdnUse::Allowed;
  if (file.kind == ledger::MediaKind::Photo) {
    method.location = api::inputPhotoFileLocation{
        .id = file.id, .access_hash = file.access_hash, .file_reference = file.reference, .thumb_size = file.thumb};
  } else {
    method.location = api::inputDocumentFileLocation{
        .id = file.id, .access_hash = file.access_hash, .file_reference = file.reference, .thumb_size = file.thumb};
  }
  method.offset = offset;
  method.limit = limit;
  return tl::serialize(method);
}

MediaResult<std::variant<PartBytes, CdnRedirect>> read_part(ByteView answer) {
  constexpr std::string_view kMethod = "upload.getFile";
  if (constructor_of(answer) == api::upload_file::kId) {
    const auto part = bytes_behind(answer, 2, kMethod);  // type and mtime
    if (!part)
      return std::unexpected(part.error());
    return *part;
  }
  const auto parsed = tl::parse<api::upload_File>(answer);
  if (!parsed)
    return bad_answer(kMethod, parsed.error().message);
  const auto* given = parsed->as<api::upload_fileCdnRedirect>();
  if (given == nullptr)
    return bad_answer(kMethod, "it is of another type");
  CdnRedirect redirect;
  redirect.dc = DcId(given->dc_id);
  redirect.token = given->file_token;
  redirect.key = given->encryption_key;
  redirect.iv = given->encryption_iv;
  redirect.hashes = hashes_from(given->file_hashes);
  return redirect;
}

Bytes ask_cdn_for_part(ByteView token, std::int64_t offset, std::int32_t limit) {
  api::upload_getCdnFile method;
  method.file_token = copy_of(token);
  method.offset = offset;
  method.limit = limit;
  return tl::serialize(method);
}

MediaResult<std::variant<PartBytes, ReuploadNeeded>> read_cdn_part(ByteView answer) {
  constexpr std::string_view kMethod = "upload.getCdnFile";
  if (constructor_of(answer) == api::upload_cdnFile::kId) {
    const auto part = bytes_behind(answer, 0, kMethod);
    if (!part)
      return std::unexpected(part.error());
    return *part;
  }
  const auto parsed = tl::parse<api::upload_CdnFile>(answer);
  if (!parsed)
    return bad_answer(kMethod, parsed.error().message);
  const auto* needed = parsed->as<api::upload_cdnFileReuploadNeeded>();
  if (needed == nullptr)
    return bad_answer(kMethod, "it is of another type");
  return ReuploadNeeded{needed->request_token};
}

Bytes ask_for_reupload(ByteView token, ByteView request_token) {
  api::upload_reuploadCdnFile method;
  method.file_token = copy_of(token);
  method.request_token = copy_of(request_token);
  return tl::serialize(method);
}

Bytes ask_for_cdn_hashes(ByteView token, std::int64_t offset) {
  api::upload_getCdnFileHashes method;
  method.file_token = copy_of(token);
  method.offset = offset;
  return tl::serialize(method);
}

MediaResult<std::vector<PieceHash>> read_hashes(ByteView answer) {
  const auto parsed = tl::parse<api::upload_getCdnFileHashes::Result>(answer);
  if (!parsed)
    return bad_answer("upload.getCdnFileHashes", parsed.error().message);
  return hashes_from(*parsed);
}

}  // namespace ledgram::media
