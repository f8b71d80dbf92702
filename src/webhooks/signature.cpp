#include "ledgram/webhooks/signature.hpp"

#include "ledgram/base/bytes.hpp"
#include "ledgram/crypto/hash.hpp"

#include <fmt/format.h>

#include <cassert>
#include <optional>

namespace ledgram::webhooks {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kFewestBytes = 24;
constexpr std::size_t kMostBytes = 64;

std::optional<SecretBytes> key_of(std::string_view text) {
  if (!text.starts_with(kPrefix))
    return std::nullopt;
  auto bytes = from_base64(text.substr(kPrefix.size()));
  if (!bytes || bytes->size() < kFewestBytes || bytes->size() > kMostBytes)
    return std::nullopt;
  return SecretBytes(std::move(*bytes));
}

}  // namespace

SecretText make_secret(RandomSource& random) {
  const SecretBytes key(random.bytes(kSecretBytes));
  return SecretText(std::string(kPrefix) + to_base64(key.reveal()));
}

bool is_secret(std::string_view text) {
  return key_of(text).has_value();
}

std::string signature(const SecretText& secret, std::string_view id, std::int64_t unix_seconds, std::string_view body) {
  const auto key = key_of(secret.reveal());
  assert(key && "a stored secret is one");
  const std::string content = fmt::format("{}.{}.{}", id, unix_seconds, body);
  return "v1," + to_base64(crypto::hmac_sha256(key->reveal(), as_bytes(content)));
}

}  // namespace ledgram::webhooks
