#include "ledgram/sim_api/files.hpp"

#include "ledgram/sim_content/file_bytes.hpp"

#include <algorithm>
#include <array>
#include <fstream>

namespace ledgram::sim {

namespace {

struct Step {
  std::string_view type;
  std::int64_t longest;  ///< pixels of the longer side
};
constexpr std::array kSteps{Step{"m", 320}, Step{"x", 800}, Step{"y", 1280}};

/// Sizes of photos are 31 bits on the wire, and Telegram's are far smaller.
constexpr std::int64_t kLargestPhoto = 10'000'000;

constexpr std::int64_t kChannelBits = 0x3FFF'FFFF;

bool is_document(MediaKind kind) {
  switch (kind) {
    case MediaKind::File:
    case MediaKind::Video:
    case MediaKind::Animation:
    case MediaKind::RoundVideo:
    case MediaKind::Voice:
    case MediaKind::Audio:
    case MediaKind::Sticker:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::vector<PhotoSize> photo_sizes(std::int32_t width, std::int32_t height, std::int64_t size) {
  const std::int64_t longest = std::max({width, height, 1});
  std::vector<PhotoSize> sizes;
  for (const Step& step : kSteps) {
    const std::int64_t side = std::min(step.longest, longest);
    sizes.push_back({.type = step.type,
                     .width = std::max<std::int64_t>(width * side / longest, 1),
                     .height = std::max<std::int64_t>(height * side / longest, 1),
                     .size = std::clamp<std::int64_t>(size * side / longest, 1, kLargestPhoto)});
    if (side == longest)
      break;
  }
  sizes.back().size = std::clamp<std::int64_t>(size, 1, kLargestPhoto);
  return sizes;
}

std::int64_t file_id(const Channel& channel, const Post& post) {
  const std::int32_t owner = post.media != nullptr && post.media->same_as > 0 ? post.media->same_as : post.id;
  return ((channel.id().value() & kChannelBits) << 32) | owner;
}

Bytes StoredFile::read(std::int64_t offset, std::int64_t limit) const {
  if (offset >= size)
    return {};
  Bytes bytes(static_cast<std::size_t>(std::min(limit, size - offset)));
  read_into(offset, bytes);
  return bytes;
}

void StoredFile::read_into(std::int64_t offset, MutableByteView into) const {
  if (!picture.empty()) {
    std::ranges::copy(ByteView(picture).subspan(static_cast<std::size_t>(offset), into.size()), into.begin());
    return;
  }
  if (source.empty()) {
    generate_file_bytes(seed, static_cast<std::uint64_t>(offset), into);
    return;
  }
  std::ifstream file(source, std::ios::binary);
  file.seekg(offset);
  // What is missing since the start stays zero: the size was promised to clients.
  file.read(reinterpret_cast<char*>(into.data()), static_cast<std::streamsize>(into.size()));
}

std::optional<StoredFile> file_of(const Channel& channel, const Post& post, std::string_view thumb) {
  if (post.media == nullptr)
    return std::nullopt;
  if (post.media->same_as > 0) {
    Post scratch;
    const Post* owner = channel.find(post.media->same_as, scratch);
    if (owner != nullptr && owner->media != nullptr && owner->media->same_as == 0)
      return file_of(channel, *owner, thumb);
  }
  const Media& media = *post.media;
  StoredFile file;
  file.id = file_id(channel, post);
  file.seed = static_cast<std::uint64_t>(media.content != 0 ? media.content : file.id);
  file.size = media.size;
  file.source = media.source;
  if (media.kind == MediaKind::Photo) {
    const auto sizes = photo_sizes(media.width, media.height, media.size);
    const auto wanted = thumb.empty() ? std::prev(sizes.end()) : std::ranges::find(sizes, thumb, &PhotoSize::type);
    if (wanted == sizes.end())
      return std::nullopt;
    file.size = wanted->size;
    // A smaller form is another picture.
    if (wanted != std::prev(sizes.end())) {
      file.source.clear();
      file.seed ^= static_cast<std::uint64_t>(wanted->type.front()) << 56U;
    }
    return file;
  }
  if (!is_document(media.kind) || !thumb.empty())
    return std::nullopt;
  return file;
}

std::optional<StoredFile> find_file(const ChatStore& chats, std::int64_t id, std::string_view thumb) {
  const std::int64_t channel_bits = id >> 32;
  const auto post_id = static_cast<std::int32_t>(id & 0x7FFF'FFFF);
  for (const auto& [channel_id, channel] : chats.channels()) {
    if ((channel_id.value() & kChannelBits) != channel_bits)
      continue;
    Post scratch;
    const Post* post = channel->find(post_id, scratch);
    if (post == nullptr || file_id(*channel, *post) != id)
      continue;
    if (auto file = file_of(*channel, *post, thumb))
      return file;
  }
  return std::nullopt;
}

}  // namespace ledgram::sim
