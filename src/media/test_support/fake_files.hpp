#pragma once

/// For the tests of this floor: Telegram's file servers and their CDN behind the interface that downloads need.

#include "ledgram/collect/api_caller.hpp"
#include "ledgram/crypto/aes.hpp"
#include "ledgram/crypto/hash.hpp"
#include "ledgram/media/file_calls.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/tl/api.hpp"
#include "ledgram/tl/codec.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ledgram::media {

inline telegram::TelegramFailure refusal(std::int32_t code, std::string_view text) {
  telegram::TelegramError error;
  error.code = telegram::TelegramErrc::Rpc;
  error.message = std::string(text);
  error.rpc = telegram::parse_rpc_error(code, text);
  return telegram::TelegramFailure(std::move(error));
}

/// Holds one document. Refuses what Telegram refuses; a test interferes through the fields.
class FakeFiles final : public collect::ApiCaller {
 public:
  static constexpr std::int64_t kId = 77;
  static constexpr std::int64_t kHash = 4711;
  static constexpr std::int64_t kMegabyte = 1 << 20;
  static constexpr std::int64_t kPiece = 128 << 10;

  explicit FakeFiles(Bytes bytes) : content(std::move(bytes)) {}

  Bytes content;
  Bytes reference{1};
  bool cdn = false;
  bool lost_by_cdn = false;
  std::uint64_t false_hashes = 0;
  std::uint64_t bad_tokens = 0;
  /// Before each part of either server; may throw, or give other bytes.
  std::function<std::optional<Bytes>(std::int64_t offset)> before_part;

  std::vector<std::int64_t> offsets;         ///< asked for at home
  std::vector<telegram::CallOptions> calls;  ///< of all calls
  std::size_t cdn_parts = 0;
  std::size_t messages_asked = 0;

  [[nodiscard]] RemoteFile remote() const {
    RemoteFile file;
    file.kind = ledger::MediaKind::Document;
    file.id = kId;
    file.access_hash = kHash;
    file.reference = reference;
    file.size = static_cast<std::int64_t>(content.size());
    file.dc = DcId(4);
    return file;
  }

  asio::awaitable<Bytes> invoke_raw(Bytes method, telegram::CallOptions options) override {
    calls.push_back(options);
    // As in the program, the answer comes later.
    co_await asio::post(asio::use_awaitable);
    co_return answer(method);
  }

  /// A message that holds the document.
  [[nodiscard]] tl::api::Message message(std::int32_t number) const {
    tl::api::messageMediaDocument media;
    media.document = document();
    return message_with(number, std::move(media));
  }

  /// A message with a link whose preview is the document, and a picture of it.
  [[nodiscard]] tl::api::Message link(std::int32_t number) const {
    tl::api::photo picture;
    picture.id = kId + 1;
    picture.sizes.push_back(tl::api::photoSize{.type = "x", .w = 800, .h = 600, .size = 9000});
    tl::api::webPage page;
    page.photo = std::move(picture);
    page.document = document();
    tl::api::messageMediaWebPage media;
    media.webpage = std::move(page);
    return message_with(number, std::move(media));
  }

 private:
  [[nodiscard]] tl::api::document document() const {
    tl::api::document document;
    document.id = kId;
    document.access_hash = kHash;
    document.file_reference = reference;
    document.mime_type = "application/octet-stream";
    document.size = static_cast<std::int64_t>(content.size());
    document.dc_id = 4;
    document.attributes.push_back(tl::api::documentAttributeFilename{.file_name = "name.bin"});
    return document;
  }

  static tl::api::Message message_with(std::int32_t number, tl::api::MessageMedia media) {
    tl::api::message message;
    message.id = number;
    message.peer_id = tl::api::peerChannel{.channel_id = 100};
    message.media = std::move(media);
    return message;
  }

  static void check_range(std::int64_t offset, std::int32_t limit) {
    if (limit <= 0 || limit % 4096 != 0 || kMegabyte % limit != 0)
      throw refusal(400, "LIMIT_INVALID");
    if (offset % 4096 != 0 || offset / kMegabyte != (offset + limit - 1) / kMegabyte)
      throw refusal(400, "OFFSET_INVALID");
  }

  [[nodiscard]] Bytes slice(std::int64_t offset, std::int64_t limit) const {
    const auto size = static_cast<std::int64_t>(content.size());
    if (offset >= size)
      return {};
    const auto begin = content.begin() + offset;
    return {begin, begin + std::min(limit, size - offset)};
  }

  std::vector<tl::api::FileHash> hashes(std::int64_t offset) {
    std::vector<tl::api::FileHash> list;
    const std::int64_t end = offset / kMegabyte * kMegabyte + kMegabyte;
    for (std::int64_t at = offset / kPiece * kPiece; at < end; at += kPiece) {
      const Bytes piece = slice(at, kPiece);
      if (piece.empty())
        break;
      crypto::Sha256Digest digest = crypto::sha256(piece);
      if (false_hashes > 0) {
        --false_hashes;
        digest[5] ^= 1U;
      }
      list.push_back(tl::api::fileHash{
          .offset = at, .limit = static_cast<std::int32_t>(piece.size()), .hash = Bytes(digest.begin(), digest.end())});
    }
    return list;
  }

  void check_token(const Bytes& token) {
    if (bad_tokens > 0) {
      --bad_tokens;
      throw refusal(400, "FILE_TOKEN_INVALID");
    }
    if (token != Bytes{9})
      throw refusal(400, "FILE_TOKEN_INVALID");
  }

  Bytes get_file(const tl::api::upload_getFile& ask) {
    const auto* location = ask.location.as<tl::api::inputDocumentFileLocation>();
    if (location == nullptr || location->id != kId || location->access_hash != kHash)
      throw refusal(400, "FILE_ID_INVALID");
    check_range(ask.offset, ask.limit);
    offsets.push_back(ask.offset);
    std::optional<Bytes> other;
    if (before_part)
      other = before_part(ask.offset);
    if (location->file_reference != reference)
      throw refusal(400, "FILE_REFERENCE_EXPIRED");
    if (cdn && ask.cdn_supported) {
      tl::api::upload_fileCdnRedirect redirect;
      redirect.dc_id = 203;
      redirect.file_token = {9};
      redirect.encryption_key = Bytes(32, 5);
      redirect.encryption_iv = Bytes(16, 6);
      redirect.file_hashes = hashes(0);
      return tl::serialize(redirect);
    }
    tl::api::upload_file file;
    file.type = tl::api::storage_fileUnknown{};
    file.bytes = other ? std::move(*other) : slice(ask.offset, ask.limit);
    return tl::serialize(file);
  }

  Bytes get_cdn_file(const tl::api::upload_getCdnFile& ask) {
    check_token(ask.file_token);
    check_range(ask.offset, ask.limit);
    ++cdn_parts;
    if (lost_by_cdn)
      return tl::serialize(tl::api::upload_cdnFileReuploadNeeded{.request_token = {8}});
    std::optional<Bytes> other;
    if (before_part)
      other = before_part(ask.offset);
    Bytes bytes = other ? std::move(*other) : slice(ask.offset, ask.limit);
    crypto::AesKey key{};
    key.fill(5);
    ByteArray<16> iv{};
    iv.fill(6);
    const auto counter = static_cast<std::uint32_t>(ask.offset / 16);
    iv[12] = static_cast<std::uint8_t>(counter >> 24);
    iv[13] = static_cast<std::uint8_t>(counter >> 16);
    iv[14] = static_cast<std::uint8_t>(counter >> 8);
    iv[15] = static_cast<std::uint8_t>(counter);
    crypto::AesCtr(key, iv).apply(bytes);
    return tl::serialize(tl::api::upload_cdnFile{.bytes = std::move(bytes)});
  }

  Bytes answer(ByteView method) {
    namespace api = tl::api;
    switch (load_le32(method)) {
      case api::upload_getFile::kId:
        return get_file(*tl::parse<api::upload_getFile>(method));
      case api::upload_getCdnFile::kId:
        return get_cdn_file(*tl::parse<api::upload_getCdnFile>(method));
      case api::upload_getCdnFileHashes::kId: {
        const auto ask = *tl::parse<api::upload_getCdnFileHashes>(method);
        check_token(ask.file_token);
        return tl::serialize(hashes(ask.offset));
      }
      case api::upload_reuploadCdnFile::kId: {
        const auto ask = *tl::parse<api::upload_reuploadCdnFile>(method);
        check_token(ask.file_token);
        if (ask.request_token != Bytes{8})
          throw refusal(400, "REQUEST_TOKEN_INVALID");
        lost_by_cdn = false;
        return tl::serialize(hashes(0));
      }
      case api::channels_getMessages::kId: {
        ++messages_asked;
        const auto ask = *tl::parse<api::channels_getMessages>(method);
        api::messages_channelMessages page;
        page.messages.push_back(message(ask.id.front().as<api::inputMessageID>()->id));
        return tl::serialize(api::messages_Messages(std::move(page)));
      }
      default:
        throw refusal(400, "METHOD_NOT_IMPLEMENTED");
    }
  }
};

}  // namespace ledgram::media
