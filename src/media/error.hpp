#pragma once

/// Errors of the media floor: why a file could not be fetched. Its coroutines throw MediaFailure; what Telegram refuses
/// in general passes through as TelegramFailure.

#include "ledgram/base/error.hpp"

#include <cstdint>
#include <string_view>

namespace ledgram::media {

enum class MediaErrc : std::uint8_t {
  Disk,           ///< the media store cannot be read or written
  Gone,           ///< the message, or its file, is not there any more
  ReferenceLost,  ///< Telegram refuses the file reference even though it is fresh
  EndedEarly,     ///< Telegram ended the file before the size that the message states
  TooLong,        ///< Telegram sent more than was asked for or than the message states
  CdnForgery,     ///< the CDN sent bytes whose hash is not the one that Telegram gave
  CdnUnusable,    ///< Telegram and its CDN do not agree about the file
  BadAnswer,      ///< an answer that the method cannot have
};

/// True if a later run may bring the file.
constexpr bool is_retryable(MediaErrc code) {
  return code != MediaErrc::Gone;
}

constexpr std::string_view name_of(MediaErrc code) {
  switch (code) {
    case MediaErrc::Disk:
      return "disk";
    case MediaErrc::Gone:
      return "gone";
    case MediaErrc::ReferenceLost:
      return "reference_lost";
    case MediaErrc::EndedEarly:
      return "ended_early";
    case MediaErrc::TooLong:
      return "too_long";
    case MediaErrc::CdnForgery:
      return "cdn_forgery";
    case MediaErrc::CdnUnusable:
      return "cdn_unusable";
    case MediaErrc::BadAnswer:
      return "bad_answer";
  }
  return "unknown";
}

using MediaError = BasicError<MediaErrc>;
using MediaFailure = Failure<MediaError>;
template <class T>
using MediaResult = Result<T, MediaError>;

}  // namespace ledgram::media
