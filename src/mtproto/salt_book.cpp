#include "ledgram/mtproto/salt_book.hpp"

#include "ledgram/tl/reader.hpp"

#include <algorithm>
#include <utility>

namespace ledgram::mtproto {
namespace {

// get_future_salts may be answered with at most so many.
constexpr std::size_t kMost = 64;
constexpr std::size_t kFutureSaltBytes = 16;

// The old salt stays valid for half an hour beside the new one. Changing a little late forgives a clock that is ahead.
constexpr std::chrono::seconds kLate{60};

}  // namespace

Salt SaltBook::at(nanoseconds server_time) {
  while (!future_.empty() && future_.back().valid_since + kLate <= server_time) {
    current_ = future_.back().salt;
    future_.pop_back();
  }
  return current_;
}

void SaltBook::replace(Salt salt) {
  current_ = salt;
  future_.clear();
}

void SaltBook::read_future_salts(ByteView body) {
  tl::Reader reader(body);
  const std::int32_t now = reader.i32();
  const std::size_t count = reader.bare_vector_count(kFutureSaltBytes);
  if (!reader.ok() || count > kMost)
    return;
  std::vector<TimedSalt> salts;
  salts.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    TimedSalt salt;
    salt.valid_since = std::chrono::seconds(reader.i32());
    salt.valid_until = std::chrono::seconds(reader.i32());
    salt.salt = Salt(reader.i64());
    // Those valid already need no place: the one in use is good, or the server will say so.
    if (salt.valid_since > std::chrono::seconds(now))
      salts.push_back(salt);
  }
  std::ranges::sort(salts, std::ranges::greater{}, &TimedSalt::valid_since);
  future_ = std::move(salts);
}

}  // namespace ledgram::mtproto
