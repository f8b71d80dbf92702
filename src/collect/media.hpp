#pragma once

/// What is attached to a message, as a kind and a JSON description. The forms are in README.md of this folder. A
/// description has nothing that differs from one look to the next or between accounts (file references, access
/// hashes), so equal descriptions mean the same media; the raw TL has the rest.

#include "ledgram/base/bytes.hpp"
#include "ledgram/tl/api.hpp"

#include <string>
#include <string_view>

namespace ledgram::collect {

struct MediaDescription {
  std::string_view kind;  ///< a literal; empty for no media
  std::string json;       ///< an object; empty for no media
};

MediaDescription describe_media(const tl::api::MessageMedia& media);

/// Any object as JSON by the schema's tables, without file references and access hashes.
std::string generic_json(ByteView serialized);

}  // namespace ledgram::collect
