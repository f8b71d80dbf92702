#pragma once

/// The files of messages: which there are, their bytes, and how the servers that hold them are to behave. Used inside
/// the API floor and by the control API.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/sim_content/chat_store.hpp"
#include "ledgram/sim_content/post.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::sim {

/// One form of a photo, "m" to "y" (core.telegram.org/api/files#image-thumbnail-types).
struct PhotoSize {
  std::string_view type;
  std::int64_t width = 0;
  std::int64_t height = 0;
  std::int64_t size = 0;  ///< bytes
};

/// The forms in which a photo can be fetched, smallest first; the last has all of its bytes.
std::vector<PhotoSize> photo_sizes(std::int32_t width, std::int32_t height, std::int64_t size);

/// A file's number, the same after each start: messages have at most one file.
std::int64_t file_id(const Channel& channel, const Post& post);

/// Something that can be fetched.
struct StoredFile {
  std::int64_t id = 0;
  std::int64_t size = 0;
  std::uint64_t seed = 0;
  std::string source;  ///< a real file; empty: generated from the seed
  Bytes picture;       ///< all of it, for a PNG that was drawn

  /// The bytes from `offset` on, at most `limit`; fewer at the end, none behind it.
  [[nodiscard]] Bytes read(std::int64_t offset, std::int64_t limit) const;
  void read_into(std::int64_t offset, MutableByteView into) const;
};

/// The file of a message; for photos `thumb` names the form, and an empty one is the largest. Nothing if the message
/// has no file or not this form.
std::optional<StoredFile> file_of(const Channel& channel, const Post& post, std::string_view thumb);

/// The same by the number that clients name.
std::optional<StoredFile> find_file(const ChatStore& chats, std::int64_t id, std::string_view thumb);

/// How the file servers behave; the control API changes it, and a restart puts it back.
struct FileSettings {
  DcId home = DcId(1);             ///< holds every file; others answer FILE_MIGRATE
  bool cdn = false;                ///< documents are given away to the CDN
  bool reupload = false;           ///< the CDN has lost every file and must be given it again
  std::uint64_t expire_after = 0;  ///< all file references expire with so many parts from now on; 0: they do not
  std::uint64_t empty_parts = 0;   ///< so many of the next parts are empty
  std::uint64_t false_hashes = 0;  ///< so many of the next lists of hashes hold a false one
};

/// What the file methods keep.
struct FileDesk {
  FileSettings settings;
  std::set<std::int64_t> uploaded;  ///< files that the CDN was given again
};

}  // namespace ledgram::sim
