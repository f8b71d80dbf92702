#pragma once

/// The formatting of a text as JSON. The form is in README.md of this folder.

#include "ledgram/base/json_text.hpp"
#include "ledgram/tl/api.hpp"

#include <string>
#include <vector>

namespace ledgram::collect {

/// Appends an array of `{"type":...,"offset":...,"length":...}`; offsets and lengths in UTF-16 code units, as Telegram
/// counts them (core.telegram.org/api/entities#entity-length).
void write_entities(JsonText& out, const std::vector<tl::api::MessageEntity>& entities);

}  // namespace ledgram::collect
