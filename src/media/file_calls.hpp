#pragma once

/// Telegram's methods for files as plain values: requests are made here and answers taken apart, so that what decides
/// about downloads needs no API types (core.telegram.org/api/files, core.telegram.org/cdn).

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/ledger/media_rows.hpp"
#include "ledgram/media/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ledgram::media {

/// A photo or document as a message holds it: what a download needs to name it (F8 of protocol.md).
struct RemoteFile {
  ledger::MediaKind kind{};
  std::int64_t id{};
  std::int64_t access_hash{};
  Bytes reference;    ///< good for hours or days; a fresh one comes with the message
  std::string thumb;  ///< of a photo: its largest form
  std::int64_t size{};
  std::string name;
  std::string mime;
  DcId dc;
};

/// The file of a serialized Message: its photo in the largest form, or its document; with a link, those of the link's
/// preview, the document before the photo. Nothing if there is none, if it has expired, or if the bytes cannot be read.
std::optional<RemoteFile> file_of_message(ByteView raw_message);

/// channels.getMessages for one message, to get a fresh file reference.
Bytes ask_for_message(ChannelId channel, std::int64_t access_hash, MessageNumber number);
/// What the answer holds of that message.
MediaResult<std::optional<RemoteFile>> read_message(ByteView answer, MessageNumber number);

enum class CdnUse : std::uint8_t { Allowed, Avoided };

Bytes ask_for_part(const RemoteFile& file, std::int64_t offset, std::int32_t limit, CdnUse cdn);

/// SHA-256 of a piece of a file.
struct PieceHash {
  std::int64_t offset{};
  std::int32_t size{};
  Bytes hash;
};

/// Telegram has given the file to its CDN.
struct CdnRedirect {
  DcId dc;
  Bytes token;
  Bytes key;  ///< AES-256
  Bytes iv;
  std::vector<PieceHash> hashes;
};

/// Bytes of the file: a range of the answer that they came in.
struct PartBytes {
  std::size_t begin{};
  std::size_t size{};
};

MediaResult<std::variant<PartBytes, CdnRedirect>> read_part(ByteView answer);

Bytes ask_cdn_for_part(ByteView token, std::int64_t offset, std::int32_t limit);

/// The CDN has lost the file; Telegram gives it again when it is shown this.
struct ReuploadNeeded {
  Bytes request_token;
};
MediaResult<std::variant<PartBytes, ReuploadNeeded>> read_cdn_part(ByteView answer);

Bytes ask_for_reupload(ByteView token, ByteView request_token);
Bytes ask_for_cdn_hashes(ByteView token, std::int64_t offset);
/// The answer to either of the two.
MediaResult<std::vector<PieceHash>> read_hashes(ByteView answer);

}  // namespace ledgram::media
