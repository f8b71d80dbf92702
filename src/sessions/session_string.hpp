#pragma once

/// Sessions as one line of text, as Telethon (class StringSession, version 1) and Pyrogram (export_session_string) make
/// them. Base64 of the URL-safe alphabet over big-endian fields:
///
///     Telethon    "1" and: data centre (1 byte), IP address (4 or 16), port (2), key (256)
///     Pyrogram 2  data centre (1), api_id (4), test servers (1), key (256), user (8), bot (1)
///     Pyrogram 1  data centre (1), test servers (1), key (256), user (4, later 8), bot (1)

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/sessions/error.hpp"
#include "ledgram/sessions/foreign_session.hpp"

#include <string_view>

namespace ledgram::sessions {

/// Whether somebody could mean a session and not the name of a file. Says nothing about whether it is whole.
bool looks_like_session_string(std::string_view text);

/// Space around the text is no matter. Errors: Foreign, Damaged, NotLoggedIn.
SessionsResult<ForeignSession> parse_session_string(std::string_view text);

/// Telethon's form. `ip` has 4 or 16 bytes (asserted), and the data centre's number fits a byte (asserted).
SecretText telethon_string(DcId dc, ByteView ip, std::uint16_t port, const crypto::AuthKey& key);

}  // namespace ledgram::sessions
