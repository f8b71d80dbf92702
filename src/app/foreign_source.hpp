#pragma once

/// What the FILE of `ledgram account import` is, and the sessions in it. Reads files only; nothing is changed on disk.

#include "ledgram/app/error.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/sessions/error.hpp"
#include "ledgram/sessions/foreign_session.hpp"

#include <string>
#include <vector>

namespace ledgram::app {

/// One session, or why it cannot be read.
struct FoundSession {
  std::string label;  ///< for messages; no secret
  sessions::SessionsResult<sessions::ForeignSession> session;
};

/// `source`: a file, a folder or a session string. `passcode`: for a locked folder. The error is one of the source as a
/// whole, PasscodeNeeded and WrongPasscode among them. Throws AppFailure Io and ImportRefused for files that cannot be
/// read, are too large or are in use.
sessions::SessionsResult<std::vector<FoundSession>> read_foreign_source(const SecretText& source,
                                                                        const SecretText& passcode);

/// A session string that came through standard input.
sessions::SessionsResult<std::vector<FoundSession>> read_foreign_string(const SecretText& text);

/// How the source is called in messages: the path, or words in the place of a session string.
std::string label_of(const SecretText& source);

/// Standard input to its end. Throws AppFailure Io, and ImportRefused if it is longer than any session string.
SecretText read_standard_input();

}  // namespace ledgram::app
