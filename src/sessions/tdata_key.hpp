#pragma once

/// Telegram Desktop's key_datas: the local key of the folder, and which accounts there are. Internal to this floor,
/// shown to its tests and to the fuzz target.
///
/// The content is a row of QByteArrays: salt; local key, encrypted with a key from salt and passcode (PBKDF2, without a
/// passcode one round); list of accounts, encrypted with the local key. Since Telegram Desktop 7.3 a fourth follows,
/// and where the folder is locked the second is null: "KD2\0", format, generation in force, number of wraps; for each
/// wrap the function (1: Argon2id, 2: scrypt), its generation, memory, time, parallelism, salt, and the local key
/// encrypted with what the function makes of the passcode.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/crypto/auth_key.hpp"
#include "ledgram/sessions/error.hpp"

#include <cstdint>
#include <vector>

namespace ledgram::sessions {

struct OpenedTdata {
  crypto::AuthKey local_key;           ///< what every other file of the folder is encrypted with
  std::vector<std::int32_t> accounts;  ///< their indexes, 0 to 63, in the order they are shown
};

/// `passcode` is UTF-8, empty if there is none; one for a folder that has none does no harm. With a passcode it
/// computes for about half a second; a hostile file can make that at most some 20 seconds and 256 MiB. Without one it
/// is quick. Errors: PasscodeNeeded, WrongPasscode, Unsupported, Damaged.
SessionsResult<OpenedTdata> open_tdata_key(ByteView content, const SecretText& passcode);

}  // namespace ledgram::sessions
