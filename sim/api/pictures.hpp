#pragma once

/// The pictures of accounts and channels: each has one, made from its number and the same after each start; people
/// without an account and basic groups have none. Used inside the API floor.

#include "ledgram/base/strong_id.hpp"
#include "ledgram/sim_api/files.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ledgram::sim {

/// One form of a picture (core.telegram.org/api/files#image-thumbnail-types).
struct PictureForm {
  std::string_view type;
  std::uint32_t side = 0;  ///< pixels
};
inline constexpr std::array kPictureForms{PictureForm{"a", 160}, PictureForm{"b", 320}, PictureForm{"c", 640}};

/// Unix seconds.
inline constexpr std::int64_t kPictureDate = 1'600'000'000;

/// Apart from the numbers of all files of messages.
std::int64_t picture_id(UserId account);
std::int64_t picture_id(ChannelId channel);

/// Nothing if the number is none of a picture, or there is no such form.
std::optional<StoredFile> find_picture(std::int64_t id, std::string_view form);

}  // namespace ledgram::sim
