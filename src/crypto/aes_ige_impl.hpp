#pragma once

/// Internal to floor crypto: the two ways to do AES-256-IGE, so that tests can compare them. Arguments as in aes.hpp.

#include "ledgram/base/bytes.hpp"
#include "ledgram/crypto/aes.hpp"

namespace ledgram::crypto::ige {

/// True if the processor has AES instructions and the hardware functions may be called.
bool hardware_available();

void encrypt_hardware(const AesKey& key, const AesIgeIv& iv, ByteView in, MutableByteView out);
void decrypt_hardware(const AesKey& key, const AesIgeIv& iv, ByteView in, MutableByteView out);

/// Through OpenSSL's ciphers, which are free of table look-ups by secret index on every processor.
void encrypt_portable(const AesKey& key, const AesIgeIv& iv, ByteView in, MutableByteView out);
void decrypt_portable(const AesKey& key, const AesIgeIv& iv, ByteView in, MutableByteView out);

}  // namespace ledgram::crypto::ige
