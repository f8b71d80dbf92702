#pragma once

/// One file of Telegram Desktop's folder tdata: its frame with checksum, and what is encrypted inside. Internal to this
/// floor, shown to its tests and to the fuzz target.
///
/// A file is "TDF$", the program's version (int32), content, and the MD5 of content, its length (int32), version and
/// "TDF$"; both numbers little endian. An encrypted piece is 16 bytes of message key and AES-256-IGE text; keys are
/// derived as in MTProto 1.0 for messages to the client, with the local key in the place of the authorization key.
/// Inside stands the length including itself (uint32, little endian), content and padding.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/crypto/auth_key.hpp"
#include "ledgram/sessions/error.hpp"

#include <optional>

namespace ledgram::sessions {

/// Whether these are the first bytes of such a file.
bool is_tdata_file(ByteView file);

/// The content of a file whose checksum is right; valid as long as `file`. Errors: Foreign, Damaged.
SessionsResult<ByteView> open_tdata_file(ByteView file);

/// Nothing if `key` is not the right one or the text was changed, which look the same.
std::optional<SecretBytes> decrypt_tdata(ByteView encrypted, const crypto::AuthKey& key);

}  // namespace ledgram::sessions
