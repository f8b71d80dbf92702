#include "ledgram/mtproto/server_clock.hpp"

#include "ledgram/mtproto/msg_id.hpp"

namespace ledgram::mtproto {
namespace {

using std::chrono::seconds;

constexpr seconds kOldest{300};
constexpr seconds kMostAhead{30};

// Steps of the wall clock below this come from time synchronisation and do not matter for windows of 30 s.
constexpr seconds kJump{5};

// The server makes an answer between our sending and our receiving; clocks that agree up to this are left alone.
constexpr seconds kTolerance{1};

}  // namespace

void ServerClock::observe(Instant now) {
  const nanoseconds difference = now.unix_time - now.monotonic;
  if (!anchor_) {
    anchor_ = difference;
  } else if (std::chrono::abs(difference - last_difference_) > kJump) {
    doubt();
  }
  last_difference_ = difference;
}

nanoseconds ServerClock::local(Instant now) const {
  return anchor_ ? now.monotonic + *anchor_ : now.unix_time;
}

nanoseconds ServerClock::at(Instant now) const {
  return local(now) + offset_;
}

bool ServerClock::rejects(MsgId id, Instant now) const {
  if (!trusted_)
    return false;
  const nanoseconds age = at(now) - unix_time_of(id);
  return age > kOldest || age < -kMostAhead;
}

void ServerClock::raise_to(MsgId id, Instant now) {
  if (!trusted_)
    return;
  const nanoseconds time = unix_time_of(id);
  if (time > at(now))
    offset_ += time - at(now);
}

void ServerClock::confirm(MsgId id, nanoseconds sent, Instant now) {
  const nanoseconds time = unix_time_of(id);
  const nanoseconds behind = time - at(now);  // negative: our idea of the time is ahead of the message
  const nanoseconds round_trip = now.monotonic - sent;
  if (behind > nanoseconds::zero() || -behind > round_trip + kTolerance)
    offset_ += behind;
  trusted_ = true;
}

void ServerClock::set_to(MsgId id, Instant now) {
  offset_ += unix_time_of(id) - at(now);
  trusted_ = true;
}

}  // namespace ledgram::mtproto
