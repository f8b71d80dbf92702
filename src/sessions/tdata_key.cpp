#include "ledgram/sessions/tdata_key.hpp"

#include "ledgram/crypto/hash.hpp"
#include "ledgram/crypto/key_stretching.hpp"
#include "ledgram/sessions/qt_reader.hpp"
#include "ledgram/sessions/tdata_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace ledgram::sessions {
namespace {

/// Telegram Desktop has room for 6 accounts. More than this means damaged data.
constexpr std::int32_t kMostAccounts = 64;

constexpr std::uint32_t kRoundsWithPasscode = 100'000;
constexpr std::uint32_t kRoundsWithout = 1;

constexpr std::uint32_t kTrailerMagic = 0x4b443200;  // "KD2\0"
constexpr std::uint32_t kMostWraps = 16;

// What Telegram Desktop itself accepts at most. It writes Argon2id with 64 MiB and 8 passes.
constexpr crypto::Argon2Cost kMostArgon2{.memory = 256U << 10U, .passes = 64, .lanes = 16};
constexpr std::uint64_t kMostScryptMemory = 192U << 20U;
constexpr std::uint32_t kMostScryptParallelism = 16;

enum class WrapKind : std::uint32_t { Argon2id = 1, Scrypt = 2 };

struct Wrap {
  std::uint32_t kind = 0;
  std::uint32_t memory = 0;
  std::uint32_t time = 0;
  std::uint32_t parallelism = 0;
  ByteView salt;
  ByteView sealed_key;
};

SessionsError damaged() {
  return {SessionsErrc::Damaged, "key_datas: its checksum is right, but its content cannot be"};
}

SessionsError passcode_needed() {
  return {SessionsErrc::PasscodeNeeded,
          "Telegram Desktop has locked this folder with a local passcode; give it with --passcode"};
}

SessionsError wrong_passcode() {
  return {SessionsErrc::WrongPasscode,
          "this is not the local passcode of this Telegram Desktop; the files themselves are whole"};
}

crypto::AuthKey key_from_passcode(ByteView salt, const SecretText& passcode) {
  const ByteView secret = as_bytes(passcode.reveal());
  crypto::Sha512Digest digest = crypto::sha512({salt, secret, salt});
  const std::uint32_t rounds = passcode.empty() ? kRoundsWithout : kRoundsWithPasscode;
  const SecretBytes key = crypto::pbkdf2_hmac_sha512(digest, salt, rounds, crypto::AuthKey::kSize);
  wipe(digest);
  return crypto::AuthKey::from_bytes(key.reveal()).value();
}

/// The wrap of the generation in force; others are left over from changes of the passcode that were cut short.
SessionsResult<Wrap> wrap_in_force(ByteView trailer) {
  QtReader in(trailer);
  const auto u32 = [&in] { return static_cast<std::uint32_t>(in.i32()); };
  const std::uint32_t magic = u32();
  (void)u32();  // The format: newer ones go on where this one ends.
  const std::uint32_t in_force = u32();
  const std::uint32_t count = u32();
  if (!in.ok() || magic != kTrailerMagic || count > kMostWraps)
    return std::unexpected(damaged());
  for (std::uint32_t i = 0; i < count; ++i) {
    Wrap wrap;
    wrap.kind = u32();
    const std::uint32_t generation = u32();
    wrap.memory = u32();
    wrap.time = u32();
    wrap.parallelism = u32();
    wrap.salt = in.byte_array();
    wrap.sealed_key = in.byte_array();
    if (!in.ok())
      return std::unexpected(damaged());
    if (generation == in_force)
      return wrap;
  }
  return std::unexpected(damaged());
}

SessionsResult<SecretBytes> key_from_passcode(const Wrap& wrap, const SecretText& passcode) {
  const auto too_costly = [] {
    return refuse(SessionsErrc::Unsupported,
                  "key_datas wants a check of the passcode that costs more than Telegram Desktop itself would spend");
  };
  const ByteView secret = as_bytes(passcode.reveal());
  Result<SecretBytes, crypto::CryptoError> key;
  switch (static_cast<WrapKind>(wrap.kind)) {
    case WrapKind::Argon2id: {
      const crypto::Argon2Cost cost{.memory = wrap.memory, .passes = wrap.time, .lanes = wrap.parallelism};
      if (cost.memory > kMostArgon2.memory || cost.passes > kMostArgon2.passes || cost.lanes > kMostArgon2.lanes)
        return too_costly();
      key = crypto::argon2id(secret, wrap.salt, cost, crypto::AuthKey::kSize);
      break;
    }
    case WrapKind::Scrypt: {
      const crypto::ScryptCost cost{.n = wrap.memory, .r = wrap.time, .p = wrap.parallelism};
      if (cost.p > kMostScryptParallelism || cost.n * cost.r > kMostScryptMemory / 128)
        return too_costly();
      key = crypto::scrypt(secret, wrap.salt, cost, kMostScryptMemory, crypto::AuthKey::kSize);
      break;
    }
    default:
      return refuse(SessionsErrc::Unsupported,
                    fmt::format("key_datas checks the passcode in a way that this version does not know ({}); turn the "
                                "passcode off in Telegram Desktop's settings, import, and turn it on again",
                                wrap.kind));
  }
  if (!key)
    return std::unexpected(damaged());
  return std::move(*key);
}

SessionsResult<SecretBytes> unlock(ByteView trailer, const SecretText& passcode) {
  auto wrap = wrap_in_force(trailer);
  if (!wrap)
    return std::unexpected(std::move(wrap.error()));
  if (passcode.empty())
    return std::unexpected(passcode_needed());
  auto stretched = key_from_passcode(*wrap, passcode);
  if (!stretched)
    return std::unexpected(std::move(stretched.error()));
  auto key = decrypt_tdata(wrap->sealed_key, crypto::AuthKey::from_bytes(stretched->reveal()).value());
  if (!key)
    return std::unexpected(wrong_passcode());
  return std::move(*key);
}

/// Before 7.3, and since then without a passcode.
SessionsResult<SecretBytes> unlock(ByteView salt, ByteView sealed_key, const SecretText& passcode) {
  auto key = decrypt_tdata(sealed_key, key_from_passcode(salt, SecretText()));
  if (!key && passcode.empty())
    return std::unexpected(passcode_needed());
  if (!key)
    key = decrypt_tdata(sealed_key, key_from_passcode(salt, passcode));
  if (!key)
    return std::unexpected(wrong_passcode());
  return std::move(*key);
}

SessionsResult<std::vector<std::int32_t>> account_list(ByteView decrypted) {
  QtReader in(decrypted);
  const std::int32_t count = in.i32();
  if (!in.ok() || count < 1 || count > kMostAccounts)
    return std::unexpected(damaged());
  std::vector<std::int32_t> accounts;
  for (std::int32_t i = 0; i < count; ++i) {
    const std::int32_t index = in.i32();
    const bool twice = std::ranges::find(accounts, index) != accounts.end();
    if (!in.ok() || index < 0 || index >= kMostAccounts || twice)
      return std::unexpected(damaged());
    accounts.push_back(index);
  }
  return accounts;
}

}  // namespace

SessionsResult<OpenedTdata> open_tdata_key(ByteView content, const SecretText& passcode) {
  QtReader in(content);
  const ByteView salt = in.byte_array();
  const ByteView sealed_key = in.byte_array();
  const ByteView sealed_list = in.byte_array();
  if (!in.ok() || salt.empty() || sealed_list.empty())
    return std::unexpected(damaged());
  const ByteView trailer = in.remaining() > 0 ? in.byte_array() : ByteView();
  auto key = sealed_key.empty() ? unlock(trailer, passcode) : unlock(salt, sealed_key, passcode);
  if (!key)
    return std::unexpected(std::move(key.error()));
  if (key->reveal().size() != crypto::AuthKey::kSize)
    return std::unexpected(damaged());
  const auto local_key = crypto::AuthKey::from_bytes(key->reveal()).value();
  const auto list = decrypt_tdata(sealed_list, local_key);
  if (!list)
    return std::unexpected(damaged());
  auto accounts = account_list(list->reveal());
  if (!accounts)
    return std::unexpected(std::move(accounts.error()));
  return OpenedTdata{local_key, std::move(*accounts)};
}

}  // namespace ledgram::sessions
