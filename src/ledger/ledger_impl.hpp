#pragma once

/// What ledger*.cpp share. For the inside of this floor.

#include "ledgram/ledger/ledger.hpp"
#include "ledgram/ledger/sqlite.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace ledgram::ledger {

class Ledger::Impl {
 public:
  Impl(const std::filesystem::path& file, sqlite::Access access, std::chrono::milliseconds busy_timeout)
      : db(file, access, busy_timeout) {}

  /// Fails with NotFound unless the last statement touched a row.
  void expect_change(std::string_view what) const;

  sqlite::Connection db;
  std::optional<crypto::SealKey> seal_key;
  RandomSource* random = nullptr;
  std::int64_t wave_limit = 0;  ///< deletions a minute and channel; 0: no limit
};

/// The columns that read_channel() takes, in its order.
#define LEDGRAM_CHANNEL_COLUMNS                                                                                  \
  "id, username, title, account, followed, pts, newest_id, server_count, created, last_collect, kind, tail_id, " \
  "news_after"
#define LEDGRAM_CHANNEL_COLUMN_COUNT 13

Channel read_channel(const sqlite::Statement& row);

/// That the channel was never followed.
[[noreturn]] void fail_unknown_channel(const Ledger::Impl& impl, ChannelId id);

/// Fails with NotFound if the channel was never followed.
Channel require_channel(Ledger::Impl& impl, ChannelId id);

/// Completed ranges, rechecks not taken off.
IdRangeSet read_ranges(Ledger::Impl& impl, ChannelId id);

IdRangeSet read_rechecks(Ledger::Impl& impl, ChannelId id);

}  // namespace ledgram::ledger
