#pragma once

/// What the ledger knows of files that messages hold: whose they are and what became of them.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/ledger/rows.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::ledger {

enum class MediaKind : std::uint8_t { Photo, Document };

/// Stored numbers; stable for ever.
enum class MediaState : std::uint8_t {
  Wanted = 0,   ///< to be fetched
  Partial = 1,  ///< begun; its beginning lies in a partial file
  Stored = 2,   ///< in the media store under its hash
  Failed = 3,   ///< not before next_try again
  TooBig = 4,   ///< above the size that was asked for
};

/// How a state is called in tables and JSON: "wanted", "too_big".
std::string_view name_of(MediaState state);
std::string_view name_of(MediaKind kind);

/// A photo (its largest form) or a document.
struct MediaFile {
  std::int64_t id{};  ///< the ledger's own number
  MediaKind kind{};
  std::int64_t file{};  ///< Telegram's number
  std::int64_t size{};  ///< bytes, as the message says
  std::string name;     ///< as its sender called it; may be empty
  std::string mime;
  DcId dc;  ///< where it was last found
  MediaState state{};
  Bytes sha256;  ///< of 32 bytes once stored
  std::int32_t attempts{};
  UnixSeconds next_try{};
  std::string reason;    ///< of the last failure
  MessageNumber number;  ///< the newest message of the channel that holds it
};

/// A message that may hold a file.
struct MediaCandidate {
  MessageNumber number;
  UnixSeconds edit_date{};
  Bytes raw;
};

/// What a candidate holds.
struct MediaUse {
  ChannelId channel;
  MessageNumber number;
  UnixSeconds edit_date{};
  std::optional<MediaFile> file;  ///< nothing: the message holds no file that can be fetched
};

struct MediaCount {
  std::int64_t files{};
  std::int64_t bytes{};
};

/// Of one channel. Bytes are those that messages state.
struct MediaSummary {
  MediaCount wanted;  ///< partial ones included
  MediaCount stored;
  MediaCount failed;
  MediaCount too_big;
};

}  // namespace ledgram::ledger
