#include "ledgram/mtproto/msg_id.hpp"

#include <cassert>

namespace ledgram::mtproto {
namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

}  // namespace

MsgId msg_id_at(nanoseconds unix_time) {
  const std::int64_t seconds = unix_time.count() / kNanosecondsPerSecond;
  const std::int64_t rest = unix_time.count() % kNanosecondsPerSecond;
  const std::int64_t fraction = rest * (std::int64_t{1} << 32) / kNanosecondsPerSecond;
  return MsgId(seconds * (std::int64_t{1} << 32) + (fraction & ~std::int64_t{3}));
}

nanoseconds unix_time_of(MsgId id) {
  const std::int64_t seconds = id.value() >> 32;
  const std::int64_t fraction = id.value() & 0xffffffff;
  return nanoseconds(seconds * kNanosecondsPerSecond + (fraction * kNanosecondsPerSecond >> 32));
}

MsgId MsgIdGenerator::next(nanoseconds unix_time) {
  return next_with_low_bits(unix_time, direction_ == crypto::Direction::ToServer ? 0 : 3);
}

MsgId MsgIdGenerator::next_reply(nanoseconds unix_time) {
  assert(direction_ == crypto::Direction::ToClient);
  return next_with_low_bits(unix_time, 1);
}

MsgId MsgIdGenerator::next_with_low_bits(nanoseconds unix_time, std::int64_t low_bits) {
  std::int64_t base = msg_id_at(unix_time).value();
  const std::int64_t last_base = last_ & ~std::int64_t{3};
  if (base <= last_base)
    base = last_base + 4;
  if ((base & 0xffffffff) == 0)
    base += 4;
  last_ = base | low_bits;
  return MsgId(last_);
}

}  // namespace ledgram::mtproto
