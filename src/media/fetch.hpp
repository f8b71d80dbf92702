#pragma once

/// Fetches the files of one channel's messages: looks through the ledger for what is missing, downloads some files at a
/// time, and writes down what became of each. It stops and resumes anywhere.

#include "ledgram/base/clock.hpp"
#include "ledgram/collect/api_caller.hpp"
#include "ledgram/collect/collector.hpp"
#include "ledgram/collect/ledger_worker.hpp"
#include "ledgram/ledger/media_rows.hpp"
#include "ledgram/media/download.hpp"
#include "ledgram/media/media_store.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/net/worker.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ledgram::media {

/// Whether files that failed wait for their time.
enum class RetryNow : std::uint8_t { No, Yes };

struct FetchOptions {
  std::optional<std::int64_t> max_size;  ///< bytes; larger files are left out
  RetryNow retry{RetryNow::No};
  /// Small files are mostly waiting, so some are fetched side by side; more brings FLOOD_PREMIUM_WAIT (F6).
  std::size_t files_at_once = 3;
  DownloadOptions download;
};

/// Where a run stands. Sizes are those that messages state.
struct FetchProgress {
  std::int64_t files_done{};   ///< stored in this run
  std::int64_t files_total{};  ///< wanted at the beginning
  std::int64_t bytes_done{};   ///< of them, with what an earlier run left
  std::int64_t bytes_total{};
  std::int64_t bytes_fetched{};  ///< over the network in this run
};

/// Called on the loop's thread; must not block or throw.
class FetchListener {
 public:
  virtual ~FetchListener() = default;

  virtual void on_progress(const FetchProgress& progress) = 0;

  /// Telegram slows downloads down; the run goes on by itself. Told once a run.
  virtual void on_slowed_down(std::chrono::seconds wait) = 0;

  virtual void on_file_failed(const ledger::MediaFile& file) = 0;
};

struct FetchStats {
  std::int64_t stored{};   ///< files, in this run
  std::int64_t fetched{};  ///< bytes over the network
  std::int64_t failed{};
  std::int64_t waiting{};  ///< failed before, and not due yet
  std::int64_t too_big{};
  double seconds{};
};

/// Throws LedgerFailure, TelegramFailure for what ends every download of the account, MediaFailure Disk, or
/// operation_aborted when cancelled. All references must outlive the call.
asio::awaitable<FetchStats> fetch_media(collect::ApiCaller& caller, collect::LedgerWorker& ledger, net::Worker& disk,
                                        MediaStore& store, const Clock& clock, collect::ChannelTarget target,
                                        FetchOptions options, FetchListener& listener);

}  // namespace ledgram::media
