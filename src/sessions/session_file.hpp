#pragma once

/// Session files of Telethon 1 and Pyrogram: SQLite databases with a table `sessions` of one row. Both programs have
/// changed their schema over the years; what is needed here has had the same names all along:
///
///     Telethon 1     dc_id, server_address, port, auth_key (versions 1 to 8 of its schema)
///     Pyrogram       dc_id, test_mode, auth_key, user_id, and api_id since version 3 (1 to 7, forks included)

#include "ledgram/base/bytes.hpp"
#include "ledgram/sessions/error.hpp"
#include "ledgram/sessions/foreign_session.hpp"

namespace ledgram::sessions {

/// Whether these are the first bytes of an SQLite database.
bool is_sqlite_file(ByteView file);

/// `file` is the whole content of the database; it is opened in memory, so nothing on disk is touched. Nothing in it
/// runs (no views, triggers, virtual tables), and the work on it is bounded, however it was made. What SQLite allocates
/// besides is its page cache. Errors: Foreign, Damaged, NotLoggedIn.
SessionsResult<ForeignSession> parse_session_file(Bytes file);

}  // namespace ledgram::sessions
