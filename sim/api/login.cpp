#include "ledgram/sim_api/login.hpp"

namespace ledgram::sim {

namespace {

/// Codes of test numbers are the DC's digit five times (core.telegram.org/api/auth#test-accounts).
constexpr std::size_t kCodeLength = 5;

constexpr std::int32_t kCodeLifetime = 300;   // seconds, as the real servers' codes live some minutes
constexpr std::int32_t kExportLifetime = 60;  // seconds; clients import at once

}  // namespace

const SentCode& LoginDesk::send(std::string_view phone, DcId home, CodeRoute route, std::int32_t now,
                                RandomSource& random) {
  SentCode& sent = codes_[std::string(phone)];
  sent.hash = to_hex(random.bytes(9));
  sent.code = std::string(kCodeLength, static_cast<char>('0' + home.value() % 10));
  sent.route = route;
  sent.expires = now + kCodeLifetime;
  return sent;
}

const SentCode* LoginDesk::find(std::string_view phone, std::string_view hash, std::int32_t now) const {
  const auto it = codes_.find(phone);
  if (it == codes_.end() || it->second.hash != hash || it->second.expires <= now)
    return nullptr;
  return &it->second;
}

void LoginDesk::forget(std::string_view phone) {
  if (const auto it = codes_.find(phone); it != codes_.end())
    codes_.erase(it);
}

Bytes LoginDesk::export_login(UserId account, std::int32_t now, RandomSource& random) {
  std::erase_if(exports_, [now](const auto& item) { return item.second.expires <= now; });
  Bytes token = random.bytes(32);
  exports_[token] = {account, now + kExportLifetime};
  return token;
}

bool LoginDesk::import_login(UserId account, ByteView token, std::int32_t now) {
  const auto it = exports_.find(Bytes(token.begin(), token.end()));
  if (it == exports_.end() || it->second.account != account || it->second.expires <= now)
    return false;
  exports_.erase(it);
  return true;
}

}  // namespace ledgram::sim
