#include "ledgram/sim_api/limits.hpp"

#include <algorithm>

namespace ledgram::sim {

namespace {

constexpr std::int32_t kDay = 86'400;

}  // namespace

void Limits::set(LimitOptions options) {
  options_ = options;
  codes_.clear();
  passwords_.clear();
  names_.clear();
}

Limits::Count& Limits::today(Counts& counts, UserId account, std::int32_t now) {
  Count& count = counts[account];
  if (count.times == 0 || now - count.since >= kDay)
    count = {.since = now, .times = 0};
  return count;
}

bool Limits::may_send_code(UserId account, std::int32_t now) {
  if (options_.codes == 0)
    return true;
  Count& count = today(codes_, account, now);
  if (count.times >= options_.codes)
    return false;
  ++count.times;
  return true;
}

bool Limits::may_check_password(UserId account, std::int32_t now) {
  return options_.wrong_passwords == 0 || today(passwords_, account, now).times < options_.wrong_passwords;
}

void Limits::count_wrong_password(UserId account, std::int32_t now) {
  ++today(passwords_, account, now).times;
}

std::optional<std::int32_t> Limits::look_up_name(UserId account, std::int32_t now) {
  if (options_.names == 0)
    return std::nullopt;
  Count& count = today(names_, account, now);
  if (count.times < options_.names) {
    ++count.times;
    return std::nullopt;
  }
  if (options_.names_wait != 0)
    return options_.names_wait;
  return std::max(1, count.since + kDay - now);
}

}  // namespace ledgram::sim
