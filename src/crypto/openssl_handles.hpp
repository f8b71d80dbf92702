#pragma once

/// Internal to floor crypto: owners of OpenSSL objects and big numbers from and to bytes. No other floor includes it.

#include "ledgram/base/bytes.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>

#include <memory>
#include <new>

namespace ledgram::crypto {

template <auto kFree>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};

/// BN_clear_free and not BN_free: most numbers here are secret, and for the others it costs nothing that matters.
using BigNumber = std::unique_ptr<BIGNUM, FreeWith<BN_clear_free>>;
using BigNumberContext = std::unique_ptr<BN_CTX, FreeWith<BN_CTX_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeWith<EVP_CIPHER_CTX_free>>;
using MemoryBio = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;

/// For calls that with valid arguments fail only when memory runs out.
inline void require(bool success) {
  if (!success)
    throw std::bad_alloc();
}

template <class T>
T* require(T* object) {
  if (object == nullptr)
    throw std::bad_alloc();
  return object;
}

inline BigNumber new_number() {
  return BigNumber(require(BN_new()));
}

inline BigNumberContext new_context() {
  return BigNumberContext(require(BN_CTX_new()));
}

inline BigNumber number_from(ByteView big_endian) {
  return BigNumber(require(BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), nullptr)));
}

/// A number whose value must not show in the time a calculation takes.
inline BigNumber secret_number_from(ByteView big_endian) {
  BigNumber number = number_from(big_endian);
  BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  return number;
}

/// Big endian, left-padded with zeros; the number fits.
inline Bytes padded_bytes(const BIGNUM* number, std::size_t size) {
  Bytes bytes(size);
  require(BN_bn2binpad(number, bytes.data(), static_cast<int>(size)) >= 0);
  return bytes;
}

}  // namespace ledgram::crypto
