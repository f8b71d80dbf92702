#pragma once

/// The key that seals sessions at rest: DIR/seal.key, or the environment variable LEDGRAM_SEAL_KEY for those who keep
/// keys elsewhere than data.

#include "ledgram/base/random.hpp"
#include "ledgram/crypto/sealed.hpp"
#include "ledgram/ledger/error.hpp"

#include <filesystem>

namespace ledgram::ledger {

/// From LEDGRAM_SEAL_KEY (64 hexadecimal digits or base64 of 32 bytes) if that is set; otherwise from DIR/seal.key,
/// which is made with mode 0600 if it is not there.
///
/// Errors: BadSealKey (wrong length or digits, or a file that others can read: says what to do), ReadOnly, Io.
LedgerResult<crypto::SealKey> load_or_create_seal_key(const std::filesystem::path& dir, RandomSource& random);

}  // namespace ledgram::ledger
