#include "ledgram/sim_api/pictures.hpp"

#include "ledgram/sim_content/picture.hpp"

#include <algorithm>

namespace ledgram::sim {

namespace {

// Numbers of Telegram have 52 bits at most, and those of files leave bit 62 free.
constexpr std::int64_t kPicture = std::int64_t{1} << 62;
constexpr std::int64_t kOfChannel = std::int64_t{1} << 61;

}  // namespace

std::int64_t picture_id(UserId account) {
  return kPicture | account.value();
}

std::int64_t picture_id(ChannelId channel) {
  return kPicture | kOfChannel | channel.value();
}

std::optional<StoredFile> find_picture(std::int64_t id, std::string_view form) {
  const auto* found = std::ranges::find(kPictureForms, form, &PictureForm::type);
  if ((id & kPicture) == 0 || found == kPictureForms.end())
    return std::nullopt;
  StoredFile file;
  file.id = id;
  file.picture = draw_picture(static_cast<std::uint64_t>(id), found->side);
  file.size = static_cast<std::int64_t>(file.picture.size());
  return file;
}

}  // namespace ledgram::sim
