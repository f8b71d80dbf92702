#pragma once

/// Telegram Desktop's folder tdata: up to some accounts in one folder, locked with a passcode or not.
///
/// key_datas holds the local key, sealed with the passcode, and the list of accounts; each account has a file named by
/// the MD5 of "data", "data#2" and so on, of which the first is D877F783D5D3EF8Cs. Versions before 2 of Telegram
/// Desktop had no key_datas and are not read.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/sessions/error.hpp"
#include "ledgram/sessions/foreign_session.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::sessions {

/// The content of a file of the folder; nothing if there is none of that name. Names are made here and hold letters,
/// digits and "_" only. What it throws passes through read_tdata().
using FileReader = std::function<std::optional<Bytes>(std::string_view name)>;

/// One place for an account in the folder, in Telegram Desktop's order.
struct TdataAccount {
  std::string file;  ///< the name of its file, for messages
  SessionsResult<ForeignSession> session;
};

/// Every account of the folder, at least one; broken ones with their error. Errors for the folder as a whole: Foreign
/// (no tdata), Unsupported (too old), Damaged, PasscodeNeeded, WrongPasscode.
SessionsResult<std::vector<TdataAccount>> read_tdata(const FileReader& reader, const SecretText& passcode);

/// What an account's file says inside its encryption. Errors: Unsupported, Damaged, NotLoggedIn.
SessionsResult<ForeignSession> parse_tdata_login(ByteView decrypted);

}  // namespace ledgram::sessions
