#pragma once

/// What the tests of the key exchange share.

#include "ledgram/base/clock.hpp"
#include "ledgram/crypto/rsa.hpp"
#include "ledgram/mtproto/handshake_client.hpp"
#include "ledgram/mtproto/handshake_server.hpp"

#include <string_view>

namespace ledgram::mtproto {

/// A key for tests only, made with `openssl genrsa -traditional 2048`. Its modulus begins with ca, so about one in five
/// RSA_PAD numbers is above it.
inline constexpr std::string_view kTestRsaPem =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIIEowIBAAKCAQEAygTt/9f89MUcjJZmGEmYCvoIdKRlQjdHDsCQpvecfZ2dRhEZ\n"
    "Bkrcig1eCXHPFRPEw0ZP+h7BvPvoEBeYYAAVmIQSHupKE3GSd6uYtTCM8ZTEbc8O\n"
    "iIn5s0dB5ZUi8ZTdT/jwQd/F414IDZ1Us74zaVwyvZzbLKSISzSA/z054FyPsnf9\n"
    "f5veZggBW/Lr0ZinNpmSZbtV8EIwNx0lgMiixi1WWR+XCYjtdrL4MG3SvSMdDIYF\n"
    "jeN/63oMXLcjbjMDtWwleQFEKoyRrIIWIkIKtP5LRjgk3dqay7HZ6YPL1wxj6GyM\n"
    "6GIBN2L6HPmdmbUwsOGisoy2F02APHUZnvNtAwIDAQABAoIBAGD8QuJr6AX+x3j7\n"
    "D2KjmjnS1dJhxjcm4JdFfWybPWbVD1c/CBuMPxqL1lSEbd15kyIIlIbI00wOR9fJ\n"
    "7B5SjAufhC+RXSS+homrOPHrsA6e1Dq/iAOm8djO4eT9VzxRsnodUgLeElvYndcj\n"
    "bDGqo3X2jGmZb2OcTc6FE1T2KN371jYinxoTJtY1SSesrOWe5pEXK0xLm3Ui18Jt\n"
    "lXOp4LYrIUZaYo0AvyTUToYeGZuM+2I/+plXbBnc70KOWYrXoeuXqeZ5HFUJjPw5\n"
    "lwnzwuhb3MfJkLonIJJxMjE0LgjW1pp7+UpuJTLO0mKwovwMVWu3kEM3Y/vcts0p\n"
    "vP4JmhkCgYEA/y8URLDSZTH3nq9PfVqCNFaD/l2wQV8bqtb97bHJUn7tc7ukrtDN\n"
    "1xQVcTbxI/5kA6eoQXfYNqQYm8FKmGks4cZTWt8S1aPA4YRlVrBMZzrqeuwPybGe\n"
    "roU2xo+zEyN0+ZUwkZEUe67ZVyOTCxM8IyI8f3cQxRwERa3F7+ff9E0CgYEAyqpT\n"
    "AezZdmSx8yWpprwvUhO2eaYjFcw2EAlFC7bzfwv55B3SDvLJY+njyqJ0GczoS4eM\n"
    "pVf5bEWS8yEozCKCZU+TQB/XrOiADPbCbhmIgRlYC7gfravlyJu0bMa8daXsUQi9\n"
    "VInkbMhJiyNcUq4vSpjdXH2xqlBMkUT8uB1Uzo8CgYB8cqBG05j3wwOIvuRcNLyU\n"
    "+7BJZ7ViXBipG0ohFnghJEd3DobEvo30GxZN7UZykEiEQ8pZizHFjAd4Ri6z328E\n"
    "+GyEP4/24nJZSPEG8tl/6oqZwe/9JANIBy1sbn4dkkgkw644/3Dm1KGnznCSkSHd\n"
    "3H92hkGGbyBiPtnuIr3kbQKBgDPSdcNKQxkJCo+4E7d060y7ia91kgci3rgfBq7G\n"
    "K2FTOKTiEzKLVn/b8MmB3No0ETovAQHOixLqf3b4BaydLmalgGunOMkX8pZeCr2I\n"
    "feU1C9SDUmZgTDONzQb7knkq4lCeQXt6fxRp6pRPiG4D6EfU6tWZtnJscge7cjvK\n"
    "FEN1AoGBAL5kz5iQKUz4drelhPBMaMf81iL8Irjk5keVOWekoToIv8mzJc0uFp+5\n"
    "B6FO0O+YGkUOKySQZ4goilRUzM64sxEaIxA8JBnMBUT1it9lrNxYiKQQaaX/Z37a\n"
    "KhByd6Odk1QERwF0fCjQqV+NEHyjhlPFgKPSFNtrMv1f5+I3VZHt\n"
    "-----END RSA PRIVATE KEY-----\n";

inline const crypto::RsaPrivateKey& test_rsa_key() {
  static const crypto::RsaPrivateKey key = crypto::RsaPrivateKey::from_pem(kTestRsaPem).value();
  return key;
}

/// 2026-01-01 00:00:00.25 UTC.
inline constexpr Instant kTestNow{std::chrono::seconds(1000),
                                  std::chrono::seconds(1'767'225'600) + std::chrono::milliseconds(250)};

}  // namespace ledgram::mtproto
