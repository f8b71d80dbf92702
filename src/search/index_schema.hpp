#pragma once

/// What the writer and the reader of the index have to agree on. For the inside of this floor.

#include "ledgram/ledger/rows.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace ledgram::search {

/// The number of an entry: the date above, a running number below. So the order of entries is the order of dates, which
/// full-text search gives for nothing, and a new entry of the same post has another number.
inline constexpr int kSequenceBits = 28;
inline constexpr std::int64_t kSequenceMask = (std::int64_t{1} << kSequenceBits) - 1;

constexpr std::int64_t first_entry_of(ledger::UnixSeconds date) {
  constexpr ledger::UnixSeconds kLatest = (std::int64_t{1} << (62 - kSequenceBits)) - 1;
  return std::clamp<ledger::UnixSeconds>(date, 0, kLatest) << kSequenceBits;
}

/// Words of the column `scope`: what is asked for exactly.
inline std::string channel_word(ChannelId channel) {
  return "c" + std::to_string(channel.value());
}
inline std::string sender_word(std::int64_t id) {
  return "s" + std::to_string(id);
}

}  // namespace ledgram::search
