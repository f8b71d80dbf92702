#pragma once

/// What the files of the data folder take on the disk, for /metrics.

#include "ledgram/base/clock.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace ledgram::app {

/// Thread-safe. Looks at the disk, so it is not for the event loop.
class StorageMeter {
 public:
  /// Bytes by part: `ledger`; `journal`, what is to go into it; `search`, its journal included; `media`.
  using Sizes = std::map<std::string, std::uintmax_t>;

  /// The folder of media, which may hold very many files, is counted anew after this.
  static constexpr std::chrono::minutes kMediaAge{1};

  /// `clock` must outlive it.
  StorageMeter(std::filesystem::path data, const Clock& clock) : data_(std::move(data)), clock_(clock) {}

  /// What is not there is 0. What cannot be looked at is not counted, and logged.
  [[nodiscard]] Sizes measure();

 private:
  std::uintmax_t size_of(std::string_view part, const std::filesystem::path& file);
  std::uintmax_t database_journal(std::string_view part, const std::filesystem::path& database);
  std::uintmax_t media_size();
  bool is_good(std::string_view part, const std::error_code& error);

  std::filesystem::path data_;
  const Clock& clock_;

  std::mutex mutex_;
  std::uintmax_t media_ = 0;
  std::optional<nanoseconds> media_counted_;  ///< when, Instant::monotonic
};

}  // namespace ledgram::app
