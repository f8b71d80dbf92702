// upload.*: downloads from the file servers and from the CDN (core.telegram.org/api/files, core.telegram.org/cdn).

#include "ledgram/crypto/aes.hpp"
#include "ledgram/crypto/hash.hpp"
#include "ledgram/sim_api/core.hpp"
#include "ledgram/sim_api/peers.hpp"
#include "ledgram/sim_api/pictures.hpp"
#include "ledgram/tl/writer.hpp"

#include <algorithm>
#include <array>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

/// core.telegram.org/api/files#downloading-files; F4 of protocol.md.
constexpr std::int64_t kKilobyte = 1024;
constexpr std::int64_t kBlock = 1024 * kKilobyte;
constexpr std::int64_t kPlainStep = 4 * kKilobyte;

/// The pieces that one hash is of (core.telegram.org/cdn#verifying-files).
constexpr std::int64_t kHashPiece = 128 * kKilobyte;

// Answers that carry a file's bytes are written as they are: as JSON each byte would cost a dozen times more. These
// constructors are the same in all layers that the simulator speaks.
constexpr std::uint32_t kUploadFile = 0x096a18d5;
constexpr std::uint32_t kFileUnknown = 0xaa963b05;
constexpr std::uint32_t kFilePng = 0x0a4f63c0;
constexpr std::uint32_t kCdnFile = 0xa99fca4f;
constexpr std::uint32_t kCdnReuploadNeeded = 0xeea8e46e;

enum class Precision : std::uint8_t { Plain, Precise };

void check_range(std::int64_t offset, std::int64_t limit, Precision precision) {
  const std::int64_t step = precision == Precision::Precise ? kKilobyte : kPlainStep;
  if (limit <= 0 || limit > kBlock || limit % step != 0)
    refuse("LIMIT_INVALID");
  if (precision == Precision::Plain && kBlock % limit != 0)
    refuse("LIMIT_INVALID");
  if (offset < 0 || offset % step != 0)
    refuse("OFFSET_INVALID");
  if (offset / kBlock != (offset + limit - 1) / kBlock)
    refuse("LIMIT_INVALID");
}

/// The picture that somebody shows: named by who that is and by its number, without a reference.
StoredFile located_picture(Call& call, const json::object& location) {
  const AnyPeer peer = any_peer(call, object_field(location, "peer"));
  std::optional<std::int64_t> shown;
  if (peer.channel != nullptr) {
    shown = picture_id(peer.channel->id());
  } else if (const Account* account = call.core.accounts.find(UserId(peer.dialog.id));
             account != nullptr && peer.dialog.kind == DialogPeer::Kind::User) {
    shown = picture_id(account->id);
  }
  if (shown != long_field(location, "photo_id"))
    refuse("PHOTO_ID_INVALID");
  return *find_picture(*shown, flag_field(location, "big") ? "c" : "a");
}

/// The file that the caller's location means, with everything in it checked.
StoredFile located_file(Call& call) {
  const json::object& location = object_field(call.args, "location");
  const auto kind = name_of(location);
  const bool shown = kind == "inputPeerPhotoFileLocation";
  if (kind != "inputDocumentFileLocation" && kind != "inputPhotoFileLocation" && !shown)
    refuse("LOCATION_INVALID");
  if (call.context.dc != call.core.files.settings.home)
    refuse(303, "FILE_MIGRATE_" + std::to_string(call.core.files.settings.home.value()));
  if (shown)
    return located_picture(call, location);
  const std::int64_t id = long_field(location, "id");
  const UserId viewer = call.account->id;
  if (long_field(location, "access_hash") != call.core.hashes.file(viewer, id))
    refuse(kind == "inputPhotoFileLocation" ? "LOCATION_INVALID" : "FILE_ID_INVALID");
  switch (call.core.hashes.check_file_reference(viewer, id, bytes_field(location, "file_reference"))) {
    case ReferenceState::Good:
      break;
    case ReferenceState::Empty:
      refuse("FILE_REFERENCE_EMPTY");
    case ReferenceState::Invalid:
      refuse("FILE_REFERENCE_INVALID");
    case ReferenceState::Expired:
      refuse("FILE_REFERENCE_EXPIRED");
  }
  const std::string_view thumb = text_field(location, "thumb_size");
  if (kind == "inputPhotoFileLocation" && thumb.empty())
    refuse("LOCATION_INVALID");
  auto file = find_picture(id, thumb);
  if (!file)
    file = find_file(call.core.chats, id, thumb);
  if (!file)
    refuse("LOCATION_INVALID");
  return std::move(*file);
}

json::array hashes_of(Call& call, const StoredFile& file, std::int64_t offset) {
  auto hashes = call.array();
  std::uint64_t& wrong = call.core.files.settings.false_hashes;
  bool spoil = wrong > 0;
  // Telegram answers with those of some megabyte at a time.
  const std::int64_t end = std::min(file.size, offset / kBlock * kBlock + kBlock);
  for (std::int64_t at = offset / kHashPiece * kHashPiece; at < end; at += kHashPiece) {
    const Bytes piece = file.read(at, kHashPiece);
    crypto::Sha256Digest digest = crypto::sha256(piece);
    if (spoil) {
      digest[0] ^= 1U;
      spoil = false;
      --wrong;
    }
    auto hash = call.object("fileHash");
    hash.emplace("offset", at);
    hash.emplace("limit", piece.size());
    hash.emplace("hash", to_base64(digest));
    hashes.push_back(std::move(hash));
  }
  return hashes;
}

// --- the CDN ----------------------------------------------------------------------------------------------------

constexpr std::size_t kTokenSize = 24;

/// Tells the CDN which file is meant; made so that nobody can make one.
Bytes cdn_token(const Core& core, std::string_view purpose, std::int64_t id) {
  Bytes token(8);
  store_le64(token, static_cast<std::uint64_t>(id));
  append(token, ByteView(core.hashes.secret_of(purpose, id)).first(kTokenSize - 8));
  return token;
}

/// The number of the file in a token.
std::optional<std::int64_t> token_file(const Core& core, std::string_view purpose, ByteView token) {
  if (token.size() != kTokenSize)
    return std::nullopt;
  const auto id = static_cast<std::int64_t>(load_le64(token.first(8)));
  const Bytes expected = cdn_token(core, purpose, id);
  return std::ranges::equal(expected, token) ? std::optional(id) : std::nullopt;
}

StoredFile file_of_token(Call& call) {
  const auto id = token_file(call.core, "cdn token", bytes_field(call.args, "file_token"));
  auto file = id ? find_file(call.core.chats, *id, {}) : std::nullopt;
  if (!file || !call.core.files.settings.cdn)
    refuse("FILE_TOKEN_INVALID");
  return std::move(*file);
}

struct CdnCipher {
  crypto::AesKey key{};
  ByteArray<16> iv{};
};

CdnCipher cdn_cipher(const Core& core, std::int64_t id) {
  CdnCipher cipher;
  cipher.key = core.hashes.secret_of("cdn key", id);
  std::ranges::copy(ByteView(core.hashes.secret_of("cdn iv", id)).first(16), cipher.iv.begin());
  return cipher;
}

json::object redirect(Call& call, const StoredFile& file) {
  const CdnCipher cipher = cdn_cipher(call.core, file.id);
  auto out = call.object("upload.fileCdnRedirect");
  out.emplace("dc_id", call.core.cdn->address.id.value());
  out.emplace("file_token", to_base64(cdn_token(call.core, "cdn token", file.id)));
  out.emplace("encryption_key", to_base64(cipher.key));
  out.emplace("encryption_iv", to_base64(cipher.iv));
  out.emplace("file_hashes", hashes_of(call, file, 0));
  return out;
}

Bytes get_cdn_file(Call& call) {
  const StoredFile file = file_of_token(call);
  const std::int64_t offset = long_field(call.args, "offset");
  const std::int64_t limit = int_field(call.args, "limit");
  check_range(offset, limit, Precision::Plain);
  tl::Writer out;
  if (call.core.files.settings.reupload && !call.core.files.uploaded.contains(file.id)) {
    out.u32(kCdnReuploadNeeded);
    out.bytes(cdn_token(call.core, "cdn request", file.id));
    return out.take();
  }
  Bytes bytes = file.read(offset, limit);
  const CdnCipher cipher = cdn_cipher(call.core, file.id);
  ByteArray<16> iv = cipher.iv;
  const auto counter = static_cast<std::uint32_t>(offset / 16);
  for (std::size_t i = 0; i < 4; ++i)
    iv[12 + i] = static_cast<std::uint8_t>(counter >> (24 - 8 * i));
  crypto::AesCtr(cipher.key, iv).apply(bytes);
  out.reserve(bytes.size() + 16);
  out.u32(kCdnFile);
  out.bytes(bytes);
  return out.take();
}

json::value reupload_cdn_file(Call& call) {
  const StoredFile file = file_of_token(call);
  if (token_file(call.core, "cdn request", bytes_field(call.args, "request_token")) != file.id)
    refuse("REQUEST_TOKEN_INVALID");
  call.core.files.uploaded.insert(file.id);
  return hashes_of(call, file, 0);
}

json::value get_cdn_file_hashes(Call& call) {
  const StoredFile file = file_of_token(call);
  return hashes_of(call, file, std::max<std::int64_t>(long_field(call.args, "offset"), 0));
}

// --- the file servers -------------------------------------------------------------------------------------------

Bytes get_file(Call& call) {
  const StoredFile file = located_file(call);
  const std::int64_t offset = long_field(call.args, "offset");
  const std::int64_t limit = int_field(call.args, "limit");
  check_range(offset, limit, flag_field(call.args, "precise") ? Precision::Precise : Precision::Plain);
  FileSettings& settings = call.core.files.settings;
  const bool is_document = name_of(object_field(call.args, "location")) == "inputDocumentFileLocation";
  if (settings.cdn && call.core.cdn && is_document && flag_field(call.args, "cdn_supported"))
    return call.write_result(redirect(call, file));
  if (settings.expire_after > 0 && --settings.expire_after == 0)
    call.core.hashes.expire_file_references();
  const bool cut_short = settings.empty_parts > 0 && offset > 0;
  if (cut_short)
    --settings.empty_parts;
  const Bytes bytes = cut_short ? Bytes{} : file.read(offset, limit);
  tl::Writer out;
  out.reserve(bytes.size() + 32);
  out.u32(kUploadFile);
  out.u32(file.picture.empty() ? kFileUnknown : kFilePng);
  out.i32(call.now);
  out.bytes(bytes);
  return out.take();
}

json::value get_file_hashes(Call& call) {
  const StoredFile file = located_file(call);
  return hashes_of(call, file, std::max<std::int64_t>(long_field(call.args, "offset"), 0));
}

constexpr std::array kMethods{
    Method{"upload.getFile", Caller::Account, nullptr, get_file},
    Method{"upload.getFileHashes", Caller::Account, get_file_hashes, nullptr},
    Method{"upload.getCdnFile", Caller::Cdn, nullptr, get_cdn_file},
    Method{"upload.reuploadCdnFile", Caller::Account, reupload_cdn_file, nullptr},
    Method{"upload.getCdnFileHashes", Caller::Account, get_cdn_file_hashes, nullptr},
};

}  // namespace

std::span<const Method> file_methods() {
  return kMethods;
}

}  // namespace ledgram::sim
