#pragma once

/// Small text helpers of the content floor.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ledgram::sim {

/// ASCII letters in lower case; usernames consist of nothing else, digits and underscores.
std::string lower_ascii(std::string_view text);

/// Usernames compare without regard to case; "@" in front does not count.
bool same_username(std::string_view a, std::string_view b);

/// Up to 32 letters, digits and underscores, beginning with a letter (core.telegram.org/method/account.checkUsername).
/// Telegram asks for at least four; here short names are welcome too, since they only name a file.
bool is_username(std::string_view text);

/// How many UTF-16 code units the UTF-8 text takes: what Telegram counts offsets in.
std::int32_t utf16_length(std::string_view text);

/// How many characters (code points) the UTF-8 text has: what Telegram limits the length of a message by.
std::size_t character_count(std::string_view text);

/// The text between two UTF-16 offsets; offsets past the end mean the end.
std::string_view utf16_slice(std::string_view text, std::int32_t offset, std::int32_t length);

/// The first `units` UTF-16 code units, never half a character.
std::string_view utf16_prefix(std::string_view text, std::int32_t units);

/// True if every byte belongs to a well-formed character (no overlong forms, no surrogates).
bool is_utf8(std::string_view text);

}  // namespace ledgram::sim
