#pragma once

/// The encrypted block of req_DH_params as a server gets it. For the server's half of the key exchange only.

#include "ledgram/base/bytes.hpp"
#include "ledgram/crypto/rsa.hpp"
#include "ledgram/mtproto/error.hpp"

namespace ledgram::mtproto {

enum class RsaLayout : std::uint8_t {
  Padded,  ///< RSA_PAD, since 2021
  Legacy,  ///< SHA-1, data, padding; Telethon and Pyrogram still send it, and Telegram still takes it
};

struct OpenedRsaBlock {
  RsaLayout layout = RsaLayout::Padded;
  Bytes hash;              ///< RsaLayout::Legacy: the SHA-1 of the data, for check_legacy_hash()
  Bytes data_and_padding;  ///< nothing marks where the data ends: its TL form says so
};

/// Opens a block of either layout. Fails with BadRsaBlock if it is neither, or made for another key.
[[nodiscard]] Result<OpenedRsaBlock, MtprotoError> open_rsa_block(const crypto::RsaPrivateKey& key, ByteView encrypted);

/// Compares the hash of the old layout once it is known how long the data is; nothing to do for the new one, whose
/// hash was checked when it was opened. Fails with BadRsaBlock.
[[nodiscard]] Result<void, MtprotoError> check_legacy_hash(const OpenedRsaBlock& block, std::size_t data_size);

}  // namespace ledgram::mtproto
