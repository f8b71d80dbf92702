#include "ledgram/sim_api/login.hpp"

#include <algorithm>
#include <array>

namespace ledgram::sim {

namespace {

/// Codes of test numbers are the DC's digit five times (core.telegram.org/api/auth#test-accounts).
constexpr std::size_t kCodeLength = 5;

constexpr std::int32_t kCodeLifetime = 300;   // seconds, as the real servers' codes live some minutes
constexpr std::int32_t kExportLifetime = 60;  // seconds; clients import at once

constexpr std::array kWays{
    CodeWay{"App", ""},
    CodeWay{"Sms", "auth.codeTypeSms"},
    CodeWay{"SmsWord", "auth.codeTypeSms"},
    CodeWay{"SmsPhrase", "auth.codeTypeSms"},
    CodeWay{"Call", "auth.codeTypeCall"},
    CodeWay{"FlashCall", "auth.codeTypeFlashCall"},
    CodeWay{"MissedCall", "auth.codeTypeMissedCall"},
    CodeWay{"FragmentSms", "auth.codeTypeFragmentSms"},
    CodeWay{"FirebaseSms", "auth.codeTypeSms"},
    CodeWay{"EmailCode", ""},
    CodeWay{"SetUpEmailRequired", ""},
};

}  // namespace

const CodeWay* find_code_way(std::string_view name) {
  const auto* found = std::ranges::find(kWays, name, &CodeWay::name);
  return found == kWays.end() ? nullptr : found;
}

std::string code_by(std::string_view way, DcId home) {
  if (way == "SmsWord")
    return "lantern";
  if (way == "SmsPhrase")
    return "seven paper lanterns";
  std::string digits(kCodeLength, static_cast<char>('0' + home.value() % 10));
  // The whole number that calls is the code, as Telegram's pattern covers all of it.
  return way == "FlashCall" ? std::string(kCallingPrefix) + digits : digits;
}

std::string_view first_word(std::string_view code) {
  return code.find(' ') == std::string_view::npos ? code.substr(0, 1) : code.substr(0, code.find(' '));
}

const LoginPlan& LoginDesk::plan(std::string_view phone) const {
  static const LoginPlan usual;
  const auto it = plans_.find(phone);
  return it == plans_.end() ? usual : it->second;
}

void LoginDesk::set_plan(std::string_view phone, LoginPlan plan) {
  forget(phone);
  plans_.insert_or_assign(std::string(phone), std::move(plan));
}

SentCode& LoginDesk::send(std::string_view phone, DcId home, std::size_t step, std::int32_t now, RandomSource& random) {
  SentCode& sent = codes_[std::string(phone)];
  sent = {};
  sent.hash = to_hex(random.bytes(9));
  sent.step = step;
  sent.code = code_by(plan(phone).types.at(step), home);
  sent.expires = now + kCodeLifetime;
  return sent;
}

SentCode* LoginDesk::find(std::string_view phone, std::string_view hash, std::int32_t now) {
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
