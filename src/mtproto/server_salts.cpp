#include "ledgram/mtproto/server_salts.hpp"

#include <algorithm>

namespace ledgram::mtproto {
namespace {

using std::chrono::minutes;

// core.telegram.org/mtproto/description#server-salt: a new one every 30 minutes, the old one valid for 30 minutes more.
constexpr minutes kEvery{30};
constexpr minutes kValid{60};

// get_future_salts takes 1 to 64.
constexpr std::size_t kMostAnnounced = 64;

Salt random_salt(RandomSource& random) {
  return Salt(static_cast<std::int64_t>(random.next_u64()));
}

TimedSalt from(Salt salt, nanoseconds since) {
  return {.salt = salt, .valid_since = since, .valid_until = since + kValid};
}

}  // namespace

ServerSalts::ServerSalts(Salt first, Instant now, RandomSource& random)
    : random_(&random), salts_{from(first, now.unix_time)} {}

void ServerSalts::advance(Instant now) {
  const nanoseconds time = now.unix_time;
  if (salts_.back().valid_until <= time || salts_.front().valid_since > time) {
    // Nobody asked for hours, or the clock was set back: the old chain leads nowhere.
    salts_.assign(1, from(random_salt(*random_), time));
    return;
  }
  while (salts_.back().valid_since + kEvery <= time) {
    salts_.push_back(from(random_salt(*random_), salts_.back().valid_since + kEvery));
  }
  std::erase_if(salts_, [time](const TimedSalt& salt) { return salt.valid_until <= time; });
}

Salt ServerSalts::current(Instant now) {
  advance(now);
  Salt newest = salts_.front().salt;
  for (const TimedSalt& salt : salts_) {
    if (salt.valid_since <= now.unix_time)
      newest = salt.salt;
  }
  return newest;
}

bool ServerSalts::accepts(Salt salt, Instant now) {
  advance(now);
  return std::ranges::any_of(salts_, [salt, now](const TimedSalt& known) {
    return known.salt == salt && known.valid_since <= now.unix_time && now.unix_time < known.valid_until;
  });
}

std::vector<TimedSalt> ServerSalts::schedule(std::size_t count, Instant now) {
  const Salt first = current(now);
  count = std::clamp<std::size_t>(count, 1, kMostAnnounced);
  const auto begin = std::ranges::find(salts_, first, &TimedSalt::salt);
  extend_to(static_cast<std::size_t>(begin - salts_.begin()) + count);
  const auto again = std::ranges::find(salts_, first, &TimedSalt::salt);
  return {again, again + static_cast<std::ptrdiff_t>(count)};
}

void ServerSalts::extend_to(std::size_t count) {
  while (salts_.size() < count) {
    salts_.push_back(from(random_salt(*random_), salts_.back().valid_since + kEvery));
  }
}

void ServerSalts::rotate_now(Instant now) {
  salts_.assign(1, from(random_salt(*random_), now.unix_time));
}

}  // namespace ledgram::mtproto
