#include "ledgram/sim_api/login_tokens.hpp"

#include <charconv>
#include <string>
#include <utility>

namespace ledgram::sim {

namespace {

constexpr std::string_view kFutureKind = "future_token";

/// How long a token that ran out is remembered, so that it is refused as expired and not as unheard of.
constexpr std::int32_t kRemembered = 600;

constexpr std::size_t kTokenSize = 32;

}  // namespace

Bytes QrDesk::make(QrToken token, RandomSource& random) {
  const std::int32_t now = token.expires - lifetime;
  std::erase_if(tokens_, [now](const auto& item) { return item.second.expires + kRemembered < now; });
  Bytes name = random.bytes(kTokenSize);
  tokens_[name] = std::move(token);
  return name;
}

QrToken* QrDesk::find(ByteView token) {
  const auto it = tokens_.find(Bytes(token.begin(), token.end()));
  return it == tokens_.end() ? nullptr : &it->second;
}

std::optional<Bytes> QrDesk::accepted_of(AuthKeyId key, std::int32_t now) const {
  for (const auto& [name, token] : tokens_) {
    if (token.key == key && token.account != UserId() && token.expires > now)
      return name;
  }
  return std::nullopt;
}

void QrDesk::forget(AuthKeyId key) {
  std::erase_if(tokens_, [key](const auto& item) { return item.second.key == key; });
}

void QrDesk::forget(ByteView token) {
  tokens_.erase(Bytes(token.begin(), token.end()));
}

Result<void, ContentError> FutureTokens::restore() {
  for (const auto& row : state_.load_all(kFutureKind)) {
    const auto token = from_hex(row.key);
    std::int64_t account = 0;
    const auto [end, problem] = std::from_chars(row.text.data(), row.text.data() + row.text.size(), account);
    if (!token || problem != std::errc{} || end != row.text.data() + row.text.size()) {
      return std::unexpected(
          ContentError{ContentErrc::BadState, "a stored login token cannot be read; start with another data folder"});
    }
    tokens_[*token] = UserId(account);
  }
  return {};
}

Bytes FutureTokens::make(UserId account, RandomSource& random) {
  Bytes token = random.bytes(kTokenSize);
  tokens_[token] = account;
  state_.put(kFutureKind, to_hex(token), std::to_string(account.value()));
  return token;
}

bool FutureTokens::use(const Bytes& token, UserId account) {
  const auto it = tokens_.find(token);
  if (it == tokens_.end() || it->second != account)
    return false;
  state_.erase(kFutureKind, to_hex(token));
  tokens_.erase(it);
  return true;
}

}  // namespace ledgram::sim
