#include "ledgram/sim_api/access.hpp"

#include "ledgram/crypto/hash.hpp"

namespace ledgram::sim {

namespace {

constexpr std::string_view kKind = "secret";
constexpr std::string_view kKey = "access_hash";
constexpr std::size_t kSecretSize = 32;

}  // namespace

AccessHashes::AccessHashes(StateStore& state, RandomSource& random) {
  for (const auto& row : state.load_all(kKind)) {
    if (row.key == kKey)
      secret_ = from_hex(row.text).value_or(Bytes{});
  }
  if (secret_.size() != kSecretSize) {
    secret_ = random.bytes(kSecretSize);
    state.put(kKind, kKey, to_hex(secret_));
  }
}

std::int64_t AccessHashes::channel(UserId viewer, ChannelId channel) const {
  return derive("channel", viewer, channel.value());
}

std::int64_t AccessHashes::user(UserId viewer, UserId user) const {
  return derive("user", viewer, user.value());
}

std::int64_t AccessHashes::min_channel(UserId viewer, ChannelId channel) const {
  return derive("min channel", viewer, channel.value());
}

std::int64_t AccessHashes::min_user(UserId viewer, UserId user) const {
  return derive("min user", viewer, user.value());
}

std::int64_t AccessHashes::file(UserId viewer, std::int64_t file) const {
  return derive("file", viewer, file);
}

Bytes AccessHashes::file_reference(UserId viewer, std::int64_t file) const {
  return reference_of(viewer, file, reference_age_);
}

Bytes AccessHashes::reference_of(UserId viewer, std::int64_t file, std::uint64_t age) const {
  Bytes reference(16);
  store_le64(MutableByteView(reference).first(8), age);
  store_le64(MutableByteView(reference).last(8),
             static_cast<std::uint64_t>(derive("reference", viewer, file)) + age * 0x9E3779B97F4A7C15ULL);
  return reference;
}

ReferenceState AccessHashes::check_file_reference(UserId viewer, std::int64_t file, ByteView reference) const {
  if (reference.empty())
    return ReferenceState::Empty;
  if (reference.size() != 16)
    return ReferenceState::Invalid;
  const std::uint64_t age = load_le64(reference.first(8));
  const Bytes expected = reference_of(viewer, file, age);
  if (!equal_in_constant_time(expected, reference) || age > reference_age_)
    return ReferenceState::Invalid;
  return age == reference_age_ ? ReferenceState::Good : ReferenceState::Expired;
}

ByteArray<32> AccessHashes::secret_of(std::string_view purpose, std::int64_t number) const {
  Bytes text(8);
  store_le64(text, static_cast<std::uint64_t>(number));
  append(text, as_bytes(purpose));
  return crypto::hmac_sha256(secret_, text);
}

std::int64_t AccessHashes::derive(std::string_view what, UserId viewer, std::int64_t peer) const {
  ByteArray<16> ids{};
  store_le64(MutableByteView(ids).first(8), static_cast<std::uint64_t>(viewer.value()));
  store_le64(MutableByteView(ids).last(8), static_cast<std::uint64_t>(peer));
  const auto digest = crypto::hmac_sha256(secret_, [&] {
    Bytes text;
    append(text, as_bytes(what));
    append(text, ids);
    return text;
  }());
  // Zero means "no hash" to clients, so it is never given.
  const auto hash = static_cast<std::int64_t>(load_le64(ByteView(digest).first(8)));
  return hash == 0 ? 1 : hash;
}

}  // namespace ledgram::sim
